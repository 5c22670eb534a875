// The filters below the legend: how strong, how close, through what, and who.

import { bdi, h } from "./dom.js";
import { channelsAt, choices } from "./filters.js";
import { capital, channelWord, count, fold } from "./words.js";

const CIRCLES = ["Everybody", "5", "15", "50", "150"];
const FIRST = 10;
const MOST = 200;

export function facets(model) {
  return [
    strength(model),
    circles(model),
    facet(model, { id: "channels", title: "Channel", state: "channelsOn", of: (i) => channelsAt(model, i), word: (bit) => capital(channelWord(model.channels[bit])) }),
    facet(model, { id: "tags", title: "Tag", state: "tagsOn", of: (i) => model.people.tags[i], word: (tag) => model.tags[tag] }),
    facet(model, { id: "orgs", title: "Organisation", state: "orgsOn", of: (i) => (model.people.org[i] ? [model.people.org[i]] : []), word: (name) => name }),
  ].filter(Boolean);
}

const strengthWords = (value) => (value === 0 ? "all ties" : value === 1 ? "contact only" : `strongest ${(11 - value) * 10} %`);

/** Weaker ties go first: being seen together, then contact, tenth by tenth. */
function strength(model) {
  const { level, seen, n } = model.ties;
  let kinds = new Set();
  for (let tie = 0; tie < n && kinds.size < 2; tie++) kinds = kinds.add(seen[tie] ? -1 : level[tie]);
  if (kinds.size < 2) return null;
  const said = h("output", { for: "strength" });
  const input = h("input", { type: "range", id: "strength", min: 0, max: 10, step: 1, value: 0, "aria-label": "Least strength of ties", oninput: () => model.set({ strength: Number(input.value) }) });
  const update = () => {
    input.value = String(model.strength);
    said.textContent = strengthWords(model.strength);
    input.setAttribute("aria-valuetext", said.textContent);
    input.style.setProperty("--part", `${model.strength * 10}%`);
  };
  model.on(update);
  update();
  return h("section", { class: "facet" }, h("div", { class: "legend-head" }, h("h2", null, "Tie strength"), said), input);
}

function circles(model) {
  const n = model.people.circle.filter(Boolean).length;
  if (model.me === null || n <= 5) return null;
  const buttons = CIRCLES.map((name, k) => h("button", { type: "button", id: `circle-${k}`, "aria-label": k ? `Closest ${name}` : name, onclick: () => model.set({ circle: k }) }, k ? name : "All"));
  const update = () => buttons.forEach((button, k) => button.setAttribute("aria-pressed", String(model.circle === k)));
  model.on(update);
  update();
  return h("section", { class: "facet" }, h("div", { class: "legend-head" }, h("h2", { id: "circles-head" }, "Closest to you")), h("div", { class: "tabs wide", role: "group", "aria-labelledby": "circles-head" }, buttons));
}

/** One filter by what people have: press one or more, and people with any of them stay. */
function facet(model, { id, title, state, of, word }) {
  const all = choices(model, of);
  if (all.length < (state === "orgsOn" ? 2 : 1)) return null;
  const said = h("span", { class: "quiet chosen" });
  const list = h("div", { class: "chips", role: "group", "aria-label": title });
  let query = "";
  let open = false;
  const find = all.length > FIRST && h("input", { type: "search", class: "field", "aria-label": `Find in ${title.toLowerCase()}`, placeholder: `Find among ${count(all.length)}`, oninput: (event) => { query = fold(event.target.value); fill(); }, onkeydown: (event) => event.key === "Escape" && event.stopPropagation() });

  const chip = ([value, n]) => h("button", { type: "button", class: "chip", "aria-pressed": String(model[state].has(value)), onclick: (event) => press(value, event) }, bdi(word(value)), h("span", { class: "number" }, count(n)));

  function press(value, event) {
    const chosen = new Set(model[state]);
    if (!chosen.delete(value)) chosen.add(value);
    const k = [...list.children].indexOf(event.currentTarget);
    model.set({ [state]: chosen });
    list.children[k]?.focus({ preventScroll: true });
  }

  function fill() {
    const fitting = query ? all.filter(([value]) => fold(word(value)).includes(query)) : all;
    const chosen = fitting.filter(([value]) => model[state].has(value));
    const most = open || query ? MOST : FIRST;
    const shown = fitting.filter(([value], k) => k < most || model[state].has(value));
    const left = fitting.length - shown.length;
    list.replaceChildren(...shown.map(chip));
    if (left > 0 && most === FIRST) list.append(h("button", { type: "button", class: "link", onclick: () => { open = true; fill(); } }, `${count(left)} more`));
    else if (left > 0) list.append(h("span", { class: "quiet" }, `and ${count(left)} more: find them by name`));
    if (!fitting.length) list.append(h("span", { class: "quiet" }, "Nothing by that name."));
    said.textContent = chosen.length === 0 ? "" : chosen.length === 1 ? word(chosen[0][0]) : `${chosen.length} chosen`;
  }

  model.on((_, change) => state in change && fill());
  fill();
  return h("details", { class: "facet", id }, h("summary", null, h("h2", null, title), said), find, list);
}

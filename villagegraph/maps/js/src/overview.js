// What the panel says when nobody is pinned: whom to write to, and who is close.

import { bdi, h, swatch } from "./dom.js";
import { GREY, LISTS, ORDER } from "./model.js";
import { count, plural } from "./words.js";

const NOTES = 6;
export const HEADING = { slipping: "Slipping", worth: "Worth a message", dormant: "Silent for long" };

export function overview(model, choose) {
  const { short } = model.people;
  const note = model.noted();
  const numbers = figures(model);
  const close = closest(model, note.length ? 5 : 8);
  return [
    model.picked.size > 1 && selection(model, choose),
    h("h2", { class: "title" }, "At a glance"),
    h("p", { class: "hint" }, "Press a person to see how you are in touch, and who they are tied to."),
    h("dl", { class: numbers.length > 3 ? "figures four" : "figures" }, numbers.map(([value, name]) => h("div", null, h("dt", null, name), h("dd", null, count(value))))),
    note.length > 0 && section(model.only === null ? "Whom to write to" : HEADING[LISTS[model.only]], more(model, note, NOTES, choose, (i) => short[i] || headings(model, i))),
    close.length > 0 &&
      section(
        model.me === null ? "Best connected" : "Closest in the last year",
        personList(model, close, choose, (i) => (model.facts(i) ? plural(model.facts(i).days365, "day of contact", "days of contact") : plural(model.degree(i), "tie", "ties"))),
      ),
  ].filter(Boolean);
}

/** The lists on which a person stands, in words. */
export const headings = (model, i) => model.kinds(i).map((kind) => HEADING[LISTS[kind]]).join(" · ");

/** Three or four numbers of those who are shown. */
function figures(model) {
  const { group } = model.people;
  const number = (fits) => model.shown.reduce((sum, shown, i) => sum + (shown && i !== model.me && fits(i) ? 1 : 0), 0);
  if (model.me === null) {
    const groups = new Set(Array.from({ length: model.n }, (_, i) => (model.shown[i] && model.at[i + 1] > model.at[i] ? group[i] : -1)));
    groups.delete(-1);
    // the grey one is made of many small ones, of which the page doesn't know the number
    const named = [...groups].filter((k) => model.groups[k].color < GREY).length;
    const what = named < groups.size ? "larger group" : "group";
    return [[model.count, "people"], [number((i) => model.at[i + 1] === model.at[i]), "without a tie"], [named, named === 1 ? what : `${what}s`]];
  }
  const recent = [number((i) => model.facts(i)?.days365 > 0), "in touch this last year"];
  const kinds = ORDER.filter((kind) => model.lists[kind].length);
  if (!kinds.length) return [[model.count, "people"], recent, [number((i) => model.facts(i) === null), "without contact"]];
  return [recent, ...kinds.map((kind) => [number((i) => model.listed(i, kind)), HEADING[LISTS[kind]].toLowerCase()])];
}

function closest(model, most) {
  const worth = (i) => [model.facts(i)?.days365 ?? -1, model.me === null ? model.degree(i) : model.people.size[i]];
  const found = [];
  for (let i = 0; i < model.n; i++) if (i !== model.me && model.shown[i] && model.at[i + 1] > model.at[i]) found.push([i, ...worth(i)]);
  return found.sort((p, q) => q[1] - p[1] || q[2] - p[2] || p[0] - q[0]).slice(0, most).map(([i]) => i);
}

function selection(model, choose) {
  const picked = [...model.picked].sort((p, q) => p - q);
  return section(
    `${count(picked.length)} people selected`,
    personList(model, picked, choose, (i) => model.people.org[i]),
    h("button", { type: "button", class: "link", onclick: () => model.set({ picked: new Set() }) }, "Clear the selection"),
  );
}

const section = (title, ...children) => h("section", null, h("h2", null, title), children);

/** A list of people of which the first are shown, and the rest when asked for. */
export function more(model, ids, first, choose, note, attributes = {}) {
  const row = (i) => h("li", null, personButton(model, i, choose, note(i)));
  const list = h("ul", { class: "people", ...attributes }, ids.slice(0, first).map(row));
  if (ids.length <= first) return [list];
  const show = (event) => {
    list.append(...ids.slice(first).map(row));
    list.children[first].firstChild.focus({ preventScroll: true });
    event.target.remove();
  };
  return [list, h("button", { type: "button", class: "link", onclick: show }, `Show all ${count(ids.length)}`)];
}

export const personList = (model, ids, choose, note) => h("ul", { class: "people" }, ids.map((i) => h("li", null, personButton(model, i, choose, note(i)))));

export function personButton(model, i, choose, note) {
  return h(
    "button",
    { type: "button", class: "person", onclick: () => choose(i) },
    i === model.me ? h("span", { class: "swatch me", "aria-hidden": "true" }) : swatch(model.groups[model.people.group[i]]?.color ?? GREY),
    h("span", { class: "who" }, bdi(model.people.name[i]), note && h("span", { class: "quiet", dir: "auto" }, note)),
  );
}

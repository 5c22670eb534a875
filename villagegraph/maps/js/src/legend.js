// The legend is the filter: press a group to hide it, press again to bring it back. Groups can be given names.

import { bdi, h, swatch } from "./dom.js";
import { LISTS, ORDER } from "./model.js";
import { HEADING } from "./overview.js";
import { cleaned, count } from "./words.js";

const LONGEST = 60;
const MEANING = {
  slipping: "You are in touch less often than you used to be.",
  worth: "A silence this long is unlike the two of you.",
  dormant: "You once were in touch, and no longer are.",
};

export function groupList(model) {
  let naming = false;
  const list = h("ul", { id: "groups" });
  const edit = h("button", { type: "button", class: "link", id: "rename", "aria-pressed": "false", onclick: () => turn(!naming) }, "Rename");
  const rows = model.groups.map((group, k) => groupRow(model, group, k));

  function turn(on) {
    naming = on;
    edit.textContent = on ? "Done" : "Rename";
    edit.setAttribute("aria-pressed", String(on));
    list.replaceChildren(...(on ? model.groups.map((group, k) => nameRow(model, group, k, () => turn(false))) : rows.map((row) => row.item)));
    if (on) list.querySelector("input")?.focus();
    else update();
  }

  function update() {
    rows.forEach((row, k) => {
      row.button.setAttribute("aria-pressed", String(!model.hidden.has(k)));
      row.name.textContent = model.groupName(k);
      row.only?.setAttribute("aria-label", `Show only ${model.groupName(k)}`);
    });
  }

  list.append(...rows.map((row) => row.item));
  model.on(update);
  update();
  return h("section", { "aria-labelledby": "groups-head" }, h("div", { class: "legend-head" }, h("h2", { id: "groups-head" }, "Groups"), model.groups.length > 0 && edit), list);
}

function groupRow(model, group, k) {
  const name = bdi(group.name, { class: "name" });
  const button = h(
    "button",
    { type: "button", class: "group", "data-group": k, title: "Show or hide this group", onclick: () => toggle(model, k) },
    swatch(group.color),
    name,
    h("span", { class: "number" }, count(group.n)),
  );
  const only = model.groups.length > 1 && h("button", { type: "button", class: "only", onclick: () => single(model, k) }, "only");
  return { button, name, only: only || null, item: h("li", null, button, only) };
}

/** A group's name as a field: Enter or Done keeps it, Esc or an empty field brings the old one back. */
function nameRow(model, group, k, done) {
  const keep = (event) => {
    const names = new Map(model.names);
    const name = cleaned(event.target.value, LONGEST);
    if (name && name !== group.name) names.set(k, name);
    else names.delete(k);
    model.set({ names });
  };
  const press = (event) => {
    if (event.key === "Enter") done();
    if (event.key !== "Escape") return;
    event.stopPropagation();
    event.target.value = model.groupName(k);
    done();
  };
  return h("li", null, h("label", { class: "naming" }, swatch(group.color), h("input", { class: "field", value: model.groupName(k), maxlength: LONGEST, placeholder: group.name, dir: "auto", "aria-label": `Name of the group ${group.name}`, onchange: keep, onkeydown: press })));
}

function toggle(model, k) {
  const hidden = new Set(model.hidden);
  if (!hidden.delete(k)) hidden.add(k);
  model.set({ hidden });
}

function single(model, k) {
  const others = model.groups.map((_, other) => other).filter((other) => other !== k);
  const already = !model.hidden.has(k) && model.hidden.size === others.length;
  model.set({ hidden: new Set(already ? [] : others) });
}

/** Who is ringed on the map; null if nobody is. */
export function ringList(model) {
  const rings = ORDER.filter((kind) => model.lists[kind].length).map((kind) => ringRow(model, kind));
  if (!rings.length) return null;
  const update = () => rings.forEach((row) => row.button.setAttribute("aria-pressed", String(model.only === row.kind)));
  model.on(update);
  update();
  return h("section", { "aria-labelledby": "rings-head" }, h("div", { class: "legend-head" }, h("h2", { id: "rings-head" }, "Ringed: gone quiet")), h("ul", { id: "rings" }, rings.map((row) => row.item)));
}

function ringRow(model, kind) {
  const button = h(
    "button",
    { type: "button", class: "group", title: `${MEANING[LISTS[kind]]} Press to show only them.`, onclick: () => model.set({ only: model.only === kind ? null : kind }) },
    h("span", { class: `ring ${LISTS[kind]}`, "aria-hidden": "true" }),
    h("span", { class: "name" }, HEADING[LISTS[kind]]),
    h("span", { class: "number" }, count(model.lists[kind].length)),
  );
  return { kind, button, item: h("li", null, button) };
}

// The legend is the filter: press a group to hide it, press again to bring it back.

import { bdi, h, swatch } from "./dom.js";
import { LISTS } from "./model.js";
import { count, people } from "./words.js";

const NEGLECTED = [
  [1, "Slipping", "You are in touch less often than you used to be."],
  [2, "Silent for long", "You once were in touch, and no longer are."],
];

export function legend(model) {
  const rows = model.groups.map((group, k) => groupRow(model, group, k));
  const rings = NEGLECTED.filter(([kind]) => model.people.list.includes(kind)).map((row) => ringRow(model, ...row));
  const all = h("button", { type: "button", class: "link", hidden: true, onclick: () => showAll(model) }, "Show all");
  const status = h("p", { class: "count", id: "count", role: "status" });
  const box = h(
    "section",
    { class: "legend", "aria-label": "Groups and filters" },
    h("div", { class: "legend-head" }, h("h2", null, "Groups"), all),
    h("ul", { id: "groups" }, rows.map((row) => row.item)),
    rings.length > 0 && [
      h("h2", null, "Ringed: worth a note"),
      h("ul", { id: "rings" }, rings.map((row) => row.item)),
    ],
    status,
  );
  const update = () => {
    rows.forEach((row, k) => row.button.setAttribute("aria-pressed", String(!model.hidden.has(k))));
    for (const row of rings) row.button.setAttribute("aria-pressed", String(model.only === row.kind));
    all.hidden = !model.filtered;
    status.textContent = `${count(model.count)} of ${people(model.total)} shown`;
  };
  model.on(update);
  update();
  return box;
}

function showAll(model) {
  model.set({ hidden: new Set(), only: null });
}

function groupRow(model, group, k) {
  const button = h(
    "button",
    { type: "button", class: "group", "data-group": k, title: "Show or hide this group", onclick: () => toggle(model, k) },
    swatch(group.color),
    bdi(group.name, { class: "name" }),
    h("span", { class: "number" }, count(group.n)),
  );
  const only = h(
    "button",
    { type: "button", class: "only", "aria-label": `Show only ${group.name}`, onclick: () => single(model, k) },
    "only",
  );
  return { button, item: h("li", null, button, model.groups.length > 1 && only) };
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

function ringRow(model, kind, name, title) {
  const n = model.people.list.filter((value) => value === kind).length;
  const button = h(
    "button",
    {
      type: "button",
      class: "group",
      title: `${title} Press to show only them.`,
      onclick: () => model.set({ only: model.only === kind ? null : kind }),
    },
    h("span", { class: `ring ${LISTS[kind]}`, "aria-hidden": "true" }),
    h("span", { class: "name" }, name),
    h("span", { class: "number" }, count(n)),
  );
  return { kind, button, item: h("li", null, button) };
}

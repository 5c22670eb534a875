// Put the page together. It reads its data from itself, asks nobody for anything, and stands still.

import { bdi, h, icon } from "./dom.js";
import { details, facts } from "./details.js";
import { keyboard } from "./keys.js";
import { legend } from "./legend.js";
import { Model } from "./model.js";
import { readPayload } from "./payload.js";
import { searchBox } from "./search.js";
import { tableView } from "./table.js";
import { hasWebGL, View } from "./view.js";
import { dayBefore, people, plural, rhythm } from "./words.js";

const root = document.documentElement;
const darkness = matchMedia("(prefers-color-scheme: dark)");
root.dataset.theme = darkness.matches ? "dark" : "light";

const ICONS = {
  in: "M10 4v12M4 10h12",
  out: "M4 10h12",
  fit: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  theme: "M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14",
};

const tool = (id, label, path, onclick) =>
  h("button", { type: "button", id, class: "tool", "aria-label": label, title: label, onclick }, icon(path));

function hoverCard(model, stage) {
  const card = h("div", { id: "card", class: "card", hidden: true, "aria-hidden": "true" });
  stage.append(card);
  return (view) => {
    const i = model.hovered;
    const at = i === null || i === model.pinned ? null : view.spot(i);
    card.hidden = at === null;
    if (at === null) return;
    const { name, org, title, short } = model.people;
    const known = facts(model, i);
    const lines = [
      [title[i], org[i]].filter(Boolean).join(", "),
      short[i] || (known?.cadence ? rhythm(known.rhythm) : ""),
      plural(model.degree(i), "tie to others", "ties to others"),
    ].filter(Boolean);
    card.replaceChildren(h("strong", null, bdi(name[i])), ...lines.map((line) => h("span", null, bdi(line))));
    const { offsetWidth: wide, offsetHeight: high } = card;
    const left = at.x + at.r + 12 + wide > stage.clientWidth ? at.x - at.r - 12 - wide : at.x + at.r + 12;
    card.style.left = `${Math.max(4, left)}px`;
    card.style.top = `${Math.max(4, Math.min(at.y - high / 2, stage.clientHeight - high - 4))}px`;
  };
}

function subtitle(model) {
  const ties = model.ties.a.filter((one, tie) => one !== model.me && model.ties.b[tie] !== model.me).length;
  const when = model.asOf ? `as of ${dayBefore(model.asOf, 0)}` : "";
  const between = model.me === null ? "ties" : "ties among them";
  return [people(model.total), plural(ties, between.replace("ties", "tie"), between), when].filter(Boolean).join(" · ");
}

function start(data) {
  const model = new Model(data);
  let view = null;
  const stage = h("div", { id: "map", class: "map", tabindex: "0", role: "application", "aria-label": "Map of people. Arrow keys walk from person to person, Enter pins, Escape leaves. The list holds the same people.", "aria-describedby": "said" });
  const said = h("p", { id: "said", class: "unseen", "aria-live": "polite" });
  const panes = h("div", { class: "panes" }, stage);
  const say = (i) => {
    const ties = plural(model.adjacent[i].length, "tie", "ties");
    said.textContent = i === model.pinned ? `Details of ${model.people.name[i]} are open: ${ties}` : `${model.people.name[i]}, ${ties}`;
  };
  const choose = (i) => {
    // whoever is looked for is shown, whatever the filters say
    if (!model.shown[i]) model.set({ hidden: new Set(), only: null });
    model.set({ pinned: i, cursor: null, hovered: null });
    view?.show(i);
    say(i);
  };
  const table = tableView(model, { choose });
  const search = searchBox(model, {
    choose,
    leave: () => (stage.hidden ? table.box : stage).focus({ preventScroll: true }),
  });
  panes.append(table.box);

  const tabs = ["Map", "List"].map((name, k) => h("button", { type: "button", id: k ? "as-list" : "as-map", "aria-pressed": String(!k), onclick: () => turn(Boolean(k)) }, name));
  function turn(toList) {
    stage.hidden = toList;
    table.box.hidden = !toList;
    tabs.forEach((tab, k) => tab.setAttribute("aria-pressed", String(Boolean(k) === toList)));
    for (const id of ["zoom-in", "zoom-out", "fit"]) document.getElementById(id).disabled = toList;
    if (toList) table.fill();
    else view?.sigma.resize(true) && view.sigma.refresh({ skipIndexation: true });
  }
  function paint(theme) {
    root.dataset.theme = theme;
    view?.repaint();
  }
  let chosen = false;
  darkness.addEventListener("change", () => chosen || paint(darkness.matches ? "dark" : "light"));

  document.getElementById("app").replaceChildren(
    h("header", { class: "head" }, h("h1", null, bdi(model.title)), h("p", { class: "quiet" }, subtitle(model)), search.box),
    legend(model),
    h(
      "main",
      null,
      h(
        "div",
        { class: "tools", role: "group", "aria-label": "View" },
        h("div", { class: "tabs" }, tabs),
        h("span", { class: "gap" }),
        tool("zoom-out", "Zoom out", ICONS.out, () => view.zoom(1.5)),
        tool("zoom-in", "Zoom in", ICONS.in, () => view.zoom(1 / 1.5)),
        tool("fit", "Fit all people in view", ICONS.fit, () => view.fit()),
        tool("theme", "Light or dark", ICONS.theme, () => { chosen = true; paint(root.dataset.theme === "dark" ? "light" : "dark"); }),
      ),
      panes,
    ),
    details(model, { choose }),
    h("footer", { class: "quiet" }, "This page works offline and sends nothing. It names people: share it with care."),
    said,
  );
  if (model.n === 0) stage.append(h("div", { class: "empty" }, h("h2", null, "Nobody here yet"), h("p", null, "Add exports to the folder, such as an address book, a mailbox or a calendar, and draw the map again.")));
  else if (hasWebGL()) {
    view = new View(model, stage);
    const card = hoverCard(model, stage);
    model.on(() => card(view));
    view.sigma.getCamera().on("updated", () => card(view));
  } else {
    turn(true);
    panes.prepend(h("p", { class: "notice", role: "status" }, "This browser cannot draw the map (WebGL is off). Here are the same people as a list."));
    tabs[0].disabled = true;
  }
  if (view === null) for (const id of ["zoom-in", "zoom-out", "fit"]) document.getElementById(id).disabled = true;
  keyboard(model, { container: stage, search: search.focus, show: (i) => view?.show(i), fit: () => view?.fit(), zoom: (by) => view?.zoom(by), say });
  addEventListener("beforeprint", () => table.fill(true));
  return inspection(model, () => view);
}

/** What tests and the curious may look at: copies, nothing to hold on to. */
function inspection(model, view) {
  return Object.freeze({
    ready: true,
    counts: () => ({ shown: model.count, total: model.total, ties: model.ties.a.length }),
    shown: () => [...model.shown.keys()].filter((i) => model.shown[i]),
    group: (i) => model.people.group[i],
    name: (i) => model.people.name[i],
    neighbours: (i) => model.adjacent[i].map(({ to }) => to),
    pinned: () => model.pinned,
    spot: (i) => view()?.spot(i) ?? null,
    lettering: () => (view()?.lettering.placed ?? []).map((box) => ({ ...box })),
    camera: () => ({ ...view()?.sigma.getCamera().getState() }),
  });
}

readPayload().then(
  (data) => { Object.defineProperty(window, "villagemap", { value: start(data) }); },
  () => { document.getElementById("app").textContent = "This browser is too old to open the map. A current Firefox, Chrome, Edge or Safari will."; },
);

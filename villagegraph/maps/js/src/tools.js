// The bar above the map: map or list, how many are shown, zoom, and what can be done with it.

import { h, icon } from "./dom.js";
import { count, people } from "./words.js";

const ICONS = {
  in: "M10 4v12M4 10h12",
  out: "M4 10h12",
  fit: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  share: "M10 12V3M6.5 6 10 2.5 13.5 6M4 10v7h12v-7",
  help: "M7 7.4a3 3 0 1 1 4.6 2.5c-1 .6-1.6 1.2-1.6 2.3M10 15.6v.1",
  theme: "M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14",
};

const tool = (id, label, path, onclick) => h("button", { type: "button", id, class: "tool", "aria-label": label, title: label, onclick }, icon(path));

/** `turn(toList)` switches to the list or to the map. */
export function toolbar(model, { turn, zoom, fit, theme }) {
  const tabs = ["Map", "List"].map((name, k) => h("button", { type: "button", id: k ? "as-list" : "as-map", "aria-pressed": String(!k), onclick: () => turn(Boolean(k)) }, name));
  const panel = (name) => () => model.set({ aside: model.aside === name ? null : name });
  const status = h("p", { class: "count", id: "count", role: "status" });
  const clear = h("button", { type: "button", class: "link", id: "clear", onclick: () => model.clear() }, "Clear filters");
  // on a phone the filters lie below the map and the details
  const jump = h("button", { type: "button", class: "link jump", id: "jump", onclick: () => document.getElementById("legend").scrollIntoView() }, "Filters");
  const onMap = [
    tool("zoom-out", "Zoom out", ICONS.out, () => zoom(1.5)),
    tool("zoom-in", "Zoom in", ICONS.in, () => zoom(1 / 1.5)),
    tool("fit", "Fit all people in view", ICONS.fit, fit),
  ];
  const panels = [tool("share", "Save or hand on", ICONS.share, panel("share")), tool("help", "Keys and how to read the map", ICONS.help, panel("help"))];
  const update = () => {
    clear.hidden = !model.filtered && !model.alone;
    status.textContent = `${count(model.count)} of ${people(model.total)} shown`;
    panels.forEach((button) => button.setAttribute("aria-pressed", String(model.aside === button.id)));
  };
  model.on(update);
  update();
  const box = h("div", { class: "tools", role: "group", "aria-label": "View" }, h("div", { class: "tabs" }, tabs), h("div", { class: "status" }, status, clear, jump), h("span", { class: "buttons" }, onMap, panels, tool("theme", "Light or dark", ICONS.theme, theme)));
  return {
    box,
    /** Say which of the two is on; `can` is whether there is a map at all. */
    mark: (list, can) => {
      tabs.forEach((tab, k) => tab.setAttribute("aria-pressed", String(Boolean(k) === list)));
      tabs[0].disabled = !can;
      onMap.forEach((button) => { button.disabled = list || !can; });
    },
  };
}

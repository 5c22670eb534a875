// The panel beside the map: one person, an overview when nobody is pinned, or what the tools offer.

import { h } from "./dom.js";
import { helpPanel } from "./help.js";
import { overview } from "./overview.js";
import { person } from "./person.js";
import { sharePanel } from "./share.js";

export function aside(model, tools) {
  const box = h("aside", { id: "details", "aria-label": "Details", tabindex: "-1" });
  const update = () => {
    const close = () => model.set({ aside: null });
    if (model.aside === "share") box.replaceChildren(...sharePanel(tools, close));
    else if (model.aside === "help") box.replaceChildren(...helpPanel(model, close));
    else box.replaceChildren(...(model.pinned === null ? overview(model, tools.choose) : person(model, model.pinned, tools.choose)));
  };
  model.on((_, change) => {
    const turned = ["pinned", "aside", "picked", "names"].some((name) => name in change);
    const retold = change.sifted || (model.pinned !== null && ["steps", "alone", "way", "start"].some((name) => name in change));
    if (!turned && !retold) return;
    const held = box.contains(document.activeElement) ? document.activeElement.id : "";
    update();
    if ("pinned" in change || "aside" in change) box.scrollTop = 0;
    // whoever pressed a control in here finds it again under the fingers
    if (held) document.getElementById(held)?.focus({ preventScroll: true });
  });
  update();
  return box;
}

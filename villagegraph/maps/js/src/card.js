// The card beside whoever is pointed at.

import { bdi, h } from "./dom.js";
import { plural, rhythm } from "./words.js";

export function hoverCard(model, stage) {
  const card = h("div", { id: "card", class: "card", hidden: true, "aria-hidden": "true" });
  stage.append(card);
  return (view) => {
    const i = model.hovered;
    const at = i === null || i === model.pinned ? null : view.spot(i);
    card.hidden = at === null;
    if (at === null) return;
    const { name, org, title, short } = model.people;
    const known = model.facts(i);
    const lines = [
      [title[i], org[i]].filter(Boolean).join(", "),
      short[i] || (known?.cadence ? rhythm(known.rhythm) : ""),
      i === model.me ? plural(model.at[i + 1] - model.at[i], "tie", "ties") : plural(model.degree(i), "tie to others", "ties to others"),
    ].filter(Boolean);
    card.replaceChildren(h("strong", null, bdi(name[i])), ...lines.map((line) => h("span", null, bdi(line))));
    const { offsetWidth: wide, offsetHeight: high } = card;
    const left = at.x + at.r + 12 + wide > stage.clientWidth ? at.x - at.r - 12 - wide : at.x + at.r + 12;
    card.style.left = `${Math.max(4, left)}px`;
    card.style.top = `${Math.max(4, Math.min(at.y - high / 2, stage.clientHeight - high - 4))}px`;
  };
}

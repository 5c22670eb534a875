// Rings mark whom to write to, who is in focus and who is selected.

import { mix } from "./colors.js";
import { LISTS } from "./model.js";

/** A list is told by its line too: whole, dotted, dashed. Who is slipping and worth a message has the dashes on the whole line. */
const DASHES = [[], [], [2.5, 2.5], [8, 8]];

/** The rings of everybody in sight, as circles. */
export function ringsOf({ model, spot, colors }) {
  const rings = [];
  for (let i = 0; i < model.n; i++) {
    const kinds = model.kinds(i);
    const chosen = i === model.focus || model.picked.has(i);
    if ((!kinds.length && !chosen) || !model.shown[i]) continue;
    const at = spot(i);
    if (!at) continue;
    for (const kind of kinds) rings.push({ x: at.x, y: at.y, r: at.r + 3, color: mix(colors[LISTS[kind]], colors.paper, at.dimmed ? 0.25 : 1), dash: DASHES[kind] });
    if (chosen) rings.push({ x: at.x, y: at.y, r: at.r + (kinds.length ? 6.5 : 3.5), color: colors.ink, dash: [] });
  }
  return rings;
}

export function drawRings(pen, rings) {
  pen.lineWidth = 2;
  for (const { x, y, r, color, dash } of rings) {
    pen.strokeStyle = color;
    pen.setLineDash(dash);
    pen.beginPath();
    pen.arc(x, y, r, 0, 2 * Math.PI);
    pen.stroke();
  }
  pen.setLineDash([]);
}

/** The ties of one person, drawn over everything: quicker than to draw a great map anew. */
export function drawBeams(pen, from, { model, spot, colors }) {
  const here = spot(from);
  if (!here) return;
  pen.strokeStyle = colors.ink;
  pen.lineWidth = 1.2;
  pen.beginPath();
  for (let k = model.at[from]; k < model.at[from + 1]; k++) {
    const there = model.shown[model.far[k]] && (model.drawn === null || model.drawn[model.along[k]]) && spot(model.far[k]);
    if (!there) continue;
    pen.moveTo(here.x, here.y);
    pen.lineTo(there.x, there.y);
  }
  pen.stroke();
}

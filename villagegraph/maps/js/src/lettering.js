// Captions and names on the map. Each is set down only where it covers no other.

import { FONT } from "./colors.js";

const NAME = `500 12px ${FONT}`;
const STRONG = `650 13px ${FONT}`;
const CAPTION = `650 13px ${FONT}`;
const LONGEST = 26;

const shortened = (text, longest = LONGEST) => {
  const letters = Array.from(text);
  return letters.length > longest ? `${letters.slice(0, longest - 1).join("").trimEnd()}…` : text;
};

const across = (box) => (box.left + box.right) / 2;
const down = (box) => (box.top + box.bottom) / 2;

/** How far a point lies outside of a box; below zero inside. */
const outside = (box, x, y) => {
  const dx = Math.max(box.left - x, x - box.right);
  const dy = Math.max(box.top - y, y - box.bottom);
  return dx > 0 && dy > 0 ? Math.hypot(dx, dy) : Math.max(dx, dy);
};

/** Boxes already set down, found again through a coarse grid. */
class Boxes {
  constructor() {
    this.cells = new Map();
    this.all = [];
  }

  *near(box) {
    for (let x = box.left >> 6; x <= box.right >> 6; x++)
      for (let y = box.top >> 6; y <= box.bottom >> 6; y++) {
        const cell = this.cells.get(x * 4096 + y);
        if (cell) yield* cell;
      }
  }

  hits(box) {
    const found = new Set();
    for (const other of this.near(box))
      if (box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom)
        found.add(other);
    return found.size;
  }

  add(box) {
    this.all.push(box);
    for (let x = box.left >> 6; x <= box.right >> 6; x++)
      for (let y = box.top >> 6; y <= box.bottom >> 6; y++) {
        const key = x * 4096 + y;
        const cell = this.cells.get(key);
        if (cell) cell.push(box);
        else this.cells.set(key, [box]);
      }
  }
}

export class Lettering {
  constructor(model) {
    this.model = model;
    this.placed = [];
    this.order = Array.from({ length: model.n }, (_, i) => i).sort(
      (p, q) => model.people.size[q] - model.people.size[p] || p - q,
    );
  }

  /** Draw all text for the present view. `spot(i)` gives x, y, radius in pixels, or null if out of sight. */
  draw(context, options) {
    for (const letters of this.lay(context, options)) paint(context, letters, options.colors);
  }

  /** Find the places of all text: each with its box, font and, for a caption, the group's colour. */
  lay(context, { spot, width, height, zoom, focus }) {
    this.context = context;
    this.frame = { width, height };
    this.taken = new Boxes();
    this.dots = new Boxes();
    this.placed = [];
    const seen = this.sight(spot);
    if (focus !== null) this.names(seen, this.around(focus), { forced: focus });
    else {
      this.owner(seen);
      if (zoom > 0.4) this.captions(seen);
      this.names(seen, this.order, {});
    }
    return this.placed;
  }

  sight(spot) {
    const seen = new Map();
    for (const i of this.order) {
      if (!this.model.shown[i]) continue;
      const at = spot(i);
      if (!at) continue;
      seen.set(i, at);
      if (seen.size <= 4000 && !at.dimmed) {
        const r = at.r + (this.model.people.list[i] ? 4 : 1);
        this.dots.add({ left: at.x - r, right: at.x + r, top: at.y - r, bottom: at.y + r });
      }
    }
    return seen;
  }

  around(focus) {
    const { near, people } = this.model;
    const others = [...near.keys()].filter((i) => i !== focus && this.model.shown[i]);
    return [focus, ...others.sort((p, q) => near.get(p) - near.get(q) || people.size[q] - people.size[p] || p - q)];
  }

  names(seen, order, { forced }) {
    let tried = 0;
    const { me, people, pinned, route } = this.model;
    for (const i of order) {
      const at = seen.get(i);
      if (!at || (i === me && forced === undefined)) continue;
      if (++tried > 700 || this.placed.length > 160) break;
      const strong = i === forced || i === me || i === pinned || Boolean(route?.people.includes(i));
      at.edge = (people.list[i] ? 7 : 4) + (i === forced ? 3 : 0); // room for the rings
      const text = shortened(i === me ? `${people.name[i]} (you)` : people.name[i]);
      const mayCover = i === forced || route ? Infinity : strong ? 3 : 0;
      this.set(text, at, { font: strong ? STRONG : NAME, mayCover });
    }
  }

  /** The owner stands where there is little room: a short word, where the name would cover people. */
  owner(seen) {
    const { me, people } = this.model;
    const at = seen.get(me);
    if (!at) return;
    const edge = people.list[me] ? 7 : 4;
    const whole = shortened(`${people.name[me]} (you)`);
    const ways = [[whole, 0, 0], ["You", 0, 0], ["You", 0, 7], ["You", 0, -7], ["You", 5, 0], ["You", 10, 0]];
    for (const [text, further, lower] of ways) {
      at.edge = edge + further;
      if (this.set(text, at, { font: STRONG, mayCover: 0, lower })) return;
    }
    at.edge = edge;
    this.set("You", at, { font: STRONG, mayCover: Infinity });
  }

  /** Set a name down beside its dot, where it covers fewest others; false if that is too many. */
  set(text, at, { font, mayCover, lower = 0 }) {
    this.context.font = font;
    const wide = this.context.measureText(text).width;
    const gap = at.r + at.edge;
    const places = [
      [at.x + gap, at.y - 8 + lower],
      [at.x - gap - wide, at.y - 8 + lower],
      [at.x - wide / 2, at.y - gap - 15],
      [at.x - wide / 2, at.y + gap - 1],
      [at.x + gap * 0.7, at.y - gap * 0.7 - 13],
      [at.x + gap * 0.7, at.y + gap * 0.7 - 3],
      [at.x - gap * 0.7 - wide, at.y - gap * 0.7 - 13],
      [at.x - gap * 0.7 - wide, at.y + gap * 0.7 - 3],
    ];
    let best = null;
    for (const [left, top] of places) {
      const box = { left: left - 2, right: left + wide + 2, top, bottom: top + 16, text };
      if (box.left < 2 || box.right > this.frame.width - 2 || box.top < 2 || box.bottom > this.frame.height - 2) continue;
      if (this.taken.hits(box)) continue;
      const covered = this.dots.hits(box);
      if (best === null || covered < best.covered) best = { box, covered, left, top };
    }
    if (best === null || best.covered > mayCover) return false;
    this.take(best.box, { x: best.left, y: best.top + 12, font });
    return true;
  }

  take(box, letters) {
    this.taken.add(box);
    this.placed.push(Object.assign(box, letters));
  }

  /** A caption stands above its community, or below it where that covers fewer people. */
  captions(seen) {
    const boxes = this.model.groups.map(() => null);
    for (const [i, at] of seen) {
      if (i === this.model.me) continue;
      const group = this.model.people.group[i];
      const box = (boxes[group] ??= { left: 1e9, right: -1e9, top: 1e9, bottom: -1e9, n: 0 });
      box.left = Math.min(box.left, at.x - at.r);
      box.right = Math.max(box.right, at.x + at.r);
      box.top = Math.min(box.top, at.y - at.r);
      box.bottom = Math.max(box.bottom, at.y + at.r);
      box.n++;
    }
    this.model.groups.forEach((group, k) => {
      if (!boxes[k] || !group.caption) return;
      // groups without a caption lie scattered: a box around them would say nothing
      const rivals = boxes.filter((box, other) => box && other !== k && this.model.groups[other].caption);
      this.caption(group, k, boxes[k], rivals);
    });
  }

  /** A caption never stands nearer to another group than to its own: it would name the wrong people. */
  caption(group, k, area, rivals) {
    const text = shortened(this.model.caption(k), 40);
    this.context.font = CAPTION;
    const wide = this.context.measureText(text).width + 14;
    const middle = (area.left + area.right) / 2;
    const level = down(area) - 9;
    const lefts = group.strip ? [area.left] : [0.5, 0.15, 0.85, 0, 1].map((part) => middle - wide * part);
    // above, below, close in where a round group leaves its corners free, beside, and last across it
    const rows = [
      [area.top - 23, lefts],
      [area.bottom + 5, lefts],
      [area.top - 12, [area.right - wide * 0.3, area.left - wide * 0.7]],
      [area.bottom - 6, [area.right - wide * 0.3, area.left - wide * 0.7]],
      [level, [area.right + 6, area.left - wide - 6]],
      [level, lefts],
    ];
    let best = null;
    for (const [turn, [top, places]] of rows.entries())
      for (const left of places) {
        const x = Math.min(Math.max(left, 4), this.frame.width - wide - 4);
        const box = { left: x, right: x + wide, top, bottom: top + 18, text, group: k };
        if (top < 2 || box.bottom > this.frame.height - 2 || this.taken.hits(box)) continue;
        const own = outside(area, across(box), down(box));
        if (rivals.some((rival) => outside(rival, across(box), down(box)) < own)) continue;
        const cost = this.dots.hits(box) + turn * 0.4;
        if (best === null || cost < best.cost) best = { box, cost };
      }
    if (best === null) return;
    this.take(best.box, { x: best.box.left + 14, y: best.box.top + 13, font: CAPTION, color: group.color });
  }
}

function paint(context, { text, x, y, font, color, left, top }, colors) {
  context.font = font;
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = colors.paper;
  context.fillStyle = colors.ink;
  context.strokeText(text, x, y);
  context.fillText(text, x, y);
  if (color === undefined) return;
  context.beginPath();
  context.arc(left + 5, top + 9, 4.5, 0, 7);
  context.fillStyle = colors.groups[color];
  context.fill();
}

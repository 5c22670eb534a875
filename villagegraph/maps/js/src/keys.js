// Everything works from the keyboard: walk from tie to tie, pin, select, leave.

import { toggled } from "./view.js";

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** The neighbour that lies most nearly in a direction; anybody shown, where no neighbour does. */
export function towards(model, from, [right, up]) {
  const { x, y } = model.people;
  const nearest = (ids) => {
    let best = null;
    for (const i of ids) {
      const [dx, dy] = [x[i] - x[from], y[i] - y[from]];
      const length = Math.hypot(dx, dy);
      const along = length ? (dx * right + dy * up) / length : 0;
      if (along < 0.5 || i === from || !model.shown[i]) continue;
      const cost = length / (along * along);
      if (best === null || cost < best.cost) best = { i, cost };
    }
    return best?.i ?? null;
  };
  const ends = model.ends(from).map(({ to }) => to);
  return nearest(from === model.me ? ends : ends.filter((to) => to !== model.me)) ?? nearest(ends) ?? nearest(model.shown.keys());
}

/** The next person to write to. */
function nextNote(model) {
  const noted = model.noted();
  return noted.length ? noted[(noted.indexOf(model.pinned) + 1) % noted.length] : null;
}

export function keyboard(model, { container, search, choose, show, fit, zoom, say }) {
  const largest = () => model.people.size.reduce((best, size, i) => (size > model.people.size[best] ? i : best), 0);
  const walk = (way) => {
    const from = model.focus ?? model.me ?? largest();
    const to = model.focus === null ? from : towards(model, from, way);
    if (to === null) return;
    if (model.pinned !== null) model.set({ pinned: to, cursor: null, picked: new Set([to]) });
    else model.set({ cursor: to, hovered: null });
    show(to);
    say(to);
  };
  const keys = {
    Enter: () => model.cursor !== null && choose(model.cursor),
    " ": () => model.focus !== null && model.set({ picked: toggled(model, model.focus) }),
    "+": () => zoom(1 / 1.5),
    "=": () => zoom(1 / 1.5),
    "-": () => zoom(1.5),
    0: fit,
    w: () => model.pinned !== null && model.set({ way: !model.way }),
    n: () => {
      const next = nextNote(model);
      if (next !== null) choose(next);
    },
    ...Object.fromEntries([1, 2, 3].map((steps) => [steps, () => model.pinned !== null && model.set({ steps, way: false })])),
  };

  container.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || model.n === 0) return;
    const act = WAYS[event.key] ? () => walk(WAYS[event.key]) : keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLInputElement && event.target.type !== "range";
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      event.preventDefault();
      search();
    } else if (event.key === "?") model.set({ aside: "help" });
    else if (event.key === "Escape") model.set(model.aside ? { aside: null } : { pinned: null, cursor: null, hovered: null, picked: new Set() });
  });
}

// Everything works from the keyboard: walk from tie to tie, pin, leave.

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
  const ends = model.adjacent[from].map(({ to }) => to);
  return nearest(from === model.me ? ends : ends.filter((to) => to !== model.me)) ?? nearest(ends);
}

export function keyboard(model, { container, search, show, fit, zoom, say }) {
  const first = () => model.focus ?? model.me ?? model.people.size.indexOf(Math.max(...model.people.size));

  container.addEventListener("keydown", (event) => {
    if (WAYS[event.key]) {
      event.preventDefault();
      const from = first();
      const to = model.focus === null ? from : towards(model, from, WAYS[event.key]);
      if (to === null || to === undefined || to < 0) return;
      if (model.pinned !== null) model.set({ pinned: to, cursor: null });
      else model.set({ cursor: to, hovered: null });
      show(to);
      say(to);
    } else if (event.key === "Enter" && model.cursor !== null) {
      model.set({ pinned: model.cursor, cursor: null });
      say(model.pinned);
    } else if (event.key === "+" || event.key === "=") zoom(1 / 1.5);
    else if (event.key === "-") zoom(1.5);
    else if (event.key === "0") fit();
  });

  addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLInputElement;
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search();
    } else if (event.key === "Escape" && !typing) model.set({ pinned: null, cursor: null, hovered: null });
  });
}

// What tests and the curious may look at: copies, nothing to hold on to.

import { selection } from "./bridge.js";
import { ringsOf } from "./rings.js";

export function inspection(page) {
  const { model } = page;
  return Object.freeze({
    ready: true,
    counts: () => ({ shown: model.count, total: model.total, ties: model.ties.n }),
    shown: () => [...model.shown.keys()].filter((i) => model.shown[i]),
    drawn: () => [...Array(model.ties.n).keys()].filter((tie) => model.drawn === null || model.drawn[tie]).length,
    group: (i) => model.people.group[i],
    name: (i) => model.people.name[i],
    neighbours: (i) => model.ends(i).map(({ to }) => to),
    near: () => Object.fromEntries(model.near),
    route: () => model.route && { people: [...model.route.people] },
    pinned: () => model.pinned,
    selection: () => selection(model),
    spot: (i) => page.view?.spot(i) ?? null,
    rings: () => (page.view ? ringsOf({ model, spot: (i) => page.view.spot(i), colors: page.view.colors }) : []),
    lettering: () => (page.view?.lettering.placed ?? []).map((box) => ({ ...box })),
    camera: () => ({ ...page.view?.sigma.getCamera().getState() }),
    redraw: () => {
      const before = performance.now();
      page.view?.refresh();
      return performance.now() - before;
    },
  });
}

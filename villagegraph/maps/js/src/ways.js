// Steps and ways along the ties that are shown. The owner is tied to nearly everyone:
// a way through the owner would say nothing, so that ways only begin or end there.

const open = (model, tie, to) => model.shown[to] && (model.drawn === null || model.drawn[tie]);

/** How many steps away each person is, up to a number of them; the person's own is 0. */
export function reached(model, from, most) {
  const steps = new Map([[from, 0]]);
  let edge = [from];
  for (let step = 1; step <= most; step++) {
    const further = [];
    for (const i of edge) {
      if (i === model.me && i !== from) continue;
      for (let k = model.at[i]; k < model.at[i + 1]; k++) {
        const to = model.far[k];
        if (steps.has(to) || !open(model, model.along[k], to)) continue;
        steps.set(to, step);
        further.push(to);
      }
    }
    edge = further;
  }
  return steps;
}

/** The shortest way of contact between two people, over the strongest ties; null if there is none. */
export function wayBetween(model, from, to) {
  if (from === null || to === null || from === to) return null;
  return shortest(model, from, to, -1);
}

/** The shortest way through others, where two people are tied already; null if there is none. */
export function wayThroughOthers(model, from, to) {
  const direct = model.ends(from).find((end) => end.to === to);
  return direct ? shortest(model, from, to, direct.tie) : null;
}

function shortest(model, from, to, without) {
  const { level, seen } = model.ties;
  const before = new Map([[from, null]]);
  let edge = [{ i: from, worth: 0 }];
  while (edge.length && !before.has(to)) {
    const found = new Map();
    for (const { i, worth } of edge) {
      if (i === model.me && i !== from) continue;
      for (let k = model.at[i]; k < model.at[i + 1]; k++) {
        const [next, tie] = [model.far[k], model.along[k]];
        if (before.has(next) || tie === without || !open(model, tie, next)) continue;
        const sum = worth + (seen[tie] ? 0 : 1 + level[tie]);
        const best = found.get(next);
        if (!best || sum > best.worth || (sum === best.worth && i < best.i)) found.set(next, { i, tie, worth: sum });
      }
    }
    for (const [next, step] of found) before.set(next, step);
    edge = [...found].map(([i, { worth }]) => ({ i, worth }));
  }
  if (!before.has(to)) return null;
  const way = { people: [to], ties: [] };
  for (let step = before.get(to); step; step = before.get(step.i)) {
    way.people.unshift(step.i);
    way.ties.unshift(step.tie);
  }
  return way;
}

// What is shown: every filter in one place. Within a filter any choice will do; all filters have to agree.

import { reached } from "./ways.js";

export const FILTERS = ["hidden", "only", "channelsOn", "tagsOn", "orgsOn", "circle", "strength", "from", "to"];

/** The filters when nothing is filtered. */
export const none = (model) => ({
  hidden: new Set(),
  only: null,
  channelsOn: new Set(),
  tagsOn: new Set(),
  orgsOn: new Set(),
  circle: 0,
  strength: 0,
  from: 1,
  to: model.months?.steps ?? 1,
});

/** Set `shown` (people) and `drawn` (ties), and count the people. */
export function sift(model) {
  const { n, me, ties } = model;
  model.drawn = siftedTies(model);
  const kept = siftedPeople(model);
  if (model.drawn !== null) {
    const tied = new Uint8Array(n);
    for (let tie = 0; tie < ties.n; tie++)
      if (model.drawn[tie] && kept[ties.a[tie]] && kept[ties.b[tie]]) tied[ties.a[tie]] = tied[ties.b[tie]] = 1;
    for (let i = 0; i < n; i++) kept[i] &= tied[i];
    if (me !== null) kept[me] = 1;
  }
  model.shown = kept;
  if (model.alone && model.pinned !== null) {
    const near = reached(model, model.pinned, model.steps);
    for (let i = 0; i < n; i++) if (i !== me && !near.has(i)) kept[i] = 0;
  }
  model.count = kept.reduce((sum, value) => sum + value, 0) - (me === null ? 0 : 1);
}

/** Which ties pass the filters on ties; null if there is none. */
function siftedTies(model) {
  const { ties, strength, from, to, channelsOn, months } = model;
  const dated = months !== null && (from > 1 || to < months.steps);
  if (strength === 0 && !dated && channelsOn.size === 0) return null;
  const mask = [...channelsOn].reduce((sum, bit) => sum | (1 << bit), 0);
  const drawn = new Uint8Array(ties.n);
  for (let tie = 0; tie < ties.n; tie++) {
    if (strength > 0 && (ties.seen[tie] || ties.level[tie] < strength - 1)) continue;
    if (mask && !(ties.via[tie] & mask)) continue;
    if (dated && (ties.first[tie] === 0 || ties.first[tie] > to || (ties.last[tie] || ties.first[tie]) < from)) continue;
    drawn[tie] = 1;
  }
  return drawn;
}

function siftedPeople(model) {
  const { people, hidden, only, tagsOn, orgsOn, circle } = model;
  const kept = new Uint8Array(model.n);
  for (let i = 0; i < model.n; i++)
    kept[i] =
      i === model.me ||
      (!hidden.has(people.group[i]) &&
        (only === null || model.listed(i, only)) &&
        (circle === 0 || (people.circle[i] > 0 && people.circle[i] <= circle)) &&
        (orgsOn.size === 0 || orgsOn.has(people.org[i])) &&
        (tagsOn.size === 0 || people.tags[i].some((tag) => tagsOn.has(tag))))
        ? 1
        : 0;
  return kept;
}

/** The choices of the filter by tag, channel or organisation: [value, people who have it], most first. */
export function choices(model, of) {
  const found = new Map();
  for (let i = 0; i < model.n; i++) if (i !== model.me) for (const value of of(i)) found.set(value, (found.get(value) ?? 0) + 1);
  return [...found].sort((p, q) => q[1] - p[1] || (p[0] < q[0] ? -1 : 1));
}

/** The channels that a person's ties run through, as numbers; the owner's own ties where there is an owner. */
export function channelsAt(model, i) {
  let mask = 0;
  if (model.mine[i] >= 0) mask = model.ties.via[model.mine[i]];
  else if (model.me === null) for (let k = model.at[i]; k < model.at[i + 1]; k++) mask |= model.ties.via[model.along[k]];
  return model.channels.map((_, bit) => bit).filter((bit) => mask & (1 << bit));
}

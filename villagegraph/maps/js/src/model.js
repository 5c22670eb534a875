// The village as the page sees it: who there is, who is tied to whom, who is shown.

import { contacts, numbers, spelled, unpacked } from "./payload.js";
import { FILTERS, none, sift } from "./filters.js";
import { reached, wayBetween } from "./ways.js";
import { fold } from "./words.js";

/** The lists of the neglected, by the number that an address tells; a person may stand on several. */
export const LISTS = ["", "slipping", "dormant", "worth"];
/** In which order they are told. */
export const ORDER = [1, 3, 2];
/** The colour of groups that are no communities. */
export const GREY = 8;
const TEXTS = ["org", "title", "headline", "place", "origin", "reason", "short", "ask"];

export class Model {
  constructor(data) {
    this.title = data.title;
    this.asOf = data.as_of;
    this.me = data.me;
    this.groups = data.groups;
    this.tags = data.tags;
    this.channels = data.channels;
    const [year, month] = data.as_of.split("-").map(Number);
    this.months = data.months && { ...data.months, end: 12 * year + month - 1 };
    this.people = { ...data.people };
    for (const name of TEXTS) this.people[name] = spelled(data.people[name]);
    this.people.circle = numbers(data.people.circle);
    this.n = data.people.name.length;
    this.enlist(data.lists);
    this.total = this.n - (this.me === null ? 0 : 1);
    this.ties = unpacked(data.ties);
    this.contact = contacts(data.contact);
    this.link();
    this.listeners = [];
    this.names = new Map();
    Object.assign(this, none(this), { pinned: null, hovered: null, cursor: null, picked: new Set() });
    Object.assign(this, { steps: 1, alone: false, way: false, start: this.me, aside: null });
    sift(this);
  }

  /** The people of each list, most pressing first; and for each person a bit for each list. */
  enlist(lists) {
    this.lists = [[], ...lists];
    this.people.list = new Uint8Array(this.n);
    for (const kind of ORDER) for (const i of this.lists[kind]) this.people.list[i] |= 1 << (kind - 1);
  }

  listed(i, kind) {
    return Boolean(this.people.list[i] & (1 << (kind - 1)));
  }

  /** The lists on which a person stands. */
  kinds(i) {
    return ORDER.filter((kind) => this.listed(i, kind));
  }

  /** Whom to write to, most pressing first: everybody on a list, or on the one that is shown alone. */
  noted() {
    const kinds = this.only === null ? ORDER : [this.only];
    return [...new Set(kinds.flatMap((kind) => this.lists[kind]))].filter((i) => this.shown[i]);
  }

  /** For each person the ties, one after the other in two columns. */
  link() {
    const { a, b, n } = this.ties;
    const at = new Int32Array(this.n + 1);
    for (let tie = 0; tie < n; tie++) {
      at[a[tie] + 1]++;
      at[b[tie] + 1]++;
    }
    for (let i = 0; i < this.n; i++) at[i + 1] += at[i];
    const next = at.slice();
    this.at = at;
    this.far = new Int32Array(2 * n);
    this.along = new Int32Array(2 * n);
    for (let tie = 0; tie < n; tie++)
      for (const [one, two] of [[a[tie], b[tie]], [b[tie], a[tie]]]) {
        this.far[next[one]] = two;
        this.along[next[one]++] = tie;
      }
    this.mine = new Int32Array(this.n).fill(-1);
    if (this.me !== null) for (let k = at[this.me]; k < at[this.me + 1]; k++) this.mine[this.far[k]] = this.along[k];
  }

  /** A person's ties, strongest first: contact before being seen together. */
  ends(i) {
    const { level, seen, times } = this.ties;
    const ends = [];
    for (let k = this.at[i]; k < this.at[i + 1]; k++) ends.push({ to: this.far[k], tie: this.along[k] });
    return ends.sort((p, q) => seen[p.tie] - seen[q.tie] || level[q.tie] - level[p.tie] || times[q.tie] - times[p.tie] || p.to - q.to);
  }

  /** Ties among others: the owner has one with nearly everybody. */
  degree(i) {
    const all = this.at[i + 1] - this.at[i];
    return i === this.me ? 0 : all - (this.mine[i] >= 0 ? 1 : 0);
  }

  /** What is known of the contact between the owner and a person. */
  facts(i) {
    return this.contact.get(this.mine[i]) ?? null;
  }

  /** The channels of a tie, by name. */
  channelsOf(tie) {
    return this.channels.filter((_, bit) => this.ties.via[tie] & (1 << bit));
  }

  groupName(k) {
    return this.names.get(k) ?? this.groups[k].name;
  }

  /** What stands beside a group on the map: its number too, where that was given. */
  caption(k) {
    const group = this.groups[k];
    return this.names.has(k) ? group.caption.replace(group.name, this.names.get(k)) : group.caption;
  }

  on(listener) {
    this.listeners.push(listener);
  }

  /** Change what is shown or in focus, and tell every part of the page. */
  set(change) {
    const told = { ...change };
    Object.assign(this, change);
    if ("pinned" in change && this.pinned === null) Object.assign(this, { alone: false, way: false, steps: 1 });
    if (this.pinned === null || this.pinned === this.start) this.way = false;
    if (FILTERS.some((name) => name in change) || "alone" in change || (this.alone && ("pinned" in change || "steps" in change)) || told.pinned === null) {
      sift(this);
      told.sifted = true;
      this.release(told);
    }
    this.turn();
    for (const listener of this.listeners) listener(this, told);
  }

  /** Whoever is filtered out can't stay in focus: the map would turn to nobody. */
  release(told) {
    for (const name of ["pinned", "hovered", "cursor"])
      if (this[name] !== null && !this.shown[this[name]]) told[name] = this[name] = null;
    for (const i of this.picked) if (!this.shown[i]) this.picked.delete(i);
    if (told.pinned === null && (this.alone || this.way)) {
      Object.assign(this, { alone: false, way: false, steps: 1 });
      sift(this);
    }
  }

  /** Work out whom the map turns to: steps from the person in focus, or the way to them. */
  turn() {
    this.route = this.way ? wayBetween(this, this.start, this.pinned) : null;
    if (this.route) this.near = new Map(this.route.people.map((i) => [i, i === this.pinned ? 0 : 1]));
    else this.near = this.focus === null ? new Map() : reached(this, this.focus, this.pinned === null ? 1 : this.steps);
  }

  get filtered() {
    const plain = none(this);
    return FILTERS.some((name) => (plain[name] instanceof Set ? this[name].size > 0 : this[name] !== plain[name]));
  }

  /** Whom the map turns to: the pinned person, else who is pointed at. */
  get focus() {
    return this.pinned ?? this.hovered ?? this.cursor;
  }

  clear() {
    this.set({ ...none(this), alone: false });
  }

  /** Search keys are made when they are first asked for: a great village opens faster. */
  keysOf() {
    this.keys ??= this.people.name.map((name, i) => {
      const own = fold(name);
      return { own, all: `${own} ${fold(this.people.org[i])}` };
    });
    return this.keys;
  }

  /** People whose name (or organisation) has every word of the query; names that begin with it first. */
  find(query, limit = 8) {
    const words = fold(query).split(/\s+/).filter(Boolean);
    if (!words.length) return { hits: [], more: 0 };
    const hits = [];
    this.keysOf().forEach(({ own, all }, i) => {
      if (!words.every((word) => all.includes(word))) return;
      const far = (word) => (` ${own}`.includes(` ${word}`) ? 0 : own.includes(word) ? 2 : 5);
      hits.push([words.reduce((sum, word) => sum + far(word), own.startsWith(words[0]) ? 0 : 1), i]);
    });
    hits.sort((p, q) => p[0] - q[0] || this.people.size[q[1]] - this.people.size[p[1]] || p[1] - q[1]);
    return { hits: hits.slice(0, limit).map(([, i]) => i), more: Math.max(0, hits.length - limit) };
  }
}

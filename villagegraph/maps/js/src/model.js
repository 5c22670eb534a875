// The village as the page sees it: who there is, who is tied to whom, who is shown.

import { fold } from "./words.js";

export const LISTS = ["", "slipping", "dormant"];

/** Text that many share is sent once, and told by number. */
const spelled = ({ texts, at }) => at.map((k) => texts[k]);

/** Ties come as steps down the list of people, and a letter each. */
function unpacked({ count, step, kind, times }) {
  const ties = { a: [], b: [], w: [], basis: [], times };
  count.forEach((n, a) => {
    for (let b = a; n > 0; n--) {
      const code = kind.charCodeAt(ties.a.length) - 65;
      b += step[ties.a.length];
      ties.a.push(a);
      ties.b.push(b);
      ties.w.push((code % 10) / 9);
      ties.basis.push(code < 10 ? 0 : 1);
    }
  });
  return ties;
}

/** What is known of the owner's contact, by tie. */
function contacts({ tie, channels, cadence, rhythm, last, silence, days365, names }) {
  const [rhythms, silences] = [spelled(rhythm), spelled(silence)];
  const facts = (k) => ({
    channels: names.filter((_, bit) => channels[k] & (1 << bit)),
    cadence: cadence[k],
    rhythm: rhythms[k],
    last: last[k],
    silence: silences[k],
    days365: days365[k],
  });
  return new Map(tie.map((number, k) => [number, facts(k)]));
}

export class Model {
  constructor(data) {
    const { people } = data;
    this.title = data.title;
    this.asOf = data.as_of;
    this.me = data.me;
    this.groups = data.groups;
    this.people = { ...people };
    for (const name of ["org", "title", "headline", "place", "reason", "short"]) this.people[name] = spelled(people[name]);
    this.people.tags = people.tags.map((ids) => ids.map((k) => data.tags[k]));
    this.ties = unpacked(data.ties);
    this.contact = contacts(data.contact);
    this.n = people.name.length;
    this.keys = people.name.map((name, i) => fold(`${name} ${this.people.org[i]}`));
    this.nameKeys = people.name.map(fold);
    this.link();
    this.hidden = new Set();
    this.only = null;
    this.pinned = null;
    this.hovered = null;
    this.cursor = null;
    this.listeners = [];
    this.sift();
  }

  /** For each person the ties, strongest first. */
  link() {
    const { a, b, w } = this.ties;
    this.adjacent = Array.from({ length: this.n }, () => []);
    a.forEach((one, tie) => {
      this.adjacent[one].push({ to: b[tie], tie });
      this.adjacent[b[tie]].push({ to: one, tie });
    });
    for (const ends of this.adjacent) ends.sort((p, q) => w[q.tie] - w[p.tie] || p.to - q.to);
  }

  /** Ties among others: the owner has one with nearly everybody. */
  degree(i) {
    return this.adjacent[i].reduce((sum, { to }) => sum + (to !== this.me && i !== this.me), 0);
  }

  tieWithMe(i) {
    return this.me === null ? undefined : this.adjacent[i].find(({ to }) => to === this.me);
  }

  on(listener) {
    this.listeners.push(listener);
  }

  /** Change what is shown or in focus, and tell every part of the page. */
  set(change) {
    Object.assign(this, change);
    const told = { ...change };
    if ("hidden" in change || "only" in change) {
      this.sift();
      // whoever is filtered out can't stay in focus: the map would turn to nobody
      for (const name of ["pinned", "hovered", "cursor"])
        if (this[name] !== null && !this.shown[this[name]]) told[name] = this[name] = null;
    }
    for (const listener of this.listeners) listener(this, told);
  }

  sift() {
    const { group, list } = this.people;
    this.shown = new Array(this.n);
    this.count = 0;
    for (let i = 0; i < this.n; i++) {
      const kept = !this.hidden.has(group[i]) && (this.only === null || list[i] === this.only);
      this.shown[i] = i === this.me || kept;
      if (this.shown[i] && i !== this.me) this.count++;
    }
    this.total = this.n - (this.me === null ? 0 : 1);
  }

  get filtered() {
    return this.hidden.size > 0 || this.only !== null;
  }

  /** Whom the map turns to: the pinned person, else who is pointed at. */
  get focus() {
    return this.pinned ?? this.hovered ?? this.cursor;
  }

  /** People whose name (or organisation) has every word of the query; names that begin with it first. */
  find(query, limit = 8) {
    const words = fold(query).split(/\s+/).filter(Boolean);
    if (!words.length) return { hits: [], more: 0 };
    const hits = [];
    for (let i = 0; i < this.n; i++) {
      if (!words.every((word) => this.keys[i].includes(word))) continue;
      const name = this.nameKeys[i];
      const far = (word) => (` ${name}`.includes(` ${word}`) ? 0 : name.includes(word) ? 2 : 5);
      hits.push([words.reduce((sum, word) => sum + far(word), name.startsWith(words[0]) ? 0 : 1), i]);
    }
    hits.sort((p, q) => p[0] - q[0] || this.people.size[q[1]] - this.people.size[p[1]] || p[1] - q[1]);
    return { hits: hits.slice(0, limit).map(([, i]) => i), more: Math.max(0, hits.length - limit) };
  }
}

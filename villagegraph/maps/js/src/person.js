// One person: who, how you are in touch, why to write, whom they are tied to.

import { bdi, closeButton, h, swatch } from "./dom.js";
import { LISTS } from "./model.js";
import { headings, more, personButton } from "./overview.js";
import { wayThroughOthers } from "./ways.js";
import { ago, capital, channels, count, dayBefore, people, plural, rhythm, stepMonth } from "./words.js";

const FIRST = 14;
const CIRCLES = [0, 5, 15, 50, 150];
const BASIS = ["in contact", "seen together"];
const HOW_OFTEN = [(n) => `on ${plural(n, "day", "days")}`, (n) => (n === 1 ? "once" : `${count(n)} times`)];

export function person(model, i, choose) {
  const { people: all } = model;
  const me = i === model.me;
  return [
    head(model, i),
    all.list[i] > 0 && h("p", { class: `callout ${LISTS[model.kinds(i)[0]]}` }, h("strong", null, headings(model, i)), bdi(all.reason[i])),
    all.ask[i] && h("p", { class: "callout ask" }, h("strong", null, "A question to ask"), bdi(all.ask[i])),
    !me && model.me !== null && contact(model, i),
    (me || model.me === null) && knownFrom(model, i),
    all.tags[i].length > 0 && h("ul", { class: "tags", "aria-label": "Tags" }, all.tags[i].map((tag) => h("li", null, bdi(model.tags[tag])))),
    model.at[i + 1] > model.at[i] && around(model, i, choose),
    neighbours(model, i, choose),
  ].filter(Boolean);
}

function head(model, i) {
  const { people: all } = model;
  const group = all.group[i];
  const work = [all.title[i], all.org[i]].filter(Boolean);
  const leave = () => model.set({ pinned: null, cursor: null, picked: new Set() });
  return h(
    "header",
    null,
    h("p", { class: "eyebrow" }, i === model.me ? h("span", { class: "swatch me" }) : swatch(model.groups[group].color), i === model.me ? "You" : bdi(model.groupName(group)), closeButton("Close the details", leave)),
    h("h2", { id: "person", class: "title" }, bdi(all.name[i])),
    work.length > 0 && h("p", { class: "work" }, bdi(work.join(", "))),
    all.place[i] && h("p", { class: "quiet" }, bdi(all.place[i])),
    all.headline[i] && h("p", { class: "headline" }, bdi(`“${all.headline[i]}”`)),
  );
}

const terms = (rows) => rows.length > 0 && h("dl", null, rows.map(([term, value]) => [h("dt", null, term), h("dd", null, value)]));

function contact(model, i) {
  const known = model.facts(i);
  if (!known) {
    const text = model.mine[i] >= 0 ? "You were only seen together: neither wrote to the other." : "No direct contact in these exports.";
    return [h("p", { class: "quiet" }, text), knownFrom(model, i)];
  }
  const month = model.asOf && dayBefore(model.asOf, 0).replace(/ \d+$/, "");
  const names = model.channelsOf(model.mine[i]);
  const circle = CIRCLES[model.people.circle[i]];
  return terms(
    [
      names.length > 0 && ["How you are in touch", capital(channels(names))],
      known.cadence !== null && ["Rhythm", rhythm(known.rhythm)],
      known.last !== null && model.asOf !== "" && ["Last contact", [dayBefore(model.asOf, known.last), h("span", { class: "quiet since" }, `${ago(known.last, known.silence)} ${month}`)]],
      known.first !== null && model.asOf !== "" && ["First contact", dayBefore(model.asOf, known.first)],
      ["Last 12 months", known.days365 ? plural(known.days365, "day of contact", "days of contact") : "no contact"],
      circle > 0 && ["Circle", `among your closest ${circle}`],
      model.people.origin[i] && ["Known from", capital(model.people.origin[i])],
    ].filter(Boolean),
  );
}

const knownFrom = (model, i) => terms(model.people.origin[i] ? [["Known from", capital(model.people.origin[i])]] : []);

/** Steps and ways: how far the map lights up from here, and how to get here. */
function around(model, i, choose) {
  const within = [...model.near.keys()].filter((k) => k !== i && k !== model.me).length;
  const steps = [1, 2, 3].map((step) =>
    h("button", { type: "button", id: `steps-${step}`, "aria-pressed": String(!model.way && model.steps === step), onclick: () => model.set({ steps: step, way: false }) }, String(step)),
  );
  const alone = h("button", { type: "button", id: "alone", class: "chip", "aria-pressed": String(model.alone), onclick: () => model.set({ alone: !model.alone, way: false }) }, "Hide others");
  return h(
    "section",
    { class: "around" },
    h("div", { class: "row" }, h("h3", { id: "steps-label" }, "Steps from here"), h("div", { class: "tabs", role: "group", "aria-labelledby": "steps-label" }, steps)),
    !model.way && h("p", { class: "quiet small", role: "status" }, `${people(within)} within ${plural(model.steps, "step", "steps")}${model.me !== null && i !== model.me && model.steps > 1 ? ", not counting ways through you" : ""}`),
    h("div", { class: "row" }, alone, wayButtons(model, i)),
    way(model, i, choose),
  );
}

/** A way starts at the owner, unless somebody else is chosen to start from. */
function wayButtons(model, i) {
  const { start, me, people: all } = model;
  const from = start === me ? "you" : all.name[start];
  return [
    start !== null && i !== start && h("button", { type: "button", id: "way", class: "chip", "aria-pressed": String(model.way), onclick: () => model.set({ way: !model.way }) }, h("span", null, "Way from ", start === me ? from : bdi(from))),
    (model.way || start !== me || me === null) && i !== start && h("button", { type: "button", id: "start", class: "chip", onclick: () => model.set({ start: i, way: false }) }, "Start ways here"),
    start !== me && me !== null && h("button", { type: "button", id: "unstart", class: "chip", onclick: () => model.set({ start: me }) }, "Start ways at you"),
  ];
}

function way(model, i, choose) {
  if (model.way) return route(model, i, choose);
  return i === model.start && i !== model.me && h("p", { class: "quiet small" }, "Ways start here. Press another person to see the way to them.");
}

function route(model, i, choose) {
  if (!model.route) return h("p", { class: "quiet small", role: "status" }, "No way leads here along the ties that are shown.");
  const { people: along, ties } = model.route;
  const row = (to, k) => h("li", null, personButton(model, to, choose, k ? evidence(model, ties[k - 1]) : "start"));
  const other = along.length === 2 ? wayThroughOthers(model, model.start, i) : null;
  const through = other && other.people.slice(1, -1).map((k) => model.people.name[k]).join(", ");
  return [
    h("ol", { class: "people route", id: "route" }, along.map(row)),
    along.length === 2 && h("p", { class: "quiet small", role: "status" }, "A direct tie. ", through ? ["Nearest way through others: ", bdi(through), "."] : "Nobody else stands between."),
    along.length > 2 && h("p", { class: "quiet small", role: "status" }, `${plural(along.length - 1, "step", "steps")}, over the strongest ties.`),
  ];
}

function neighbours(model, i, choose) {
  const ends = model.ends(i).filter(({ to }) => to !== model.me);
  if (i === model.me) ends.sort((p, q) => recent(model, q.to) - recent(model, p.to));
  if (!ends.length) {
    const alone = i === model.me || model.me === null || model.mine[i] < 0;
    return h("p", { class: "quiet" }, alone ? "No tie to anybody in these exports." : "Tied to nobody else here: nobody else was seen with both of you.");
  }
  const tie = new Map(ends.map((end) => [end.to, end.tie]));
  return h("section", null, h("h3", null, `Tied to ${people(ends.length)}`), more(model, [...tie.keys()], FIRST, choose, (to) => noteOf(model, i, to, tie.get(to)), { id: "neighbours" }));
}

/** What a tie between two others rests on, how often that was, through what, and until when. */
function evidence(model, tie) {
  const basis = model.ties.seen[tie];
  const times = model.ties.times[tie];
  const names = model.channelsOf(tie);
  const last = model.ties.last[tie];
  return [
    times ? `${BASIS[basis]} ${HOW_OFTEN[basis](times)}` : BASIS[basis],
    names.length > 0 && channels(names),
    last > 0 && `last ${model.months.unit > 1 ? "by " : ""}${stepMonth(model.months, last, true)}`,
  ].filter(Boolean).join(" · ");
}

function noteOf(model, i, to, tie) {
  const known = i === model.me ? model.facts(to) : null;
  if (!known) return evidence(model, tie);
  return known.days365 ? plural(known.days365, "day of contact in the last year", "days of contact in the last year") : "no contact in the last year";
}

const recent = (model, i) => model.facts(i)?.days365 ?? -1;

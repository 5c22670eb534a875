// The panel beside the map: one person's details, or an overview when nobody is pinned.

import { bdi, h, icon, swatch } from "./dom.js";
import { LISTS } from "./model.js";
import { ago, channels, count, dayBefore, people, plural, rhythm } from "./words.js";

const FIRST = 14;
const BASIS = ["in contact", "seen together"];
const HOW_OFTEN = [(n) => `on ${plural(n, "day", "days")}`, (n) => (n === 1 ? "once" : `${count(n)} times`)];
const HEADING = { slipping: "Slipping", dormant: "Silent for long" };

export function details(model, { choose }) {
  const box = h("aside", { id: "details", "aria-label": "Details", tabindex: "-1" });
  const update = () =>
    box.replaceChildren(...(model.pinned === null ? overview(model, choose) : person(model, model.pinned, choose)));
  model.on((_, change) => {
    if (!("pinned" in change)) return;
    update();
    box.scrollTop = 0;
  });
  update();
  return box;
}

function overview(model, choose) {
  const { list, short, size } = model.people;
  const note = [...Array(model.n).keys()].filter((i) => list[i]).sort((p, q) => list[p] - list[q] || model.people.rank[p] - model.people.rank[q]);
  const close = [...Array(model.n).keys()]
    .filter((i) => i !== model.me && size[i] > 0 && model.adjacent[i].length)
    .sort((p, q) => recent(model, q) - recent(model, p) || size[q] - size[p] || p - q)
    .slice(0, note.length ? 5 : 8);
  return [
    h("p", { class: "hint" }, "Press a person to see how you are in touch, and who they are tied to."),
    note.length > 0 && h("section", null, h("h2", null, "Worth a note"), personList(model, note.slice(0, 6), choose, (i) => short[i] || HEADING[LISTS[list[i]]])),
    close.length > 0 &&
      h(
        "section",
        null,
        h("h2", null, model.me === null ? "Best connected" : "Closest in the last year"),
        personList(model, close, choose, (i) => {
          const known = facts(model, i);
          return known ? plural(known.days365, "day of contact", "days of contact") : plural(model.degree(i), "tie", "ties");
        }),
      ),
  ].filter(Boolean);
}

function personList(model, ids, choose, note) {
  return h("ul", { class: "people" }, ids.map((i) => h("li", null, personButton(model, i, choose, note(i)))));
}

function personButton(model, i, choose, note) {
  const color = model.groups[model.people.group[i]]?.color ?? 8;
  return h(
    "button",
    { type: "button", class: "person", onclick: () => choose(i) },
    i === model.me ? h("span", { class: "swatch me", "aria-hidden": "true" }) : swatch(color),
    h("span", { class: "who" }, bdi(model.people.name[i]), h("span", { class: "quiet", dir: "auto" }, note)),
  );
}

/** What is known of the contact between the owner and a person. */
export function facts(model, i) {
  const own = model.tieWithMe(i);
  if (!own || model.ties.basis[own.tie] !== 0) return null;
  return model.contact.get(own.tie) ?? null;
}

function person(model, i, choose) {
  const { people: all } = model;
  const group = model.groups[all.group[i]];
  const me = i === model.me;
  const work = [all.title[i], all.org[i]].filter(Boolean);
  return [
    h(
      "header",
      null,
      h(
        "p",
        { class: "eyebrow" },
        me ? h("span", { class: "swatch me" }) : swatch(group.color),
        me ? "You" : bdi(group.name),
        h("button", { type: "button", class: "close", "aria-label": "Close the details", title: "Close (Esc)", onclick: () => model.set({ pinned: null, cursor: null }) }, icon("M5 5 15 15M15 5 5 15")),
      ),
      h("h2", { id: "person", class: "title" }, bdi(all.name[i])),
      work.length > 0 && h("p", { class: "work" }, bdi(work.join(", "))),
      all.place[i] && h("p", { class: "quiet" }, bdi(all.place[i])),
      all.headline[i] && h("p", { class: "headline" }, bdi(`“${all.headline[i]}”`)),
    ),
    all.list[i] > 0 &&
      h("p", { class: `callout ${LISTS[all.list[i]]}` }, h("strong", null, HEADING[LISTS[all.list[i]]]), bdi(all.reason[i])),
    !me && model.me !== null && contact(model, i),
    all.tags[i].length > 0 && h("ul", { class: "tags", "aria-label": "Tags" }, all.tags[i].map((tag) => h("li", null, bdi(tag)))),
    neighbours(model, i, choose),
  ].filter(Boolean);
}

function contact(model, i) {
  const known = facts(model, i);
  if (!known) {
    const together = model.tieWithMe(i) !== undefined;
    return h("p", { class: "quiet" }, together ? "You were only seen together: neither wrote to the other." : "No direct contact in these exports.");
  }
  const rows = [
    known.channels.length > 0 && ["How you are in touch", channels([...known.channels])],
    known.cadence !== null && ["Rhythm", rhythm(known.rhythm)],
    known.last !== null &&
      model.asOf !== "" && ["Last contact", [dayBefore(model.asOf, known.last), h("span", { class: "quiet since" }, `${ago(known.last, known.silence)} ${dayBefore(model.asOf, 0).replace(/ \d+$/, "")}`)]],
    ["Last 12 months", known.days365 ? plural(known.days365, "day of contact", "days of contact") : "no contact"],
  ].filter(Boolean);
  return h("dl", null, rows.map(([term, value]) => [h("dt", null, term), h("dd", null, value)]));
}

function neighbours(model, i, choose) {
  const ends = model.adjacent[i].filter(({ to }) => to !== model.me);
  if (i === model.me) ends.sort((p, q) => recent(model, q.to) - recent(model, p.to));
  if (!ends.length) {
    const text = model.adjacent[i].length ? "Tied to nobody else here: nobody else was seen with both of you." : "No tie to anybody in these exports.";
    return h("p", { class: "quiet" }, i === model.me || model.me === null ? "No tie to anybody in these exports." : text);
  }
  const row = ({ to, tie }) => h("li", null, personButton(model, to, choose, noteOf(model, i, to, tie)));
  const list = h("ul", { class: "people", id: "neighbours" }, ends.slice(0, FIRST).map(row));
  const rest = ends.slice(FIRST);
  const more =
    rest.length > 0 &&
    h("button", { type: "button", class: "link", onclick: (event) => { list.append(...rest.map(row)); event.currentTarget.remove(); } }, `Show all ${count(ends.length)}`);
  return h("section", null, h("h3", null, `Tied to ${people(ends.length)}`), list, more);
}

/** What a tie between two others rests on, and how often that was. */
function evidence(model, tie) {
  const basis = model.ties.basis[tie];
  const times = model.ties.times[tie];
  return times ? `${BASIS[basis]} ${HOW_OFTEN[basis](times)}` : BASIS[basis];
}

function noteOf(model, i, to, tie) {
  if (i !== model.me) return evidence(model, tie);
  const known = facts(model, to);
  if (!known) return evidence(model, tie);
  return known.days365 ? plural(known.days365, "day of contact in the last year", "days of contact in the last year") : "no contact in the last year";
}

const recent = (model, i) => facts(model, i)?.days365 ?? -1;

// The same people as a table: for screen readers, for print, and where there is no WebGL.

import { bdi, h, swatch } from "./dom.js";
import { headings } from "./overview.js";
import { count, dayBefore, people, shortDay } from "./words.js";

const PAGE = 400;
const CIRCLES = [null, 5, 15, 50, 150];
const order = new Intl.Collator("en", { sensitivity: "base", numeric: true });

export function tableView(model, { choose }) {
  const mine = model.me !== null;
  const known = Array.from({ length: model.n }, (_, i) => (mine ? model.facts(i) : null));
  const noted = new Map(model.noted().map((i, k) => [i, k]));
  const columns = [
    { name: "Name", value: (i) => model.people.name[i], cell: (i) => [h("button", { type: "button", class: "link", onclick: () => choose(i) }, bdi(model.people.name[i])), work(i)] },
    { name: "Group", value: (i) => model.groupName(model.people.group[i]), cell: (i) => h("span", { class: "tagged" }, swatch(model.groups[model.people.group[i]].color), bdi(model.groupName(model.people.group[i]))) },
    mine && { name: "Last contact", number: true, value: (i) => known[i]?.last ?? null, cell: (i) => (known[i] && known[i].last !== null && model.asOf ? shortDay(model.asOf, known[i].last) : "") },
    mine && { name: "Usually", number: true, value: (i) => known[i]?.cadence ?? null, cell: (i) => (known[i]?.cadence ? known[i].rhythm : "") },
    mine && { name: "Days in last year", number: true, down: true, value: (i) => known[i]?.days365 ?? null },
    { name: "Ties", number: true, down: true, value: (i) => model.degree(i) },
    mine && model.people.circle.some(Boolean) && { name: "Circle", number: true, value: (i) => CIRCLES[model.people.circle[i]] },
    noted.size > 0 && { name: "Why write", value: (i) => noted.get(i) ?? null, cell: (i) => noted.has(i) && [h("span", { class: "quiet since" }, headings(model, i)), bdi(model.people.reason[i])] },
  ].filter(Boolean);
  const work = (i) => h("span", { class: "quiet since" }, bdi([model.people.title[i], model.people.org[i]].filter(Boolean).join(", ")));
  let by = 0;
  let down = false;
  let limit = PAGE;
  const head = h("tr", null, columns.map((column, k) => h("th", { scope: "col", class: column.number ? "number" : null, "aria-sort": "none" }, h("button", { type: "button", onclick: () => sort(k) }, column.name))));
  const body = h("tbody");
  const caption = h("caption");
  const more = h("button", { type: "button", class: "link", onclick: () => { limit += PAGE * 5; fill(); } });
  const box = h("div", { id: "table", class: "table", hidden: true, tabindex: "0", role: "region", "aria-label": "People as a table" }, h("table", null, caption, h("thead", null, head), body), more);

  function sort(k) {
    down = by === k ? !down : Boolean(columns[k].down);
    by = k;
    fill();
  }

  function compare(p, q) {
    const [one, two] = [columns[by].value(p), columns[by].value(q)];
    const [none, nil] = [one === null || one === "", two === null || two === ""];
    if (none || nil) return none - nil || p - q;
    const turn = typeof one === "number" ? one - two : order.compare(one, two);
    return (down ? -turn : turn) || p - q;
  }

  function fill(all = false) {
    const shown = [...Array(model.n).keys()].filter((i) => model.shown[i] && i !== model.me).sort(compare);
    const kept = all ? shown : shown.slice(0, limit);
    body.replaceChildren(...kept.map((i) => h("tr", { "aria-current": i === model.pinned && "true" }, columns.map((column, k) => h(k ? "td" : "th", { scope: k ? null : "row", class: column.number ? "number" : null }, column.cell ? column.cell(i) : text(column.value(i)))))));
    caption.textContent = model.asOf ? `${people(shown.length)} as of ${dayBefore(model.asOf, 0)}` : people(shown.length);
    more.textContent = `Show more (${count(shown.length - kept.length)} left)`;
    if (!shown.length) body.append(h("tr", null, h("td", { colspan: columns.length, class: "quiet" }, "Nobody is shown: the filters leave no one.")));
    more.hidden = kept.length === shown.length;
    [...head.children].forEach((cell, k) => cell.setAttribute("aria-sort", k !== by ? "none" : down ? "descending" : "ascending"));
  }

  model.on((_, change) => {
    if (!box.hidden && (change.sifted || "pinned" in change || "names" in change)) fill();
  });
  return { box, fill };
}

const text = (value) => (value === null || value === "" ? "" : typeof value === "number" ? count(Math.round(value)) : bdi(value));

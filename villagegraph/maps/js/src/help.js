// Which keys there are.

import { closeButton, h } from "./dom.js";

const ANYWHERE = [["/", "Find a person"], ["?", "These keys"], ["Esc", "Leave: the search, then the person"]];
const ON_THE_MAP = [
  ["← ↑ → ↓", "Walk from tie to tie"],
  ["Enter", "Open the person’s details"],
  ["Space", "Select, or no longer"],
  ["1 2 3", "Steps around the person"],
  ["W", "The way to the person"],
  ["N", "Next person to write to"],
  ["+ −", "Zoom"],
  ["0", "Everybody in view"],
];

const keys = (rows) => h("dl", { class: "keys" }, rows.map(([key, what]) => [h("dt", null, key.split(" ").map((one) => h("kbd", null, one))), h("dd", null, what)]));

export function helpPanel(model, close) {
  return [
    h("header", null, h("p", { class: "eyebrow" }, "Everything works without a mouse", closeButton("Close", close)), h("h2", { class: "title" }, "Keys")),
    h("section", null, h("h3", null, "Anywhere"), keys(ANYWHERE)),
    h("section", null, h("h3", null, "On the map"), keys(ON_THE_MAP)),
    h("section", null, h("h3", null, "How to read the map"), h("p", null, reading(model))),
  ];
}

const RINGS = " A ring is somebody who has gone quiet; the list beside the map tells one kind from another, and a ring in two colours is on two of them.";
const reading = (model) => dots(model) + (model.people.list.some(Boolean) ? RINGS : "");
const dots = (model) =>
  model.me === null
    ? "Dots that stand close are tied. A large dot has many or strong ties; colours are groups of people who are tied to one another more than to the rest."
    : "Dots that stand close are tied. A large dot is someone you have been in touch with much of late; colours are groups of people who are tied to one another more than to the rest. You stand in the middle, and your own ties show when you press your dot.";

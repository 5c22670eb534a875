// Save and hand on: a picture, a drawing, the address of this view, paper.

import { closeButton, h } from "./dom.js";

export function sharePanel({ picture, address, print }, close) {
  const done = h("p", { class: "quiet small", role: "status", id: "done" });
  const say = (text) => { done.textContent = text; };
  const offer = (id, title, text, onclick) => h("li", null, h("button", { type: "button", id, class: "offer", onclick }, h("strong", null, title), h("span", { class: "quiet" }, text)));
  const field = h("input", { id: "address", class: "field", readonly: true, value: address(), "aria-label": "Address of this view", onfocus: (event) => event.target.select() });
  const copy = async () => {
    field.value = address();
    try {
      await navigator.clipboard.writeText(field.value);
      say("Copied. It opens this view wherever this file is.");
    } catch {
      field.focus();
      say("Press Ctrl+C or ⌘C to copy the address.");
    }
  };
  const saved = (kind) => async () => {
    await picture(kind);
    say(`Saved as ${kind.toUpperCase()}.`);
  };
  return [
    h("header", null, h("p", { class: "eyebrow" }, "What you see now", closeButton("Close", close)), h("h2", { class: "title" }, "Save or hand on")),
    h(
      "ul",
      { class: "offers" },
      picture && offer("save-png", "Picture (PNG)", "The map as it stands, sharp enough for slides", saved("png")),
      picture && offer("save-svg", "Drawing (SVG)", "The same as lines and letters, for papers and editors", saved("svg")),
      offer("print", "Print", "The map, and everybody as a list", print),
      offer("copy", "Copy the address of this view", "Filters, person and names of groups are in it", copy),
    ),
    field,
    done,
    h("p", { class: "quiet small" }, "This page and its pictures name people: share them with care."),
  ];
}

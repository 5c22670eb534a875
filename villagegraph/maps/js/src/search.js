// Find a person: type, arrows to choose, Enter to go there, Esc to leave.

import { bdi, h, swatch } from "./dom.js";
import { count } from "./words.js";

export function searchBox(model, { choose, leave }) {
  let hits = [];
  let at = -1;
  const list = h("ul", { id: "found", role: "listbox", "aria-label": "People found" });
  const rest = h("p", { class: "more quiet" });
  const popup = h("div", { id: "hits", hidden: true }, list, rest);
  const input = h("input", {
    id: "search",
    type: "search",
    role: "combobox",
    placeholder: "Find a person",
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": "Find a person",
    "aria-controls": "found",
    "aria-expanded": "false",
    "aria-autocomplete": "list",
    oninput: () => look(),
    onfocus: () => look(),
    onkeydown: (event) => press(event),
    onblur: () => close(),
  });

  function close() {
    popup.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function pick(i) {
    input.value = "";
    close();
    choose(i);
    leave();
  }

  function look() {
    const found = model.find(input.value);
    hits = found.hits;
    at = hits.length ? 0 : -1;
    list.replaceChildren(
      ...hits.map((i, k) =>
        h(
          "li",
          { id: `hit-${k}`, role: "option", "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); pick(i); } },
          i === model.me ? h("span", { class: "swatch me" }) : swatch(model.groups[model.people.group[i]].color),
          h("span", { class: "who" }, bdi(model.people.name[i]), bdi(model.people.org[i], { class: "quiet" })),
        ),
      ),
    );
    const asked = input.value.trim() !== "";
    list.hidden = !hits.length;
    rest.textContent = found.more ? `and ${count(found.more)} more` : hits.length ? "" : "Nobody by that name is on this map.";
    rest.hidden = rest.textContent === "";
    popup.hidden = !asked;
    input.setAttribute("aria-expanded", String(asked && hits.length > 0));
    mark();
  }

  function mark() {
    [...list.querySelectorAll("[role=option]")].forEach((item, k) => {
      item.setAttribute("aria-selected", String(k === at));
      if (k === at) item.scrollIntoView({ block: "nearest" });
    });
    if (at >= 0) input.setAttribute("aria-activedescendant", `hit-${at}`);
    else input.removeAttribute("aria-activedescendant");
  }

  function press(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!hits.length) return;
      at = (at + (event.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length;
      mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (at >= 0) pick(hits[at]);
    } else if (event.key === "Escape") {
      // the first Esc leaves the search, the next one the person
      event.stopPropagation();
      input.value = "";
      close();
      leave();
    }
  }

  const box = h("div", { class: "search" }, input, h("kbd", { "aria-hidden": "true" }, "/"), popup);
  return { box, focus: () => { input.focus(); input.select(); } };
}

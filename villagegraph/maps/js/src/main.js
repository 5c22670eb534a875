// Put the page together. It reads its data from itself, asks nobody for anything, and stands still.

import { addressOf, keepAddress } from "./address.js";
import { aside } from "./aside.js";
import { tellParent } from "./bridge.js";
import { hoverCard } from "./card.js";
import { bdi, h } from "./dom.js";
import { facets } from "./facets.js";
import { inspection } from "./inspection.js";
import { keyboard } from "./keys.js";
import { groupList, ringList } from "./legend.js";
import { Model } from "./model.js";
import { onPaper } from "./paper.js";
import { readPayload } from "./payload.js";
import { savePicture } from "./picture.js";
import { searchBox } from "./search.js";
import { tableView } from "./table.js";
import { timeline } from "./timeline.js";
import { toolbar } from "./tools.js";
import { hasWebGL, View } from "./view.js";
import { dayBefore, people, plural } from "./words.js";

const root = document.documentElement;
const darkness = matchMedia("(prefers-color-scheme: dark)");
const preferred = () => (darkness.matches ? "dark" : "light");
root.dataset.theme = preferred();

function subtitle(model) {
  const { a, b, n } = model.ties;
  let ties = 0;
  for (let tie = 0; tie < n; tie++) ties += a[tie] !== model.me && b[tie] !== model.me ? 1 : 0;
  const when = model.asOf ? `as of ${dayBefore(model.asOf, 0)}` : "";
  const between = model.me === null ? "ties" : "ties among them";
  return [people(model.total), plural(ties, between.replace("ties", "tie"), between), when].filter(Boolean).join(" · ");
}

class Page {
  constructor(data) {
    this.model = new Model(data);
    this.view = null;
    this.theme = null;
    this.remember = () => {};
    this.build();
    this.draw();
    this.listen();
    this.remember = keepAddress(this);
  }

  build() {
    const { model } = this;
    const label = "Map of people. Arrow keys walk from person to person, Enter pins, Escape leaves, question mark lists all keys. The list holds the same people.";
    this.stage = h("div", { id: "map", class: "map", tabindex: "0", role: "application", "aria-label": label, "aria-describedby": "said" });
    this.said = h("p", { id: "said", class: "unseen", "aria-live": "polite" });
    this.nobody = h("div", { class: "empty over", id: "nobody", hidden: true }, h("h2", null, "Nobody fits"), h("p", null, "No one passes all of these filters at once."), h("button", { type: "button", class: "chip", onclick: () => model.clear() }, "Clear filters"));
    this.table = tableView(model, { choose: (i) => this.choose(i) });
    this.search = searchBox(model, { choose: (i) => this.choose(i), leave: () => (this.stage.hidden ? this.table.box : this.stage).focus({ preventScroll: true }) });
    this.tools = toolbar(model, { turn: (list) => this.turn(list), zoom: (by) => this.view?.zoom(by), fit: () => this.view?.fit(), theme: () => this.paint(root.dataset.theme === "dark" ? "light" : "dark") });
    this.time = timeline(model, (text) => { this.said.textContent = text; });
    this.panes = h("div", { class: "panes" }, this.stage, this.table.box);
    this.hasMap = model.n > 0 && hasWebGL();
    const side = ["Filters", "Details"].map((name, k) => h("button", { type: "button", id: k ? "to-details" : "to-filters", onclick: () => this.turnSide(k ? "details" : "legend") }, name));
    this.sides = side;
    document.getElementById("app").replaceChildren(
      h("header", { class: "head" }, h("h1", null, bdi(model.title)), h("p", { class: "quiet" }, subtitle(model)), this.search.box),
      h("div", { class: "sides tabs wide", role: "group", "aria-label": "Beside the map" }, side),
      h("section", { class: "legend", id: "legend", "aria-label": "Groups and filters" }, groupList(model), ringList(model), facets(model)),
      h("main", null, this.tools.box, this.panes, this.time),
      aside(model, {
        choose: (i) => this.choose(i),
        picture: this.hasMap && ((kind) => savePicture(model, this.view, kind)),
        address: () => addressOf(this),
        print: () => print(),
      }),
      h("footer", { class: "quiet" }, "Works offline, sends nothing. Share it with care."),
      this.said,
    );
    this.turnSide("legend");
  }

  draw() {
    const { model, stage } = this;
    if (model.n === 0) stage.append(h("div", { class: "empty" }, h("h2", null, "Nobody here yet"), h("p", null, "Add exports to the folder, such as an address book, a mailbox or a calendar, and draw the map again.")));
    else if (this.hasMap) {
      this.view = new View(model, stage);
      const card = hoverCard(model, stage);
      model.on(() => card(this.view));
      this.view.sigma.getCamera().on("updated", () => card(this.view));
      stage.append(this.nobody);
    } else {
      this.panes.prepend(h("p", { class: "notice", role: "status" }, "This browser cannot draw the map (WebGL is off). Here are the same people as a list."));
    }
    this.turn(model.n > 0 && !this.hasMap);
  }

  listen() {
    const { model, stage } = this;
    model.on((_, change) => {
      this.nobody.hidden = model.count > 0 || model.total === 0;
      if ("pinned" in change || "aside" in change) this.turnSide(model.pinned === null && model.aside === null ? "legend" : "details");
    });
    darkness.addEventListener("change", () => this.paint(this.theme));
    keyboard(model, { container: stage, search: this.search.focus, choose: (i) => this.choose(i), show: (i) => this.view?.show(i), fit: () => this.view?.fit(), zoom: (by) => this.view?.zoom(by), say: (i) => this.say(i) });
    onPaper(this);
    tellParent(model);
  }

  say(i) {
    const { model } = this;
    const ties = plural(model.at[i + 1] - model.at[i], "tie", "ties");
    this.said.textContent = i === model.pinned ? `Details of ${model.people.name[i]} are open: ${ties}` : `${model.people.name[i]}, ${ties}`;
  }

  /** Turn to a person. Whoever is looked for is shown, whatever the filters say. */
  choose(i) {
    const { model } = this;
    if (!model.shown[i]) model.clear();
    model.set({ pinned: i, cursor: null, hovered: null, picked: new Set([i]), aside: null });
    this.view?.show(i);
    this.say(i);
  }

  turn(list) {
    this.list = list;
    this.stage.hidden = list;
    this.table.box.hidden = !list;
    this.tools.mark(list, this.hasMap);
    if (list) this.table.fill();
    else if (this.view?.sigma.resize()) this.view.refresh();
    this.remember();
  }

  /** On a middling screen the filters and the details share one column. */
  turnSide(name) {
    document.getElementById("app").dataset.side = name;
    this.sides.forEach((tab, k) => tab.setAttribute("aria-pressed", String((k === 1) === (name === "details"))));
  }

  /** Paint in a theme that was chosen, or, if none was, in the one that the device prefers. */
  paint(theme) {
    this.theme = theme;
    if (root.dataset.theme !== (theme ?? preferred())) {
      root.dataset.theme = theme ?? preferred();
      this.view?.repaint();
    }
    this.remember();
  }
}

readPayload().then(
  (data) => {
    const page = new Page(data);
    Object.defineProperty(window, "villagemap", { value: inspection(page) });
  },
  () => { document.getElementById("app").textContent = "This browser is too old to open the map. A current Firefox, Chrome, Edge or Safari will."; },
);

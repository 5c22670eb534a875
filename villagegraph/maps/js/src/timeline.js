// The time line: which ties had contact between two months. Play moves the months on.

import { h, icon } from "./dom.js";
import { plural, stepMonth } from "./words.js";

const PLAY = "M6 4v12l10-6z";
const PAUSE = "M6 4v12M14 4v12";
const BEAT = 650;
const SVG = "http://www.w3.org/2000/svg";

export function timeline(model, say) {
  const { months } = model;
  if (months === null || months.steps < 2) return null;
  let timer = null;
  const bars = chart(model);
  const said = h("p", { class: "span", id: "span" });
  const play = h("button", { type: "button", id: "play", class: "tool", onclick: () => (timer === null ? begin() : end()) });
  const handle = (id, label, move) => h("input", { type: "range", id, min: 1, max: months.steps, step: 1, "aria-label": label, oninput: (event) => { end(); move(Number(event.target.value)); } });
  const from = handle("from", "First month of contact", (value) => model.set({ from: Math.min(value, model.to) }));
  const to = handle("to", "Last month of contact", (value) => model.set({ to: Math.max(value, model.from) }));
  const words = () => [stepMonth(months, model.from), stepMonth(months, model.to, true)];

  function update() {
    const [first, last] = words();
    const whole = model.from === 1 && model.to === months.steps;
    for (const [input, value, text] of [[from, model.from, first], [to, model.to, last]]) {
      input.value = String(value);
      input.setAttribute("aria-valuetext", text);
    }
    // at the right end both handles lie on one another: the one that can still move lies on top
    from.style.zIndex = model.from === months.steps ? "3" : "2";
    said.textContent = whole ? `Contact from ${first} to ${last}` : first === last ? `Contact in ${first}` : `Contact between ${first} and ${last}`;
    [...bars.children].forEach((bar, k) => bar.classList.toggle("out", k + 1 < model.from || k + 1 > model.to));
    label();
  }

  function label() {
    const text = timer === null ? "Play: move through the months" : "Pause";
    play.setAttribute("aria-label", text);
    play.title = text;
    play.replaceChildren(icon(timer === null ? PLAY : PAUSE));
  }

  /** A year at a time, or as many months as are chosen, from the beginning on. */
  function begin() {
    const year = Math.max(1, Math.round(12 / months.unit));
    const all = model.from === 1 && model.to === months.steps;
    const wide = all ? Math.min(year, months.steps - 1) : model.to - model.from + 1;
    if (all || model.to === months.steps) model.set({ from: 1, to: wide });
    timer = setInterval(() => (model.to >= months.steps ? end() : model.set({ from: model.from + 1, to: model.to + 1 })), BEAT);
    label();
  }

  function end() {
    if (timer === null) return;
    clearInterval(timer);
    timer = null;
    label();
    say(`${said.textContent}: ${plural(model.count, "person", "people")} shown`);
  }

  model.on(update);
  update();
  return h("section", { class: "time", "aria-label": "Time" }, play, h("div", { class: "track" }, bars, from, to), said);
}

/** How many ties had begun, and were not yet over, in each step. */
function chart(model) {
  const { first, last, n } = model.ties;
  const { steps } = model.months;
  const change = new Int32Array(steps + 2);
  for (let tie = 0; tie < n; tie++)
    if (first[tie]) {
      change[first[tie]]++;
      change[(last[tie] || first[tie]) + 1]--;
    }
  const alive = [];
  for (let step = 1, sum = 0; step <= steps; step++) alive.push((sum += change[step]));
  const most = Math.max(1, ...alive);
  const svg = document.createElementNS(SVG, "svg");
  const put = (element, values) => Object.entries(values).forEach(([name, value]) => element.setAttribute(name, String(value)));
  put(svg, { class: "bars", viewBox: `0 0 ${steps} 100`, preserveAspectRatio: "none", "aria-hidden": "true" });
  alive.forEach((value, k) => {
    const bar = document.createElementNS(SVG, "rect");
    const high = value ? Math.max(4, (100 * value) / most) : 0;
    put(bar, { x: k + 0.14, y: 100 - high, width: 0.72, height: high });
    svg.append(bar);
  });
  return svg;
}

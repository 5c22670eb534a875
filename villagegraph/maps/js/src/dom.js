// Elements are made here, of text alone: nothing read from an export is ever parsed as HTML.

const flat = (children) => children.flat(3).filter((child) => child !== null && child !== false);

/** Make an element: attributes by name, `on…` handlers as functions, children as nodes or text. */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "swatch") element.style.setProperty("--swatch", `var(--g${value})`);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...flat(children));
  return element;
}

/** Text from an export, set apart so that its direction doesn't spill over. */
export const bdi = (text, attributes) => h("bdi", { dir: "auto", ...attributes }, text);

export const swatch = (color) => h("span", { class: "swatch", swatch: color, "aria-hidden": "true" });

const SVG = "http://www.w3.org/2000/svg";

/** Draw one of the small line icons. */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  for (const [name, value] of Object.entries({ viewBox: "0 0 20 20", width: 18, height: 18, "aria-hidden": "true" }))
    svg.setAttribute(name, value);
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const closeButton = (label, onclick) =>
  h("button", { type: "button", class: "close", "aria-label": label, title: `${label} (Esc)`, onclick }, icon("M5 5 15 15M15 5 5 15"));

// The present view as a picture: a list of shapes, painted as SVG or as PNG. Every name is text to both.

import { FONT } from "./colors.js";
import { ringsOf } from "./rings.js";
import { dayBefore, people } from "./words.js";

const SERIF = 'Palatino, Georgia, "Noto Serif", serif';
const HEAD = 74;
const EDGE = 24;
const ROW = 26;
const MOST_PIXELS = 48e6;

/** All shapes of the picture, with a heading above the map and a legend below. */
export function sheet(model, view) {
  const { width, height } = view.sigma.getDimensions();
  const { colors } = view;
  const pen = document.createElement("canvas").getContext("2d");
  const legend = legendOf(model, colors, pen, width);
  const shown = `${people(model.count)}${model.asOf ? ` · as of ${dayBefore(model.asOf, 0)}` : ""}`;
  const letters = view.lettering.placed.flatMap(({ text, x, y, font, color, left, top }) => [
    { kind: "text", text, x, y: y + HEAD, font, fill: colors.ink, halo: true },
    ...(color === undefined ? [] : [{ kind: "dot", x: left + 5, y: top + 9 + HEAD, r: 4.5, fill: colors.groups[color] }]),
  ]);
  return {
    width,
    height: HEAD + height + legend.height,
    frame: { top: HEAD, height },
    paper: colors.paper,
    title: model.title,
    head: [
      { kind: "text", text: model.title, x: EDGE, y: 36, font: `600 24px ${SERIF}`, fill: colors.ink },
      { kind: "text", text: shown, x: EDGE, y: 58, font: `400 13px ${FONT}`, fill: colors.quiet },
    ],
    map: [...ties(model, view), ...dots(model, view), ...rings(model, view), ...letters],
    legend: legend.shapes.map((shape) => ({ ...shape, y: shape.y + HEAD + height })),
  };
}

function ties(model, view) {
  const lines = [];
  for (let t = 0; t < model.ties.n; t++) {
    const drawn = view.tie(t);
    if (drawn.hidden) continue;
    const [one, two] = [view.place(model.ties.a[t]), view.place(model.ties.b[t])];
    if (!one || !two) continue;
    lines.push({ kind: "line", x: one.x, y: one.y + HEAD, x2: two.x, y2: two.y + HEAD, stroke: drawn.color, wide: Math.max(0.5, view.sigma.scaleSize(drawn.size)), over: drawn.zIndex ?? 0 });
  }
  return lines.sort((p, q) => p.over - q.over);
}

function dots(model, view) {
  const found = [];
  for (let i = 0; i < model.n; i++) {
    const at = model.shown[i] ? view.spot(i) : null;
    if (at) found.push({ kind: "dot", x: at.x, y: at.y + HEAD, r: at.r, fill: view.dot(i).color });
  }
  return found;
}

const rings = (model, view) =>
  ringsOf({ model, spot: (i) => view.spot(i), colors: view.colors }).map(({ x, y, r, color, dash }) => ({ kind: "ring", x, y: y + HEAD, r, stroke: color, dash }));

/** The groups that are shown, side by side and on as many lines as they need. */
function legendOf(model, colors, pen, width) {
  const font = `400 13px ${FONT}`;
  pen.font = font;
  const shapes = [];
  let [x, y] = [EDGE, 20];
  model.groups.forEach((group, k) => {
    if (model.hidden.has(k)) return;
    const text = model.groupName(k);
    const wide = pen.measureText(text).width + 40;
    if (x + wide > width && x > EDGE) [x, y] = [EDGE, y + ROW];
    shapes.push({ kind: "dot", x: x + 6, y: y - 4, r: 5.5, fill: colors.groups[group.color] }, { kind: "text", text, x: x + 19, y, font, fill: colors.ink });
    x += wide;
  });
  return { shapes, height: shapes.length ? y + 18 : 0 };
}

const SVG = "http://www.w3.org/2000/svg";

function node(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, typeof value === "number" ? String(Math.round(value * 100) / 100) : value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** One shape as SVG elements. A font comes as canvases take it: weight, size, family. */
function drawnAs(shape, paper) {
  const { kind, x, y, r } = shape;
  if (kind === "line") return node("line", { x1: x, y1: y, x2: shape.x2, y2: shape.y2, stroke: shape.stroke, "stroke-width": shape.wide });
  if (kind === "dot") return node("circle", { cx: x, cy: y, r, fill: shape.fill });
  if (kind === "ring") return node("circle", { cx: x, cy: y, r, fill: "none", stroke: shape.stroke, "stroke-width": 2, ...(shape.dash.length ? { "stroke-dasharray": shape.dash.join(" ") } : {}) });
  const [, weight, size, family] = /^(\d+) (\d+)px (.*)$/.exec(shape.font);
  const halo = shape.halo ? { stroke: paper, "stroke-width": 4, "stroke-linejoin": "round", "paint-order": "stroke" } : {};
  return node("text", { x, y, fill: shape.fill, "font-weight": weight, "font-size": size, "font-family": family, ...halo }, shape.text);
}

export function asSvg({ width, height, frame, paper, title, head, map, legend }) {
  const svg = node("svg", { xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}`, role: "img" });
  const clip = node("clipPath", { id: "frame" });
  clip.append(node("rect", { x: 0, y: frame.top, width, height: frame.height }));
  const inside = node("g", { "clip-path": "url(#frame)" });
  for (const shape of map) inside.append(drawnAs(shape, paper));
  svg.append(node("title", {}, title), clip, node("rect", { width, height, fill: paper }), inside);
  for (const shape of [...head, ...legend]) svg.append(drawnAs(shape, paper));
  return svg;
}

function drawOn(pen, shape, paper) {
  pen.beginPath();
  if (shape.kind === "text") {
    pen.font = shape.font;
    if (shape.halo) {
      Object.assign(pen, { strokeStyle: paper, lineWidth: 4, lineJoin: "round" });
      pen.strokeText(shape.text, shape.x, shape.y);
    }
    pen.fillStyle = shape.fill;
    pen.fillText(shape.text, shape.x, shape.y);
  } else if (shape.kind === "line") {
    Object.assign(pen, { strokeStyle: shape.stroke, lineWidth: shape.wide });
    pen.moveTo(shape.x, shape.y);
    pen.lineTo(shape.x2, shape.y2);
    pen.stroke();
  } else {
    pen.arc(shape.x, shape.y, shape.r, 0, 2 * Math.PI);
    if (shape.kind === "dot") {
      pen.fillStyle = shape.fill;
      pen.fill();
    } else {
      Object.assign(pen, { strokeStyle: shape.stroke, lineWidth: 2 });
      pen.setLineDash(shape.dash);
      pen.stroke();
      pen.setLineDash([]);
    }
  }
}

export function asPng({ width, height, frame, paper, head, map, legend }) {
  const scale = Math.min(3, Math.sqrt(MOST_PIXELS / (width * height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.fillStyle = paper;
  pen.fillRect(0, 0, width, height);
  for (const shape of [...head, ...legend]) drawOn(pen, shape, paper);
  pen.beginPath();
  pen.rect(0, frame.top, width, frame.height);
  pen.clip();
  for (const shape of map) drawOn(pen, shape, paper);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

/** Hand a file to the person, under a name made of the title. */
export function handOver(blob, title, ending) {
  const name = title.normalize("NFKC").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "village";
  const link = document.createElement("a");
  link.download = `${name.toLowerCase()}.${ending}`;
  link.href = URL.createObjectURL(blob);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export async function savePicture(model, view, kind) {
  const shapes = sheet(model, view);
  const blob = kind === "png" ? await asPng(shapes) : new Blob([new XMLSerializer().serializeToString(asSvg(shapes))], { type: "image/svg+xml" });
  handOver(blob, model.title, kind);
}

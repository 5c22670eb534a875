// The map itself: sigma draws dots and ties, two canvases of our own hold rings and lettering.

import Sigma from "sigma";
import { EdgeLineProgram, EdgeRectangleProgram } from "sigma/rendering";

import { FONT, mix, readColors } from "./colors.js";
import { FixedGraph } from "./graph.js";
import { Lettering } from "./lettering.js";
import { GREY } from "./model.js";
import { drawBeams, drawRings, ringsOf } from "./rings.js";

const MANY_TIES = 20_000;
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function hasWebGL() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

export class View {
  constructor(model, container) {
    this.model = model;
    this.container = container;
    this.colors = readColors();
    this.heavy = model.ties.n > MANY_TIES;
    this.lettering = new Lettering(model);
    this.scale = 1;
    model.turn();
    this.sigma = new Sigma(new FixedGraph(model.people, model.ties), container, this.settings());
    this.sigma.createCanvasContext("rings", { beforeLayer: "nodes" });
    this.sigma.createCanvasContext("names", { beforeLayer: "mouse" });
    this.pens = ["rings", "names"].map((id) => this.sigma.getCanvases()[id].getContext("2d"));
    for (const id of ["rings", "names"]) this.sigma.getCanvases()[id].style.pointerEvents = "none";
    this.sigma.on("resize", () => this.rescale());
    this.sigma.on("afterRender", () => this.letter());
    this.sigma.resize(true);
    this.rescale();
    this.listen();
    new ResizeObserver(() => this.resize()).observe(container);
  }

  settings() {
    return {
      allowInvalidContainer: true,
      autoRescale: true,
      defaultDrawNodeHover: () => {},
      defaultDrawNodeLabel: () => {},
      defaultEdgeType: "tie",
      doubleClickZoomingDuration: calm() ? 0 : 200,
      edgeProgramClasses: { tie: this.heavy ? EdgeLineProgram : EdgeRectangleProgram },
      edgeReducer: (tie) => this.tie(Number(tie)),
      enableEdgeEvents: false,
      hideEdgesOnMove: this.heavy,
      hideLabelsOnMove: false,
      inertiaDuration: calm() ? 0 : 160,
      itemSizesReference: "screen",
      labelFont: FONT,
      maxCameraRatio: 2.2,
      minCameraRatio: 0.02,
      minEdgeThickness: 0.7,
      nodeReducer: (node) => this.dot(Number(node)),
      renderEdgeLabels: false,
      renderLabels: false,
      stagePadding: 34,
      // sorting two hundred thousand ties for every change of focus takes longer than drawing them
      zIndex: !this.heavy,
      zoomDuration: calm() ? 0 : 160,
      zoomToSizeRatioFunction: (ratio) => Math.pow(ratio, 0.55),
    };
  }

  /** Whom the dots and ties turn to. With very many, pointing is answered on the canvas above them alone. */
  get turned() {
    const { model } = this;
    return model.focus !== null && !(this.heavy && model.pinned === null);
  }

  dot(i) {
    const { model, colors } = this;
    const { size, x, y } = model.people;
    if (!model.shown[i]) return { x: x[i], y: y[i], size: 0, hidden: true };
    const own = this.dotColor(i);
    const step = this.turned ? model.near.get(i) : 0;
    const share = step === undefined ? 0.16 : step > 1 ? 1 - 0.22 * (step - 1) : 1;
    return {
      x: x[i],
      y: y[i],
      size: (size[i] / 10) * this.scale,
      color: share === 1 ? own : mix(own, colors.paper, share),
      zIndex: step === undefined ? 0 : i === model.focus ? 3 : 2,
      highlighted: false,
    };
  }

  dotColor(i) {
    const { model, colors } = this;
    return i === model.me ? colors.ink : colors.groups[model.groups[model.people.group[i]].color];
  }

  tie(t) {
    const { model } = this;
    const [one, two] = [model.ties.a[t], model.ties.b[t]];
    if (!model.shown[one] || !model.shown[two] || (model.drawn !== null && !model.drawn[t])) return { hidden: true };
    if (model.route) return this.stage(t);
    if (this.turned) return this.near(t, one, two);
    // everyone is tied to the owner: those ties say nothing until one asks for them
    if (one === model.me || two === model.me) return { hidden: true };
    const { group } = model.people;
    const { colors } = this;
    const same = group[one] === group[two] && model.groups[group[one]].color < GREY;
    const color = same ? colors.groups[model.groups[group[one]].color] : colors.tie;
    const strong = Math.pow(model.ties.level[t] / 9, 1.5) * (model.ties.seen[t] ? 0.5 : 1);
    const thin = model.ties.n > 3000 ? 0.6 : 1;
    return {
      color: mix(color, colors.paper, (same ? 0.26 + 0.3 * strong : 0.3 + 0.3 * strong) * thin),
      size: (0.7 + 1.3 * strong) * thin,
      zIndex: same ? 1 : 0,
    };
  }

  /** A tie on the way that is shown. */
  stage(t) {
    return this.model.route.ties.includes(t) ? { color: this.colors.ink, size: 2.6, zIndex: 3 } : { hidden: true };
  }

  /** A tie of the person in focus, or one that leads a step further. */
  near(t, one, two) {
    const { model, colors } = this;
    const [p, q] = [model.near.get(one), model.near.get(two)];
    if (p === undefined || q === undefined || p === q) return { hidden: true };
    const { focus, me } = model;
    const outer = Math.max(p, q);
    // ties that lead through the owner are no steps
    if ((one === me || two === me) && outer > 1) return { hidden: true };
    const far = p > q ? one : two;
    const color = far === me ? colors.quiet : this.dotColor(far);
    const share = focus === me ? 0.35 : one === me || two === me ? 0.5 : [0, 0.8, 0.32, 0.18][outer];
    return { color: mix(color, colors.paper, share), size: focus === me ? 0.8 : outer === 1 ? 1.6 : 0.9, zIndex: 4 - outer };
  }

  listen() {
    const { model, sigma } = this;
    sigma.on("enterNode", ({ node }) => {
      this.container.style.cursor = "pointer";
      model.set({ hovered: Number(node) });
    });
    sigma.on("leaveNode", () => {
      this.container.style.cursor = "";
      model.set({ hovered: null });
    });
    sigma.on("clickNode", ({ node, event }) => this.press(Number(node), event.original));
    sigma.on("clickStage", () => model.set({ pinned: null, cursor: null, picked: new Set(), aside: null }));
    model.on((_, change) => {
      if (change.sifted || "pinned" in change || "steps" in change || "way" in change || "start" in change) this.refresh();
      else if ("hovered" in change || "cursor" in change) model.pinned !== null || this.heavy ? this.letter() : this.refresh();
      else if ("names" in change || "picked" in change) this.letter();
    });
  }

  /** A press pins a person; with Shift or Ctrl it adds them to the selection. */
  press(i, event) {
    const { model } = this;
    if (event.shiftKey || event.ctrlKey || event.metaKey) model.set({ picked: toggled(model, i) });
    else model.set({ pinned: i, cursor: null, picked: new Set([i]), aside: null });
  }

  /** Take up what changed in the model; positions never do. */
  refresh() {
    this.sigma.refresh({ skipIndexation: true });
  }

  repaint() {
    this.colors = readColors();
    this.refresh();
  }

  /** Take the size of the stage: in a frame it may have none yet when the page begins, and the window says nothing when it comes. */
  resize() {
    const { offsetWidth, offsetHeight } = this.container;
    const { width, height } = this.sigma.getDimensions();
    if (offsetWidth === 0 || (offsetWidth === width && offsetHeight === height)) return;
    this.sigma.resize();
    this.refresh();
  }

  /** Dots keep their share of the map on a small screen. */
  rescale() {
    const { width, height } = this.sigma.getDimensions();
    const scale = Math.min(1.25, Math.max(0.4, (Math.min(width, height) - 68) / 800));
    if (scale === this.scale) return;
    this.scale = scale;
    this.sigma.scheduleRefresh({ skipIndexation: true });
  }

  /** Where a person is drawn, in pixels, be it out of sight; null if hidden. */
  place(i) {
    const data = this.sigma.getNodeDisplayData(i);
    if (!data || data.hidden) return null;
    const { x, y } = this.sigma.framedGraphToViewport(data);
    return { x, y, r: this.sigma.scaleSize(data.size) };
  }

  /** The same; null out of sight. */
  spot(i) {
    const at = this.place(i);
    if (at === null) return null;
    const { x, y, r } = at;
    const { width, height } = this.sigma.getDimensions();
    return x < -r || y < -r || x > width + r || y > height + r ? null : { x, y, r, dimmed: this.turned && !this.model.near.has(i) };
  }

  letter() {
    const { width, height } = this.sigma.getDimensions();
    const [rings, names] = this.pens;
    const scene = { model: this.model, spot: (i) => this.spot(i), colors: this.colors };
    rings.clearRect(0, 0, width, height);
    names.clearRect(0, 0, width, height);
    if (this.heavy && !this.turned && this.model.focus !== null) drawBeams(rings, this.model.focus, scene);
    drawRings(rings, ringsOf(scene));
    this.lettering.draw(names, { ...scene, width, height, zoom: this.sigma.getCamera().ratio, focus: this.turned ? this.model.focus : null });
  }

  zoom(factor) {
    const { ratio } = this.sigma.getCamera();
    this.move({ ratio: Math.min(2.2, Math.max(0.02, ratio * factor)) });
  }

  fit() {
    this.move({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
  }

  /** Bring a person into sight, coming closer only if the person is out of it. */
  show(i) {
    const at = this.spot(i);
    const { width, height } = this.sigma.getDimensions();
    const edge = 40;
    if (at && at.x > edge && at.y > edge && at.x < width - edge && at.y < height - edge) return;
    const data = this.sigma.getNodeDisplayData(i);
    if (data) this.move({ x: data.x, y: data.y });
  }

  move(state) {
    const camera = this.sigma.getCamera();
    if (calm()) camera.setState({ ...camera.getState(), ...state });
    else camera.animate(state, { duration: 220 });
  }
}

/** The selection with a person taken in, or taken out. */
export function toggled(model, i) {
  const picked = new Set(model.picked);
  if (!picked.delete(i)) picked.add(i);
  return picked;
}

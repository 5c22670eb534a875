// The map itself: sigma draws dots and ties, two canvases of our own hold rings and lettering.

import Graph from "graphology";
import Sigma from "sigma";
import { EdgeLineProgram, EdgeRectangleProgram } from "sigma/rendering";

import { FONT, mix, readColors } from "./colors.js";
import { Lettering } from "./lettering.js";
import { LISTS } from "./model.js";

const MANY = 20_000;
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
    this.lettering = new Lettering(model);
    this.lit = new Set();
    this.scale = 1;
    this.graph = this.build();
    this.sigma = new Sigma(this.graph, container, this.settings());
    this.sigma.createCanvasContext("rings", { beforeLayer: "nodes" });
    this.sigma.createCanvasContext("names", { beforeLayer: "mouse" });
    this.pens = ["rings", "names"].map((id) => this.sigma.getCanvases()[id].getContext("2d"));
    for (const id of ["rings", "names"]) this.sigma.getCanvases()[id].style.pointerEvents = "none";
    this.sigma.on("resize", () => this.rescale());
    this.sigma.on("afterRender", () => this.letter());
    this.sigma.resize(true);
    this.rescale();
    this.listen();
    this.refresh();
  }

  build() {
    const { people, ties } = this.model;
    const graph = new Graph({ type: "undirected", multi: false });
    for (let i = 0; i < this.model.n; i++)
      graph.addNode(i, { x: people.x[i], y: people.y[i], size: people.size[i] / 10 });
    ties.a.forEach((one, tie) => graph.addUndirectedEdgeWithKey(tie, one, ties.b[tie], {}));
    return graph;
  }

  settings() {
    const heavy = this.model.ties.a.length > MANY;
    return {
      allowInvalidContainer: true,
      autoRescale: true,
      defaultDrawNodeHover: () => {},
      defaultDrawNodeLabel: () => {},
      defaultEdgeType: "tie",
      doubleClickZoomingDuration: calm() ? 0 : 200,
      edgeProgramClasses: { tie: heavy ? EdgeLineProgram : EdgeRectangleProgram },
      edgeReducer: (tie) => this.tie(Number(tie)),
      enableEdgeEvents: false,
      hideEdgesOnMove: heavy,
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
      zIndex: true,
      zoomDuration: calm() ? 0 : 160,
      zoomToSizeRatioFunction: (ratio) => Math.pow(ratio, 0.55),
    };
  }

  dot(i) {
    const { model, colors } = this;
    const { group, size, x, y } = model.people;
    if (!model.shown[i]) return { x: x[i], y: y[i], size: 0, hidden: true };
    const own = i === model.me ? colors.ink : colors.groups[model.groups[group[i]].color];
    const dimmed = this.lit.size > 0 && !this.lit.has(i);
    return {
      x: x[i],
      y: y[i],
      size: (size[i] / 10) * this.scale,
      color: dimmed ? mix(own, colors.paper, 0.16) : own,
      zIndex: dimmed ? 0 : i === model.focus ? 3 : 2,
      highlighted: false,
    };
  }

  tie(t) {
    const { model, colors } = this;
    const { a, b, w } = model.ties;
    const [one, two] = [a[t], b[t]];
    if (!model.shown[one] || !model.shown[two]) return { hidden: true };
    const { group } = model.people;
    const focus = model.focus;
    const mine = one === model.me || two === model.me;
    if (focus !== null) {
      if (one !== focus && two !== focus) return { hidden: true };
      const far = one === focus ? two : one;
      const color = far === model.me ? colors.quiet : colors.groups[model.groups[group[far]].color];
      const share = focus === model.me ? 0.35 : mine ? 0.5 : 0.8;
      return { color: mix(color, colors.paper, share), size: focus === model.me ? 0.8 : 1.6, zIndex: 2 };
    }
    // everyone is tied to the owner: those ties say nothing until one asks for them
    if (mine) return { hidden: true };
    const same = group[one] === group[two] && model.groups[group[one]].color < 8;
    const color = same ? colors.groups[model.groups[group[one]].color] : colors.tie;
    const strong = w[t];
    const thin = model.ties.a.length > 3000 ? 0.6 : 1;
    return {
      color: mix(color, colors.paper, (same ? 0.26 + 0.3 * strong : 0.3 + 0.3 * strong) * thin),
      size: (0.7 + 1.3 * strong) * thin,
      zIndex: same ? 1 : 0,
    };
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
    sigma.on("clickNode", ({ node }) => model.set({ pinned: Number(node), cursor: null }));
    sigma.on("clickStage", () => model.set({ pinned: null, cursor: null }));
    model.on((_, change) => {
      const turned = "pinned" in change || "cursor" in change || ("hovered" in change && model.pinned === null);
      if (turned || "hidden" in change || "only" in change) this.refresh();
    });
  }

  /** Take up what changed in the model; positions never do. */
  refresh() {
    const focus = this.model.focus;
    this.lit = new Set(focus === null ? [] : [focus, ...this.model.adjacent[focus].map(({ to }) => to)]);
    this.sigma.refresh({ skipIndexation: true });
  }

  repaint() {
    this.colors = readColors();
    this.sigma.refresh({ skipIndexation: true });
  }

  /** Dots keep their share of the map on a small screen. */
  rescale() {
    const { width, height } = this.sigma.getDimensions();
    const scale = Math.min(1.25, Math.max(0.4, (Math.min(width, height) - 68) / 800));
    if (scale === this.scale) return;
    this.scale = scale;
    this.sigma.scheduleRefresh({ skipIndexation: true });
  }

  /** Where a person is drawn, in pixels; null out of sight. */
  spot(i) {
    const data = this.sigma.getNodeDisplayData(i);
    if (!data || data.hidden) return null;
    const { x, y } = this.sigma.framedGraphToViewport(data);
    const { width, height } = this.sigma.getDimensions();
    const r = this.sigma.scaleSize(data.size);
    return x < -r || y < -r || x > width + r || y > height + r ? null : { x, y, r, dimmed: this.lit.size > 0 && !this.lit.has(i) };
  }

  letter() {
    const { width, height } = this.sigma.getDimensions();
    const [rings, names] = this.pens;
    const spot = (i) => this.spot(i);
    this.ring(rings, width, height);
    const zoom = this.sigma.getCamera().ratio;
    this.lettering.draw(names, { spot, colors: this.colors, width, height, zoom });
  }

  /** Mark neglected people, and whoever is in focus. */
  ring(pen, width, height) {
    const { model, colors } = this;
    pen.clearRect(0, 0, width, height);
    for (let i = 0; i < model.n; i++) {
      const kind = model.people.list[i];
      const chosen = i === model.focus;
      if ((!kind && !chosen) || !model.shown[i]) continue;
      const at = this.spot(i);
      if (!at) continue;
      if (kind) {
        pen.strokeStyle = mix(colors[LISTS[kind]], colors.paper, at.dimmed ? 0.25 : 1);
        pen.lineWidth = 2;
        pen.setLineDash(kind === 2 ? [2.5, 2.5] : []);
        this.circle(pen, at.x, at.y, at.r + 3);
      }
      if (chosen) {
        pen.strokeStyle = colors.ink;
        pen.lineWidth = 2;
        pen.setLineDash([]);
        this.circle(pen, at.x, at.y, at.r + (kind ? 6.5 : 3.5));
      }
    }
    pen.setLineDash([]);
  }

  circle(pen, x, y, r) {
    pen.beginPath();
    pen.arc(x, y, r, 0, 2 * Math.PI);
    pen.stroke();
  }

  zoom(factor) {
    const camera = this.sigma.getCamera();
    const ratio = Math.min(2.2, Math.max(0.02, camera.ratio * factor));
    this.move({ ratio });
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

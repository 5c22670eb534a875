// The graph as sigma reads it. Nothing is added or taken away after the start, so that columns will do:
// they open faster and take less memory than a general graph library's objects.

const nothing = () => undefined;

export class FixedGraph {
  /** Columns of the people (`x`, `y`) and of the ties (`a`, `b`). */
  constructor({ x, y }, { a, b }) {
    Object.assign(this, { x, y, a, b, multi: false, order: x.length, size: a.length });
    // sigma listens for changes, and looks for these two before it takes a graph
    for (const name of ["on", "removeListener", "addUndirectedEdgeWithKey", "dropNode"]) this[name] = nothing;
    this.plain = {};
  }

  /** Names of people are text: sigma takes a node 0 for none. */
  nodes() {
    return Array.from({ length: this.order }, (_, i) => String(i));
  }

  edges() {
    return Array.from({ length: this.size }, (_, tie) => tie);
  }

  forEachNode(tell) {
    for (let i = 0; i < this.order; i++) tell(String(i), this.getNodeAttributes(i));
  }

  forEachEdge(tell) {
    for (let tie = 0; tie < this.size; tie++) tell(tie, this.plain, this.a[tie], this.b[tie]);
  }

  hasNode(i) {
    return Number(i) < this.order;
  }

  hasEdge(tie) {
    return Number(tie) < this.size;
  }

  extremities(tie) {
    return [this.a[tie], this.b[tie]];
  }

  getNodeAttributes(i) {
    return { x: this.x[i], y: this.y[i] };
  }

  getEdgeAttributes() {
    return this.plain;
  }
}

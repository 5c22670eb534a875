// The view, told in the address: filters, person, place, and the names given to groups.
// Nothing of it is stored anywhere else. What comes from an address is checked like any stranger's word.

import { none } from "./filters.js";
import { cleaned } from "./words.js";

const LONGEST_NAME = 60;
const whole = (text, low, high) => (/^\d{1,7}$/.test(text ?? "") && Number(text) >= low && Number(text) <= high ? Number(text) : null);
const wholes = (text, high) => (text ?? "").split(",").map((part) => whole(part, 0, high)).filter((value) => value !== null);

/** The view as the part of an address after the #. */
export function told(model, { camera, list, theme }) {
  const plain = none(model);
  const parts = new URLSearchParams();
  const put = (name, value, otherwise) => value !== otherwise && value !== null && value !== "" && parts.set(name, value);
  put("who", model.pinned);
  put("steps", model.steps, 1);
  if (model.alone) put("alone", 1);
  if (model.way) put("way", 1);
  put("start", model.start, model.me);
  put("picked", model.picked.size > 1 ? [...model.picked].join() : "");
  put("hide", [...model.hidden].join());
  put("list", model.only);
  put("via", [...model.channelsOn].map((bit) => model.channels[bit]).join());
  put("tag", [...model.tagsOn].join());
  put("org", [...model.orgsOn].map((name) => model.people.org.indexOf(name)).join());
  for (const name of ["circle", "strength", "from", "to"]) put(name, model[name], plain[name]);
  put("names", [...model.names].map(([k, name]) => `${k}.${encodeURIComponent(name)}`).join());
  if (camera && (camera.ratio !== 1 || camera.x !== 0.5 || camera.y !== 0.5))
    put("at", [camera.x, camera.y, camera.ratio].map((value) => String(Math.round(value * 1e4) / 1e4)).join());
  if (list) put("view", "list");
  put("theme", theme);
  return parts.toString().replace(/%2C/g, ",");
}

/** What an address tells of the view: changes for the model, and what is not the model's. */
export function heard(model, hash) {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const person = (name) => whole(parts.get(name), 0, model.n - 1);
  const plain = none(model);
  const change = { ...plain, pinned: person("who"), hovered: null, cursor: null, aside: null };
  change.steps = whole(parts.get("steps"), 1, 3) ?? 1;
  change.alone = parts.get("alone") === "1" && change.pinned !== null;
  change.way = parts.get("way") === "1" && change.pinned !== null;
  change.start = person("start") ?? model.me;
  change.picked = new Set(wholes(parts.get("picked"), model.n - 1));
  change.hidden = new Set(wholes(parts.get("hide"), model.groups.length - 1));
  change.only = whole(parts.get("list"), 1, 3);
  change.channelsOn = new Set((parts.get("via") ?? "").split(",").map((name) => model.channels.indexOf(name)).filter((bit) => bit >= 0));
  change.tagsOn = new Set(wholes(parts.get("tag"), model.tags.length - 1));
  change.orgsOn = new Set(wholes(parts.get("org"), model.n - 1).map((i) => model.people.org[i]).filter(Boolean));
  change.circle = whole(parts.get("circle"), 0, 4) ?? 0;
  change.strength = whole(parts.get("strength"), 0, 10) ?? 0;
  change.from = whole(parts.get("from"), 1, plain.to) ?? 1;
  change.to = whole(parts.get("to"), change.from, plain.to) ?? plain.to;
  change.names = names(parts.get("names"), model.groups.length);
  return { change, camera: place(parts.get("at")), list: parts.get("view") === "list", theme: ["light", "dark"].find((name) => name === parts.get("theme")) ?? null };
}

function names(text, groups) {
  const found = new Map();
  for (const part of (text ?? "").split(",")) {
    const [number, ...rest] = part.split(".");
    const k = whole(number, 0, groups - 1);
    let name = rest.join(".");
    try {
      name = decodeURIComponent(name);
    } catch {
      continue;
    }
    if (k !== null && cleaned(name, LONGEST_NAME)) found.set(k, cleaned(name, LONGEST_NAME));
  }
  return found;
}

function place(text) {
  const values = (text ?? "").split(",").map(Number);
  if (values.length !== 3 || !values.every(Number.isFinite)) return null;
  const [x, y, ratio] = values;
  return Math.abs(x) < 5 && Math.abs(y) < 5 && ratio >= 0.02 && ratio <= 2.2 ? { x, y, ratio, angle: 0 } : null;
}

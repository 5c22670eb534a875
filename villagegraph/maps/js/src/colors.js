// Colours come from the style sheet, so that light and dark are said in one place.

const rgb = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));

/** Mix two colours: `share` of the first. WebGL's own transparency comes out washed. */
export function mix(one, two, share) {
  const other = rgb(two);
  const channels = rgb(one).map((value, k) => Math.round(value * share + other[k] * (1 - share)));
  return `#${channels.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

export function readColors() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    paper: read("--paper"),
    ink: read("--ink"),
    quiet: read("--quiet"),
    tie: read("--tie"),
    slipping: read("--slipping"),
    dormant: read("--dormant"),
    worth: read("--worth"),
    groups: Array.from({ length: 9 }, (_, k) => read(`--g${k}`)),
  };
}

export const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

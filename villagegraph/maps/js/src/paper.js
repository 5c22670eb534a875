// Paper gets the map as it stands, drawn in lines, and everybody as a list.

import { readColors } from "./colors.js";
import { h } from "./dom.js";
import { asSvg, sheet } from "./picture.js";

const MOST = 5000; // with more people the drawing takes longer than anybody waits for a print

export function onPaper(page) {
  const { model, table } = page;
  const place = h("figure", { class: "paper", "aria-hidden": "true" });
  table.box.before(place);
  addEventListener("beforeprint", () => {
    table.fill(true);
    place.replaceChildren();
    if (page.view && model.n <= MOST) place.append(inDaylight(page.view, () => asSvg(sheet(model, page.view))));
  });
  addEventListener("afterprint", () => place.replaceChildren());
}

/** Paper is white, whatever the screen is. */
function inDaylight(view, make) {
  const { dataset } = document.documentElement;
  const { theme } = dataset;
  dataset.theme = "light";
  view.colors = readColors();
  const made = make();
  dataset.theme = theme;
  view.colors = readColors();
  return made;
}

// The address in step with the view: it changes with every choice, and a changed address changes the view.

import { heard, told } from "./permalink.js";

const CALM_DOWN = 250;

/** The address of a page's present view. */
export function addressOf(page) {
  const hash = told(page.model, { camera: page.view?.sigma.getCamera().getState(), list: page.list && page.hasMap, theme: page.theme });
  return `${location.href.split("#")[0]}${hash ? `#${hash}` : ""}`;
}

const WHOLE = { x: 0.5, y: 0.5, ratio: 1, angle: 0 };

/** Show what an address tells of; what it doesn't tell of is as at the start. */
export function follow(page, hash) {
  const { change, camera, list, theme } = heard(page.model, hash);
  page.model.set(change);
  page.view?.sigma.getCamera().setState(camera ?? WHOLE);
  if (page.hasMap && list !== page.list) page.turn(list);
  page.paint(theme);
}

/** Follow the address there is, and keep it in step from then on. */
export function keepAddress(page) {
  let timer;
  let known = location.hash;
  const note = () => {
    const address = addressOf(page);
    // somebody else changed the address, and it is about to be followed
    if (address === location.href || location.hash !== known) return;
    try {
      history.replaceState(null, "", address);
      known = location.hash;
    } catch {
      // a frame in a notebook has no address of its own: the view isn't told then
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(note, CALM_DOWN);
  };
  const hear = () => {
    known = location.hash;
    follow(page, known);
  };
  if (known.length > 1) hear();
  page.model.on((_, change) => Object.keys(change).some((name) => name !== "hovered" && name !== "cursor") && later());
  page.view?.sigma.getCamera().on("updated", later);
  addEventListener("hashchange", hear);
  return later;
}

// In a frame, such as a notebook's, the page tells whom the person has selected. Alone it tells nobody.

export const KIND = "villagegraph:selection";

/** Who is selected: those picked one by one, else the person pinned. */
export function selection(model) {
  const people = model.picked.size ? [...model.picked] : model.pinned === null ? [] : [model.pinned];
  return people.sort((p, q) => p - q);
}

export function tellParent(model) {
  if (window.parent === window) return;
  let before = null;
  const tell = () => {
    const people = selection(model);
    if (people.join() === before) return;
    before = people.join();
    // the parent of a file has no origin to name; numbers are all that is told
    window.parent.postMessage({ type: KIND, people }, "*");
  };
  model.on(tell);
  tell(); // a page that was opened anew has nobody selected, whatever it told before
}

// The notebook's side of a map: whom the person has selected on the page is told to Python.
// Written by hand, loaded by anywidget as it is. The page itself stands in a frame of the cell's output.

const KIND = "villagegraph:selection";

/** Whether a message was sent by a frame that shows the map called so, and by nothing else. */
const sentBy = (source, name) =>
  source !== null && [...document.querySelectorAll("iframe[data-map]")].some((frame) => frame.dataset.map === name && frame.contentWindow === source);

/** The numbers of people that a message holds; null if it is no such message. */
function told(data, n) {
  if (data === null || typeof data !== "object" || data.type !== KIND || !Array.isArray(data.people)) return null;
  if (!data.people.every(Number.isInteger)) return null;
  return data.people.filter((k) => k >= 0 && k < n);
}

function initialize({ model }) {
  const hear = ({ data, source }) => {
    const people = told(data, model.get("n"));
    if (people === null || !sentBy(source, model.get("frame"))) return;
    model.set("people", people);
    model.save_changes();
  };
  addEventListener("message", hear);
  return () => removeEventListener("message", hear);
}

export default { initialize };

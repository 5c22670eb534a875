// Read the data that stands in the page: JSON as it is, or deflated and in base64.

async function inflated(text) {
  const bytes = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).text();
}

export async function readPayload() {
  const place = document.getElementById("village");
  const packed = place.dataset.packed === "deflate";
  return JSON.parse(packed ? await inflated(place.textContent) : place.textContent);
}

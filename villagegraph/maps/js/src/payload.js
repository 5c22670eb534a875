// Read the data that stands in the page: JSON as it is, or deflated and in base64.

async function inflated(text) {
  const bytes = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).text();
}

export async function readPayload() {
  const place = document.getElementById("village");
  const packed = place.dataset.packed === "deflate";
  const data = JSON.parse(packed ? await inflated(place.textContent) : place.textContent);
  place.textContent = "";
  return data;
}

/** Text that many share is sent once, and told by number. */
export const spelled = ({ texts, at }) => at.map((k) => texts[k]);

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = Object.fromEntries([...LETTERS].map((letter, k) => [letter, k]));

/** Small numbers come as letters, one each; others as they are. */
export function numbers(packed) {
  if (typeof packed !== "string") return Int32Array.from(packed);
  const values = new Uint8Array(packed.length);
  for (let k = 0; k < packed.length; k++) values[k] = VALUES[packed[k]];
  return values;
}

/** Ties come as steps down the list of people, and a letter each. */
export function unpacked({ count, step, kind, times, first, last, via, mixes }) {
  const n = step.length;
  const ties = {
    n,
    a: new Int32Array(n),
    b: new Int32Array(n),
    level: new Uint8Array(n),
    seen: new Uint8Array(n),
    times: Int32Array.from(times),
    first: numbers(first),
    last: numbers(last),
    via: numbers(via).map((k) => mixes[k]),
  };
  let tie = 0;
  count.forEach((many, a) => {
    for (let b = a, left = many; left > 0; left--, tie++) {
      const code = kind.charCodeAt(tie) - 65;
      b += step[tie];
      ties.a[tie] = a;
      ties.b[tie] = b;
      ties.level[tie] = code % 10;
      ties.seen[tie] = code < 10 ? 0 : 1;
    }
  });
  return ties;
}

/** What is known of the owner's contact, by tie. */
export function contacts({ tie, cadence, rhythm, first, last, silence, days365 }) {
  const [rhythms, silences] = [spelled(rhythm), spelled(silence)];
  return new Map(
    tie.map((number, k) => [
      number,
      { cadence: cadence[k], rhythm: rhythms[k], first: first[k], last: last[k], silence: silences[k], days365: days365[k] },
    ]),
  );
}

// Numbers, dates and search keys in words. English on every machine, whatever its locale.

const MONTHS = "January February March April May June July August September October November December".split(" ");
const CHANNELS = {
  email: "e-mail",
  meeting: "meetings",
  call: "calls",
  sms: "text messages",
  chat: "chat",
  social: "social media",
  note: "your notes",
};
const DAY = 86_400_000;
const TURNING = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

export const count = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
export const plural = (n, one, many) => `${count(n)} ${n === 1 ? one : many}`;
export const people = (n) => plural(n, "person", "people");
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
export const channelWord = (name) => CHANNELS[name] ?? name;

/** Typed text as one line without hidden marks, as long as it may be. */
export const cleaned = (text, longest) =>
  Array.from(text.normalize("NFC").replace(TURNING, "").replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ").replace(/\s+/g, " ").trim()).slice(0, longest).join("").trim();

/** Fold case and accents away, so that "zoe" finds "Zoë" and "lukasz" finds "Łukasz". */
export const fold = (text) =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/ł/g, "l")
    .replace(/ø/g, "o")
    .replace(/đ/g, "d")
    .replace(/ß/g, "ss")
    .replace(/ı/g, "i")
    .replace(/æ/g, "ae")
    .replace(/œ/g, "oe");

/** The calendar day so many days before an ISO day, in words. */
export function dayBefore(iso, days) {
  const date = new Date(Date.parse(`${iso}T00:00:00Z`) - days * DAY);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** The same, short enough for a table. */
export const shortDay = (iso, days) => dayBefore(iso, days).replace(/ (\p{L}{3})\p{L}* /u, " $1 ");

/** The month at the start of a step of the time line; at its end, if asked, but never after the last month there is. */
export function stepMonth({ start, unit, end }, step, atEnd = false) {
  const month = Math.min(end, start + (step - 1) * unit + (atEnd ? unit - 1 : 0));
  return `${MONTHS[month % 12].slice(0, 3)} ${Math.floor(month / 12)}`;
}

/** How long before a day the last contact was; the span itself comes in words. */
export function ago(days, span) {
  if (days <= 0) return "on";
  return days === 1 ? "the day before" : `${span} before`;
}

export const rhythm = (words) => `usually ${words}`;

/** ["a", "b", "c"] as "a, b and c". */
export function listed(words) {
  const last = words.at(-1) ?? "";
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${last}` : last;
}

export const channels = (names) => listed(names.map(channelWord));

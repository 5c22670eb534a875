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

export const count = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
export const plural = (n, one, many) => `${count(n)} ${n === 1 ? one : many}`;
export const people = (n) => plural(n, "person", "people");

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

/** How long before a day the last contact was; the span itself comes in words. */
export function ago(days, span) {
  if (days <= 0) return "on";
  return days === 1 ? "the day before" : `${span} before`;
}

export const rhythm = (words) => `usually ${words}`;

/** ["e-mail", "chat"] as "E-mail and chat". */
export function channels(names) {
  const words = names.map((name) => CHANNELS[name] ?? name);
  const last = words.pop() ?? "";
  const text = words.length ? `${words.join(", ")} and ${last}` : last;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

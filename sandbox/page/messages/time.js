// Times, as Discord writes them in the reader's own language.

import { element } from "../dom.js";

const UNITS = [
  ["year", 31_557_600], ["month", 2_629_800], ["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1],
];
const FORMATS = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};
const distance = new Intl.RelativeTimeFormat(undefined, { numeric: "always" });

/** A time as it is from now: "in 2 minutes". */
export function fromNow(seconds, now = Date.now() / 1000) {
  const apart = seconds - now;
  const [unit, length] = UNITS.find(([, length]) => Math.abs(apart) >= length) ?? ["second", 1];
  return distance.format(Math.round(apart / length), unit);
}

/** What `<t:SECONDS:STYLE>` shows. */
export function timestamp(seconds, style = "f") {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return "Invalid Date";
  const full = date.toLocaleString(undefined, FORMATS.F);
  if (style !== "R") {
    return element("time", { class: "moment", title: full }, date.toLocaleString(undefined, FORMATS[style] ?? FORMATS.f));
  }
  return element("time", { class: "moment", title: full, "data-counts": String(seconds) }, fromNow(seconds));
}

/** When a message came: "Today at 15:04". */
export function sent(text) {
  const date = new Date(text);
  const time = date.toLocaleTimeString(undefined, FORMATS.t);
  const today = date.toDateString() === new Date().toDateString();
  return today ? `Today at ${time}` : `${date.toLocaleDateString(undefined, FORMATS.d)} ${time}`;
}

/** Keeps the times that count on the page counting. */
export function count() {
  setInterval(() => {
    for (const time of document.querySelectorAll("time[data-counts]")) {
      const text = fromNow(Number(time.dataset.counts));
      if (time.textContent !== text) time.textContent = text;
    }
  }, 1000);
}

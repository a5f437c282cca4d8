// The latest requests and lines of the bot's own log.

import { byId, element } from "../dom.js";
import { log } from "../net.js";

/** The least time between two loads, in milliseconds. */
const PAUSE = 400;

let known = new Map();
let looking = false;
let again = false;

/** Loads the log again if it is visible. */
export async function update() {
  if (looking || byId("log").offsetParent === null) {
    again = looking;
    return;
  }
  looking = true;
  try {
    draw(await log());
  } catch {
    // The page says elsewhere that the demo doesn't answer.
  }
  setTimeout(() => {
    looking = false;
    if (again) update();
    again = false;
  }, PAUSE);
}

function draw(entries) {
  const list = byId("log");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const now = new Map();
  for (const { times, ...entry } of entries) {
    const key = JSON.stringify(entry);
    const node = known.get(key) ?? line(entry);
    const count = node.querySelector(".log-times");
    if (count && times > 1) count.textContent = ` ×${times}`;
    now.set(key, node);
  }
  known = now;
  // Lines that stay are not moved, so that an opened one stays open and keeps the focus.
  [...list.children].forEach((child) => [...now.values()].includes(child) || child.remove());
  let last = null;
  for (const node of now.values()) {
    const next = last ? last.nextElementSibling : list.firstElementChild;
    if (next !== node) list.insertBefore(node, next);
    last = node;
  }
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function line(entry) {
  const at = element("time", { class: "log-at" }, new Date(Number(entry.at)).toLocaleTimeString(undefined, { hour12: false }));
  if (entry.to === "log") {
    return element("li", { class: "log-line own" }, at, " ", element("span", { class: "log-text" }, entry.line.replace(/^\S+Z\s+/, "").replace(/whisul_bot::\S+ /, "")));
  }
  const status = element("span", { class: `status s${String(entry.status ?? 0)[0]}` }, entry.status ?? "…");
  const summary = [at, " ", element("span", { class: `to ${entry.to.toLowerCase()}` }, entry.to), " ", status, " ",
    element("span", { class: "log-what" }, `${entry.method} ${entry.path.replace(/^\/api(\/v10)?/, "")}`),
    element("span", { class: "log-times" })];
  if (!entry.body && !entry.answer) return element("li", { class: "log-line" }, summary);
  return element("li", { class: "log-line" }, element("details", {},
    element("summary", {}, summary),
    entry.body && element("pre", { tabindex: "0", "aria-label": "Request" }, entry.body),
    entry.answer && element("pre", { tabindex: "0", "aria-label": "Answer" }, `→ ${entry.answer}`)));
}

// Notices of this client, such as "The application did not respond", until they are dismissed.

import { element } from "../dom.js";
import { sent } from "./time.js";

let notices = [];

/** Forgets all of them. */
export function clear() {
  notices = [];
}

/** Adds a notice after the latest message. */
export function add(text, after, changed) {
  const dismiss = () => {
    notices = notices.filter((other) => other !== notice);
    notice.node.remove();
    changed();
  };
  const now = new Date().toISOString();
  const node = element("li", { class: "message notice ephemeral" },
    element("div", { class: "body" },
      element("p", { class: "failure" }, text, " ", element("time", { class: "when", datetime: now }, sent(now))),
      element("p", { class: "only-you" }, "👁 Only you can see this • ",
        element("button", { type: "button", class: "as-link", onclick: dismiss }, "Dismiss message"))));
  const notice = { after: BigInt(after ?? 0), node };
  notices.push(notice);
  return node;
}

/** The notices between two messages, by their ids; without a later message, to the end. */
export function between(earlier, later) {
  if (notices.length === 0) return [];
  const [from, to] = [BigInt(earlier ?? 0), later === undefined ? null : BigInt(later)];
  return notices.filter(({ after }) => after >= from && (to === null || after < to)).map(({ node }) => node);
}

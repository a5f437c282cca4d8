// Elements. Text goes in as text, always: nothing here reads HTML.

import { within } from "./state.js";

/** An element with properties (`class`, `on…` listeners, attributes) and children. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else made.setAttribute(name, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** The element of the page with an id. */
export function byId(id) {
  return document.getElementById(id);
}

/** A link, if it is one that a browser should follow. Links to messages stay on this page. */
export function link(address, ...children) {
  if (!/^https?:\/\//i.test(address)) return element("span", {}, ...children);
  const inside = within(address);
  if (inside) return element("a", { href: inside }, ...children);
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

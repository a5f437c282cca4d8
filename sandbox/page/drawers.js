// On narrow screens the sides of the page are drawers.

import { byId } from "./dom.js";

const SIDES = ["sidebar", "panel"];

/** Lets the sides be opened and closed. */
export function start() {
  for (const side of SIDES) {
    byId(`show-${side}`).addEventListener("click", () => show(document.body.dataset.open === side ? null : side));
  }
  byId("curtain").addEventListener("click", close);
  addEventListener("keydown", (event) => event.key === "Escape" && document.body.dataset.open && close());
}

/** Closes what is open. */
export function close() {
  show(null);
}

/** Opens a side. */
export function open(side) {
  show(side);
}

function show(open) {
  const opened = document.body.dataset.open;
  if (opened && !open) byId(`show-${opened}`).focus();
  if (open) document.body.dataset.open = open;
  else delete document.body.dataset.open;
  byId("curtain").hidden = !open;
  if (open) byId(open).querySelector("a, input, button")?.focus();
  for (const side of SIDES) byId(`show-${side}`).setAttribute("aria-expanded", String(side === open));
}

// Keeps the list of messages at its end, unless the user has scrolled up.

import { byId } from "../dom.js";

/** Pixels that rounding may take away at the end of a list, at a zoom of 110 %, say. */
const ROUNDING = 2;

let scroller;
let stays = true;
/** How far down the list was when we last looked, in pixels. */
let top = 0;

/** Begins to watch the list. */
export function start() {
  scroller = byId("scroller");
  scroller.addEventListener("scroll", look, { passive: true });
  byId("newer").addEventListener("click", go);
  // A picture, a player or an edit makes the list taller; a window or a message box makes its frame
  // smaller. Both are seen here after the layout and before anything is painted.
  const watch = new ResizeObserver(stay);
  watch.observe(byId("messages"));
  watch.observe(scroller);
  set(true);
}

/** Goes to the end, and stays there from now on. */
export function go() {
  set(true);
  scroller.scrollTop = scroller.scrollHeight;
  top = scroller.scrollTop;
}

/** Begins at the end again, with another list. */
export function reset() {
  top = 0;
  set(true);
}

/** Goes to the end if that is where the user was. */
export function stay() {
  look();
  if (stays) go();
}

/** Shows an element, wherever it is in the list. */
export function show(node) {
  set(false);
  node.scrollIntoView({ block: "center" });
  top = scroller.scrollTop;
  set(rest() <= ROUNDING);
}

/** Shows a button if new messages are out of view. */
export function announce() {
  byId("newer").hidden = stays;
}

/**
 * Finds out whether the user has scrolled. Only a user moves the view up and leaves it above the end:
 * where the list became shorter, the view is at its end, and a list that grew moves nothing.
 */
function look() {
  const before = top;
  top = scroller.scrollTop;
  if (rest() <= ROUNDING) set(true);
  else if (top < before - 1) set(false);
}

function rest() {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
}

/** While the view stays at the end, the browser must not hold on to a message further up. */
function set(whether) {
  stays = whether;
  scroller.classList.toggle("at-end", stays);
  if (stays) byId("newer").hidden = true;
}

// The messages of the channel that we look at.

import { byId, element } from "./dom.js";
import { setManages } from "./menu.js";
import { MessageView } from "./message.js";
import { markdown } from "./markdown.js";
import { bot, channelName, here } from "./state.js";

/** What counts as being at the end, in pixels. */
const NEAR = 80;

const views = new Map();
const messages = new Map();
const notices = new Set();
let atEnd = true;
/** How far down the list was last known to be scrolled. */
let top = 0;

/** Watches how far down one has scrolled. */
export function start() {
  const scroller = byId("scroller");
  scroller.addEventListener("scroll", () => {
    top = scroller.scrollTop;
    atEnd = scroller.scrollHeight - top - scroller.clientHeight < NEAR;
    if (atEnd) byId("newer").hidden = true;
  }, { passive: true });
  byId("newer").addEventListener("click", toEnd);
  // Pictures and edits make messages taller: who reads the latest goes on doing so.
  // Whoever has scrolled up in this very moment does not.
  const stay = new ResizeObserver(() => atEnd && scroller.scrollTop >= top - 1 && toEnd());
  stay.observe(byId("messages"));
  stay.observe(scroller);
}

/** Forgets the channel before. */
export function clear() {
  views.clear();
  messages.clear();
  notices.clear();
  byId("messages").replaceChildren(welcome());
  atEnd = true;
}

/** Draws what has changed. */
export function update({ ids, changed, manages }) {
  setManages(manages);
  const known = new Set(ids);
  for (const [id, view] of views) {
    if (known.has(id)) continue;
    view.node.remove();
    views.delete(id);
    messages.delete(id);
  }
  changed.forEach((message) => messages.set(message.id, message));
  const list = byId("messages");
  const dirty = new Set(changed.map(({ id }) => id));
  let came = false;
  let before = null;
  let last = list.querySelector(".welcome");
  for (const id of ids) {
    const message = messages.get(id);
    if (!message) continue;
    if (!views.has(id)) {
      views.set(id, new MessageView());
      came = true;
    }
    const view = views.get(id);
    const { node } = view;
    if (dirty.has(id) || view.before !== before) {
      view.before = before;
      view.draw(message, before, messages.get(message.message_reference?.message_id));
    }
    if (last.nextElementSibling !== node) last.after(node);
    [before, last] = [message, node];
  }
  notices.forEach((notice) => list.append(notice));
  if (atEnd) toEnd();
  else if (came) byId("newer").hidden = false;
}

/** Goes to the latest message. */
export function toEnd() {
  const scroller = byId("scroller");
  scroller.scrollTop = scroller.scrollHeight;
  top = scroller.scrollTop;
  atEnd = true;
  byId("newer").hidden = true;
}

/** Shows something that only this client says, until it is dismissed. */
export function notice(text) {
  const dismiss = () => {
    notices.delete(shown);
    shown.remove();
  };
  const shown = element("li", { class: "message notice ephemeral" },
    element("div", { class: "body" }, element("p", { class: "failure" }, text),
      element("p", { class: "only-you" }, "👁 Only you can see this • ",
        element("button", { type: "button", class: "as-link", onclick: dismiss }, "Dismiss message"))));
  notices.add(shown);
  byId("messages").append(shown);
  toEnd();
  return dismiss;
}

function welcome() {
  const name = channelName(here().channel);
  const [title, text] = name
    ? [`Welcome to #${name}!`, "Type `/` in the box below and pick a command. Each tab can be somebody else."]
    : [bot().name, "The direct messages with the bot. Its commands work here as well."];
  return element("li", { class: "welcome" }, element("h3", {}, title), element("p", {}, markdown(text)));
}

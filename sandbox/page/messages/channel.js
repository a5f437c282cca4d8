// The messages of the present channel.

import { byId, element } from "../dom.js";
import * as end from "./end.js";
import { setManages } from "./menu.js";
import { MessageView } from "./message.js";
import { markdown } from "./markdown.js";
import * as notices from "./notices.js";
import { address, bot, channelName, here } from "../state.js";

/** How long a message that was jumped to is marked, in milliseconds. */
const MARKED = 2500;

const views = new Map();
const messages = new Map();
/** The ids of all messages, the oldest first. */
let order = [];
/** The address of the place whose messages are drawn. */
let drawn = null;

/** Forgets the former channel. */
export function clear() {
  views.clear();
  messages.clear();
  notices.clear();
  order = [];
  drawn = null;
  byId("messages").replaceChildren(welcome());
  end.reset();
}

/** Draws what has changed. */
export function update({ ids, changed, manages }) {
  setManages(manages);
  forgetAllBut(new Set(ids));
  changed.forEach((message) => messages.set(message.id, message));
  order = ids.filter((id) => messages.has(id));
  const came = order.some((id) => !views.has(id));
  draw(new Set(changed.map(({ id }) => id)));
  drawn = address(here().person, here().channel);
  end.stay();
  if (came) end.announce();
}

function forgetAllBut(known) {
  for (const [id, view] of views) {
    if (known.has(id)) continue;
    view.node.remove();
    views.delete(id);
    messages.delete(id);
  }
}

/** Puts messages and notices in their order, and draws those messages anew that are different. */
function draw(different) {
  let last = byId("messages").querySelector(".welcome");
  const place = (node) => {
    if (last.nextElementSibling !== node) last.after(node);
    last = node;
  };
  notices.between(undefined, order[0]).forEach(place);
  order.forEach((id, at) => {
    if (!views.has(id)) views.set(id, new MessageView());
    const view = views.get(id);
    // A notice in between makes the next message begin with its author again.
    const apart = at === 0 || notices.between(order[at - 1], id).length > 0;
    const before = apart ? null : messages.get(order[at - 1]);
    if (different.has(id) || view.before !== before) {
      view.before = before;
      const message = messages.get(id);
      view.draw(message, before, messages.get(message.message_reference?.message_id));
    }
    place(view.node);
    notices.between(id, order[at + 1]).forEach(place);
  });
}

/** Shows a notice of this client until it is dismissed. */
export function notice(text) {
  notices.add(text, order.at(-1), () => draw(new Set()));
  draw(new Set());
  end.go();
}

/** The messages that are here, the oldest first, and the id of the latest. */
export const all = () => order.map((id) => messages.get(id));
export const latest = () => order.at(-1);

/** Whether the messages of this place have been drawn. */
export const isDrawn = () => drawn === address(here().person, here().channel);

/** Shows a message and marks it for a moment. Returns whether it is here. */
export function jump(id) {
  const node = views.get(id)?.node;
  if (!node) return false;
  end.show(node);
  node.focus({ preventScroll: true });
  node.classList.add("jumped");
  setTimeout(() => node.classList.remove("jumped"), MARKED);
  return true;
}

function welcome() {
  const name = channelName(here().channel);
  const [title, text] = name
    ? [`Welcome to #${name}!`, "Type `/` in the box below and pick a command. Each tab can be somebody else."]
    : [bot().name, "The direct messages with the bot. Its commands work here as well."];
  return element("li", { class: "welcome" }, element("h3", {}, title), element("p", {}, markdown(text)));
}

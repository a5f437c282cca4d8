// The menu of a message: commands on it and on who wrote it ("Apps"), deleting.

import { element } from "../dom.js";
import { follow } from "../composer/interaction.js";
import { act, commands } from "../net.js";
import { me } from "../state.js";

const USER_COMMAND = 2;
const MESSAGE_COMMAND = 3;
let manages = false;

/** Whether we may delete what others wrote. */
export function setManages(may) {
  manages = may;
}

/** Opens the menu of a message at a point of the window. */
export async function openMenu(view, { x, y }) {
  const all = await commands();
  const apps = all.filter(({ type }) => type === MESSAGE_COMMAND);
  const { author } = view.message;
  const onAuthor = all.filter(({ type }) => type === USER_COMMAND);
  const item = (label, what, kind = "") => element("button", {
    type: "button", role: "menuitem", class: `menu-item ${kind}`,
    onclick: async () => {
      close();
      follow(await act({ message: view.message.id, ...what }), (why) => view.fail(why));
    },
  }, label);
  const own = author.id === me().id;
  const deletes = manages || own || view.ephemeral;
  const list = element("div", { class: "popup", role: "menu", popover: "auto", "aria-label": "Message" },
    element("p", { class: "menu-head" }, "Apps"),
    apps.map(({ name }) => item(name, { do: "message_command", name })),
    apps.length === 0 && element("p", { class: "menu-empty" }, "No apps for messages"),
    onAuthor.length > 0 && element("p", { class: "menu-head" }, author.global_name ?? author.username),
    onAuthor.map(({ name }) => item(name, { do: "user_command", name, user: author.id })),
    deletes && element("hr"),
    deletes && item(view.ephemeral ? "Dismiss message" : "Delete message", { do: "delete" }, "danger"));
  const close = () => list.hidePopover();
  list.addEventListener("toggle", ({ newState }) => newState === "closed" && list.remove());
  list.addEventListener("keydown", (event) => walk(event, list));
  document.body.append(list);
  list.showPopover();
  const { width, height } = list.getBoundingClientRect();
  list.style.left = `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`;
  list.style.top = `${Math.max(8, Math.min(y, innerHeight - height - 8))}px`;
  list.querySelector("button")?.focus();
}

/** Arrow keys go from one entry to the next. */
function walk(event, list) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...list.querySelectorAll("button")];
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus();
}

// Pictures of people who have none.

import { element } from "../dom.js";
import { bot, everybody } from "../state.js";

const COLOURS = 6;

/** A person's or the bot's picture. */
export function avatar(user, size = "large") {
  if (user.id === bot().id) {
    return element("img", { class: `avatar ${size}`, src: "/icon.svg", alt: "" });
  }
  const name = user.name ?? user.global_name ?? user.username;
  const colour = Math.max(0, everybody().findIndex(({ id }) => id === user.id)) % COLOURS;
  return element("span", { class: `avatar ${size} colour-${colour}`, "aria-hidden": "true" }, [...name][0]?.toUpperCase() ?? "?");
}

// Whether a bot is online: the demo's own, or one of a visitor.

import { byId } from "../dom.js";

const TEXTS = { online: "Bot online", starting: "Bot connecting…", offline: "Bot not running" };

/** Shows it; `runs` is about the demo's own bot, `connected` about any. */
export function show({ runs, connected }) {
  const state = connected ? "online" : runs ? "starting" : "offline";
  const sign = byId("bot-state");
  if (sign.dataset.state === state) return;
  sign.dataset.state = state;
  sign.textContent = TEXTS[state];
}

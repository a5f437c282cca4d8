// What the bot has to live with, and the bot's own life.

import { byId, element } from "./dom.js";
import { weather } from "./net.js";

const GROUPS = [
  ["whisul", "Whisul", [
    ["fine", "Fine", "Songs are made."],
    ["slow", "Slow", "Every answer takes four seconds."],
    ["busy", "Busy", "It asks to come back later (429). Songs wait and go on by themselves."],
    ["failing", "Failing", "It answers 500. Running songs go on; a new prompt may have been paid for, so it is refunded and never sent twice."],
    ["garbage", "Garbage", "It answers what nobody can read. The same, since nobody knows what it did."],
    ["foreign", "Proxy page", "A proxy in front of it answers 403 with a web page. That says nothing about the key or the songs."],
    ["down", "Down", "Connections are refused. Songs wait and go on by themselves."],
  ]],
  ["songs", "A new song takes", [
    ["usual", "Seconds", "A few seconds."],
    ["one_minute", "A minute", "Long enough to look around."],
    ["twenty_minutes", "20 minutes", "Longer than Discord's interactions live. The message is edited through the channel then."],
    ["fail", "Fails", "No song comes of it. It is refunded."],
  ]],
  ["discord", "Discord", [
    ["fine", "Fine", "Edits go through."],
    ["busy", "Busy", "Edits are refused (429). Songs are made meanwhile."],
    ["failing", "Failing", "Edits fail (503). Songs are made meanwhile and shown afterwards."],
    ["foreign", "Proxy page", "A proxy in front of it answers 403 with a web page. Songs are shown afterwards, in the same message."],
    ["off", "Off", "Connections are cut and refused. Nobody reaches the bot; songs are made meanwhile and shown afterwards."],
  ]],
];

const choices = new Map();
/** What was shown last. A look that was under way when somebody chose must not take that back. */
const shown = new Map();
let kill;
let start;

async function change(what) {
  try {
    await weather(what);
  } catch {
    // As it was: the next look shows it.
    shown.clear();
  }
}

/** Draws the panel. Nothing can be chosen before the page knows how it is. */
export function open() {
  const groups = GROUPS.map(([key, title, options]) => {
    const meaning = element("p", { class: "meaning", "aria-live": "polite" });
    const labels = options.map(([value, label, text]) => {
      const input = element("input", { type: "radio", name: key, value, onchange: () => change({ [key]: value }) });
      choices.set(`${key}:${value}`, () => {
        input.checked = true;
        meaning.textContent = text;
      });
      return element("label", { class: "choice" }, input, element("span", {}, label));
    });
    return element("fieldset", { disabled: true }, element("legend", {}, title), element("div", { class: "choices" }, labels), meaning);
  });
  const button = (label, what, kind = "secondary") =>
    element("button", { type: "button", class: `button ${kind}`, "data-do": what, onclick: () => change(what) }, label);
  kill = button("Kill the bot (‑9)", "kill_bot", "danger");
  start = button("Start the bot", "start_bot", "success");
  byId("weather").replaceChildren(...groups, element("div", { class: "blows" },
    kill, start, button("Cut the gateway", "cut_gateway"), button("Finish all songs", "finish_songs")));
}

/** How it was when we last heard of it, and the control of a choice or a blow. */
export const now = (group) => shown.get(group);
export const choice = (group, value) => byId("weather").querySelector(`input[name="${group}"][value="${value}"]`);
export const blow = (what) => byId("weather").querySelector(`[data-do="${what}"]`);

/** Shows how it is now. */
export function show(now, bot) {
  for (const [key] of GROUPS) {
    if (shown.get(key) === now[key]) continue;
    shown.set(key, now[key]);
    choices.get(`${key}:${now[key]}`)?.();
  }
  for (const group of byId("weather").querySelectorAll("fieldset:disabled")) group.disabled = false;
  const focused = [kill, start].includes(document.activeElement);
  kill.hidden = !bot.runs;
  start.hidden = bot.runs;
  // One takes the other's place, and the keyboard's focus.
  if (focused) (bot.runs ? kill : start).focus();
}

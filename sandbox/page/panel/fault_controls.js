// The panel that injects faults, and kills and starts the bot.

import { byId, element } from "../dom.js";
import { inject } from "../net.js";

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
/** What the last view showed. A view requested before a choice must not undo that choice. */
const shown = new Map();
let kill;
let start;

async function change(what) {
  try {
    await inject(what);
  } catch {
    // The next view shows the options as they are.
    shown.clear();
  }
}

/** Draws the panel. It is disabled until the first view has loaded. */
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
  const control = (label, what, kind = "secondary") =>
    element("button", { type: "button", class: `button ${kind}`, "data-do": what, onclick: () => change(what) }, label);
  kill = control("Kill the bot (‑9)", "kill_bot", "danger");
  start = control("Start the bot", "start_bot", "success");
  byId("fault-controls").replaceChildren(...groups, element("div", { class: "inject" },
    kill, start, control("Cut the gateway", "cut_gateway"), control("Finish all songs", "finish_songs")));
}

/** The option that the last view showed, the control of an option, and a button. */
export const now = (group) => shown.get(group);
export const choice = (group, value) => byId("fault-controls").querySelector(`input[name="${group}"][value="${value}"]`);
export const button = (what) => byId("fault-controls").querySelector(`[data-do="${what}"]`);

/** Shows the present options and whether the bot runs. */
export function show(now, bot) {
  for (const [key] of GROUPS) {
    if (shown.get(key) === now[key]) continue;
    shown.set(key, now[key]);
    choices.get(`${key}:${now[key]}`)?.();
  }
  for (const group of byId("fault-controls").querySelectorAll("fieldset:disabled")) group.disabled = false;
  const focused = [kill, start].includes(document.activeElement);
  kill.hidden = !bot.runs;
  start.hidden = bot.runs;
  // The button that appears gets the focus of the one that it replaces.
  if (focused) (bot.runs ? kill : start).focus();
}

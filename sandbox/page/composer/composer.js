// The message box: plain text, or a command.

import { notice } from "../messages/channel.js";
import { Command } from "./command.js";
import { byId, element } from "../dom.js";
import * as end from "../messages/end.js";
import { follow } from "./interaction.js";
import { act, commands } from "../net.js";
import { runnable } from "./options.js";
import { bot, channelName, here } from "../state.js";
import { Suggestions } from "./suggestions.js";

const SLASH_COMMAND = 1;

const suggestions = new Suggestions();
const hint = element("p", { class: "hint", "aria-live": "polite" });
const aside = element("span", { class: "hint-aside" });
const box = element("textarea", {
  id: "box", class: "box", rows: "1", maxlength: "2000", autocomplete: "off",
  role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
  oninput: offer, onkeydown: key, onblur: () => suggestions.hide(), onfocus: offer,
});
const line = element("div", { class: "line" }, box);
const send = element("button", { type: "submit", class: "send", "aria-label": "Send" }, "➤");
let command = null;
/** The commands of this channel, as last received. */
let known = [];

/** Puts the box on the page. */
export function start() {
  const form = element("form", { class: "composer-form", onsubmit: submit }, line, send);
  byId("composer").append(suggestions.node, form, element("div", { class: "hint-line" }, hint, aside));
}

/** Resets the box for another channel. */
export function turn() {
  const name = channelName(here().channel);
  const where = name ? `Message #${name}` : `Message @${bot().name}`;
  box.placeholder = where;
  box.setAttribute("aria-label", `${where}. Type a slash for commands.`);
  box.value = "";
  known = [];
  plain();
}

export function focus() {
  if (command) command.focus();
  else box.focus();
}

/** Types a command with its options and sends it, calling `typed` after each letter. */
export async function perform(path, values, typed) {
  known = (await commands()).filter(({ type }) => type === SLASH_COMMAND).flatMap(runnable);
  const leaf = known.find((one) => one.path === path);
  if (!leaf) throw new Error(`There is no command /${path} here.`);
  plain();
  box.value = "";
  for (const letter of `/${path}`) {
    box.value += letter;
    match();
    await typed();
  }
  begin(leaf, "");
  for (const [name, text] of Object.entries(values)) await command.type(name, text, typed);
  await typed();
  command.send();
}

/** Shows a text below the box. */
function explain(text = "", more = "", wrong = false) {
  hint.textContent = text;
  aside.textContent = more;
  hint.classList.toggle("wrong", wrong);
}

function plain() {
  command = null;
  suggestions.hide();
  line.replaceChildren(box);
  explain();
}

/** Shows the commands that begin like the text: those known at once, so that no key meets an old list. */
async function offer() {
  if (!command) explain();
  if (!/^\/[^\n]*$/.test(box.value)) {
    suggestions.hide();
    return;
  }
  match();
  const all = (await commands()).filter(({ type }) => type === SLASH_COMMAND).flatMap(runnable);
  if (JSON.stringify(all) === JSON.stringify(known)) return;
  known = all;
  if (!command && document.activeElement === box && box.value.startsWith("/")) match();
}

/** Looks for what is typed among the commands that are known. */
function match() {
  const text = box.value.slice(1).toLowerCase();
  const whole = known.filter(({ path }) => text.startsWith(`${path} `)).sort((one, other) => other.path.length - one.path.length)[0];
  if (whole) {
    begin(whole, box.value.slice(whole.path.length + 2));
    return;
  }
  const fitting = known.filter(({ path }) => path.startsWith(text) || path.split(" ").some((word) => word.startsWith(text)));
  fitting.sort((one, other) => (other.path === text) - (one.path === text));
  suggestions.show(box, bot().name, fitting.map((leaf) => ({
    label: `/${leaf.path}`,
    detail: leaf.description,
    aside: leaf.options.map(({ name, required }) => (required ? name : `${name}?`)).join("  "),
    pick: () => begin(leaf, ""),
  })), true);
}

/** Goes over to filling in a command. */
function begin(leaf, text) {
  suggestions.hide();
  const back = () => {
    box.value = "";
    plain();
    box.focus();
  };
  command = new Command(leaf, suggestions, explain, { cancel: back, send: run });
  command.fill(text);
  line.replaceChildren(command.node);
  command.focus();
}

async function run(typed) {
  box.value = "";
  plain();
  explain(`Sending /${typed.name}…`);
  box.focus();
  end.go();
  const place = here();
  const outcome = await act({ do: "command", ...typed }, place);
  if (!command) explain();
  if (place.person === here().person && place.channel === here().channel) follow(outcome, notice);
}

function key(event) {
  if (event.isComposing || suggestions.key(event)) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    say();
  }
}

function submit(event) {
  event.preventDefault();
  if (command) command.send();
  else say();
}

async function say() {
  const text = box.value.trim();
  if (text === "") return;
  if (text.startsWith("/")) {
    explain("There is no such command for you here.", "Type / for those that there are.", true);
    return;
  }
  box.value = "";
  end.go();
  const outcome = await act({ do: "say", text });
  if (outcome.is === "refused") notice(`Your message could not be sent: ${outcome.why}.`);
}

// Discord's markdown, as its client reads it, as elements.
// https://support.discord.com/hc/en-us/articles/210298617 and
// https://docs.discord.com/developers/reference#message-formatting

import { element, link } from "../dom.js";
import { channelName, roleName, userName } from "../state.js";
import { timestamp } from "./time.js";

/** How deep styles may lie within each other. */
const DEEPEST = 8;

const styled = (tag, properties) => ([, inside], depth) => element(tag, properties, inline(inside, depth + 1));
const mention = (sign, name, unknown) => element("span", { class: "mention" }, `${sign}${name ?? unknown}`);

/** What begins with a certain sign, and what it becomes; tried in this order. */
const INLINE = [
  [/^\\([^0-9A-Za-z\s])/, ([, sign]) => sign],
  [/^(`+)([^]*?[^`])\1(?!`)/, ([, , code]) => element("code", {}, code.trim())],
  [/^\[((?:\\.|[^[\]\\])+)\]\(<?(https?:\/\/[^\s<>()]+)>?\)/, ([, text, address], depth) => link(address, inline(text, depth + 1))],
  [/^<(https?:\/\/[^\s>]+)>/, ([, address]) => link(address, address)],
  [/^https?:\/\/[^\s<]+[^<.,:;"')\]\s]/, ([address]) => link(address, address)],
  [/^<@!?(\d+)>/, ([, id]) => mention("@", userName(id), "unknown-user")],
  [/^<@&(\d+)>/, ([, id]) => mention("@", roleName(id), "deleted-role")],
  [/^<#(\d+)>/, ([, id]) => mention("#", channelName(id), "unknown")],
  [/^<\/([^:>]+):\d+>/, ([, name]) => mention("/", name)],
  [/^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/, ([, seconds, style]) => timestamp(Number(seconds), style)],
  [/^<a?:(\w+):\d+>/, ([, name]) => `:${name}:`],
  [/^@(everyone|here)\b/, ([, name]) => mention("@", name)],
  [/^\*\*((?:\\[^]|[^\\])+?)\*\*(?!\*)/, styled("strong")],
  [/^__((?:\\[^]|[^\\])+?)__(?!_)/, styled("u")],
  [/^\*(?=\S)((?:\\[^]|\*\*|[^\\*])+?)\*(?!\*)/, styled("em")],
  [/^_((?:\\[^]|__|[^\\_])+?)_(?![0-9A-Za-z_])/, styled("em")],
  [/^~~((?:\\[^]|[^\\])+?)~~/, styled("s")],
  [/^\|\|((?:\\[^]|[^\\])+?)\|\|/, ([, inside], depth) => spoiler(inline(inside, depth + 1))],
];
const PLAIN = /^[^\\`[<h@*_~|]+|^[^]/;

/** A line's worth of text, without headings and lists: titles, names of fields. */
export function inline(text, depth = 0) {
  const made = [];
  let rest = text;
  let before = "";
  while (rest !== "") {
    const found = depth < DEEPEST ? match(rest, before) : null;
    const [consumed, become] = found ?? [rest.match(PLAIN), null];
    made.push(become ? become(consumed, depth) : consumed[0]);
    before = consumed[0].at(-1);
    rest = rest.slice(consumed[0].length);
  }
  return made;
}

function match(text, before) {
  for (const [pattern, become] of INLINE) {
    const found = text.match(pattern);
    // An underscore within a word styles nothing.
    if (found && !(found[0].startsWith("_") && /\w/.test(before))) return [found, become];
  }
  return null;
}

function spoiler(inside) {
  const reveal = (event) => event.currentTarget.classList.add("revealed");
  return element("button", { type: "button", class: "spoiler", onclick: reveal }, inside);
}

/** What a line begins with, and what such lines become together. */
const BLOCKS = [
  [/^(#{1,3}) +(\S.*)/, (lines) => lines.map((line) => {
    const [, signs, text] = line.match(/^(#{1,3}) +(.*)/);
    return element("div", { class: `heading-${signs.length}`, role: "heading", "aria-level": signs.length + 3 }, inline(text));
  })],
  [/^-# +\S/, (lines) => lines.map((line) => element("small", { class: "subtext" }, inline(line.slice(2).trim())))],
  [/^> /, (lines) => element("blockquote", {}, blocks(lines.map((line) => line.slice(2)).join("\n")))],
  [/^ *[-*] +\S/, (lines) => element("ul", {}, lines.map((line) => element("li", {}, inline(line.replace(/^ *[-*] +/, "")))))],
  [/^ *\d+\. +\S/, (lines) => element("ol", { start: lines[0].trim().match(/^\d+/)[0] }, lines.map((line) => element("li", {}, inline(line.replace(/^ *\d+\. +/, "")))))],
];

/** A whole text. */
export function markdown(text) {
  const parts = text.split(/```(?:[\w+#.-]+\n)?\n*([^]+?)\n*```/);
  return parts.map((part, place) => (place % 2 ? element("pre", {}, element("code", {}, part)) : blocks(part)));
}

function blocks(text) {
  const [open, rest] = text.split(/^>>> /m);
  const made = lines(open);
  if (rest !== undefined) made.push(element("blockquote", {}, lines(text.slice(open.length + 4))));
  return made;
}

/** Groups lines of one kind. */
function lines(text) {
  const made = [];
  let group = { kind: undefined, lines: [] };
  const close = () => {
    if (group.lines.length === 0) return;
    const become = BLOCKS[group.kind]?.[1];
    const together = group.lines.join("\n");
    made.push(become ? become(group.lines) : element("span", { class: "text" }, inline(together)));
  };
  for (const line of text.split("\n")) {
    const kind = BLOCKS.findIndex(([pattern]) => pattern.test(line));
    if (kind !== group.kind) {
      close();
      group = { kind, lines: [] };
    }
    group.lines.push(line);
  }
  close();
  return made;
}

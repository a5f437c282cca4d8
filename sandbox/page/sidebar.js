// The links to channels and people. They are created once, so that they keep the keyboard's focus.

import { avatar } from "./messages/avatar.js";
import { byId, element } from "./dom.js";
import { address, bot, channels, everybody, here, me, server } from "./state.js";

/** The latest message that was seen in each channel, by person and channel. */
const seen = new Map();
/** The links to channels and to people, by their ids. */
const places = new Map();
const people = new Map();

/** Puts the links on the page. */
export function start() {
  byId("server").textContent = server();
  const list = (id, links) => byId(id).replaceChildren(...links.map((link) => element("li", {}, link)));
  list("channels", channels().map(({ id, name }) =>
    place(id, name, element("span", { class: "hash", "aria-hidden": "true" }, "#"))));
  list("dms", [place("dm", bot().name, avatar(bot(), "small"))]);
  list("people", everybody().map(person));
}

function place(key, label, sign) {
  const mark = element("span", { class: "dot", title: "New messages", hidden: true },
    element("span", { class: "hidden" }, "new messages"));
  const link = element("a", { class: "place" }, sign, element("span", { class: "place-name" }, label), mark);
  places.set(key, { link, mark });
  return link;
}

function person(somebody) {
  const link = element("a", { class: "person" }, avatar(somebody, "small"),
    element("span", { class: "person-text" },
      element("span", { class: "person-name" }, somebody.name),
      element("span", { class: "person-what" }, somebody.what)));
  people.set(somebody, link);
  return link;
}

/** Shows where we are, and what is new; `latest` names the latest message of each channel. */
export function draw(latest = {}) {
  const { person, channel: open } = here();
  for (const [key, { link, mark }] of places) {
    const id = key === "dm" ? me().dm : key;
    const target = address(person, id);
    link.setAttribute("href", target);
    current(link, id === open ? "page" : null);
    if (id === open || !seen.has(target)) seen.set(target, latest[id]);
    const unread = latest[id] !== undefined && seen.get(target) !== latest[id];
    link.classList.toggle("unread", unread);
    mark.hidden = !unread;
  }
  for (const [somebody, link] of people) {
    // Whoever reads direct messages goes on to those of the next person.
    link.setAttribute("href", address(somebody.id, open === me().dm ? somebody.dm : open));
    current(link, somebody.id === person ? "true" : null);
  }
}

function current(link, value) {
  if (value) link.setAttribute("aria-current", value);
  else link.removeAttribute("aria-current");
}

/** Writes above the messages, and into the window's title, where we are. */
export function title() {
  const name = channels().find(({ id }) => id === here().channel)?.name;
  byId("place").replaceChildren(
    element("span", { class: "hash", "aria-hidden": "true" }, name ? "#" : "@"), name ?? bot().name);
  document.title = `${name ? `#${name}` : bot().name} as ${me().name}`;
}

// Where one can look, and who one can be.

import { avatar } from "./avatar.js";
import { byId, element } from "./dom.js";
import { address, bot, channels, everybody, here, me, server } from "./state.js";

/** The latest message that was seen in each channel, by person and channel. */
const seen = new Map();

/** Draws everything anew; `latest` names the latest message of each channel. */
export function draw(latest = {}) {
  const { person, channel: open } = here();
  const place = ({ id, label, sign }) => {
    const key = address(person, id);
    if (id === open || !seen.has(key)) seen.set(key, latest[id]);
    const unread = latest[id] !== undefined && seen.get(key) !== latest[id];
    return element("li", {}, element(
      "a",
      { href: key, class: unread ? "place unread" : "place", "aria-current": id === open ? "page" : undefined },
      sign,
      element("span", { class: "place-name" }, label),
      unread && element("span", { class: "dot", title: "New messages" }, element("span", { class: "hidden" }, "new messages")),
    ));
  };
  byId("server").textContent = server();
  byId("channels").replaceChildren(...channels().map(({ id, name }) =>
    place({ id, label: name, sign: element("span", { class: "hash", "aria-hidden": "true" }, "#") })));
  byId("dms").replaceChildren(place({ id: me().dm, label: bot().name, sign: avatar(bot(), "small") }));
  byId("people").replaceChildren(...everybody().map((somebody) => {
    // Whoever reads direct messages goes on to those of the next person.
    const to = open === me().dm ? somebody.dm : open;
    return element("li", {}, element(
      "a",
      { href: address(somebody.id, to), class: "person", "aria-current": somebody.id === person ? "true" : undefined },
      avatar(somebody, "small"),
      element("span", { class: "person-text" },
        element("span", { class: "person-name" }, somebody.name),
        element("span", { class: "person-what" }, somebody.what)),
    ));
  }));
  const name = channels().find(({ id }) => id === open)?.name;
  byId("place").replaceChildren(
    element("span", { class: "hash", "aria-hidden": "true" }, name ? "#" : "@"), name ?? bot().name);
  document.title = `${name ? `#${name}` : bot().name} as ${me().name}`;
}

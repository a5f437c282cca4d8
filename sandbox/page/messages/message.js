// One message. Its parts are drawn anew only when they changed, so that a song goes on playing and
// a button keeps the focus while the rest is edited.

import { attachments } from "./attachments.js";
import { avatar } from "./avatar.js";
import { rows } from "./components.js";
import { element } from "../dom.js";
import { embed } from "./embed.js";
import { markdown } from "./markdown.js";
import { openMenu } from "./menu.js";
import { act } from "../net.js";
import { me, userName } from "../state.js";
import { sent } from "./time.js";

const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;
const FAILED_FOR = 8000;

/** A message on the page. */
export class MessageView {
  #parts = {};
  #drawn = {};

  constructor() {
    this.failure = element("p", { class: "failure", role: "alert", hidden: true });
    for (const part of ["head", "content", "files", "embeds", "rows", "foot"]) {
      this.#parts[part] = element("div", { class: `part-${part}` });
    }
    const { head, content, embeds, files, rows, foot } = this.#parts;
    this.node = element("li", { class: "message", tabindex: "-1" },
      head, element("div", { class: "body" }, content, files, embeds, rows, this.failure, foot),
      this.#tools());
    this.node.addEventListener("contextmenu", (event) => {
      if (event.target.closest("a, audio, img, input, textarea")) return;
      event.preventDefault();
      openMenu(this, { x: event.clientX, y: event.clientY });
    });
  }

  /** Draws what is new; `before` is the message above it. */
  draw(message, before, replied) {
    this.message = message;
    const follows = continues(message, before);
    this.node.dataset.id = message.id;
    this.node.classList.toggle("follows", follows);
    this.node.classList.toggle("ephemeral", this.ephemeral);
    this.node.classList.toggle("mentions-me", message.mentions.some(({ id }) => id === me().id));
    this.#part("head", [message.author, message.interaction_metadata, replied?.content, follows, message.content === "" && message.edited_timestamp], () => head(message, replied, follows));
    this.#part("content", [message.content, message.edited_timestamp, message.flags], () => this.#content());
    this.#part("embeds", message.embeds, () => message.embeds.map(embed));
    this.#part("files", message.attachments, () => attachments(message.attachments));
    this.#part("rows", message.components, () => rows(this));
    this.#part("foot", message.flags, () => this.ephemeral && onlyYou(message));
  }

  get ephemeral() {
    return (this.message.flags & EPHEMERAL) !== 0;
  }

  /** Shows that an action on this message failed. */
  fail(why) {
    this.failure.textContent = why;
    this.failure.hidden = false;
    clearTimeout(this.calm);
    this.calm = setTimeout(() => { this.failure.hidden = true; }, FAILED_FOR);
  }

  #part(name, depends, make) {
    const drawn = JSON.stringify(depends);
    if (this.#drawn[name] === drawn) return;
    this.#drawn[name] = drawn;
    const made = [make()].flat(Infinity).filter(Boolean);
    this.#parts[name].replaceChildren(...made);
    this.#parts[name].hidden = made.length === 0;
  }

  #content() {
    const { content, flags } = this.message;
    if (flags & LOADING) {
      return element("span", { class: "thinking" }, element("span", { class: "dots", "aria-hidden": "true" }), `${userName(this.message.author.id)} is thinking…`);
    }
    return content === "" ? [] : [markdown(content), " ", edited(this.message)];
  }

  #tools() {
    const open = (event) => {
      const { left, bottom } = event.currentTarget.getBoundingClientRect();
      openMenu(this, { x: left, y: bottom + 4 });
    };
    return element("div", { class: "tools" },
      element("button", { type: "button", class: "icon-button", "aria-label": "More: apps, delete", "aria-haspopup": "menu", onclick: open }, "⋯"));
  }
}

/** Whether a message goes on below the one before without a head of its own. */
function continues(message, before) {
  return Boolean(before) && before.author.id === message.author.id && message.type === 0 && before.type === 0
    && !message.interaction_metadata && (message.flags & EPHEMERAL) === 0
    && new Date(message.timestamp) - new Date(before.timestamp) < 7 * 60_000;
}

function head(message, replied, follows) {
  if (follows) return [];
  const { author, interaction_metadata: used, timestamp } = message;
  const above = used?.name ? usedCommand(used) : message.type === 19 && reply(replied);
  return [
    above && element("div", { class: "above" }, above),
    avatar(author),
    element("div", { class: "author" },
      element("span", { class: author.bot ? "name bot" : "name" }, author.global_name ?? author.username),
      author.bot && element("span", { class: "tag" }, "APP"),
      element("time", { class: "when", datetime: timestamp }, sent(timestamp)),
      message.content === "" && edited(message)),
  ];
}

/** The mark of an edited message: behind its text, or in its head where it has none. */
function edited({ edited_timestamp: at, flags }) {
  return at && !(flags & LOADING) && element("span", { class: "edited", title: new Date(at).toLocaleString() }, "(edited)");
}

function usedCommand({ user, name, command_type: kind }) {
  return [
    avatar(user, "tiny"),
    element("span", { class: "above-name" }, user.global_name ?? user.username),
    " used ",
    element("span", { class: "command-name" }, kind === 1 || kind === undefined ? `/${name}` : name),
  ];
}

function reply(replied) {
  if (!replied) return element("em", {}, "Original message was deleted");
  const text = replied.content || replied.embeds[0]?.title || "a file";
  return [avatar(replied.author, "tiny"), element("span", { class: "above-name" }, `@${replied.author.global_name ?? replied.author.username}`),
    " ", element("span", { class: "above-text" }, text)];
}

function onlyYou(message) {
  const dismiss = () => act({ do: "delete", message: message.id });
  return element("p", { class: "only-you" }, "👁 Only you can see this • ",
    element("button", { type: "button", class: "as-link", onclick: dismiss }, "Dismiss message"));
}

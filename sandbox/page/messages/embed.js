// Embeds (https://docs.discord.com/developers/resources/message#embed-object).

import { element, link } from "../dom.js";
import { inline, markdown } from "./markdown.js";
import { picture } from "./picture.js";
import { sent } from "./time.js";

/** An embed. */
export function embed({ author, title, url, description, fields = [], image, thumbnail, footer, color, timestamp }) {
  const titled = title && element("div", { class: "embed-title" }, url ? link(url, inline(title)) : inline(title));
  const made = element("article", { class: "embed" },
    element("div", { class: "embed-text" },
      author && element("div", { class: "embed-author" }, author.url ? link(author.url, author.name) : author.name),
      titled,
      description && element("div", { class: "embed-description" }, markdown(description)),
      fields.length > 0 && element("dl", { class: "embed-fields" }, fields.map(field))),
    thumbnail && picture(thumbnail.url, "embed-thumbnail", "Thumbnail"),
    image && picture(image.url, "embed-image", "Cover"),
    (footer || timestamp) && element("footer", { class: "embed-footer" },
      [footer?.text, timestamp && sent(timestamp)].filter(Boolean).join(" • ")));
  if (color) made.style.setProperty("--edge", `#${color.toString(16).padStart(6, "0")}`);
  return made;
}

function field({ name, value, inline: beside }) {
  return element("div", { class: beside ? "field beside" : "field" },
    element("dt", {}, inline(name)), element("dd", {}, markdown(value)));
}

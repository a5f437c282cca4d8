// Files below a message: pictures, songs, and others.

import { element, link } from "../dom.js";
import { picture } from "./picture.js";
import { isLocal } from "../state.js";

const size = (bytes) => {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 ** 2).toFixed(2)} MB`;
};

/** The files of a message. */
export function attachments(files) {
  return files.map((file) => {
    const kind = file.content_type ?? "";
    if (kind.startsWith("image/")) return picture(file.url, "attached-picture", file.description ?? file.filename);
    const card = element("div", { class: "file" },
      element("span", { class: "file-sign", "aria-hidden": "true" }, kind.startsWith("audio/") ? "♫" : "📄"),
      element("span", { class: "file-name" }, link(file.url, file.filename)),
      element("span", { class: "file-size" }, size(file.size)));
    if (kind.startsWith("audio/") && isLocal(file.url)) {
      card.append(element("audio", { controls: true, preload: "metadata", src: file.url, "aria-label": file.filename }));
    }
    return card;
  });
}

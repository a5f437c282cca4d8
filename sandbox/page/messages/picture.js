// Pictures from the two sandboxes. The page loads none from elsewhere.

import { element, link } from "../dom.js";
import { isLocal } from "../state.js";

/** A picture, or where it would be. */
export function picture(address, kind, alternative) {
  if (!isLocal(address)) {
    return element("p", { class: "elsewhere" }, "A picture from ", link(address, host(address)), " (not loaded in the sandbox)");
  }
  const failed = (event) => event.currentTarget.replaceWith(element("p", { class: "elsewhere" }, "The picture can't be loaded."));
  return element("a", { class: kind, href: address, target: "_blank", rel: "noopener noreferrer" },
    element("img", { src: address, alt: alternative, onerror: failed }));
}

function host(address) {
  return URL.canParse(address) ? new URL(address).host : "somewhere";
}

// The list above the message box.

import { element } from "../dom.js";

/** A list from which one can pick with the arrow keys while typing goes on. */
export class Suggestions {
  #entries = [];
  #active = -1;

  constructor() {
    this.title = element("p", { class: "suggestions-title" });
    this.list = element("div", { id: "suggestions", role: "listbox", "aria-label": "Suggestions" });
    this.node = element("div", { class: "suggestions", hidden: true }, this.title, this.list);
  }

  get open() {
    return !this.node.hidden;
  }

  /** Shows entries (`label`, `detail`, `aside`, `pick`) for a text box; `first` says whether the first is marked. */
  show(control, title, entries, first) {
    this.hide();
    if (entries.length === 0) return;
    this.control = control;
    this.title.textContent = title;
    this.#entries = entries;
    this.list.replaceChildren(...entries.map(({ label, detail, aside, pick }, place) => element(
      "div",
      // Not a click, so that the text box keeps the focus.
      { id: `suggestion-${place}`, role: "option", class: "suggestion", onpointerdown: (event) => {
        event.preventDefault();
        this.hide();
        pick();
      } },
      element("span", { class: "suggestion-label" }, label),
      detail && element("span", { class: "suggestion-detail" }, detail),
      aside && element("span", { class: "suggestion-aside" }, aside))));
    this.node.hidden = false;
    control.setAttribute("aria-expanded", "true");
    control.setAttribute("aria-controls", "suggestions");
    this.#mark(first ? 0 : -1);
  }

  hide() {
    this.node.hidden = true;
    this.#entries = [];
    this.#active = -1;
    this.control?.setAttribute("aria-expanded", "false");
    this.control?.removeAttribute("aria-activedescendant");
  }

  /** Takes a key that is meant for the list. Returns whether it was. */
  key(event) {
    if (!this.open || event.isComposing) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const picks = (event.key === "Enter" || event.key === "Tab") && !event.shiftKey;
    const picked = this.#entries[this.#active];
    if (step) this.#mark((Math.max(this.#active, step < 0 ? 0 : -1) + step + this.#entries.length) % this.#entries.length);
    else if (picks && picked) {
      this.hide();
      picked.pick();
    } else if (event.key === "Escape") this.hide();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #mark(place) {
    this.#active = place;
    [...this.list.children].forEach((node, at) => {
      node.setAttribute("aria-selected", String(at === place));
      if (at === place) node.scrollIntoView({ block: "nearest" });
    });
    if (place >= 0) this.control.setAttribute("aria-activedescendant", `suggestion-${place}`);
  }
}

// One option of a command that is being filled in.

import { element } from "../dom.js";
import { act } from "../net.js";
import { picks, read, room } from "./options.js";

/** How long one may type on before suggestions are asked for, in milliseconds. */
const PAUSE = 120;

/** A text box for an option. */
export class Field {
  #chosen = null;
  #asked = 0;

  /** `command` is the one that it belongs to. */
  constructor(option, command) {
    this.option = option;
    this.command = command;
    this.control = element("textarea", {
      rows: "1", class: "field-input", autocomplete: "off", spellcheck: "false",
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-required": String(Boolean(option.required)),
      oninput: () => this.#typed(),
      onfocus: () => this.offer(),
      onblur: () => command.suggestions.hide(),
      onkeydown: (event) => this.#key(event),
    });
    this.node = element("label", { class: "field-box" }, element("span", { class: "field-name" }, option.name), this.control);
  }

  get text() {
    return this.control.value.trim();
  }

  set text(text) {
    this.control.value = text;
  }

  /** The value, or what is wrong with it. */
  read() {
    const list = picks(this.option);
    const chosen = this.#chosen ?? list?.find(({ name }) => name.toLowerCase() === this.text.toLowerCase());
    if (chosen) return { value: chosen.value };
    if (list && this.text !== "") return { problem: "Pick one of the list." };
    return read(this.option, this.text);
  }

  /** Shows what can be picked, and what the option is for. */
  async offer() {
    const { option, command } = this;
    command.explain(option.description, room(option, this.text));
    const list = picks(option);
    const wanted = this.#chosen ? "" : this.text.toLowerCase();
    if (list) this.#show(list.filter(({ name }) => name.toLowerCase().includes(wanted)), true);
    else if (option.autocomplete) await this.#ask();
  }

  mark(problem) {
    this.node.classList.toggle("wrong", Boolean(problem));
    this.control.setAttribute("aria-invalid", String(Boolean(problem)));
  }

  async #ask() {
    const asked = ++this.#asked;
    await new Promise((wake) => setTimeout(wake, PAUSE));
    if (asked !== this.#asked || document.activeElement !== this.control) return;
    const outcome = await act({ do: "suggest", ...this.command.typed(), option: this.option.name });
    if (asked !== this.#asked || document.activeElement !== this.control) return;
    this.#show(outcome.choices ?? [], false);
  }

  #show(list, first) {
    const pick = (choice) => () => {
      this.#chosen = choice;
      this.text = choice.name;
      this.mark(null);
      this.command.next(this);
    };
    const entries = list.slice(0, 25).map((choice) => ({ label: choice.name, pick: pick(choice) }));
    this.command.suggestions.show(this.control, this.option.description, entries, first);
  }

  #typed() {
    this.#chosen = null;
    this.control.value = this.control.value.replace(/\s*\n\s*/g, " ");
    this.mark(null);
    this.offer();
  }

  #key(event) {
    if (event.isComposing || this.command.suggestions.key(event)) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.command.send();
    } else if (event.key === "Escape") {
      this.command.cancel();
    } else if (event.key === "Backspace" && this.control.value === "") {
      event.preventDefault();
      this.command.remove(this);
    }
  }
}

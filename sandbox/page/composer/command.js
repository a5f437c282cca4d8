// A slash command that is being filled in.

import { element } from "../dom.js";
import { Field } from "./field.js";

/** A command with the options that are filled in so far. */
export class Command {
  #fields = [];

  /** `leaf` is what is run; `hooks` are `send(command)` and `cancel()`; `explain(text, aside)` says something. */
  constructor(leaf, suggestions, explain, hooks) {
    Object.assign(this, { leaf, suggestions, explain, hooks });
    this.boxes = element("span", { class: "boxes" });
    this.more = element("span", { class: "more" });
    // Where there is nothing to fill in, the keys go to the name.
    this.chip = element("span", { class: "chip", tabindex: "0", onkeydown: (event) => this.#key(event) }, `/${leaf.path}`);
    this.node = element("div", { class: "command", role: "group", "aria-label": `/${leaf.path}` },
      this.chip, this.boxes, this.more);
    leaf.options.filter(({ required }) => required).forEach((option) => this.#add(option));
    this.#offerMore();
    this.explain(leaf.description);
  }

  focus() {
    (this.#fields.find(({ text }) => text === "") ?? this.#fields.at(-1))?.control.focus();
    if (this.#fields.length === 0) this.chip.focus();
  }

  /** Puts a text into the first option. */
  fill(text) {
    const [first] = this.#fields;
    if (first) first.text = text;
  }

  /** Types a text into an option, letter by letter. */
  async type(name, text, typed) {
    const option = this.leaf.options.find((one) => one.name === name);
    if (!option) throw new Error(`/${this.leaf.path} has no option "${name}".`);
    const field = this.#fields.find((one) => one.option === option) ?? this.#add(option);
    this.#offerMore();
    for (const letter of text) {
      field.control.value += letter;
      await typed();
    }
  }

  /** What is typed so far, as the sandbox wants it. */
  typed() {
    const options = this.#fields.map((field) => [field.option.name, field.read().value ?? field.text]);
    return { name: this.leaf.path, options: Object.fromEntries(options.filter(([, value]) => value !== undefined)) };
  }

  /** Goes on after a field was filled in. */
  next(field) {
    const empty = this.#fields.find(({ text, option }) => text === "" && option.required);
    (empty ?? field).control.focus();
  }

  /** Takes an optional field away; without one before it, the command. */
  remove(field) {
    if (field.option.required || this.#fields.length === 0) {
      if (this.#fields.every(({ text }) => text === "")) this.cancel();
      return;
    }
    this.#fields = this.#fields.filter((other) => other !== field);
    field.node.remove();
    this.#offerMore();
    this.focus();
  }

  cancel() {
    this.suggestions.hide();
    this.hooks.cancel();
  }

  /** Sends it, unless something is wrong. */
  send() {
    for (const field of this.#fields) {
      const { problem } = field.read();
      if (!problem) continue;
      field.control.focus();
      field.mark(problem);
      this.explain(`${field.option.name}: ${problem}`, "", true);
      return;
    }
    const options = this.#fields.map((field) => [field.option.name, field.read().value]);
    this.suggestions.hide();
    this.hooks.send({ name: this.leaf.path, options: Object.fromEntries(options.filter(([, value]) => value !== undefined)) });
  }

  #key(event) {
    if (event.key === "Enter") this.send();
    else if (event.key === "Escape" || event.key === "Backspace") this.cancel();
    else return;
    event.preventDefault();
  }

  #add(option) {
    const field = new Field(option, this);
    this.#fields.push(field);
    this.boxes.append(field.node);
    return field;
  }

  #offerMore() {
    const unused = this.leaf.options.filter((option) => this.#fields.every((field) => field.option !== option));
    this.more.replaceChildren(...unused.map((option) => element("button", {
      type: "button", class: "more-option", title: option.description,
      onclick: () => {
        const field = this.#add(option);
        this.#offerMore();
        field.control.focus();
      },
    }, `+ ${option.name}`)));
  }
}

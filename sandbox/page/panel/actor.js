// Plays a scenario: uses the page as a visitor does, slowly enough to be watched.

import * as channel from "../messages/channel.js";
import * as composer from "../composer/composer.js";
import { byId, element } from "../dom.js";
import * as drawers from "../drawers.js";
import { cleanUp, inject } from "../net.js";
import { bot, channels, everybody, here, me } from "../state.js";
import * as faults from "./fault_controls.js";

/** How long one step may take, in milliseconds. */
const PATIENCE = 60_000;
/** The pause between two checks, in milliseconds. */
const LOOK = 50;
/** Factor for pauses that are only for the viewer. */
const PACE = Number(sessionStorage.getItem("pace") ?? 1);

/** Plays one scenario, until the signal says that it is aborted. */
export class Actor {
  #person = null;
  #cursor = element("div", { class: "cursor", "aria-hidden": "true" });

  /** `say` shows a sentence; `prompts` are those of the songs that the scenario may leave behind. */
  constructor(signal, say, prompts) {
    Object.assign(this, { signal, say, prompts });
    document.body.append(this.#cursor);
  }

  /** Restores the page after the scenario. */
  leave() {
    this.#cursor.remove();
    for (const marked of document.querySelectorAll(".pressed")) marked.classList.remove("pressed");
  }

  id(name) {
    return everybody().find((person) => person.name === name).id;
  }

  async tell(sentence) {
    this.say(sentence);
    await this.pause(1.5);
  }

  /** Waits a while, for the reader. */
  async pause(seconds) {
    await this.#sleep(seconds * 1000 * PACE);
  }

  async countDown(seconds, sentence) {
    for (let left = seconds; left > 0; left -= 1) {
      this.say(`${sentence}: ${left} s.`);
      await this.pause(1);
    }
  }

  /** Waits until a condition has held for some milliseconds. */
  async waitFor(sentence, holds, lasting = 0) {
    this.say(`${sentence}…`);
    const deadline = performance.now() + PATIENCE;
    for (let since = performance.now(); !holds() || performance.now() - since < lasting;) {
      if (performance.now() > deadline) throw new Error(`This took too long: "${sentence}".`);
      if (!holds()) since = performance.now();
      await this.#sleep(LOOK);
    }
    await this.pause(0.5);
  }

  waitForBot(state) {
    const sentence = { online: "The bot connects", offline: "The bot is gone" }[state];
    return this.waitFor(sentence, () => byId("bot-state").dataset.state === state);
  }

  /** Switches to a person, in the first channel. */
  async become(name) {
    const [first] = channels();
    if (here().channel !== first.id) {
      await this.#click(byId("channels").querySelector("a"));
      await this.waitFor(`#${first.name}`, () => here().channel === first.id);
    }
    this.#person = this.id(name);
    if (me().name === name) return;
    this.say(`You are ${name} now.`);
    const link = [...byId("people").querySelectorAll("a")].find((it) => it.querySelector(".person-name").textContent === name);
    await this.#click(link);
    await this.waitFor(`You are ${name} now`, () => me().name === name && channel.isDrawn());
  }

  /** Chooses an option of the fault controls. */
  async choose(group, value, sentence) {
    const control = faults.choice(group, value);
    this.say(sentence ?? `In the panel: ${control.closest("label").textContent}.`);
    await this.#click(control);
    await this.waitFor(sentence?.replace(/\.$/, "") ?? "The panel changes", () => faults.now(group) === value);
    if (sentence) await this.tell(sentence);
  }

  /** Chooses an option of the fault controls, unless it is chosen already. */
  async ensure(group, value) {
    if (faults.now(group) !== value) await this.choose(group, value);
  }

  async press(what, sentence) {
    this.say(sentence);
    await this.#click(faults.button(what));
  }

  /** Lets Whisul complete a song. */
  async finish(prompt) {
    await inject({ finish_song: prompt });
  }

  /** Types a command and sends it. Returns its answer. */
  async command(path, values = {}) {
    if (me().id !== this.#person) throw new Error("Somebody else is in front of this tab now.");
    this.say(`${me().name} types /${path}.`);
    await this.#point(byId("composer"));
    const answer = new Answer(channel.latest());
    await composer.perform(path, values, () => this.pause(0.04));
    return answer;
  }

  /** Asks for a song, and waits for its message. */
  async song(prompt) {
    const answer = await this.command("song", { prompt });
    await this.waitFor("The bot answers", () => answer.isThere());
    if (answer.isPrivate()) throw new Error(`${me().name} was refused. The bot's answer says why.`);
    return answer;
  }

  /** What a person does at the end if the scenario is cut short. */
  action(name, command, options = {}) {
    return { person: this.id(name), channel: channels()[0].id, do: "command", name: command, options };
  }

  async cleanUp(actions) {
    await cleanUp({ prompts: this.prompts, actions });
  }

  /** Shows where it presses, and presses. */
  async #click(control) {
    await this.#point(control);
    control.click();
    control.classList.remove("pressed");
    // Closes what was opened for this, so that the messages are visible.
    drawers.close();
  }

  async #point(control) {
    const side = control.closest(".sidebar, .panel");
    if (side && getComputedStyle(side).visibility === "hidden") {
      drawers.open(side.id);
      await this.pause(0.4);
    }
    const target = control.closest("label") ?? control;
    target.scrollIntoView({ block: "nearest" });
    const { left, top, width, height } = target.getBoundingClientRect();
    this.#cursor.style.translate = `${left + width / 2}px ${top + height / 2}px`;
    this.#cursor.classList.add("shown");
    await this.pause(0.6);
    target.classList.add("pressed");
    await this.pause(0.4);
    target.classList.remove("pressed");
  }

  async #sleep(time) {
    this.signal.throwIfAborted();
    await new Promise((wake, stop) => {
      const aborted = () => {
        clearTimeout(timer);
        stop(this.signal.reason);
      };
      const timer = setTimeout(() => {
        this.signal.removeEventListener("abort", aborted);
        wake();
      }, time);
      this.signal.addEventListener("abort", aborted, { once: true });
    });
  }
}

/** The bot's answer to a command: the first message after it. */
class Answer {
  #id = null;

  constructor(after) {
    this.after = BigInt(after ?? 0);
    this.person = me().id;
  }

  /** The answer's message, once it is there: the first one of the bot that this person caused. */
  get #node() {
    const mine = ({ author, interaction_metadata: used }) => author.id === bot().id && used?.user.id === this.person;
    this.#id ??= channel.all().find((message) => BigInt(message.id) > this.after && mine(message))?.id ?? null;
    return this.#id && document.querySelector(`.message[data-id="${this.#id}"]`);
  }

  isThere() {
    return Boolean(this.#node);
  }

  isAnswered() {
    return this.isThere() && !this.#node.querySelector(".thinking");
  }

  isPrivate() {
    return this.isAnswered() && this.#node.classList.contains("ephemeral");
  }

  shown(text) {
    return this.#node?.textContent.includes(text) ?? false;
  }

  /** Whether there is a song to listen to. */
  isDone() {
    return Boolean(this.#node?.querySelector("a.button.link"));
  }
}

// What all scenes share: a browser, people who look at the page, and what they do there.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

/** Longer than any single thing takes, on a busy machine too; in milliseconds. */
const PATIENCE = 45_000;
const url = process.env.PAGE;

/** Plays a scene with a function that opens the page as somebody; fails on any error in a console. */
export async function scene(play) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    // Its own sandbox does not work for root, as in containers.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  const errors = [];
  try {
    const people = await (await fetch(`${url}people`)).json();
    await play((name, how) => visit(browser, people, errors, name, how), people);
    assert.deepEqual(errors, []);
  } catch (error) {
    for (const page of browser.contexts().flatMap((context) => context.pages())) {
      const seen = await page.locator(".message").allTextContents();
      const typed = await page.locator("#composer").evaluate((composer) => `${composer.innerText} ${composer.querySelector("#box")?.value ?? ""}`);
      console.error(`${await page.title()} saw last:\n${seen.slice(-3).join("\n---\n")}\nin the message box: ${typed}\n`);
    }
    throw error;
  } finally {
    await browser.close();
  }
}

async function visit(browser, { people, channels }, errors, name, { context, pace, ...look } = {}) {
  const where = context ?? await browser.newContext({ viewport: { width: 1360, height: 860 }, colorScheme: "dark", ...look });
  const page = await where.newPage();
  // How long the hands of a scenario linger.
  if (pace) await page.addInitScript((pace) => sessionStorage.setItem("pace", pace), pace);
  page.setDefaultTimeout(PATIENCE);
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("dialog", (dialog) => {
    errors.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  const person = people.find((person) => person.name === name);
  await page.goto(`${url}#${person.id}/${channels[0].id}`);
  await page.locator(".welcome").waitFor();
  return new Visitor(page);
}

/** Somebody in front of the page. */
export class Visitor {
  constructor(page) {
    this.page = page;
  }

  /** Runs a command by the keyboard alone, as in Discord: begins to type it, picks it, fills it in. */
  async command(name, ...values) {
    await this.page.locator("#box").focus();
    await this.page.keyboard.type(`/${name}`);
    await this.page.locator(".suggestion[aria-selected=true]").waitFor();
    await this.page.keyboard.press("Enter");
    await this.page.locator(".chip").waitFor();
    for (const value of values) await this.page.keyboard.type(value);
    await this.page.keyboard.press("Enter");
  }

  /** The messages that show a text. */
  messages(text) {
    return this.page.locator(".message", { hasText: text });
  }

  /** The latest message that shows a text, once it is there. */
  async message(text) {
    const found = this.messages(text).last();
    await found.waitFor();
    return found;
  }

  /** Waits until the message about a prompt shows a finished song, and returns it. */
  async song(prompt) {
    const found = this.messages(prompt).filter({ hasText: "Made in" }).last();
    await found.waitFor();
    return found;
  }

  async choose(group, label) {
    await this.page.getByRole("group", { name: group, exact: true }).getByRole("radio", { name: label, exact: true }).check();
  }

  async inject(label) {
    await this.page.locator(".inject").getByText(label).click();
  }
}

/**
 * Waits until a part of a page says something. Its text is never read at once with `innerText`:
 * that is empty for a message which has not been painted yet.
 */
export async function says(locator, text) {
  await locator.filter({ hasText: text }).waitFor();
}

/** Scrolls to a picture or a song, and waits until it can be shown. */
export async function loaded(locator) {
  // Not `scrollIntoViewIfNeeded`: it fails if the message is drawn anew while it waits.
  await locator.evaluate((media) => media.scrollIntoView({ block: "center" }));
  await ready(locator);
}

/** Waits until a picture or a song can be shown, and scrolls nowhere. */
export async function ready(locator) {
  const handle = await locator.elementHandle();
  await locator.page().waitForFunction((media) =>
    media.tagName === "IMG" ? media.complete && media.naturalWidth > 0 : media.readyState >= 1 && media.duration > 0, handle);
}

/** Plays a song until it has got on, and then its end. */
export async function plays(locator) {
  await locator.evaluate(async (audio) => {
    audio.muted = true;
    await audio.play();
  });
  const handle = await locator.elementHandle();
  await locator.page().waitForFunction((audio) => audio.currentTime > 0.2, handle);
  await locator.evaluate((audio) => {
    audio.currentTime = audio.duration - 1;
  });
  await locator.page().waitForFunction((audio) => audio.currentTime > audio.duration - 1, handle);
  await locator.evaluate((audio) => audio.pause());
}

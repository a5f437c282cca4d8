// The view stays at the end in every way in which the list grows, unless the user has scrolled up.

import assert from "node:assert/strict";
import { ready, scene } from "../browser.mjs";

/** How far the view is above the end, in pixels. */
const above = ({ page }) => page.locator("#scroller").evaluate((it) => it.scrollHeight - it.scrollTop - it.clientHeight);

/** Waits until the view is at the end and has stayed there for two frames. */
async function atEnd({ page }, why) {
  const settled = page.waitForFunction(async () => {
    const scroller = document.getElementById("scroller");
    for (let frames = 0; frames < 2; frames += 1) {
      if (scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight > 2) return false;
      await new Promise(requestAnimationFrame);
    }
    return true;
  }, undefined, { timeout: 15_000 });
  await settled.catch(async () => assert.fail(`${why}: ${await above({ page })} px above the end`));
}

/** Where a message is in the window; it is looked for in the middle of the list's frame. */
const middle = ({ page }) => page.evaluate(() => {
  const { left, top, height } = document.getElementById("scroller").getBoundingClientRect();
  const message = document.elementFromPoint(left + 100, top + height / 2).closest(".message");
  return { id: message.dataset.id, top: message.getBoundingClientRect().top };
});
const topOf = ({ page }, id) => page.locator(`.message[data-id="${id}"]`).evaluate((it) => it.getBoundingClientRect().top);

await scene(async (open, { people, channels }) => {
  const ann = await open("Ann");
  await ann.message("message number 60");
  await atEnd(ann, "opening");
  const bob = people.find(({ name }) => name === "Bob").id;
  const say = (text, channel = channels[0].id) => ann.page.evaluate((what) => import("/net.js").then(({ act }) =>
    act({ do: "say", text: what.text }, { person: what.bob, channel: what.channel })), { text, bob, channel });
  const notice = (text) => ann.page.evaluate((text) => import("/messages/channel.js").then((it) => it.notice(text)), text);

  /** Each way, once with the view at its end. A step ends when the list has grown. */
  let letGo;
  const held = new Promise((resolve) => { letGo = resolve; });
  await ann.page.route((url) => url.port !== new URL(process.env.PAGE).port, async (route) => {
    if (route.request().resourceType() === "image") await held;
    await route.continue();
  });
  await ann.choose("A new song takes", "20 minutes");
  const ways = {
    "a new message": async () => {
      await say("one more");
      await ann.message("one more");
    },
    "a message that follows a command": async () => {
      await ann.command("song", "a song that grows");
      await (await ann.message("a song that grows")).getByText("Composing").waitFor();
    },
    "an edit that grows, with a player": async () => {
      await ann.inject("Finish all songs");
      await ready((await ann.song("a song that grows")).locator("audio"));
      await ann.page.locator(".embed-image img").waitFor({ state: "attached" });
    },
    "a cover that loads": async () => {
      letGo();
      await ready(ann.page.locator(".embed-image img"));
    },
    "a client notice": async () => {
      await notice("Nobody answered.");
      await ann.message("Nobody answered.");
    },
    // The browser tells of a scroll in the next frame: what has ready by then is no scroll of the user's.
    "a cover that loads in the frame of a new message": async () => {
      await ann.page.evaluate(() => import("/messages/channel.js").then(({ notice }) => {
        notice("And a cover.");
        Object.assign(document.querySelector(".embed-image img").style, { height: "700px", maxHeight: "none" });
      }));
    },
    "a window that shrinks": () => ann.page.setViewportSize({ width: 1360, height: 640 }),
    "a window that becomes narrow": () => ann.page.setViewportSize({ width: 760, height: 640 }),
    "a window that grows": () => ann.page.setViewportSize({ width: 1360, height: 860 }),
    "a message box that grows": () => ann.page.locator("#box").fill("line\n".repeat(9)),
    "a message box that shrinks": () => ann.page.locator("#box").fill(""),
    "many messages at once": async () => {
      await Promise.all(Array.from({ length: 30 }, (_, number) => say(`# together ${number}`)));
      for (let number = 0; number < 30; number += 1) await ann.message(`together ${number}`);
    },
    "a message that goes": async () => {
      await ann.messages("Nobody answered.").getByText("Dismiss message").click();
      await ann.messages("Nobody answered.").waitFor({ state: "detached" });
    },
    "another channel": async () => {
      await say("hello from here", channels[1].id);
      await ann.page.locator("#channels").getByText("lounge").click();
      await ann.message("hello from here");
      await ann.page.locator("#channels").getByText("songs").click();
      await ann.message("together 29");
    },
    "another person": async () => {
      await ann.page.getByRole("link", { name: "Bob" }).click();
      await ann.page.waitForFunction(() => document.title.endsWith(" as Bob"));
      await ann.message("together 29");
    },
  };
  for (const [way, grow] of Object.entries(ways)) {
    await grow();
    await atEnd(ann, way);
  }

  await ann.page.unrouteAll({ behavior: "ignoreErrors" });
  await ann.page.locator("#people").getByText("Ann").click();
  await ann.inject("Finish all songs");
  for (const prompt of ["a first cover", "a second cover"]) {
    await ann.command("song", prompt);
    await ann.message(prompt);
    await ann.inject("Finish all songs");
    await ready((await ann.song(prompt)).locator(".embed-image img"));
    await atEnd(ann, "a song");
  }
  for (let times = 0; times < 3; times += 1) {
    await ann.page.reload();
    await ready((await ann.song("a second cover")).locator(".embed-image img"));
    await ready((await ann.song("a second cover")).locator("audio"));
    await atEnd(ann, "opening with covers");
  }

  // Whoever has scrolled up, be it a little, goes on reading the same message.
  await ann.page.locator("#scroller").hover();
  await ann.page.mouse.wheel(0, -60);
  await ann.page.locator("#scroller:not(.at-end)").waitFor();
  const { id, top } = await middle(ann);
  await say("# not seen yet");
  await ann.message("not seen yet");
  await ann.page.locator("#newer").waitFor();
  await ann.page.locator("#box").fill("line\n".repeat(9));
  await ann.page.locator("#box").fill("");
  assert.ok(Math.abs(await topOf(ann, id) - top) <= 2, "what is read stays where it is");

  // The button leads back to the end, and so does scrolling down.
  await ann.page.locator("#newer").click();
  await atEnd(ann, "the button");
  await ann.page.locator("#newer").waitFor({ state: "hidden" });
  await ann.page.locator("#scroller").evaluate((scroller) => { scroller.scrollTop = 0; });
  await ann.page.locator("#scroller:not(.at-end)").waitFor();
  await say("# below");
  await ann.message("below");
  assert.equal(await ann.page.locator("#scroller").evaluate((it) => it.scrollTop), 0);
  await ann.page.locator("#scroller").evaluate((scroller) => { scroller.scrollTop = 1e9; });
  await ann.page.locator("#scroller.at-end").waitFor();
  await say("# at the end again");
  await ann.message("at the end again");
  await atEnd(ann, "scrolled down");
});

// Two tabs of one browser are two people, and one tab can become somebody else.

import assert from "node:assert/strict";
import { scene } from "../browser.mjs";

await scene(async (open) => {
  const ann = await open("Ann");
  const bob = await open("Bob", { context: ann.page.context() });
  await ann.command("song", "a duet");
  const seenByBob = await bob.song("a duet");
  await ann.song("a duet");

  // Bob may not delete what Ann asked for; only he is told.
  await seenByBob.getByRole("button", { name: "Delete", exact: true }).click();
  await bob.message("Only you can see this");
  assert.equal(await ann.messages("a duet").count(), 1);

  // The moderator may delete any message by its menu, and Bob may not.
  await seenByBob.hover();
  await seenByBob.getByLabel("More").click();
  await bob.page.getByRole("menuitem", { name: "Make a song of this" }).waitFor();
  assert.equal(await bob.page.getByRole("menuitem", { name: "Delete message" }).count(), 0);
  await bob.page.keyboard.press("Escape");
  await bob.page.getByRole("link", { name: "Mo" }).click();
  await bob.page.waitForFunction(() => document.title.endsWith(" as Mo"));
  assert.match(await ann.page.title(), /as Ann/);
  const seenByMo = await bob.song("a duet");
  assert.equal(await bob.messages("Only you can see this").count(), 0);
  await seenByMo.hover();
  await seenByMo.getByLabel("More").click();
  await bob.page.getByRole("menuitem", { name: "Delete message" }).click();
  await ann.messages("a duet").waitFor({ state: "detached" });
  assert.equal(await ann.messages("Only you can see this").count(), 0);

  // Direct messages with the bot are one's own.
  await ann.page.locator("#dms a").click();
  await ann.page.locator(".welcome", { hasText: "direct messages with the bot" }).waitFor();
  await ann.command("song", "a secret song");
  await ann.song("a secret song");
  assert.equal(await bob.messages("a secret song").count(), 0);
});

// A refusal is for one person's eyes.

import assert from "node:assert/strict";
import { says, scene } from "../browser.mjs";

await scene(async (open) => {
  const [ann, bob] = [await open("Ann"), await open("Bob")];
  await ann.command("song", "the one song of today");
  await ann.song("the one song of today");
  await bob.song("the one song of today");

  await ann.command("song", "one too many");
  const refusal = await ann.message("Only you can see this");
  await says(refusal, "used up");

  // What Bob says after it is there for both, so the refusal would be there for Bob as well.
  await bob.page.locator("#box").fill("nice song!");
  await bob.page.keyboard.press("Enter");
  await ann.message("nice song!");
  await bob.message("nice song!");
  assert.equal(await bob.messages("Only you can see this").count(), 0);

  await refusal.getByText("Dismiss message").click();
  await refusal.waitFor({ state: "detached" });
});

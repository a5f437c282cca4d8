// What is one's own: prompts, songs, quota, data; and songs from other people's messages.

import assert from "node:assert/strict";
import { loaded, scene } from "../browser.mjs";

await scene(async (open) => {
  const [ann, bob] = [await open("Ann"), await open("Bob")];
  const { keyboard } = ann.page;
  const option = (name) => ann.page.getByRole("option", { name, exact: true });

  await ann.command("help");
  await (await ann.message("Songs from a few words")).getByText("Only you can see this").waitFor();

  await ann.command("song", "a lullaby for a lighthouse");
  await ann.song("a lullaby for a lighthouse");

  // Half a prompt of before is completed, and Tab takes it.
  await ann.page.locator("#box").focus();
  await keyboard.type("/song lulla");
  await option("a lullaby for a lighthouse").waitFor();
  await keyboard.press("ArrowDown");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await ann.messages("a lullaby for a lighthouse").filter({ hasText: "Made in" }).nth(1).waitFor();

  // A message of Bob's becomes a song of Ann's.
  await bob.page.locator("#box").fill("the kettle whistles in B flat");
  await bob.page.keyboard.press("Enter");
  const said = await ann.message("the kettle whistles");
  await said.click({ button: "right" });
  await ann.page.getByRole("menuitem", { name: "Make a song of this" }).click();
  const form = ann.page.getByRole("dialog");
  assert.equal(await form.getByRole("textbox").inputValue(), "the kettle whistles in B flat");
  await form.getByRole("button", { name: "Submit" }).click();
  await ann.song("the kettle whistles");

  await ann.command("quota");
  await ann.message("6 of your 9 songs a day");

  await ann.command("songs");
  const list = ann.messages("Only you can see this").filter({ has: ann.page.locator(".embed-title", { hasText: "Your songs" }) });
  await list.getByText("the kettle whistles").waitFor();

  // One of them is shown again, in another channel, for everybody.
  await ann.page.getByRole("link", { name: "lounge" }).click();
  // The page turns a moment after the click, and empties the box as it does.
  await ann.page.getByRole("combobox", { name: "Message #lounge" }).focus();
  await keyboard.type("/songs ");
  await ann.page.getByRole("button", { name: "+ show" }).click();
  await ann.page.getByRole("option").first().waitFor();
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await keyboard.press("Enter");
  const again = await ann.song("the kettle whistles");
  await loaded(again.locator(".embed-image img"));
  await bob.page.locator(".place.unread", { hasText: "lounge" }).click();
  await bob.song("the kettle whistles");

  await ann.command("my-data export");
  await (await ann.message("everything that I know")).locator(".file").waitFor();
  await ann.command("my-data forget");
  const question = await ann.message("If you go on");
  await question.getByRole("button", { name: "Forget my songs" }).click();
  await question.getByRole("button", { name: "Forget my songs" }).waitFor({ state: "detached" });
});

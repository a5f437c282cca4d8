// A person types /song, picks it, fills it in, and follows the song until it is there.

import assert from "node:assert/strict";
import { loaded, plays, says, scene } from "../browser.mjs";

await scene(async (open) => {
  const ann = await open("Ann");
  await ann.choose("A new song takes", "20 minutes");

  // The list shows what there is; Escape leaves it.
  await ann.page.locator("#box").focus();
  await ann.page.keyboard.type("/");
  await ann.page.getByRole("option", { name: "/song" }).first().waitFor();
  await ann.page.keyboard.press("Escape");
  await ann.page.locator(".suggestions").waitFor({ state: "hidden" });
  await ann.page.keyboard.press("Backspace");

  // A required option is required.
  await ann.page.keyboard.type("/song ");
  await ann.page.locator(".chip").waitFor();
  await ann.page.keyboard.press("Enter");
  await ann.page.getByText("prompt: This option is required.").waitFor();
  await ann.page.keyboard.press("Escape");

  await ann.command("so", "a lo-fi beat for a rainy evening");
  const message = await ann.message("a lo-fi beat for a rainy evening");
  await says(message.locator(".above"), "Ann used /song");
  await message.getByText("Composing").waitFor();
  const before = await message.locator(".embed-description").textContent();
  const handle = await message.elementHandle();
  await ann.page.waitForFunction(([node, before]) => node.querySelector(".embed-description").textContent !== before, [handle, before]);

  await ann.inject("Finish all songs");
  const song = await ann.song("a lo-fi beat for a rainy evening");
  await loaded(song.locator(".embed-image img"));
  await loaded(song.locator("audio"));
  await plays(song.locator("audio"));
  assert.match(await song.getByText("Listen").getAttribute("href"), /^http/);
  await says(song.locator(".embed-fields"), /BPM.*\d.*Duration/);
});

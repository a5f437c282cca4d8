// A scenario that is stopped, or whose page is reloaded or closed, leaves everything as it was.

import assert from "node:assert/strict";
import { scene } from "../browser.mjs";

await scene(async (open) => {
  const pat = await open("Pat", { pace: 0.3 });
  const watcher = await open("Bob");
  const begin = (visitor, id) => visitor.page.locator(`[data-scenario="${id}"]:enabled`).click();
  const chosen = (group, value) => watcher.page.locator(`#fault-controls input[name=${group}][value=${value}]:checked`).waitFor({ state: "attached" });
  const over = async () => {
    await watcher.page.locator("[data-scenario]:enabled").first().waitFor();
    await watcher.page.locator('#bot-state[data-state="online"]').waitFor();
    for (const group of ["whisul", "discord"]) await chosen(group, "fine");
    await chosen("songs", "usual");
  };

  // Stopped while the bot is dead. Another tab sees that something is played, and can't disturb it.
  await begin(pat, "kill");
  await watcher.page.locator("[data-scenario]:disabled").first().waitFor();
  await watcher.page.locator('#bot-state[data-state="offline"]').waitFor();
  await pat.page.locator("#scenario-stop").click();
  await pat.page.getByText("Stopped. Faults and bot are as they were before.").waitFor();
  await over();
  await watcher.song("a ballad about a bot that came back");

  // Reloaded while Discord is off: one is who and where one was.
  await begin(pat, "discord");
  await chosen("discord", "off");
  await pat.page.reload();
  await over();
  assert.match(await pat.page.title(), /^#songs as Pat/);
  await watcher.song("an anthem for a lost connection");

  // With a long song of the visitor's own under way, the scenario ends well nevertheless.
  await pat.choose("A new song takes", "20 minutes");
  await pat.command("song", "a song of the visitor's own");
  await (await pat.message("a song of the visitor's own")).getByText("▰").waitFor();
  await begin(pat, "two");
  await pat.page.getByText("in the order in which they were asked for. Faults and bot are as they were before.").waitFor();
  await chosen("songs", "twenty_minutes");
  await pat.choose("A new song takes", "Seconds");
  await chosen("songs", "usual");

  // Closed while Mo has paused the server, and one is somebody else.
  const closing = await open("Pat", { pace: 0.3 });
  await begin(closing, "pause");
  await closing.page.locator("#scenario-step", { hasText: "Pat is refused" }).waitFor();
  await closing.page.close();
  await over();
  await pat.command("song", "nothing is paused any more");
  await pat.song("nothing is paused any more");
});

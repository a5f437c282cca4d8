// Finding one's way: the keyboard's focus, links to messages, notices in their order, and the sign
// that a bot is there.

import assert from "node:assert/strict";
import { says, scene } from "../browser.mjs";

const order = ({ page }) => page.locator(".message").evaluateAll((all) => all.map((it) => it.textContent));

await scene(async (open, { channels, people }) => {
  const ann = await open("Ann");
  const { page } = ann;
  const [songs, lounge] = channels.map(({ id }) => id);
  const bob = people.find(({ name }) => name === "Bob");
  const say = (text, channel = songs) => page.evaluate((what) => import("/net.js").then(({ act }) =>
    act({ do: "say", text: what.text }, { person: what.person, channel: what.channel })), { text, channel, person: bob.id });
  const focused = () => page.evaluate(() => document.activeElement.textContent);

  // The focus stays on a channel or a person while messages come, and when one goes there.
  await page.locator("#channels a", { hasText: "lounge" }).focus();
  await say("while you look elsewhere");
  await ann.message("while you look elsewhere");
  assert.match(await focused(), /lounge/);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.title.startsWith("#lounge"));
  assert.match(await focused(), /lounge/);
  await say("in the other channel");
  await page.locator("#channels .unread", { hasText: "songs" }).waitFor();
  await page.locator("#people a", { hasText: "Bob" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.title.endsWith(" as Bob"));
  assert.match(await focused(), /Bob/);
  await page.locator("#people a", { hasText: "Ann" }).click();

  // A link to a message leads there, from wherever it stands, and as often as it is pressed.
  const target = await page.locator(".message").count();
  assert.equal(target, 0, "the lounge is empty");
  const first = await page.evaluate((place) => import("/net.js").then(({ view }) => view(place, null)).then(({ ids }) => ids[0]),
    { person: bob.id, channel: songs });
  await say(`https://discord.com/channels/1/${songs}/${first} https://discord.com/channels/1/${songs}/1 https://discord.com/channels/1/2/3`, lounge);
  const links = (await ann.message("discord.com")).locator("a");
  assert.deepEqual(await links.evaluateAll((all) => all.map(({ target }) => target)), ["", "", "_blank"], "what is not here is elsewhere");
  for (let times = 0; times < 2; times += 1) {
    await links.nth(0).click();
    await page.locator(`.message.jumped[data-id="${first}"]`).waitFor();
    await page.waitForFunction((id) => document.activeElement.dataset.id === id, first);
    assert.match(await page.title(), /^#songs/);
    await page.goBack();
    await page.waitForFunction(() => document.title.startsWith("#lounge"));
  }
  await links.nth(1).click();
  await ann.message("That message isn't here any more.");
  // Within the same channel as well, where the message is far up.
  await say("# far away\n".repeat(20));
  await say(`again https://discord.com/channels/@me/${songs}/${first}`);
  await (await ann.message("again")).locator("a").click();
  await page.locator(`.message.jumped[data-id="${first}"]`).waitFor();
  await page.locator("#scroller:not(.at-end)").waitFor();
  await page.locator("#scroller").evaluate((scroller) => { scroller.scrollTop = 1e9; });

  // A killed bot doesn't answer. What comes later stands below the notice of that.
  await page.getByText("Bot online").waitFor();
  await ann.inject("Kill the bot");
  await page.getByText("Bot not running").waitFor();
  assert.match(await focused(), /Start the bot/, "one button takes the other's place and focus");
  await ann.command("song", "nobody hears this");
  const silence = await ann.message("The application did not respond");
  await say("and life goes on");
  await ann.message("and life goes on");
  await ann.inject("Start the bot");
  await page.getByText("Bot online").waitFor();
  await ann.command("help");
  await ann.message("Songs from a few words");
  await ann.command("song", "somebody hears this");
  await ann.song("somebody hears this");
  const texts = await order(ann);
  const places = ["did not respond", "and life goes on", "Songs from a few words", "somebody hears this"]
    .map((text) => texts.findIndex((it) => it.includes(text)));
  assert.deepEqual(places, places.toSorted((one, other) => one - other), texts.slice(-6).join("\n"));
  assert.ok(places[0] >= 0 && places[0] < texts.length - 3);
  await says(silence, "Only you can see this");
  await silence.getByText("Dismiss message").click();
  await silence.waitFor({ state: "detached" });
});

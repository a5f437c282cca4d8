// Everything once, as people see it; pictures go to the folder in PAGE_PICTURES, if there is one.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { loaded, scene } from "../browser.mjs";
import { readable } from "../contrast.mjs";

const folder = process.env.PAGE_PICTURES;
const picture = async (visitor, name, clip) => {
  if (!folder) return;
  const devtools = await visitor.page.context().newCDPSession(visitor.page);
  const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality: 75, clip });
  await writeFile(`${folder}/${name}.webp`, data, "base64");
};
/** A message alone, as it looks in Discord. */
const alone = async (visitor, message, name) => {
  const before = visitor.page.viewportSize();
  await visitor.page.setViewportSize({ ...before, height: 1100 });
  await visitor.page.mouse.move(0, 0);
  await message.page().locator("#box").blur();
  const [whole, embed] = [await message.boundingBox(), await message.locator(".embed").boundingBox()];
  const right = embed.x + embed.width + 16;
  await picture(visitor, name, { x: whole.x, y: whole.y - 12, width: right - whole.x, height: whole.height + 24, scale: 1 });
  await visitor.page.setViewportSize(before);
};
/** Everything can be read, in the dark and in the light. */
const inBoth = async (visitor, screen) => {
  for (const colorScheme of ["light", "dark"]) {
    await visitor.page.emulateMedia({ colorScheme });
    await readable(visitor, `${screen}, ${colorScheme}`);
  }
};
/** Nothing may stick out to the side. */
const fits = async ({ page }) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));

await scene(async (open) => {
  const ann = await open("Ann");
  await ann.page.locator("#box").focus();
  await ann.page.keyboard.type("/");
  await ann.page.getByRole("option").first().waitFor();
  await picture(ann, "commands");
  await inBoth(ann, "commands");
  await ann.page.keyboard.press("Escape");
  await ann.page.keyboard.press("Backspace");

  await ann.choose("A new song takes", "Fails");
  await ann.command("song", "ten minutes of perfect silence");
  await (await ann.message("No song this time")).scrollIntoViewIfNeeded();
  await picture(ann, "failed");
  await inBoth(ann, "failed");

  await ann.choose("A new song takes", "A minute");
  await ann.command("song", "a sea shanty about lost socks");
  await (await ann.message("a sea shanty")).getByText("▰").waitFor();
  await picture(ann, "composing");
  await ann.inject("Finish all songs");
  await ann.song("a sea shanty about lost socks");

  await ann.choose("A new song takes", "Seconds");
  await ann.command("song", "a lo-fi beat for a rainy evening");
  const song = await ann.song("a lo-fi beat for a rainy evening");
  await loaded(song.locator("audio"));
  await loaded(song.locator(".embed-image img"));
  await ann.page.locator("#scroller").evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
  await alone(ann, song, "song");
  await ann.page.locator("#scroller").evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
  await picture(ann, "done");
  await fits(ann);
  await song.hover();
  await inBoth(ann, "done");
  await song.getByRole("button", { name: "Edit prompt" }).click();
  await ann.page.getByRole("dialog").waitFor();
  await inBoth(ann, "form");
  await ann.page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await song.getByLabel("More").click();
  await ann.page.getByRole("menuitem").first().waitFor();
  await inBoth(ann, "menu");
  await ann.page.keyboard.press("Escape");

  await ann.command("song", "one too many");
  await ann.message("used up");
  await picture(ann, "quota");
  await inBoth(ann, "quota");

  const mo = await open("Mo");
  await mo.page.locator("#box").focus();
  await mo.page.keyboard.type("/admin ");
  await mo.page.getByRole("option").nth(3).waitFor();
  await mo.page.keyboard.type("quota show");
  await mo.page.getByRole("option", { name: "/admin quota show" }).waitFor();
  await mo.page.keyboard.press("Enter");
  await mo.page.getByRole("option", { name: "@Ann" }).waitFor();
  await mo.page.keyboard.type("An");
  await mo.page.keyboard.press("Enter");
  await mo.page.keyboard.press("Enter");
  await mo.message("Only you can see this");
  await picture(mo, "admin");
  await inBoth(mo, "admin");

  const phone = await open("Ann", { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  await loaded((await phone.song("a lo-fi beat for a rainy evening")).locator(".embed-image img"));
  await phone.page.locator("#scroller").evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
  await fits(phone);
  await picture(phone, "phone");
  await inBoth(phone, "phone");
  await phone.page.getByRole("button", { name: "Channels and people" }).tap();
  await phone.page.getByRole("link", { name: "Bob" }).waitFor();
  await phone.page.keyboard.press("Escape");
  await phone.page.getByRole("button", { name: "Faults and log" }).tap();
  await phone.page.getByRole("button", { name: "Kill the bot in the middle" }).waitFor();
  await inBoth(phone, "phone, fault controls");

  const light = await open("Bob", { colorScheme: "light" });
  await loaded((await light.song("a lo-fi beat for a rainy evening")).locator(".embed-image img"));
  await picture(light, "light");
  await light.page.getByLabel("Light or dark").click();
  assert.equal(await light.page.locator("html").getAttribute("data-theme"), "dark");
});

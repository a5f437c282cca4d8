// Everything once, as people see it; pictures go to the folder in PAGE_PICTURES, if there is one.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { loaded, scene } from "../browser.mjs";

const folder = process.env.PAGE_PICTURES;
const picture = async (visitor, name) => {
  if (!folder) return;
  const devtools = await visitor.page.context().newCDPSession(visitor.page);
  const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality: 75 });
  await writeFile(`${folder}/${name}.webp`, data, "base64");
};
/** Nothing may stick out to the side. */
const fits = async ({ page }) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));

await scene(async (open) => {
  const ann = await open("Ann");
  await ann.page.locator("#box").focus();
  await ann.page.keyboard.type("/");
  await ann.page.getByRole("option").first().waitFor();
  await picture(ann, "commands");
  await ann.page.keyboard.press("Escape");
  await ann.page.keyboard.press("Backspace");

  await ann.weather("A new song takes", "Fails");
  await ann.command("song", "ten minutes of perfect silence");
  await (await ann.message("No song this time")).scrollIntoViewIfNeeded();
  await picture(ann, "failed");

  await ann.weather("A new song takes", "A minute");
  await ann.command("song", "a sea shanty about lost socks");
  await (await ann.message("a sea shanty")).getByText("▰").waitFor();
  await picture(ann, "composing");
  await ann.blow("Finish all songs");
  await ann.song("a sea shanty about lost socks");

  await ann.weather("A new song takes", "Seconds");
  await ann.command("song", "a lo-fi beat for a rainy evening");
  const song = await ann.song("a lo-fi beat for a rainy evening");
  await loaded(song.locator("audio"));
  await loaded(song.locator(".embed-image img"));
  await ann.page.locator("#scroller").evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
  await picture(ann, "done");
  await fits(ann);

  await ann.command("song", "one too many");
  await ann.message("used up");
  await picture(ann, "quota");

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

  const phone = await open("Ann", { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  await loaded((await phone.song("a lo-fi beat for a rainy evening")).locator(".embed-image img"));
  await phone.page.locator("#scroller").evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
  await fits(phone);
  await picture(phone, "phone");
  await phone.page.getByRole("button", { name: "Channels and people" }).tap();
  await phone.page.getByRole("link", { name: "Bob" }).waitFor();
  await phone.page.keyboard.press("Escape");
  await phone.page.getByRole("button", { name: "Weather and log" }).tap();
  await phone.page.getByRole("radio", { name: "Down" }).waitFor();

  const light = await open("Bob", { colorScheme: "light" });
  await loaded((await light.song("a lo-fi beat for a rainy evening")).locator(".embed-image img"));
  await picture(light, "light");
  await light.page.getByLabel("Light or dark").click();
  assert.equal(await light.page.locator("html").getAttribute("data-theme"), "dark");
});

// Every kind of option, component and answer, with a bot that has them all.

import assert from "node:assert/strict";
import { loaded, scene } from "../browser.mjs";
import { readable } from "../contrast.mjs";

await scene(async (open) => {
  const ann = await open("Ann");
  const { keyboard } = ann.page;
  const option = (name) => ann.page.getByRole("option", { name, exact: true });

  // Options of every kind, by the keyboard.
  await ann.page.locator("#box").focus();
  await keyboard.type("/all ");
  await ann.page.locator(".chip").waitFor();
  await keyboard.type("sing");
  await option("singing").waitFor();
  await keyboard.press("ArrowDown");
  await keyboard.press("Tab");
  await option("A minor").waitFor();
  await keyboard.type("c m");
  await option("A minor").waitFor({ state: "detached" });
  await keyboard.press("Tab");
  for (const [name, typed, picked] of [["loud", "t", "True"], ["singer", "bo", "@Bob"], ["band", "pat", "@Patrons"], ["stage", "lou", "#lounge"]]) {
    await ann.page.getByRole("button", { name: `+ ${name}` }).click();
    await keyboard.type(typed);
    await option(picked).waitFor();
    await keyboard.press("Enter");
  }
  await ann.page.getByRole("button", { name: "+ tempo" }).click();
  await keyboard.type("1000");
  await keyboard.press("Enter");
  await ann.page.getByText("tempo: At most 240").waitFor();
  for (let digit = 0; digit < 2; digit += 1) await keyboard.press("Backspace");
  await keyboard.type("0");
  await keyboard.press("Enter");
  const answer = await (await ann.message("tempo=")).textContent();
  for (const part of ['word=String("sing")', 'key=String("c")', "tempo=Integer(100)", "loud=Boolean(true)", "singer=User(", "band=Role(", "stage=Channel("]) {
    assert.ok(answer.includes(part), `${part} in ${answer}`);
  }

  // A message with everything.
  await ann.command("show menu");
  const message = await ann.message("Everything at once");
  assert.deepEqual(await message.locator(".heading-1, .subtext, .body li").allTextContents(), ["Big", "small", "one", "two"]);
  await message.getByText("A picture from example.org").waitFor();
  assert.ok(await message.getByRole("button", { name: "two" }).isDisabled());
  assert.equal(await message.getByRole("link", { name: "three" }).getAttribute("href"), "https://example.org/");
  await message.locator(".spoiler").click();
  await message.locator(".spoiler.revealed").waitFor();
  await message.getByRole("combobox").selectOption("harp");
  const picked = await ann.message("harp");
  await picked.getByText("(edited)").waitFor();
  await picked.getByRole("button", { name: "one" }).click();
  await ann.message("pressed one");

  for (const colorScheme of ["light", "dark"]) {
    await ann.page.emulateMedia({ colorScheme });
    await readable(ann, `everything, ${colorScheme}`);
  }

  // One that thinks first, and one that says nothing.
  await ann.command("show slow");
  await loaded((await ann.message("No longer thinking")).locator("img.attached, .attached-picture img"));
  await ann.command("show silent");
  await ann.message("The application did not respond");

  // A message command, by its menu and the keyboard, with a form.
  await ann.page.locator("#box").fill("quote me");
  await keyboard.press("Enter");
  const said = await ann.message("quote me");
  await said.getByLabel("More").focus();
  await keyboard.press("Enter");
  await ann.page.getByRole("menuitem", { name: "Quote this" }).waitFor();
  await keyboard.press("Enter");
  const form = ann.page.getByRole("dialog");
  assert.equal(await form.locator("textarea").inputValue(), "quote me");
  await form.locator("textarea").fill("");
  await form.getByRole("button", { name: "Submit" }).click();
  assert.ok(await form.isVisible(), "a required field is required");
  await form.locator("textarea").fill("quote me not");
  await form.getByRole("button", { name: "Submit" }).click();
  await ann.message("quote me not");

  // What is for moderators is there for moderators.
  const listed = async (visitor) => {
    await visitor.page.locator("#box").fill("/");
    await visitor.page.getByRole("option", { name: "/show menu" }).waitFor();
    return visitor.page.getByRole("option", { name: "/secret" }).count();
  };
  assert.equal(await listed(ann), 0);
  assert.equal(await listed(await open("Mo")), 1);
});

// Again, Edit prompt and Delete.

import assert from "node:assert/strict";
import { scene } from "../browser.mjs";

await scene(async (open) => {
  const ann = await open("Ann");
  await ann.command("song", "a march for snails");
  const first = await ann.song("a march for snails");

  await first.getByRole("button", { name: "Again", exact: true }).click();
  await ann.messages("a march for snails").filter({ hasText: "Made in" }).nth(1).waitFor();

  await first.getByRole("button", { name: "Edit prompt" }).click();
  const form = ann.page.getByRole("dialog");
  const prompt = form.getByRole("textbox");
  assert.equal(await prompt.inputValue(), "a march for snails");
  await prompt.fill("a waltz for snails");
  await form.getByRole("button", { name: "Submit" }).click();
  const waltz = await ann.song("a waltz for snails");

  await waltz.getByRole("button", { name: "Delete", exact: true }).click();
  const question = await ann.message("Delete this message?");
  await question.getByRole("button", { name: "Delete", exact: true }).click();
  await ann.messages("a waltz for snails").first().waitFor({ state: "detached" });
  await ann.message("brings the song back");
  assert.equal(await ann.messages("a march for snails").count(), 2);
});

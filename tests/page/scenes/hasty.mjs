// A visitor chooses before the page has loaded the first view.

import assert from "node:assert/strict";
import { scene } from "../browser.mjs";

await scene(async (open) => {
  const ann = await open("Ann");
  const context = ann.page.context();
  let letGo;
  const held = new Promise((resolve) => { letGo = resolve; });
  await context.route("**/view?*", async (route) => {
    const told = await route.fetch();
    await held;
    await route.fulfill({ response: told });
  }, { times: 1 });
  const again = await open("Ann", { context });
  const choice = again.page.getByRole("radio", { name: "20 minutes" });
  assert.ok(await choice.isDisabled(), "the first view would undo the choice");
  letGo();
  await choice.check();
  await ann.page.getByRole("radio", { name: "20 minutes", checked: true }).waitFor();
});

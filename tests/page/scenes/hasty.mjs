// A visitor chooses before the page has loaded the first view.

import assert from "node:assert/strict";
import { scene } from "../browser.mjs";

await scene(async (open) => {
  const ann = await open("Ann");
  const context = ann.page.context();
  let letGo;
  const held = new Promise((resolve) => { letGo = resolve; });
  let first = true;
  await context.route("**/view?*", async (route) => {
    if (!first || route.request().frame().page() === ann.page) return route.continue();
    first = false;
    const told = await route.fetch();
    await held;
    return route.fulfill({ response: told });
  });
  const again = await open("Ann", { context });
  const choice = again.page.getByRole("radio", { name: "20 minutes" });
  assert.ok(await choice.isDisabled(), "the first view would undo the choice");
  letGo();
  await choice.check();
  await ann.page.getByRole("radio", { name: "20 minutes", checked: true }).waitFor();
});

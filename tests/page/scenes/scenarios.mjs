// Each scenario of the list is played to its good end, and leaves everything as it was.

import assert from "node:assert/strict";
import { scene } from "../browser.mjs";

const GROUPS = ["whisul", "songs", "discord"];

/** What a scenario must leave as it was. */
const state = ({ page }) => page.evaluate(async (groups) => {
  const faults = groups.map((name) => document.querySelector(`#fault-controls input[name=${name}]:checked`)?.value);
  return { faults, hash: location.hash, bot: document.getElementById("bot-state").dataset.state };
}, GROUPS);

await scene(async (open) => {
  const pat = await open("Pat", { pace: 0.02 });
  const { page } = pat;
  await page.getByText("Bot online").waitFor();
  // A visitor's own choice is restored, not a state without faults.
  await pat.choose("A new song takes", "Fails");
  const before = await state(pat);
  const ids = process.env.SCENARIOS?.split(",") ?? await page.locator("[data-scenario]").evaluateAll((all) => all.map((it) => it.dataset.scenario));
  assert.ok(ids.length > 0);
  for (const id of ids) {
    const start = performance.now();
    const button = page.locator(`[data-scenario="${id}"]:enabled`);
    assert.ok((await button.locator(".scenario-what").textContent()).endsWith("."), "one sentence says what will happen");
    await button.click();
    await page.locator("#scenario-stop", { hasText: "Close" }).waitFor({ timeout: 120_000 });
    const end = await page.locator("#scenario-step").textContent();
    const { scenarios } = await page.evaluate((id) => import("/panel/scenarios.js").then(({ playable }) =>
      ({ scenarios: playable().filter((it) => it.id === id).map(({ end }) => end) })), id);
    assert.equal(end, `${scenarios[0]} Faults and bot are as they were before.`, id);
    assert.deepEqual(await state(pat), before, id);
    assert.equal(await page.locator("[inert], .cursor, .pressed").count(), 0, id);
    console.log(`${id}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
});

// Hundreds of messages are drawn soon and scroll smoothly.

import assert from "node:assert/strict";
import { scene } from "../browser.mjs";

/** Generous, for busy machines; in milliseconds. */
const DRAWN_WITHIN = 30_000;
const FRAME_WITHIN = 100;

await scene(async (open) => {
  const start = performance.now();
  const ann = await open("Ann");
  await ann.message("message number 500");
  const drawn = performance.now() - start;
  assert.equal(await ann.page.locator(".message").count(), 500);

  const frames = await ann.page.evaluate(async () => {
    const scroller = document.getElementById("scroller");
    const frame = () => new Promise(requestAnimationFrame);
    const took = [];
    let before = await frame();
    for (scroller.scrollTop = 0; scroller.scrollTop + scroller.clientHeight < scroller.scrollHeight - 2;) {
      scroller.scrollTop += 400;
      const now = await frame();
      took.push(now - before);
      before = now;
    }
    return took.sort((one, other) => one - other);
  });
  const at = (share) => frames[Math.floor((frames.length - 1) * share)];
  console.log(`500 messages: drawn after ${drawn.toFixed()} ms; ${frames.length} frames of scrolling: `
    + `median ${at(0.5).toFixed(1)} ms, 95% within ${at(0.95).toFixed(1)} ms, longest ${at(1).toFixed(1)} ms`);
  assert.ok(drawn < DRAWN_WITHIN, `drawn after ${drawn} ms`);
  assert.ok(frames.length > 20, "the list stays where it is scrolled to");
  assert.ok(at(0.5) < FRAME_WITHIN, `half of the frames within ${at(0.5)} ms`);
});

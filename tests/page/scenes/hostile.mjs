// What people write stays text.

import assert from "node:assert/strict";
import { scene } from "../browser.mjs";

const HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script> **a** _b_ `c` ||d|| @everyone [e](https://evil.example) # f";

await scene(async (open) => {
  const ann = await open("Ann");
  await ann.command("song", HOSTILE);
  const song = await ann.song("onerror");
  assert.equal(await song.locator("blockquote").textContent(), HOSTILE);
  assert.equal(await song.locator("blockquote").locator("*:not(span)").count(), 0);
  assert.equal(await song.locator(".mentions-me").count(), 0);

  // A person's own message is markdown, and no more than that.
  await ann.page.locator("#box").fill("[x](javascript:alert(3)) <b onclick=alert(4)>y</b> [z](https://example.org/) **bold**");
  await ann.page.keyboard.press("Enter");
  const said = await ann.message("javascript:alert(3)");
  await said.getByText("<b onclick=alert(4)>y</b>").waitFor();
  assert.deepEqual(await said.locator("a").evaluateAll((links) => links.map(({ href }) => href)), ["https://example.org/"]);
  assert.equal(await said.locator("strong").textContent(), "bold");
  assert.equal(await ann.page.locator("script:not([src]), img[src=x]").count(), 0);
});

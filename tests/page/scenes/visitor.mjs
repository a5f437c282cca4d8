// A visitor's own bot is there, while the demo's own doesn't run.

import { scene } from "../browser.mjs";

await scene(async (open) => {
  const ann = await open("Ann");
  await ann.page.getByRole("button", { name: "Start the bot" }).waitFor();
  await ann.page.getByText("Bot online").waitFor();
});

// Whisul is down for a while: songs wait, messages say so, and everything goes on by itself.

import { scene } from "../browser.mjs";

await scene(async (open) => {
  const ann = await open("Ann");
  for (const fault of ["Down", "Busy"]) {
    const prompt = `a song for a ${fault} day`;
    await ann.choose("Whisul", fault);
    await ann.command("song", prompt);
    const waiting = await ann.message(prompt);
    await waiting.getByText(/Whisul (can't be reached|is busy)/).waitFor();
    await ann.choose("Whisul", "Fine");
    await ann.song(prompt);
  }

  // A page of a proxy in front of Discord says nothing about the message.
  const behind = "a song behind a proxy";
  await ann.choose("Discord", "Proxy page");
  await ann.command("song", behind);
  await ann.message(behind);
  await ann.choose("Discord", "Fine");
  await ann.song(behind);

  // A prompt that was answered with an error may have been paid for.
  await ann.choose("Whisul", "Failing");
  await ann.command("song", "a song of unknown fate");
  const failed = await ann.message("a song of unknown fate");
  await failed.getByText("No song this time").waitFor();
  await ann.choose("Whisul", "Fine");
  await failed.getByRole("button", { name: "Try again" }).click();
  await ann.song("a song of unknown fate");
});

// The bot is killed while a song is made, and started again: the song is finished.

import { scene } from "../browser.mjs";

await scene(async (open) => {
  const ann = await open("Ann");
  await ann.choose("A new song takes", "20 minutes");
  await ann.command("song", "a song that outlives its bot");
  const message = await ann.message("a song that outlives its bot");
  await message.getByText("Composing").waitFor();

  await ann.inject("Kill the bot");
  await ann.page.getByText("Bot not running").waitFor();
  await ann.command("song", "nobody hears this");
  await ann.message("The application did not respond");

  await ann.inject("Start the bot");
  await ann.page.getByText("Bot online").waitFor();
  await ann.inject("Finish all songs");
  await ann.song("a song that outlives its bot");

  await ann.inject("Cut the gateway");
  await ann.page.getByText("Bot online").waitFor();
  await ann.choose("A new song takes", "Seconds");
  await ann.command("song", "a song after all that");
  await ann.song("a song after all that");
});

// The same flow on discord.js 14, written as its guide recommends (https://discordjs.guide). Nothing is
// kept on disk.
import { setTimeout as sleep } from "node:timers/promises";
import { Client, EmbedBuilder, Events, GatewayIntentBits, MessageFlags, SlashCommandBuilder } from "discord.js";

const { DISCORD_API_URL, DISCORD_TOKEN, WHISUL_API_KEY, WHISUL_API_URL } = process.env;
const QUOTA = 1_000_000;
const POLL_MILLIS = 6_000;
const USUAL_MILLIS = 75_000;
const SEGMENTS = 10;

const client = new Client({
  intents: [GatewayIntentBits.Guilds],
  rest: {
    api: `${DISCORD_API_URL}/api`,
    // Discord does not count the endpoints of interactions, and this bot uses no others. The default
    // of 50 a second would hold its edits up.
    globalRequestsPerSecond: Infinity,
  },
});
const songsOf = new Map();

client.once(Events.ClientReady, async (ready) => {
  const song = new SlashCommandBuilder()
    .setName("song")
    .setDescription("Makes a song from a prompt")
    .addStringOption((option) => option.setName("prompt").setDescription("What it is about").setRequired(true));
  await ready.application.commands.set([song]);
});

client.on(Events.InteractionCreate, async (interaction) => {
  if (!interaction.isChatInputCommand()) return;
  try {
    await makeSong(interaction);
  } catch (error) {
    console.error(error);
  }
});

async function makeSong(interaction) {
  const prompt = interaction.options.getString("prompt", true);
  const used = songsOf.get(interaction.user.id) ?? 0;
  if (used >= QUOTA) {
    await interaction.reply({ content: "You have used up your quota.", flags: MessageFlags.Ephemeral });
    return;
  }
  songsOf.set(interaction.user.id, used + 1);
  const about = `> ${prompt}\nAsked for by <@${interaction.user.id}>`;
  const underWay = (title, text) => new EmbedBuilder().setTitle(title).setDescription(`${about}\n\n${text}`);
  await interaction.reply({ embeds: [underWay("In line", "Your song starts right away.")] });

  const { job_id: job } = await whisul("/generate", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ prompt }),
  });
  const began = Date.now();
  let shown;
  for (;;) {
    const text = progress(Date.now() - began);
    if (text !== shown) {
      await interaction.editReply({ embeds: [underWay("Composing", text)] });
      shown = text;
    }
    await sleep(POLL_MILLIS);
    const { status, result, error } = await whisul(`/jobs/${job}`);
    if (status === "completed") {
      await interaction.editReply({ embeds: [finished(about, result)] });
      return;
    }
    if (status === "failed") {
      songsOf.set(interaction.user.id, songsOf.get(interaction.user.id) - 1);
      await interaction.editReply({ embeds: [underWay("No song", error ?? "Whisul gave no reason.")] });
      return;
    }
  }
}

function progress(elapsed) {
  const filled = Math.min(Math.floor((elapsed / USUAL_MILLIS) * SEGMENTS), SEGMENTS - 1);
  return "▰".repeat(filled) + "▱".repeat(SEGMENTS - filled);
}

function finished(about, result) {
  return new EmbedBuilder()
    .setTitle(result.title)
    .setURL(result.song_url)
    .setDescription(about)
    .setImage(result.image_url)
    .addFields(
      { name: "BPM", value: `${result.bpm}`, inline: true },
      { name: "Duration", value: `${result.duration}`, inline: true },
      { name: "Tags", value: result.tags, inline: true },
    );
}

// Node's fetch keeps connections open and limits their number in no way.
async function whisul(path, { headers, ...options } = {}) {
  const authorization = { Authorization: `Bearer ${WHISUL_API_KEY}` };
  const response = await fetch(WHISUL_API_URL + path, { ...options, headers: { ...authorization, ...headers } });
  if (!response.ok) throw new Error(`Whisul answered ${path} with ${response.status}`);
  return response.json();
}

await client.login(DISCORD_TOKEN);

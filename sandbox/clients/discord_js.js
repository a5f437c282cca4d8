// A bot on discord.js 14 that knows nothing of the sandbox but its address.
import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  Client,
  EmbedBuilder,
  Events,
  GatewayIntentBits,
  MessageFlags,
  SlashCommandBuilder,
} from "discord.js";

const { DISCORD_API_URL, DISCORD_TOKEN } = process.env;

const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages],
  rest: { api: `${DISCORD_API_URL}/api` },
});

client.once(Events.ClientReady, async (ready) => {
  const prompt = (option) =>
    option.setName("prompt").setDescription("What it is about").setRequired(true);
  const song = new SlashCommandBuilder()
    .setName("song")
    .setDescription("A song from a prompt")
    .addStringOption(prompt);
  await ready.application.commands.set([song]);
});

client.on(Events.InteractionCreate, async (interaction) => {
  if (interaction.isChatInputCommand()) {
    await answer(interaction);
  } else if (interaction.isButton()) {
    await interaction.update({ content: "Once more", components: [] });
  }
});

async function answer(interaction) {
  const prompt = interaction.options.getString("prompt", true);
  await interaction.deferReply();
  const again = new ButtonBuilder()
    .setCustomId("again")
    .setLabel("Again")
    .setStyle(ButtonStyle.Primary);
  const row = new ActionRowBuilder().addComponents(again);
  await interaction.editReply({ content: `Composing ${prompt}`, components: [row] });
  const file = { attachment: Buffer.from(prompt), name: "song.txt" };
  await interaction.followUp({ content: "Done", files: [file], flags: MessageFlags.Ephemeral });
  const embed = new EmbedBuilder()
    .setTitle(prompt)
    .addFields({ name: "BPM", value: "90", inline: true })
    .setTimestamp();
  await interaction.channel.send({ embeds: [embed] });
}

await client.login(DISCORD_TOKEN);

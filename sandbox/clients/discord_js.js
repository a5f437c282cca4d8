// A bot on discord.js 14 that knows nothing of the sandbox but its address.
import {
  ActionRowBuilder,
  ApplicationCommandType,
  ButtonBuilder,
  ButtonStyle,
  Client,
  ContextMenuCommandBuilder,
  EmbedBuilder,
  Events,
  GatewayIntentBits,
  MessageFlags,
  ModalBuilder,
  SlashCommandBuilder,
  StringSelectMenuBuilder,
  TextInputBuilder,
  TextInputStyle,
} from "discord.js";

const { DISCORD_API_URL, DISCORD_TOKEN } = process.env;

const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages],
  rest: { api: `${DISCORD_API_URL}/api` },
});

client.once(Events.ClientReady, async (ready) => {
  const prompt = (option) =>
    option.setName("prompt").setDescription("What it is about").setRequired(true).setAutocomplete(true);
  const slash = (name, description) => new SlashCommandBuilder().setName(name).setDescription(description);
  const menu = (name, type) => new ContextMenuCommandBuilder().setName(name).setType(type);
  await ready.application.commands.set([
    slash("song", "A song from a prompt").addStringOption(prompt),
    slash("verse", "A verse of your own"),
    slash("burst", "Many notes at once"),
    menu("Sing this", ApplicationCommandType.Message),
    menu("Sing for", ApplicationCommandType.User),
  ]);
});

client.on(Events.InteractionCreate, async (interaction) => {
  if (interaction.isAutocomplete()) {
    const typed = `${interaction.options.getFocused()} on tin`;
    await interaction.respond([{ name: typed, value: typed }]);
  } else if (interaction.isChatInputCommand()) {
    await { song, verse, burst }[interaction.commandName](interaction);
  } else if (interaction.isMessageContextMenuCommand()) {
    await interaction.reply(`Singing ${interaction.targetMessage.content}`);
  } else if (interaction.isUserContextMenuCommand()) {
    await interaction.reply(`For ${interaction.targetUser.username}`);
  } else if (interaction.isButton()) {
    await interaction.update({ content: "Once more", components: [] });
  } else if (interaction.isStringSelectMenu()) {
    await interaction.reply({ content: `Mood: ${interaction.values[0]}`, flags: MessageFlags.Ephemeral });
  } else if (interaction.isModalSubmit()) {
    await interaction.reply(`Verse: ${interaction.fields.getTextInputValue("line")}`);
  }
});

async function song(interaction) {
  const prompt = interaction.options.getString("prompt", true);
  await interaction.deferReply();
  const again = new ButtonBuilder().setCustomId("again").setLabel("Again").setStyle(ButtonStyle.Primary);
  const mood = new StringSelectMenuBuilder()
    .setCustomId("mood")
    .addOptions({ label: "Calm", value: "calm" }, { label: "Wild", value: "wild" });
  const rows = [again, mood].map((component) => new ActionRowBuilder().addComponents(component));
  await interaction.editReply({ content: `Composing ${prompt}`, components: rows });
  const file = { attachment: Buffer.from(prompt), name: "song.txt" };
  await interaction.followUp({ content: "Done", files: [file], flags: MessageFlags.Ephemeral });
  const embed = new EmbedBuilder()
    .setTitle(prompt)
    .addFields({ name: "BPM", value: "90", inline: true })
    .setTimestamp();
  await interaction.channel.send({ embeds: [embed] });
}

async function verse(interaction) {
  const line = new TextInputBuilder().setCustomId("line").setLabel("Line").setStyle(TextInputStyle.Short);
  const row = new ActionRowBuilder().addComponents(line);
  await interaction.showModal(new ModalBuilder().setCustomId("verse").setTitle("A verse").addComponents(row));
}

async function burst(interaction) {
  await interaction.deferReply();
  const notes = [1, 2, 3, 4, 5, 6, 7, 8];
  await Promise.all(notes.map((note) => interaction.channel.send(`Note ${note}`)));
  await interaction.editReply("Burst over");
}

await client.login(DISCORD_TOKEN);

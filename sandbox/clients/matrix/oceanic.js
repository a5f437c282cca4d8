// A bot on Oceanic that knows nothing of the sandbox but its address.
import {
  ApplicationCommandOptionTypes,
  ApplicationCommandTypes,
  ButtonStyles,
  Client,
  ComponentTypes,
  InteractionTypes,
  MessageFlags,
  TextInputStyles,
} from "oceanic.js";

const client = new Client({
  auth: `Bot ${process.env.DISCORD_TOKEN}`,
  gateway: { intents: ["GUILDS", "GUILD_MESSAGES"] },
  rest: { baseURL: `${process.env.DISCORD_API_URL}/api/v10` },
});

client.once("ready", async () => {
  const prompt = {
    type: ApplicationCommandOptionTypes.STRING,
    name: "prompt",
    description: "What it is about",
    required: true,
    autocomplete: true,
  };
  const slash = ApplicationCommandTypes.CHAT_INPUT;
  await client.application.bulkEditGlobalCommands([
    { type: slash, name: "song", description: "A song from a prompt", options: [prompt] },
    { type: slash, name: "verse", description: "A verse of your own" },
    { type: slash, name: "burst", description: "Many notes at once" },
    { type: ApplicationCommandTypes.MESSAGE, name: "Sing this" },
    { type: ApplicationCommandTypes.USER, name: "Sing for" },
  ]);
});

client.on("error", (error) => console.error(error));
client.on("interactionCreate", async (interaction) => {
  const { data } = interaction;
  const reply = (content, flags) => interaction.createMessage({ content, flags });
  if (interaction.type === InteractionTypes.APPLICATION_COMMAND_AUTOCOMPLETE) {
    const typed = `${data.options.getFocused(true).value} on tin`;
    await interaction.result([{ name: typed, value: typed }]);
  } else if (interaction.type === InteractionTypes.MODAL_SUBMIT) {
    await reply(`Verse: ${data.components.getTextInput("line", true)}`);
  } else if (interaction.type === InteractionTypes.MESSAGE_COMPONENT) {
    if (data.componentType === ComponentTypes.STRING_SELECT) {
      await reply(`Mood: ${data.values.getStrings()[0]}`, MessageFlags.EPHEMERAL);
    } else {
      await interaction.editParent({ content: "Once more", components: [] });
    }
  } else if (data.type === ApplicationCommandTypes.MESSAGE) {
    await reply(`Singing ${data.target.content}`);
  } else if (data.type === ApplicationCommandTypes.USER) {
    await reply(`For ${data.target.username}`);
  } else {
    await { song, verse, burst }[data.name](interaction);
  }
});

async function song(interaction) {
  const prompt = interaction.data.options.getString("prompt", true);
  await interaction.defer();
  const again = { type: ComponentTypes.BUTTON, style: ButtonStyles.PRIMARY, label: "Again", customID: "again" };
  const options = [{ label: "Calm", value: "calm" }, { label: "Wild", value: "wild" }];
  const mood = { type: ComponentTypes.STRING_SELECT, customID: "mood", options };
  const components = [again, mood].map((component) => ({ type: ComponentTypes.ACTION_ROW, components: [component] }));
  await interaction.editOriginal({ content: `Composing ${prompt}`, components });
  const files = [{ name: "song.txt", contents: Buffer.from(prompt) }];
  await interaction.createFollowup({ content: "Done", files, flags: MessageFlags.EPHEMERAL });
  const embed = { title: prompt, fields: [{ name: "BPM", value: "90" }], timestamp: new Date().toISOString() };
  await interaction.channel.createMessage({ embeds: [embed] });
}

async function verse(interaction) {
  const line = { type: ComponentTypes.TEXT_INPUT, customID: "line", label: "Line", style: TextInputStyles.SHORT };
  const components = [{ type: ComponentTypes.ACTION_ROW, components: [line] }];
  await interaction.createModal({ title: "A verse", customID: "verse", components });
}

async function burst(interaction) {
  await interaction.defer();
  const notes = [1, 2, 3, 4, 5, 6, 7, 8];
  await Promise.all(notes.map((note) => interaction.channel.createMessage({ content: `Note ${note}` })));
  await interaction.editOriginal({ content: "Burst over" });
}

client.connect();

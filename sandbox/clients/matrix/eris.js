// A bot on Eris that knows nothing of the sandbox but its address.
import https from "node:https";
import net from "node:net";

import {
  AutocompleteInteraction,
  Client,
  ComponentInteraction,
  Constants,
  ModalSubmitInteraction,
} from "eris";

const url = new URL(process.env.DISCORD_API_URL);

// Eris speaks HTTPS only; an agent of one's own decides what its requests go through.
const agent = new https.Agent();
agent.createConnection = () => net.connect(Number(url.port), url.hostname);

const bot = new Client(`Bot ${process.env.DISCORD_TOKEN}`, {
  intents: ["guilds", "guildMessages"],
  rest: { agent, domain: url.host, baseURL: "/api/v10" },
});

const {
  ApplicationCommandOptionTypes,
  ApplicationCommandTypes,
  ButtonStyles,
  ComponentTypes,
  MessageFlags,
  TextInputStyles,
} = Constants;

bot.once("ready", async () => {
  const prompt = {
    type: ApplicationCommandOptionTypes.STRING,
    name: "prompt",
    description: "What it is about",
    required: true,
    autocomplete: true,
  };
  const slash = ApplicationCommandTypes.CHAT_INPUT;
  await bot.bulkEditCommands([
    { type: slash, name: "song", description: "A song from a prompt", options: [prompt] },
    { type: slash, name: "verse", description: "A verse of your own" },
    { type: slash, name: "burst", description: "Many notes at once" },
    { type: ApplicationCommandTypes.MESSAGE, name: "Sing this" },
    { type: ApplicationCommandTypes.USER, name: "Sing for" },
  ]);
});

bot.on("error", (error) => console.error(error));
bot.on("interactionCreate", async (interaction) => {
  const { data } = interaction;
  if (interaction instanceof AutocompleteInteraction) {
    const typed = `${data.options[0].value} on tin`;
    await interaction.result([{ name: typed, value: typed }]);
  } else if (interaction instanceof ModalSubmitInteraction) {
    await interaction.createMessage(`Verse: ${data.components[0].components[0].value}`);
  } else if (interaction instanceof ComponentInteraction) {
    if (data.component_type === ComponentTypes.SELECT_MENU) {
      await interaction.createMessage({ content: `Mood: ${data.values[0]}`, flags: MessageFlags.EPHEMERAL });
    } else {
      await interaction.editParent({ content: "Once more", components: [] });
    }
  } else if (data.type === ApplicationCommandTypes.MESSAGE) {
    await interaction.createMessage(`Singing ${data.resolved.messages.get(data.target_id).content}`);
  } else if (data.type === ApplicationCommandTypes.USER) {
    await interaction.createMessage(`For ${data.resolved.users.get(data.target_id).username}`);
  } else {
    await { song, verse, burst }[data.name](interaction);
  }
});

async function song(interaction) {
  const prompt = interaction.data.options[0].value;
  await interaction.defer();
  const again = { type: ComponentTypes.BUTTON, style: ButtonStyles.PRIMARY, label: "Again", custom_id: "again" };
  const options = [{ label: "Calm", value: "calm" }, { label: "Wild", value: "wild" }];
  const mood = { type: ComponentTypes.SELECT_MENU, custom_id: "mood", options };
  const components = [again, mood].map((component) => ({ type: ComponentTypes.ACTION_ROW, components: [component] }));
  await interaction.editOriginalMessage({ content: `Composing ${prompt}`, components });
  const file = { file: Buffer.from(prompt), name: "song.txt" };
  await interaction.createFollowup({ content: "Done", flags: MessageFlags.EPHEMERAL }, file);
  const embed = { title: prompt, fields: [{ name: "BPM", value: "90" }], timestamp: new Date() };
  await interaction.channel.createMessage({ embeds: [embed] });
}

async function verse(interaction) {
  const line = { type: ComponentTypes.TEXT_INPUT, custom_id: "line", label: "Line", style: TextInputStyles.SHORT };
  const components = [{ type: ComponentTypes.ACTION_ROW, components: [line] }];
  await interaction.createModal({ title: "A verse", custom_id: "verse", components });
}

async function burst(interaction) {
  await interaction.defer();
  const notes = [1, 2, 3, 4, 5, 6, 7, 8];
  await Promise.all(notes.map((note) => interaction.channel.createMessage(`Note ${note}`)));
  await interaction.editOriginalMessage("Burst over");
}

bot.connect();

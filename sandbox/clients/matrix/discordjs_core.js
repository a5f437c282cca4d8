// A bot on @discordjs/core that knows nothing of the sandbox but its address.
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ButtonStyle,
  Client,
  ComponentType,
  GatewayDispatchEvents,
  GatewayIntentBits,
  InteractionType,
  MessageFlags,
  Routes,
  TextInputStyle,
} from "@discordjs/core";
import { REST } from "@discordjs/rest";
import { WebSocketManager } from "@discordjs/ws";

const { DISCORD_API_URL, DISCORD_TOKEN: token } = process.env;

const rest = new REST({ version: "10", api: `${DISCORD_API_URL}/api` }).setToken(token);
const gateway = new WebSocketManager({
  token,
  intents: GatewayIntentBits.Guilds | GatewayIntentBits.GuildMessages,
  rest,
  fetchGatewayInformation: () => rest.get(Routes.gatewayBot()),
});
const client = new Client({ rest, gateway });

client.once(GatewayDispatchEvents.Ready, async ({ api, data }) => {
  const prompt = {
    type: ApplicationCommandOptionType.String,
    name: "prompt",
    description: "What it is about",
    required: true,
    autocomplete: true,
  };
  await api.applicationCommands.bulkOverwriteGlobalCommands(data.application.id, [
    { name: "song", description: "A song from a prompt", options: [prompt] },
    { name: "verse", description: "A verse of your own" },
    { name: "burst", description: "Many notes at once" },
    { type: ApplicationCommandType.Message, name: "Sing this" },
    { type: ApplicationCommandType.User, name: "Sing for" },
  ]);
});

client.on(GatewayDispatchEvents.InteractionCreate, async ({ api, data: interaction }) => {
  const { id, token, data } = interaction;
  const reply = (content, flags) => api.interactions.reply(id, token, { content, flags });
  if (interaction.type === InteractionType.ApplicationCommandAutocomplete) {
    const typed = `${data.options[0].value} on tin`;
    await api.interactions.createAutocompleteResponse(id, token, { choices: [{ name: typed, value: typed }] });
  } else if (interaction.type === InteractionType.ModalSubmit) {
    await reply(`Verse: ${data.components[0].components[0].value}`);
  } else if (interaction.type === InteractionType.MessageComponent) {
    if (data.component_type === ComponentType.StringSelect) {
      await reply(`Mood: ${data.values[0]}`, MessageFlags.Ephemeral);
    } else {
      await api.interactions.updateMessage(id, token, { content: "Once more", components: [] });
    }
  } else if (data.type === ApplicationCommandType.Message) {
    await reply(`Singing ${data.resolved.messages[data.target_id].content}`);
  } else if (data.type === ApplicationCommandType.User) {
    await reply(`For ${data.resolved.users[data.target_id].username}`);
  } else {
    await { song, verse, burst }[data.name](api, interaction);
  }
});

async function song(api, { id, token, application_id, channel, data }) {
  const prompt = data.options[0].value;
  await api.interactions.defer(id, token);
  const again = { type: ComponentType.Button, style: ButtonStyle.Primary, label: "Again", custom_id: "again" };
  const options = [{ label: "Calm", value: "calm" }, { label: "Wild", value: "wild" }];
  const mood = { type: ComponentType.StringSelect, custom_id: "mood", options };
  const components = [again, mood].map((component) => ({ type: ComponentType.ActionRow, components: [component] }));
  await api.interactions.editReply(application_id, token, { content: `Composing ${prompt}`, components });
  const files = [{ name: "song.txt", data: Buffer.from(prompt) }];
  await api.interactions.followUp(application_id, token, { content: "Done", files, flags: MessageFlags.Ephemeral });
  const embed = { title: prompt, fields: [{ name: "BPM", value: "90" }], timestamp: new Date().toISOString() };
  await api.channels.createMessage(channel.id, { embeds: [embed] });
}

async function verse(api, { id, token }) {
  const line = { type: ComponentType.TextInput, custom_id: "line", label: "Line", style: TextInputStyle.Short };
  const components = [{ type: ComponentType.ActionRow, components: [line] }];
  await api.interactions.createModal(id, token, { custom_id: "verse", title: "A verse", components });
}

async function burst(api, { id, token, application_id, channel }) {
  await api.interactions.defer(id, token);
  const notes = [1, 2, 3, 4, 5, 6, 7, 8];
  await Promise.all(notes.map((note) => api.channels.createMessage(channel.id, { content: `Note ${note}` })));
  await api.interactions.editReply(application_id, token, { content: "Burst over" });
}

await gateway.connect();

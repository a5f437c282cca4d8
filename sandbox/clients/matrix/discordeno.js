// A bot on Discordeno that knows nothing of the sandbox but its address.
import {
  ApplicationCommandOptionTypes,
  ApplicationCommandTypes,
  ButtonStyles,
  createBot,
  createDesiredPropertiesObject,
  Intents,
  InteractionResponseTypes,
  InteractionTypes,
  MessageComponentTypes,
  MessageFlags,
  TextStyles,
} from "@discordeno/bot";

const bot = createBot({
  token: process.env.DISCORD_TOKEN,
  intents: Intents.Guilds | Intents.GuildMessages,
  desiredProperties: createDesiredPropertiesObject({}, true),
});
bot.rest.baseUrl = `${process.env.DISCORD_API_URL}/api`;

const { helpers } = bot;
const answer = (interaction, type, data) =>
  helpers.sendInteractionResponse(interaction.id, interaction.token, { type, data });
const reply = (interaction, content, flags) =>
  answer(interaction, InteractionResponseTypes.ChannelMessageWithSource, { content, flags });

bot.events.ready = async () => {
  const prompt = {
    type: ApplicationCommandOptionTypes.String,
    name: "prompt",
    description: "What it is about",
    required: true,
    autocomplete: true,
  };
  await helpers.upsertGlobalApplicationCommands([
    { name: "song", description: "A song from a prompt", options: [prompt] },
    { name: "verse", description: "A verse of your own" },
    { name: "burst", description: "Many notes at once" },
    { type: ApplicationCommandTypes.Message, name: "Sing this" },
    { type: ApplicationCommandTypes.User, name: "Sing for" },
  ]);
};

bot.events.interactionCreate = async (interaction) => {
  const { data } = interaction;
  if (interaction.type === InteractionTypes.ApplicationCommandAutocomplete) {
    const typed = `${data.options[0].value} on tin`;
    const choices = [{ name: typed, value: typed }];
    await answer(interaction, InteractionResponseTypes.ApplicationCommandAutocompleteResult, { choices });
  } else if (interaction.type === InteractionTypes.ModalSubmit) {
    await reply(interaction, `Verse: ${data.components[0].components[0].value}`);
  } else if (interaction.type === InteractionTypes.MessageComponent) {
    if (data.componentType === MessageComponentTypes.SelectMenu) {
      await reply(interaction, `Mood: ${data.values[0]}`, MessageFlags.Ephemeral);
    } else {
      await answer(interaction, InteractionResponseTypes.UpdateMessage, { content: "Once more", components: [] });
    }
  } else if (data.type === ApplicationCommandTypes.Message) {
    await reply(interaction, `Singing ${data.resolved.messages.get(data.targetId).content}`);
  } else if (data.type === ApplicationCommandTypes.User) {
    await reply(interaction, `For ${data.resolved.users.get(data.targetId).username}`);
  } else {
    await { song, verse, burst }[data.name](interaction);
  }
};

async function song(interaction) {
  const prompt = interaction.data.options[0].value;
  await answer(interaction, InteractionResponseTypes.DeferredChannelMessageWithSource);
  const again = { type: MessageComponentTypes.Button, style: ButtonStyles.Primary, label: "Again", customId: "again" };
  const options = [{ label: "Calm", value: "calm" }, { label: "Wild", value: "wild" }];
  const mood = { type: MessageComponentTypes.SelectMenu, customId: "mood", options };
  const rows = [again, mood].map((component) => ({ type: MessageComponentTypes.ActionRow, components: [component] }));
  await helpers.editOriginalInteractionResponse(interaction.token, { content: `Composing ${prompt}`, components: rows });
  const files = [{ name: "song.txt", blob: new Blob([prompt]) }];
  await helpers.sendFollowupMessage(interaction.token, { content: "Done", files, flags: MessageFlags.Ephemeral });
  const embed = { title: prompt, fields: [{ name: "BPM", value: "90" }], timestamp: new Date().toISOString() };
  await helpers.sendMessage(interaction.channelId, { embeds: [embed] });
}

async function verse(interaction) {
  const line = { type: MessageComponentTypes.InputText, customId: "line", label: "Line", style: TextStyles.Short };
  const components = [{ type: MessageComponentTypes.ActionRow, components: [line] }];
  await answer(interaction, InteractionResponseTypes.Modal, { title: "A verse", customId: "verse", components });
}

async function burst(interaction) {
  await answer(interaction, InteractionResponseTypes.DeferredChannelMessageWithSource);
  const notes = [1, 2, 3, 4, 5, 6, 7, 8];
  await Promise.all(notes.map((note) => helpers.sendMessage(interaction.channelId, { content: `Note ${note}` })));
  await helpers.editOriginalInteractionResponse(interaction.token, { content: "Burst over" });
}

await bot.start();

"""A bot on hikari 2 that knows nothing of the sandbox but its address."""

import asyncio
import datetime
import os

import hikari
from hikari import CommandType, ResponseType

bot = hikari.GatewayBot(
    token=os.environ["DISCORD_TOKEN"],
    intents=hikari.Intents.GUILDS | hikari.Intents.GUILD_MESSAGES,
    rest_url=f"{os.environ['DISCORD_API_URL']}/api/v10",
)


@bot.listen(hikari.StartedEvent)
async def started(_: hikari.StartedEvent) -> None:
    """Registers the commands."""
    application = await bot.rest.fetch_application()
    song = bot.rest.slash_command_builder("song", "A song from a prompt").add_option(
        hikari.CommandOption(
            type=hikari.OptionType.STRING,
            name="prompt",
            description="What it is about",
            is_required=True,
            autocomplete=True,
        )
    )
    await bot.rest.set_application_commands(
        application,
        [
            song,
            bot.rest.slash_command_builder("verse", "A verse of your own"),
            bot.rest.slash_command_builder("burst", "Many notes at once"),
            bot.rest.context_menu_command_builder(CommandType.MESSAGE, "Sing this"),
            bot.rest.context_menu_command_builder(CommandType.USER, "Sing for"),
        ],
    )


async def reply(interaction: hikari.PartialInteraction, text: str, **more: object) -> None:
    """Answers with a message."""
    await interaction.create_initial_response(ResponseType.MESSAGE_CREATE, text, **more)


async def answer_song(interaction: hikari.CommandInteraction) -> None:
    """Answers the command."""
    prompt = str(interaction.options[0].value)
    await interaction.create_initial_response(ResponseType.DEFERRED_MESSAGE_CREATE)
    button = bot.rest.build_message_action_row()
    button.add_interactive_button(hikari.ButtonStyle.PRIMARY, "again", label="Again")
    menu = bot.rest.build_message_action_row()
    menu.add_text_menu("mood").add_option("Calm", "calm").add_option("Wild", "wild")
    await interaction.edit_initial_response(f"Composing {prompt}", components=[button, menu])
    file = hikari.Bytes(prompt.encode(), "song.txt")
    await interaction.execute("Done", attachment=file, flags=hikari.MessageFlag.EPHEMERAL)
    embed = hikari.Embed(title=prompt, timestamp=datetime.datetime.now(datetime.timezone.utc))
    embed.add_field("BPM", "90")
    await bot.rest.create_message(interaction.channel_id, embed=embed)


async def answer_verse(interaction: hikari.CommandInteraction) -> None:
    """Shows the form."""
    row = bot.rest.build_modal_action_row().add_text_input("line", "Line")
    await interaction.create_modal_response("A verse", "verse", component=row)


async def answer_burst(interaction: hikari.CommandInteraction) -> None:
    """Sends more than a channel takes at once."""
    await interaction.create_initial_response(ResponseType.DEFERRED_MESSAGE_CREATE)
    channel = interaction.channel_id
    await asyncio.gather(*(bot.rest.create_message(channel, f"Note {note}") for note in range(1, 9)))
    await interaction.edit_initial_response("Burst over")


@bot.listen(hikari.InteractionCreateEvent)
async def answer(event: hikari.InteractionCreateEvent) -> None:
    """Answers whatever somebody does."""
    interaction = event.interaction
    if isinstance(interaction, hikari.AutocompleteInteraction):
        typed = f"{interaction.options[0].value} on tin"
        await interaction.create_response([hikari.impl.AutocompleteChoiceBuilder(typed, typed)])
    elif isinstance(interaction, hikari.ModalInteraction):
        await reply(interaction, f"Verse: {interaction.components[0][0].value}")
    elif isinstance(interaction, hikari.ComponentInteraction):
        if interaction.component_type is hikari.ComponentType.TEXT_SELECT_MENU:
            await reply(interaction, f"Mood: {interaction.values[0]}", flags=hikari.MessageFlag.EPHEMERAL)
        else:
            await interaction.create_initial_response(
                ResponseType.MESSAGE_UPDATE, "Once more", components=[]
            )
    elif isinstance(interaction, hikari.CommandInteraction):
        if interaction.command_type is CommandType.MESSAGE:
            await reply(interaction, f"Singing {interaction.resolved.messages[interaction.target_id].content}")
        elif interaction.command_type is CommandType.USER:
            await reply(interaction, f"For {interaction.resolved.users[interaction.target_id].username}")
        else:
            answers = {"song": answer_song, "verse": answer_verse, "burst": answer_burst}
            await answers[interaction.command_name](interaction)


bot.run()

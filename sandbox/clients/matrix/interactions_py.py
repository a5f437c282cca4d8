"""A bot on interactions.py 5 that knows nothing of the sandbox but its address."""

import asyncio
import io
import os

import interactions
from interactions.api.http.route import Route

Route.BASE = f"{os.environ['DISCORD_API_URL']}/api/v10"

bot = interactions.Client(
    token=os.environ["DISCORD_TOKEN"],
    intents=interactions.Intents.GUILDS | interactions.Intents.GUILD_MESSAGES,
    delete_unused_application_cmds=True,
)


@interactions.slash_command("song", description="A song from a prompt")
@interactions.slash_option(
    "prompt",
    "What it is about",
    interactions.OptionType.STRING,
    required=True,
    autocomplete=True,
)
async def song(context: interactions.SlashContext, prompt: str) -> None:
    """Answers the command."""
    await context.defer()
    again = interactions.Button(style=interactions.ButtonStyle.PRIMARY, label="Again", custom_id="again")
    mood = interactions.StringSelectMenu(
        interactions.StringSelectOption(label="Calm", value="calm"),
        interactions.StringSelectOption(label="Wild", value="wild"),
        custom_id="mood",
    )
    rows = [interactions.ActionRow(again), interactions.ActionRow(mood)]
    # The first message after a deferral takes its place.
    await context.send(f"Composing {prompt}", components=rows)
    file = interactions.File(io.BytesIO(prompt.encode()), file_name="song.txt")
    await context.send("Done", file=file, ephemeral=True)
    embed = interactions.Embed(title=prompt, timestamp=interactions.Timestamp.now())
    embed.add_field("BPM", "90")
    await context.channel.send(embed=embed)


@song.autocomplete("prompt")
async def suggest(context: interactions.AutocompleteContext) -> None:
    """Suggests a prompt."""
    typed = f"{context.input_text} on tin"
    await context.send([{"name": typed, "value": typed}])


@interactions.slash_command("verse", description="A verse of your own")
async def verse(context: interactions.SlashContext) -> None:
    """Shows the form."""
    line = interactions.ShortText(label="Line", custom_id="line")
    await context.send_modal(interactions.Modal(line, title="A verse", custom_id="verse"))


@interactions.modal_callback("verse")
async def sent(context: interactions.ModalContext, line: str) -> None:
    """Answers the form."""
    await context.send(f"Verse: {line}")


@interactions.slash_command("burst", description="Many notes at once")
async def burst(context: interactions.SlashContext) -> None:
    """Sends more than a channel takes at once."""
    await context.defer()
    await asyncio.gather(*(context.channel.send(f"Note {note}") for note in range(1, 9)))
    await context.edit(content="Burst over")


@interactions.message_context_menu("Sing this")
async def sing_this(context: interactions.ContextMenuContext) -> None:
    """Sings a message."""
    await context.send(f"Singing {context.target.content}")


@interactions.user_context_menu("Sing for")
async def sing_for(context: interactions.ContextMenuContext) -> None:
    """Sings for somebody."""
    await context.send(f"For {context.target.username}")


@interactions.component_callback("again")
async def again_clicked(context: interactions.ComponentContext) -> None:
    """Updates the message."""
    await context.edit_origin(content="Once more", components=[])


@interactions.component_callback("mood")
async def mood_picked(context: interactions.ComponentContext) -> None:
    """Answers alone the person who picked."""
    await context.send(f"Mood: {context.values[0]}", ephemeral=True)


bot.start()

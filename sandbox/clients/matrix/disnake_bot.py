"""A bot on disnake 2 that knows nothing of the sandbox but its address."""

import asyncio
import io
import os

import disnake
from disnake.ext import commands

disnake.http.Route.BASE = f"{os.environ['DISCORD_API_URL']}/api/v10"

bot = commands.InteractionBot(intents=disnake.Intents(guilds=True, guild_messages=True))
Command = disnake.ApplicationCommandInteraction


class Below(disnake.ui.View):
    """The button and the menu below the answer."""

    @disnake.ui.button(label="Again", custom_id="again")
    async def again(self, _: disnake.ui.Button, interaction: disnake.MessageInteraction) -> None:
        await interaction.response.edit_message(content="Once more", view=None)

    @disnake.ui.string_select(custom_id="mood", options={"Calm": "calm", "Wild": "wild"})
    async def mood(self, select: disnake.ui.StringSelect, interaction: disnake.MessageInteraction) -> None:
        await interaction.response.send_message(f"Mood: {select.values[0]}", ephemeral=True)


class Verse(disnake.ui.Modal):
    """A form for a verse."""

    def __init__(self) -> None:
        line = disnake.ui.TextInput(label="Line", custom_id="line")
        super().__init__(title="A verse", custom_id="verse", components=[line])

    async def callback(self, interaction: disnake.ModalInteraction) -> None:
        await interaction.response.send_message(f"Verse: {interaction.text_values['line']}")


@bot.slash_command(description="A song from a prompt")
async def song(interaction: Command, prompt: str = commands.Param(description="What it is about")) -> None:
    """Answers the command."""
    await interaction.response.defer()
    await interaction.edit_original_response(content=f"Composing {prompt}", view=Below())
    file = disnake.File(io.BytesIO(prompt.encode()), "song.txt")
    await interaction.followup.send("Done", file=file, ephemeral=True)
    embed = disnake.Embed(title=prompt, timestamp=interaction.created_at)
    embed.add_field(name="BPM", value="90")
    await interaction.channel.send(embed=embed)


@song.autocomplete("prompt")
async def suggest(_: Command, typed: str) -> list[str]:
    """Suggests a prompt."""
    return [f"{typed} on tin"]


@bot.slash_command(description="A verse of your own")
async def verse(interaction: Command) -> None:
    """Shows the form."""
    await interaction.response.send_modal(Verse())


@bot.slash_command(description="Many notes at once")
async def burst(interaction: Command) -> None:
    """Sends more than a channel takes at once."""
    await interaction.response.defer()
    await asyncio.gather(*(interaction.channel.send(f"Note {note}") for note in range(1, 9)))
    await interaction.edit_original_response(content="Burst over")


@bot.message_command(name="Sing this")
async def sing_this(interaction: Command, message: disnake.Message) -> None:
    """Sings a message."""
    await interaction.response.send_message(f"Singing {message.content}")


@bot.user_command(name="Sing for")
async def sing_for(interaction: Command, user: disnake.User) -> None:
    """Sings for somebody."""
    await interaction.response.send_message(f"For {user.name}")


bot.run(os.environ["DISCORD_TOKEN"])

"""A bot on discord.py 2 that knows nothing of the sandbox but its address."""

import asyncio
import io
import os

import discord
import yarl
from discord import app_commands

url = os.environ["DISCORD_API_URL"]
discord.http.Route.BASE = f"{url}/api/v10"
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url.replace("http", "ws", 1))


class Below(discord.ui.View):
    """The button and the menu below the answer."""

    @discord.ui.button(label="Again", custom_id="again")
    async def again(self, interaction: discord.Interaction, _: discord.ui.Button) -> None:
        await interaction.response.edit_message(content="Once more", view=None)

    @discord.ui.select(
        custom_id="mood",
        options=[
            discord.SelectOption(label="Calm", value="calm"),
            discord.SelectOption(label="Wild", value="wild"),
        ],
    )
    async def mood(self, interaction: discord.Interaction, select: discord.ui.Select) -> None:
        await interaction.response.send_message(f"Mood: {select.values[0]}", ephemeral=True)


class Verse(discord.ui.Modal, title="A verse"):
    """A form for a verse."""

    line = discord.ui.TextInput(label="Line", custom_id="line")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"Verse: {self.line.value}")


class Bot(discord.Client):
    """The bot."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True, guild_messages=True))
        self.tree = app_commands.CommandTree(self)
        for command in (song, verse, burst, sing_this, sing_for):
            self.tree.add_command(command)

    async def setup_hook(self) -> None:
        await self.tree.sync()


@app_commands.command(description="A song from a prompt")
@app_commands.describe(prompt="What it is about")
async def song(interaction: discord.Interaction, prompt: str) -> None:
    """Answers the command."""
    await interaction.response.defer()
    await interaction.edit_original_response(content=f"Composing {prompt}", view=Below())
    file = discord.File(io.BytesIO(prompt.encode()), "song.txt")
    await interaction.followup.send("Done", file=file, ephemeral=True)
    embed = discord.Embed(title=prompt, timestamp=interaction.created_at)
    embed.add_field(name="BPM", value="90")
    await interaction.channel.send(embed=embed)


@song.autocomplete("prompt")
async def suggest(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Suggests a prompt."""
    return [app_commands.Choice(name=f"{typed} on tin", value=f"{typed} on tin")]


@app_commands.command(description="A verse of your own")
async def verse(interaction: discord.Interaction) -> None:
    """Shows the form."""
    await interaction.response.send_modal(Verse())


@app_commands.command(description="Many notes at once")
async def burst(interaction: discord.Interaction) -> None:
    """Sends more than a channel takes at once."""
    await interaction.response.defer()
    await asyncio.gather(*(interaction.channel.send(f"Note {note}") for note in range(1, 9)))
    await interaction.edit_original_response(content="Burst over")


@app_commands.context_menu(name="Sing this")
async def sing_this(interaction: discord.Interaction, message: discord.Message) -> None:
    """Sings a message."""
    await interaction.response.send_message(f"Singing {message.content}")


@app_commands.context_menu(name="Sing for")
async def sing_for(interaction: discord.Interaction, user: discord.User) -> None:
    """Sings for somebody."""
    await interaction.response.send_message(f"For {user.name}")


Bot().run(os.environ["DISCORD_TOKEN"])

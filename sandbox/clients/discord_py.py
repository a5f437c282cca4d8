"""A bot on discord.py 2 that knows nothing of the sandbox but its address."""

import io
import os

import discord
import yarl
from discord import app_commands

url = os.environ["DISCORD_API_URL"]
discord.http.Route.BASE = f"{url}/api/v10"
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url.replace("http", "ws", 1))


class Again(discord.ui.View):
    """The button below the answer."""

    @discord.ui.button(label="Again", custom_id="again")
    async def again(self, interaction: discord.Interaction, _: discord.ui.Button) -> None:
        await interaction.response.edit_message(content="Once more", view=None)


class Bot(discord.Client):
    """The bot."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True, guild_messages=True))
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(song)

    async def setup_hook(self) -> None:
        await self.tree.sync()


@app_commands.command(description="A song from a prompt")
@app_commands.describe(prompt="What it is about")
async def song(interaction: discord.Interaction, prompt: str) -> None:
    """Answers the command."""
    await interaction.response.defer()
    await interaction.edit_original_response(content=f"Composing {prompt}", view=Again())
    file = discord.File(io.BytesIO(prompt.encode()), "song.txt")
    await interaction.followup.send("Done", file=file, ephemeral=True)
    embed = discord.Embed(title=prompt, timestamp=interaction.created_at)
    embed.add_field(name="BPM", value="90")
    await interaction.channel.send(embed=embed)


Bot().run(os.environ["DISCORD_TOKEN"])

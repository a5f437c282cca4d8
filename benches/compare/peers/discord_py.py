"""The same flow on discord.py 2, written as its examples recommend. Nothing is kept on disk."""

import asyncio
import collections
import logging
import os
import time

import aiohttp
import discord
import yarl
from discord import app_commands

QUOTA = 1_000_000
POLL_SECONDS = 6
USUAL_SECONDS = 75
SEGMENTS = 10

api = os.environ["DISCORD_API_URL"]
discord.http.Route.BASE = f"{api}/api/v10"
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(api.replace("http", "ws", 1))


class Bot(discord.Client):
    """The bot, with its connections to Whisul and everybody's number of songs."""

    whisul: aiohttp.ClientSession

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree = app_commands.CommandTree(self)
        self.songs_of: collections.Counter[int] = collections.Counter()

    async def setup_hook(self) -> None:
        self.whisul = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {os.environ['WHISUL_API_KEY']}"},
            # The default is 100 connections; like the other bots this one has no limit.
            connector=aiohttp.TCPConnector(limit=0),
            raise_for_status=True,
        )
        await self.tree.sync()


bot = Bot()


@bot.tree.command(description="Makes a song from a prompt")
@app_commands.describe(prompt="What it is about")
async def song(interaction: discord.Interaction, prompt: str) -> None:
    """Makes a song and follows it in the message that answers the command."""
    user = interaction.user
    if bot.songs_of[user.id] >= QUOTA:
        await interaction.response.send_message("You have used up your quota.", ephemeral=True)
        return
    bot.songs_of[user.id] += 1
    about = f"> {prompt}\nAsked for by {user.mention}"

    def under_way(title: str, text: str) -> discord.Embed:
        return discord.Embed(title=title, description=f"{about}\n\n{text}")

    await interaction.response.send_message(embed=under_way("In line", "Your song starts right away."))
    job = (await whisul("POST", "/generate", json={"prompt": prompt}))["job_id"]
    began, shown = time.monotonic(), None
    while True:
        text = progress(time.monotonic() - began)
        if text != shown:
            await interaction.edit_original_response(embed=under_way("Composing", text))
            shown = text
        await asyncio.sleep(POLL_SECONDS)
        answer = await whisul("GET", f"/jobs/{job}")
        if answer["status"] == "completed":
            await interaction.edit_original_response(embed=finished(about, answer["result"]))
            return
        if answer["status"] == "failed":
            bot.songs_of[user.id] -= 1
            reason = answer["error"] or "Whisul gave no reason."
            await interaction.edit_original_response(embed=under_way("No song", reason))
            return


def progress(elapsed: float) -> str:
    """A bar by the time that songs usually take."""
    filled = min(int(elapsed / USUAL_SECONDS * SEGMENTS), SEGMENTS - 1)
    return "▰" * filled + "▱" * (SEGMENTS - filled)


def finished(about: str, result: dict) -> discord.Embed:
    """The song."""
    embed = discord.Embed(title=result["title"], url=result["song_url"], description=about)
    embed.set_image(url=result["image_url"])
    for name, key in (("BPM", "bpm"), ("Duration", "duration"), ("Tags", "tags")):
        embed.add_field(name=name, value=result[key])
    return embed


async def whisul(method: str, path: str, **options) -> dict:
    """A request to Whisul."""
    async with bot.whisul.request(method, os.environ["WHISUL_API_URL"] + path, **options) as response:
        return await response.json()


bot.run(os.environ["DISCORD_TOKEN"], log_level=logging.WARNING)

"""A bot on nextcord 2 that knows nothing of the sandbox but its address."""

import asyncio
import io
import os

import nextcord
from nextcord.ext import commands

nextcord.http.Route.BASE = f"{os.environ['DISCORD_API_URL']}/api/v10"

# With messages but without their content, nextcord takes a command's message from its empty cache.
bot = commands.Bot(intents=nextcord.Intents(guilds=True))


class Below(nextcord.ui.View):
    """The button and the menu below the answer."""

    @nextcord.ui.button(label="Again", custom_id="again")
    async def again(self, _: nextcord.ui.Button, interaction: nextcord.Interaction) -> None:
        await interaction.response.edit_message(content="Once more", view=None)

    @nextcord.ui.string_select(
        custom_id="mood",
        options=[
            nextcord.SelectOption(label="Calm", value="calm"),
            nextcord.SelectOption(label="Wild", value="wild"),
        ],
    )
    async def mood(self, select: nextcord.ui.StringSelect, interaction: nextcord.Interaction) -> None:
        await interaction.response.send_message(f"Mood: {select.values[0]}", ephemeral=True)


class Verse(nextcord.ui.Modal):
    """A form for a verse."""

    def __init__(self) -> None:
        super().__init__("A verse", custom_id="verse")
        self.line = nextcord.ui.TextInput(label="Line", custom_id="line")
        self.add_item(self.line)

    async def callback(self, interaction: nextcord.Interaction) -> None:
        await interaction.response.send_message(f"Verse: {self.line.value}")


@bot.slash_command(description="A song from a prompt")
async def song(
    interaction: nextcord.Interaction,
    prompt: str = nextcord.SlashOption(description="What it is about"),
) -> None:
    """Answers the command."""
    await interaction.response.defer()
    await interaction.edit_original_message(content=f"Composing {prompt}", view=Below())
    file = nextcord.File(io.BytesIO(prompt.encode()), "song.txt")
    await interaction.followup.send("Done", file=file, ephemeral=True)
    embed = nextcord.Embed(title=prompt, timestamp=interaction.created_at)
    embed.add_field(name="BPM", value="90")
    await interaction.channel.send(embed=embed)


@song.on_autocomplete("prompt")
async def suggest(interaction: nextcord.Interaction, prompt: str) -> None:
    """Suggests a prompt."""
    await interaction.response.send_autocomplete([f"{prompt} on tin"])


@bot.slash_command(description="A verse of your own")
async def verse(interaction: nextcord.Interaction) -> None:
    """Shows the form."""
    await interaction.response.send_modal(Verse())


@bot.slash_command(description="Many notes at once")
async def burst(interaction: nextcord.Interaction) -> None:
    """Sends more than a channel takes at once."""
    await interaction.response.defer()
    await asyncio.gather(*(interaction.channel.send(f"Note {note}") for note in range(1, 9)))
    await interaction.edit_original_message(content="Burst over")


@bot.message_command(name="Sing this")
async def sing_this(interaction: nextcord.Interaction, message: nextcord.Message) -> None:
    """Sings a message."""
    await interaction.response.send_message(f"Singing {message.content}")


@bot.user_command(name="Sing for")
async def sing_for(interaction: nextcord.Interaction, member: nextcord.Member) -> None:
    """Sings for somebody."""
    await interaction.response.send_message(f"For {member.name}")


bot.run(os.environ["DISCORD_TOKEN"])

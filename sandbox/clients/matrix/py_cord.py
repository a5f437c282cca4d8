"""A bot on py-cord 2 that knows nothing of the sandbox but its address."""

import asyncio
import io
import os

import discord

discord.http.Route.API_BASE_URL = f"{os.environ['DISCORD_API_URL']}/api/v{{API_VERSION}}"

bot = discord.Bot(intents=discord.Intents(guilds=True, guild_messages=True))


class Below(discord.ui.View):
    """The button and the menu below the answer."""

    @discord.ui.button(label="Again", custom_id="again")
    async def again(self, _: discord.ui.Button, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(content="Once more", view=None)

    @discord.ui.string_select(
        custom_id="mood",
        options=[
            discord.SelectOption(label="Calm", value="calm"),
            discord.SelectOption(label="Wild", value="wild"),
        ],
    )
    async def mood(self, select: discord.ui.Select, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"Mood: {select.values[0]}", ephemeral=True)


class Verse(discord.ui.Modal):
    """A form for a verse."""

    def __init__(self) -> None:
        line = discord.ui.InputText(label="Line", custom_id="line")
        super().__init__(line, title="A verse", custom_id="verse")

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"Verse: {self.children[0].value}")


async def suggest(context: discord.AutocompleteContext) -> list[str]:
    """Suggests a prompt."""
    return [f"{context.value} on tin"]


@bot.slash_command(description="A song from a prompt")
@discord.option("prompt", description="What it is about", autocomplete=suggest)
async def song(context: discord.ApplicationContext, prompt: str) -> None:
    """Answers the command."""
    await context.defer()
    await context.edit(content=f"Composing {prompt}", view=Below())
    file = discord.File(io.BytesIO(prompt.encode()), "song.txt")
    await context.followup.send("Done", file=file, ephemeral=True)
    embed = discord.Embed(title=prompt, timestamp=context.interaction.created_at)
    embed.add_field(name="BPM", value="90")
    await context.channel.send(embed=embed)


@bot.slash_command(description="A verse of your own")
async def verse(context: discord.ApplicationContext) -> None:
    """Shows the form."""
    await context.send_modal(Verse())


@bot.slash_command(description="Many notes at once")
async def burst(context: discord.ApplicationContext) -> None:
    """Sends more than a channel takes at once."""
    await context.defer()
    await asyncio.gather(*(context.channel.send(f"Note {note}") for note in range(1, 9)))
    await context.edit(content="Burst over")


@bot.message_command(name="Sing this")
async def sing_this(context: discord.ApplicationContext, message: discord.Message) -> None:
    """Sings a message."""
    await context.respond(f"Singing {message.content}")


@bot.user_command(name="Sing for")
async def sing_for(context: discord.ApplicationContext, user: discord.User) -> None:
    """Sings for somebody."""
    await context.respond(f"For {user.name}")


bot.run(os.environ["DISCORD_TOKEN"])

"""A small bot that uses what the loopback server offers, to try the server itself."""

import io
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

Context = commands.Context["Specimen"]
Interaction = discord.Interaction[Any]

_FAMILIES = ("Tyrannosauridae", "Titanosauridae", "Troodontidae", "Hadrosauridae")


def make_intents(*, message_content: bool = True, members: bool = False) -> discord.Intents:
    intents = discord.Intents.default()
    intents.message_content = message_content
    intents.members = members
    return intents


class Commands(commands.Cog):
    """A command for each thing that a bot does with Discord."""

    @commands.command()
    async def echo(self, ctx: Context, *, text: str) -> None:
        await ctx.reply(text)

    @commands.command()
    async def shout(self, ctx: Context, *, text: str) -> None:
        await ctx.send(text, allowed_mentions=discord.AllowedMentions.none())

    @commands.command()
    async def typing(self, ctx: Context) -> None:
        async with ctx.typing():
            await ctx.send("typed")

    @commands.command()
    async def file(self, ctx: Context) -> None:
        """Send back in capitals the file that came with the message."""
        content = await ctx.message.attachments[0].read()
        upload = discord.File(io.BytesIO(content.upper()), "capitals.txt", description="loud")
        await ctx.send("here", file=upload)

    @commands.command()
    async def change(self, ctx: Context) -> None:
        message = await ctx.send("egg")
        await message.edit(content="hatchling")
        await message.add_reaction("🦖")

    @commands.command()
    async def remove(self, ctx: Context) -> None:
        message = await ctx.send("extinct")
        await message.delete()

    @commands.command()
    async def whisper(self, ctx: Context) -> None:
        await ctx.author.send("psst")

    @commands.command()
    async def buttons(self, ctx: Context) -> None:
        await ctx.send("0", view=Counter())

    @app_commands.command(name="echo")
    async def slash_echo(self, interaction: Interaction, text: str, times: int = 1) -> None:
        """Say it again."""
        await interaction.response.send_message(" ".join([text] * times))

    @app_commands.command()
    async def later(self, interaction: Interaction) -> None:
        """Answer after deferring, then twice more."""
        await interaction.response.defer(thinking=True)
        await interaction.followup.send("first")
        await interaction.followup.send("second")
        await interaction.edit_original_response(content="changed")

    @app_commands.command()
    async def secret(self, interaction: Interaction) -> None:
        """Answer for one pair of eyes, and take it back."""
        await interaction.response.send_message("hush", ephemeral=True)
        await interaction.delete_original_response()

    @app_commands.command()
    async def read(self, interaction: Interaction, document: discord.Attachment) -> None:
        """Show a file."""
        content = await document.read()
        await interaction.response.send_message(content.decode())

    @app_commands.command()
    async def ask(self, interaction: Interaction) -> None:
        """Open a modal."""
        await interaction.response.send_modal(Question())

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    async def family(
        self, interaction: Interaction, name: str, member: discord.Member | None = None
    ) -> None:
        """Place a dinosaur, or a member, in a family."""
        whom = member.display_name if member else "it"
        await interaction.response.send_message(f"{whom}: {name}")

    @family.autocomplete("name")
    async def propose(
        self, interaction: Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        found = [name for name in _FAMILIES if name.startswith(current)]
        return [app_commands.Choice(name=name, value=name) for name in found]


class Counter(discord.ui.View):
    """Counts in place, or tells more in a message of its own."""

    @discord.ui.button(label="More")
    async def more(self, interaction: Interaction, button: discord.ui.Button["Counter"]) -> None:
        assert interaction.message is not None
        count = int(interaction.message.content) + 1
        await interaction.response.edit_message(content=str(count))

    @discord.ui.button(label="Tell")
    async def tell(self, interaction: Interaction, button: discord.ui.Button["Counter"]) -> None:
        await interaction.response.defer()
        await interaction.followup.send("told")

    @discord.ui.button(label="Closed", disabled=True)
    async def closed(self, interaction: Interaction, button: discord.ui.Button["Counter"]) -> None:
        await interaction.response.defer()

    @discord.ui.select(options=[discord.SelectOption(label=name, value=name) for name in _FAMILIES])
    async def pick(self, interaction: Interaction, menu: discord.ui.Select["Counter"]) -> None:
        await interaction.response.send_message(f"picked {menu.values[0]}")


class Question(discord.ui.Modal, title="A question"):
    """One field."""

    answer = discord.ui.TextInput["Question"](label="answer")

    async def on_submit(self, interaction: Interaction, /) -> None:
        await interaction.response.send_message(f"you said {self.answer.value}")


class Specimen(commands.Bot):
    """A bot with these commands that remembers what it heard and what went wrong."""

    def __init__(self, intents: discord.Intents | None = None, **options: Any) -> None:
        # The client waits so long for late guilds before it is ready; 2 s unless told.
        options.setdefault("guild_ready_timeout", 0.01)
        super().__init__("!", intents=intents or make_intents(), **options)
        self.heard: list[discord.Message] = []
        self.errors: list[Exception] = []

    @property
    def texts(self) -> list[str]:
        return [message.content for message in self.heard]

    async def setup_hook(self) -> None:
        await self.add_cog(Commands())
        await self.tree.sync()
        self.tree.error(self.on_tree_error)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once, where discord.py would wait 5 s from the second time on."""

    async def on_message(self, message: discord.Message, /) -> None:
        if message.author != self.user:
            self.heard.append(message)
        await self.process_commands(message)

    async def on_command_error(self, context: Any, exception: Any, /) -> None:
        self.errors.append(getattr(exception, "original", exception))

    async def on_tree_error(self, interaction: Interaction, error: Any) -> None:
        self.errors.append(getattr(error, "original", error))


class ShardedSpecimen(Specimen, commands.AutoShardedBot):
    """The same on as many shards as Discord recommends."""

"""Help, what the bot says about itself, and what it does with typing errors."""

import re
from collections.abc import Iterator

import pytest

from bot.client.bot import Dinobard
from bot.features.about import HELP, SECTIONS
from engine import ModelRegistry
from engine.families import FAMILIES
from tests.end_to_end.talk import ask, said_in
from tests.loopback import LoopbackDiscord
from tests.loopback.records import JSON

pytestmark = pytest.mark.usefixtures("dinobard")


async def test_help_names_every_command_in_its_section(
    dinobard: Dinobard, discord_server: LoopbackDiscord
) -> None:
    (card,) = (await ask(discord_server, "!help")).embeds

    assert sorted(HELP) == sorted(command.name for command in dinobard.commands)
    fields = fields_of(card)
    assert list(fields) == ["Create", "Retrain", "This server", "You", "About me"]
    for value, names in zip(fields.values(), SECTIONS.values(), strict=True):
        assert all(f"**!{name}" in value for name in names)
    for command in discord_server.commands():
        for option in command.get("options", []):
            if option["type"] > 2 and command["name"] != "help":
                assert option["name"].replace("_", " ") in fields["Create"]


@pytest.mark.parametrize(("language", "section"), [("en-US", "Create"), ("zh-CN", "创作")])
@pytest.mark.parametrize("command", ["help", "privacy show"])
async def test_help_and_privacy_are_cards_within_discords_limits_in_each_language(
    discord_server: LoopbackDiscord, language: str, section: str, command: str
) -> None:
    discord_server.member.user.locale = language

    reply = await (await discord_server.slash(command)).response()

    (card,) = reply.embeds
    assert not reply.attachments
    assert len(card["fields"]) == 5
    assert command != "help" or card["fields"][0]["name"] == section


@pytest.mark.parametrize("topic", HELP)
async def test_help_says_more_about_each_command(
    discord_server: LoopbackDiscord, topic: str
) -> None:
    by_prefix = await ask(discord_server, f"!help {topic}")
    by_slash = await (await discord_server.slash("help", topic=topic)).response()

    assert by_prefix.embeds == by_slash.embeds
    (card,) = by_prefix.embeds
    assert card["title"] == f"**!{topic}**"
    assert card["description"]
    fields = fields_of(card)
    assert list(fields) in (["Examples", "Slash command"], ["Examples", "Options", "Slash command"])
    assert f"**!{topic}" in fields["Examples"]
    assert all(line.startswith("**!") for line in fields["Examples"].splitlines())


@pytest.mark.parametrize("topic", HELP)
@pytest.mark.parametrize("language", ["en-US", "zh-CN", "de"])
async def test_help_on_a_command_has_its_slash_forms_and_options_with_their_ranges(
    dinobard: Dinobard, discord_server: LoopbackDiscord, topic: str, language: str
) -> None:
    discord_server.member.user.locale = language
    limit = dinobard.services.trainings.limits.minutes
    by_name = {command["name"]: command for command in discord_server.commands()}

    (card,) = (await (await discord_server.slash("help", topic=topic)).response()).embeds

    *_, options, slash = ["", *fields_of(card).values()]
    shown = dict(re.split(": ?|\uff1a", line, maxsplit=1) for line in options.splitlines())
    for path, leaf in leaves(by_name[topic]):
        assert f"**/{path}**" in slash
        for option in leaf.get("options", []):
            for name in names_of(topic, option, language):
                assert all(bound in shown[name] for bound in bounds_of(option, limit)), name


def fields_of(card: JSON) -> dict[str, str]:
    """Return the values of the fields of a card by their names."""
    return {field["name"]: field["value"] for field in card["fields"]}


def leaves(command: JSON) -> Iterator[tuple[str, JSON]]:
    """Yield what a member can call of a command, by its words."""
    subcommands = [option for option in command.get("options", []) if option["type"] <= 2]
    if not subcommands:
        yield command["name"], command
    for subcommand in subcommands:
        for path, leaf in leaves(subcommand):
            yield f"{command['name']} {path}", leaf


def names_of(topic: str, option: JSON, language: str) -> list[str]:
    """Return what `help` calls an option: each setting is one, and the topics are the commands."""
    if topic == "help":
        return []
    if topic == "settings":
        return [choice["value"] for choice in option.get("choices", [])]
    own: str = option["name"].replace("_", " ")
    return [option["name_localizations"].get(language, own)]


def bounds_of(option: JSON, most_minutes: float) -> list[str]:
    """Return the bounds of a number as they are written; nobody counts up to the last seed."""
    bounds = [option[name] for name in ("min_value", "max_value") if name in option]
    if option["name"] == "minutes":
        bounds[-1] = min(bounds[-1], most_minutes)
    return [f"{bound:,g}" for bound in bounds if bound < 2**32]


@pytest.mark.parametrize("topic", ["models use", "!Models use 2026", "settings  set"])
async def test_help_on_a_subcommand_is_that_on_its_group(
    discord_server: LoopbackDiscord, topic: str
) -> None:
    group = topic.strip("!").split()[0].lower()

    told = await ask(discord_server, f"!help {topic}")

    assert told.embeds == (await ask(discord_server, f"!help {group}")).embeds
    assert f"**!{group}" in said_in(told)
    assert "I do not know" not in said_in(told)


async def test_what_is_near_no_subcommand_gets_what_the_group_says(
    discord_server: LoopbackDiscord,
) -> None:
    assert "!privacy forget" in said_in(await ask(discord_server, "!privacy bogus"))
    assert "Training log" in said_in(await ask(discord_server, "!MODELS LOG"))


async def test_help_on_what_there_is_not_lists_what_there_is(
    discord_server: LoopbackDiscord,
) -> None:
    reply = await ask(discord_server, "!help @everyone")

    assert "!dino" in said_in(reply)
    assert "everyone" not in said_in(reply)


async def test_about_names_the_models_that_are_served_with_their_scores(
    discord_server: LoopbackDiscord, registry: ModelRegistry
) -> None:
    (card,) = (await ask(discord_server, "!about")).embeds
    shown = " ".join(field["value"] for field in card["fields"])

    for network in FAMILIES:
        version = registry.active(network)
        scores = {card.id: card.scores for card in registry.versions(network)}[version]
        assert version in shown
        assert f"{scores['held_out_nats_per_character']:.2f}" in shown


async def test_about_links_to_an_invitation(discord_server: LoopbackDiscord) -> None:
    reply = await ask(discord_server, "!about")

    (link,) = [part["url"] for part in reply.parts() if part["type"] == 2]
    assert f"client_id={discord_server.bot.id}" in link


async def test_ping_says_how_long_discord_takes(discord_server: LoopbackDiscord) -> None:
    assert "Latency" in (await ask(discord_server, "!ping")).content


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("!dnio", "!dino"),
        ("!POAM x", "!poem"),
        ("!hlep", "!help"),
        ("!models usee 2026", "!models use"),
        ("!models rolback dino", "!models rollback"),
        ("!settings rest", "!settings reset"),
        ("!privacy forgett", "!privacy forget"),
    ],
)
async def test_a_typing_error_gets_the_nearest_command(
    discord_server: LoopbackDiscord, typed: str, meant: str
) -> None:
    assert f"Did you mean **{meant}**?" in (await ask(discord_server, typed)).content


async def test_commands_are_suggested_once_in_a_while_only(
    discord_server: LoopbackDiscord,
) -> None:
    other = discord_server.guild.add_channel("other")
    await discord_server.announce(other)
    await ask(discord_server, "!dnio")
    await discord_server.silence_after("!dnio")
    await discord_server.silence_after("!privacy forgett")
    message = await discord_server.say("!dnio", channel=other)

    assert "!dino" in (await discord_server.reply(to=message)).content

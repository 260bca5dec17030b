"""Help, what the bot says about itself, and what it does with typing errors."""

import pytest

from bot.client.bot import Dinobard
from bot.features.about import HELP, SECTIONS
from engine import ModelRegistry
from engine.families import FAMILIES
from tests.end_to_end.talk import ask, said_in
from tests.loopback import LoopbackDiscord

pytestmark = pytest.mark.usefixtures("dinobard")


async def test_help_names_every_command_in_its_section(
    dinobard: Dinobard, discord_server: LoopbackDiscord
) -> None:
    (card,) = (await ask(discord_server, "!help")).embeds

    assert sorted(HELP) == sorted(command.name for command in dinobard.commands)
    fields = {field["name"]: field["value"] for field in card["fields"]}
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

    assert by_prefix.content == by_slash.content
    assert f"!{topic}" in by_prefix.content
    assert len(by_prefix.content.split("\n\n")) == 2


@pytest.mark.parametrize("topic", ["models use", "!Models use 2026", "settings  set"])
async def test_help_on_a_subcommand_is_that_on_its_group(
    discord_server: LoopbackDiscord, topic: str
) -> None:
    group = topic.strip("!").split()[0].lower()

    told = (await ask(discord_server, f"!help {topic}")).content

    assert told == (await ask(discord_server, f"!help {group}")).content
    assert f"**!{group}" in told
    assert "I do not know" not in told


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

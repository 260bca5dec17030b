"""Slash commands that cannot be what they are, and proposals that cannot be made."""

import logging
from typing import Any

import pytest

from bot.cogs import generate
from tests.loopback import LoopbackDiscord
from tests.loopback.exchange import Exchange
from tests.loopback.records import InteractionKind

UNREADABLE: tuple[dict[str, Any], ...] = (
    {"type": 2},
    {"type": 9},
    {"options": None},
    {"options": []},
    {"options": [{}]},
)
OUTSIDE = {"name": "network", "type": 3, "value": "../dino"}
PATHS = ("dino beginning", "settings set value", "models use version")


async def type_into(
    server: LoopbackDiscord, path: str, value: object, **details: object
) -> Exchange:
    """Type into the option at the end of a path, whatever that is."""
    name, *groups, option = path.split()
    options: list[dict[str, Any]] = [{"name": option, "type": 3, "value": value, "focused": True}]
    for group in reversed(groups):
        options = [{"name": group, "type": 1, "options": options}]
    (number,) = [command["id"] for command in server.commands() if command["name"] == name]
    arguments = {"id": number, "name": name, "type": 1, "options": options, **details}
    exchange = await server.interact(InteractionKind.AUTOCOMPLETE, arguments)
    await server.settled()
    return exchange


def failures(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.usefixtures("dinobard")
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("value", [None, 1, 1.5, True, ["tri"], {"tri": 1}])
async def test_for_what_is_no_text_nothing_is_proposed(
    discord_server: LoopbackDiscord, caplog: pytest.LogCaptureFixture, path: str, value: object
) -> None:
    exchange = await type_into(discord_server, path, value)

    assert exchange.record.response_kind is None
    assert "Autocomplete failed" in caplog.text
    assert not failures(caplog)


@pytest.mark.usefixtures("dinobard")
@pytest.mark.parametrize("details", UNREADABLE)
async def test_for_what_is_no_command_of_ours_nothing_is_proposed(
    discord_server: LoopbackDiscord, caplog: pytest.LogCaptureFixture, details: dict[str, Any]
) -> None:
    await type_into(discord_server, "dino beginning", "tri", **details)

    assert "Autocomplete failed: MalformedCallError" in caplog.text
    assert not failures(caplog)


@pytest.mark.usefixtures("dinobard")
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("dino", None),
        ("help", [{"name": "topic", "type": 3, "value": "../dino"}]),
        ("models", [{"name": "rollback", "type": 1, "options": [OUTSIDE]}]),
    ],
)
async def test_a_command_whose_options_cannot_be_is_refused(
    discord_server: LoopbackDiscord, caplog: pytest.LogCaptureFixture, name: str, options: Any
) -> None:
    ids = {command["name"]: command["id"] for command in discord_server.commands()}
    arguments = {"id": ids[name], "name": name, "type": 1, "options": options}

    call = await discord_server.interact(InteractionKind.COMMAND, arguments)

    assert "has changed" in (await call.response()).content
    await discord_server.settled()
    assert not failures(caplog)


@pytest.mark.usefixtures("dinobard")
async def test_proposals_that_come_too_late_are_no_error(
    discord_server: LoopbackDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    discord_server.interaction_deadline_seconds = 0.0

    await type_into(discord_server, "dino beginning", "tri")

    assert "A reply could not be sent: 404 10062" in caplog.text
    assert not failures(caplog)


@pytest.mark.usefixtures("dinobard")
async def test_what_nobody_foresaw_is_logged_with_its_traceback(
    discord_server: LoopbackDiscord,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_typed: str, _locale: str) -> list[tuple[str, str]]:
        raise RuntimeError("the roots are gone")

    monkeypatch.setattr(generate, "beginnings", broken)

    await type_into(discord_server, "dino beginning", "tri")

    (failure,) = failures(caplog)
    assert failure.startswith("Unexpected error, reference ")
    assert "the roots are gone" in caplog.text

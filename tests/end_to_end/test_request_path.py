"""The way of a request through the modules."""

import pytest

from benchmarks.request_path import trace_poem
from tests.loopback import LoopbackDiscord


@pytest.mark.usefixtures("poetic")
async def test_the_settings_are_read_and_the_context_is_built_once(
    discord_server: LoopbackDiscord,
) -> None:
    discord_server.patience_seconds = 30
    typed, pressed = await trace_poem(discord_server)

    assert typed.settings_read == pressed.settings_read == 1
    assert typed.contexts_built == pressed.contexts_built == 1
    # The modules that a request needs, whatever else runs at the time.
    assert {"bot.client.bot", "bot.cogs.generate", "bot.features.poem"} <= typed.modules

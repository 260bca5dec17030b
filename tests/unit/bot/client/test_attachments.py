"""From where the text that a member has attached is fetched."""

from collections.abc import AsyncIterator
from types import SimpleNamespace

import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from discord.http import Route

from bot.client.attachments import attached_text, is_at_discord
from bot.features.permissions import TrainingRefusedError
from engine.errors import CorpusTooLargeError

TEXT = b"rexodon\n" * 10
LIMIT = 1_000


class Place:
    """A host with files, which counts the requests that it gets."""

    def __init__(self) -> None:
        self.requests = 0
        self.elsewhere = ""
        app = web.Application()
        app.router.add_get("/{name}", self._serve)
        self.server = TestServer(app)

    async def _serve(self, request: web.Request) -> web.Response:
        self.requests += 1
        match request.match_info["name"]:
            case "moved":
                raise web.HTTPFound(self.elsewhere)
            case "moved-for-good":
                raise web.HTTPPermanentRedirect(self.elsewhere)
            case "nothing":
                return web.Response(status=204)
            case "lying":
                return web.Response(body=TEXT * LIMIT)
            case _:
                return web.Response(body=TEXT)

    def url(self, name: str) -> str:
        return str(self.server.make_url(f"/{name}"))


@pytest.fixture
async def foreign() -> AsyncIterator[Place]:
    place = Place()
    async with place.server:
        yield place


@pytest.fixture
async def configured(foreign: Place, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    """Files at the API that is configured in Discord's place."""
    place = Place()
    async with place.server:
        place.elsewhere = foreign.url("names.txt")
        monkeypatch.setattr(Route, "BASE", place.url("api"))
        yield place


def attachment(url: str) -> discord.Attachment:
    data = {"id": 1, "filename": "names.txt", "size": len(TEXT), "url": url, "proxy_url": url}
    # It needs neither more fields nor a connection to be fetched.
    state = SimpleNamespace(http=None)
    return discord.Attachment(data=data, state=state)  # pyright: ignore[reportArgumentType] (see above)


async def test_a_text_is_fetched_from_the_configured_api(configured: Place) -> None:
    upload = await attached_text([attachment(configured.url("names.txt"))], LIMIT)

    assert upload
    assert (upload.name, upload.content) == ("names.txt", TEXT)


async def test_a_file_at_another_host_is_not_asked_for(configured: Place, foreign: Place) -> None:
    with pytest.raises(TrainingRefusedError):
        await attached_text([attachment(foreign.url("names.txt"))], LIMIT)

    assert foreign.requests == configured.requests == 0


@pytest.mark.parametrize("name", ["moved", "moved-for-good", "nothing"])
async def test_a_redirection_is_not_followed(configured: Place, foreign: Place, name: str) -> None:
    with pytest.raises(TrainingRefusedError):
        await attached_text([attachment(configured.url(name))], LIMIT)

    assert (configured.requests, foreign.requests) == (1, 0)


async def test_a_redirection_within_the_host_is_not_followed_either(configured: Place) -> None:
    configured.elsewhere = configured.url("names.txt")

    with pytest.raises(TrainingRefusedError):
        await attached_text([attachment(configured.url("moved"))], LIMIT)

    assert configured.requests == 1


async def test_no_more_is_read_than_allowed(configured: Place) -> None:
    with pytest.raises(CorpusTooLargeError):
        await attached_text([attachment(configured.url("lying"))], LIMIT)


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.discordapp.com/attachments/1/2/names.txt?ex=1&hm=2",
        "https://media.discordapp.net/attachments/1/2/names.txt",
        "https://CDN.discordapp.com:443/names.txt",
    ],
)
def test_files_of_discord_are_fetched(url: str) -> None:
    assert is_at_discord(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.discordapp.com/names.txt",
        "https://cdn.discordapp.com:8443/names.txt",
        "https://cdn.discordapp.com.evil.example/names.txt",
        "https://evil.example/cdn.discordapp.com/names.txt",
        "https://evilcdn.discordapp.com/names.txt",
        "https://cdn.discordapp.com@evil.example/names.txt",
        "https://user:secret@cdn.discordapp.com/names.txt",
        "https://evil.example\\@cdn.discordapp.com/names.txt",
        "https://cdn.discordapp.com./names.txt",
        "https://169.254.169.254/latest",
        "https://127.0.0.1/names.txt",
        "https://[::1]/names.txt",
        "https://discord.com/api/v10/users/@me",
        "https://discordapp.com/names.txt",
        "file:///etc/passwd",
        "ftp://cdn.discordapp.com/names.txt",
        "//cdn.discordapp.com/names.txt",
        "cdn.discordapp.com/names.txt",
        "https://",
        "https://[",
        "",
    ],
)
def test_other_addresses_are_not(url: str) -> None:
    assert not is_at_discord(url)

"""`dinobard run`: the program as a process, on a Discord of this machine."""

import asyncio
import json
import os
import signal
import socket
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import data
from bot import program_version
from tests.conftest import NAMES
from tests.end_to_end.program import Program, started
from tests.end_to_end.retraining import TEXT
from tests.end_to_end.talk import awaited_poem, names_in
from tests.loopback import Intent, LoopbackDiscord, Message, Permission
from tests.loopback.records import Upload

WRONG_TOKEN = "wrong.token.of-nobody"

# A library in the current folder, which comes first among those that modules are loaded from.
ENDLESS = """
import pathlib, time
pathlib.Path("is-loading").touch()
while True:
    time.sleep(1)
"""


@pytest.fixture
def settings(discord_server: LoopbackDiscord) -> dict[str, str]:
    return {"DISCORD_TOKEN": discord_server.token, "DISCORD_API_URL": discord_server.api_url}


async def error_line(program: Program, **settings: str) -> str:
    """Return the one line that a failing start prints beside its log."""
    async with started(program, None, **settings) as process:
        out, err = await process.communicate()
    assert process.returncode == 1
    assert out == b""
    (line,) = [line for line in err.decode().splitlines() if not line.startswith("{")]
    assert line.startswith("Error: ")
    return line


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_bot_answers_until_it_is_stopped(
    program: Program,
    discord_server: LoopbackDiscord,
    settings: dict[str, str],
    number: signal.Signals,
) -> None:
    async with started(program, None, **settings) as process:
        await discord_server.connected(timeout_seconds=30)
        message = await discord_server.say("!dino 3")
        reply = await discord_server.reply(to=message)
        process.send_signal(number)
        _, err = await process.communicate()

    assert len(names_in(reply)) == 3
    assert process.returncode == 0
    log = err.decode()
    (entry,) = [json.loads(line) for line in log.splitlines() if "Request ended" in line]
    assert (entry["command"], entry["way"], entry["outcome"]) == ("dino", "prefix", "answered")
    assert "Traceback" not in log
    assert discord_server.token not in log
    assert "!dino 3" not in log


async def test_a_poem_that_is_asked_for_at_once_is_written_when_the_network_is_loaded(
    program: Program, discord_server: LoopbackDiscord, settings: dict[str, str]
) -> None:
    async with started(program, None, **settings) as process:
        await discord_server.connected(timeout_seconds=30)
        poem = await awaited_poem(discord_server)
        process.send_signal(signal.SIGTERM)
        _, err = await process.communicate()

    assert process.returncode == 0
    assert len(poem.content.splitlines()) >= 4
    # Every line is of our log: the libraries' chatter at their start is left out.
    assert all(json.loads(line)["event"] for line in err.decode().splitlines())


async def test_a_bot_that_is_stopped_while_the_network_is_loaded_ends_well(
    program: Program, discord_server: LoopbackDiscord, settings: dict[str, str]
) -> None:
    async with started(program, None, **settings) as process:
        await discord_server.connected(timeout_seconds=30)
        process.send_signal(signal.SIGTERM)
        _, err = await process.communicate()

    assert process.returncode == 0
    assert "Traceback" not in err.decode()


async def test_a_library_that_is_loaded_without_end_does_not_keep_the_bot_from_stopping(
    program: Program, discord_server: LoopbackDiscord
) -> None:
    (program.home / "keras.py").write_text(ENDLESS)
    async with started(program, discord_server) as process:
        await discord_server.connected(timeout_seconds=60)
        await until(lambda: (program.home / "is-loading").exists())
        process.send_signal(signal.SIGTERM)
        _, err = await process.communicate()

    assert process.returncode == 0
    assert "Stopping" in err.decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("library", ["click", "discord"])
async def test_a_bot_that_is_stopped_while_its_libraries_are_loaded_ends_well(
    program: Program, discord_server: LoopbackDiscord, library: str, number: signal.Signals
) -> None:
    (program.home / f"{library}.py").write_text(ENDLESS)
    async with started(program, discord_server) as process:
        await until(lambda: (program.home / "is-loading").exists())
        process.send_signal(number)
        _, err = await process.communicate()

    assert process.returncode == 0
    assert err == b""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells of the handler")
@pytest.mark.parametrize("seconds", [0.0, 0.3, 0.6, 1.0, 2.0])
async def test_a_bot_that_is_stopped_at_any_moment_of_its_start_ends_well(
    program: Program, discord_server: LoopbackDiscord, seconds: float
) -> None:
    async with started(program, discord_server) as process:
        await until(lambda: catches(process.pid, signal.SIGTERM))
        await asyncio.sleep(seconds)
        process.send_signal(signal.SIGTERM)
        _, err = await process.communicate()

    assert process.returncode == 0
    assert "Traceback" not in err.decode()


@pytest.mark.parametrize("path", ["/users/@me", "/gateway/bot", "/applications/*/commands"])
async def test_a_bot_that_is_stopped_while_discord_does_not_answer_ends_well(
    program: Program, discord_server: LoopbackDiscord, path: str
) -> None:
    gate = discord_server.faults.hold("*", path)
    async with started(program, discord_server) as process:
        await gate.reached(timeout_seconds=60)
        process.send_signal(signal.SIGTERM)
        _, err = await process.communicate()
        gate.release()

    assert process.returncode == 0
    assert "Traceback" not in err.decode()


async def test_at_debug_nothing_is_logged_of_what_members_write_or_who_they_are(
    program: Program, discord_server: LoopbackDiscord
) -> None:
    manager = discord_server.guild.add_member("Boss", Permission.MANAGE_GUILD)
    await discord_server.announce(manager)
    text = Upload("verschwiegen.txt", b"geheimnis\n")
    discord_server.patience_seconds = 60
    async with started(program, discord_server, DINOBARD_LOG_LEVEL="DEBUG") as process:
        await discord_server.connected(timeout_seconds=60)
        for words in ("!dino geheim", "!help verborgen", "!dino 99", "!how"):
            await discord_server.reply(to=await discord_server.say(words))
        await (await discord_server.slash("dino", beginning="heimlich")).response()
        for words in ("!settings set language vertraulich", "!settings set prefix qvz"):
            await discord_server.reply(to=await discord_server.say(words, author=manager))
        asked = await discord_server.say("qvzretrain dino", author=manager, attachments=[text])
        await discord_server.reply(to=asked)
        poem = await discord_server.reply(to=await discord_server.say("qvzpoem Sekretwort"))
        await discord_server.until(
            lambda: not poem.content.startswith("One moment"), "its end", timeout_seconds=60
        )
        if not poem.content.startswith("Sekretwort"):
            # The network was not loaded in time.
            poem = await discord_server.reply(to=await discord_server.say("qvzpoem Sekretwort"))
        process.send_signal(signal.SIGTERM)
        _, err = await process.communicate()

    log = err.decode()
    assert poem.content.startswith("Sekretwort")
    assert log.count("Request began") == log.count("Request ended") >= 9
    typed = ("geheim", "verborgen", "heimlich", "vertraulich", "qvz", "verschwiegen", "sekretwort")
    people = (str(discord_server.member.id), str(manager.id), "Mary Anning", "Boss")
    for secret in (*typed, *people, discord_server.token):
        assert secret.lower() not in log.lower()


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(60):
        while not is_so():  # noqa: ASYNC110 - another process wakes nobody
            await asyncio.sleep(0.005)


def catches(process: int, number: signal.Signals) -> bool:
    """Tell whether a process has a handler of its own for a signal."""
    status = Path(f"/proc/{process}/status").read_text("ascii")
    caught = int(status.partition("SigCgt:")[2].split()[0], 16)
    return bool(caught >> (number - 1) & 1)


async def test_the_token_may_stand_in_a_file(
    program: Program, discord_server: LoopbackDiscord
) -> None:
    (program.home / ".env").write_text(
        f"DISCORD_TOKEN={discord_server.token}\nDISCORD_API_URL={discord_server.api_url}\n"
    )
    async with started(program, None):
        await discord_server.connected(timeout_seconds=30)


async def test_a_wrong_token_is_one_clear_line(program: Program, settings: dict[str, str]) -> None:
    line = await error_line(program, **settings | {"DISCORD_TOKEN": WRONG_TOKEN})

    assert "Reset Token" in line
    assert WRONG_TOKEN not in line


@pytest.mark.parametrize("token", ["has spaces inside", "naïve-ünïcode", "a" * 5_000])
async def test_what_is_no_token_is_one_clear_line(
    program: Program, settings: dict[str, str], token: str
) -> None:
    assert "Reset Token" in await error_line(program, **settings | {"DISCORD_TOKEN": token})


async def test_without_the_message_content_intent_all_else_works(program: Program) -> None:
    async with (
        LoopbackDiscord(granted_intents=Intent.NONE) as server,
        started(program, server) as process,
    ):
        await server.connected(timeout_seconds=30)
        unread = await server.say("!dino 2")
        mention = await server.reply(to=await server.say(f"{server.bot.mention} dino 2"))
        channel = server.direct_message(server.add_user())
        direct = await server.reply(to=await server.say("!dino 2", channel=channel))
        slash = await (await server.slash("dino", number=2)).response()
        process.send_signal(signal.SIGTERM)
        _, err = await process.communicate()

    for reply in (mention, direct, slash):
        assert len(names_in(reply)) == 2
    assert unread.answers == []
    assert process.returncode == 0
    log = err.decode()
    assert "Message Content Intent" in log
    assert "Traceback" not in log


async def test_a_network_that_is_down_is_one_clear_line(program: Program) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/api/v10"
        line = await error_line(program, DISCORD_TOKEN=WRONG_TOKEN, DISCORD_API_URL=address)

    assert "cannot be reached" in line
    assert address in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISCORD_API_URL", "not an address"),
        ("DINOBARD_LOG_LEVEL", "LOUD"),
        ("DINOBARD_WORKERS", "0"),
        ("DINOBARD_WORKERS", "two"),
        ("DINOBARD_QUEUE_LIMIT", "9" * 5_000),
    ],
)
async def test_a_setting_without_sense_is_named(program: Program, name: str, value: str) -> None:
    line = await error_line(program, DISCORD_TOKEN=WRONG_TOKEN, **{name: value})

    assert f"{name} must be" in line


async def test_a_poem_in_flight_is_finished_before_the_bot_stops(
    program: Program, discord_server: LoopbackDiscord
) -> None:
    async with started(program, discord_server) as process:
        await discord_server.connected(timeout_seconds=30)
        await awaited_poem(discord_server)
        gate = discord_server.faults.hold("POST", "/channels/*/messages")
        asked = await discord_server.say("!poem O worm")
        await gate.reached()

        process.send_signal(signal.SIGTERM)
        assert process.stderr
        while b"Stopping" not in (line := await process.stderr.readline()):
            assert line
        gate.release()
        poem = await discord_server.reply(to=asked, timeout_seconds=30)
        _, err = await process.communicate()

    assert process.returncode == 0
    assert poem.content.startswith("O worm")
    assert len(asked.answers) == 1
    assert "not finished" not in err.decode()


async def test_an_answer_that_cannot_be_sent_does_not_keep_the_bot_from_stopping(
    program: Program, discord_server: LoopbackDiscord
) -> None:
    async with started(program, discord_server) as process:
        await discord_server.connected(timeout_seconds=30)
        gate = discord_server.faults.hold("POST", "/channels/*/messages")
        await discord_server.say("!dino")
        await gate.reached()

        process.send_signal(signal.SIGTERM)
        _, err = await process.communicate()

    assert process.returncode == 0
    assert "1 requests were not finished" in err.decode()


async def test_a_bot_that_tries_in_vain_to_connect_can_be_stopped(
    program: Program, discord_server: LoopbackDiscord
) -> None:
    discord_server.faults.refuse_connections()
    async with started(program, discord_server) as process:
        assert process.stderr
        while b"Failed to connect" not in (line := await process.stderr.readline()):
            assert line
        process.send_signal(signal.SIGTERM)
        await process.communicate()

    assert process.returncode == 0


async def test_a_discord_that_is_away_for_a_moment_at_the_start_is_waited_for(
    program: Program, discord_server: LoopbackDiscord
) -> None:
    discord_server.faults.fail(503, "GET", "/users/@me")
    discord_server.faults.reset_connections("GET", "/gateway/bot")
    async with started(program, discord_server):
        await discord_server.connected(timeout_seconds=30)


async def test_two_processes_share_the_servers_and_the_state_folder(
    program: Program, discord_server: LoopbackDiscord
) -> None:
    guilds = [discord_server.add_guild(f"on {shard}", shard=(shard, 2)) for shard in (0, 1)]
    channels = [guild.add_channel() for guild in guilds]
    members = [guild.add_member() for guild in guilds]

    async def ask(shard: int) -> Message:
        return await discord_server.say("!dino", author=members[shard], channel=channels[shard])

    def settings(shard: int) -> dict[str, str]:
        return {"DISCORD_SHARD_COUNT": "2", "DISCORD_SHARD_IDS": str(shard)}

    async with (
        started(program, discord_server, **settings(0)) as first,
        started(program, discord_server, **settings(1)) as second,
    ):
        await discord_server.connected(2, timeout_seconds=30)
        asked = [await ask(shard) for shard in (0, 1, 0, 1)]
        for message in asked:
            await discord_server.reply(to=message)
        first.terminate()
        await first.communicate()
        # Nobody is there for the first server any more, and the second one notices nothing.
        unheard = await ask(0)
        heard = await ask(1)
        await discord_server.reply(to=heard)
        second.terminate()
        await second.communicate()

    assert [len(message.answers) for message in (*asked, heard, unheard)] == [1] * 5 + [0]
    assert (first.returncode, second.returncode) == (0, 0)
    assert len(discord_server.syncs) == 1
    assert sorted(login.shard_id for login in discord_server.logins) == [0, 1]
    assert {login.shard_count for login in discord_server.logins} == {2}


async def test_a_second_bot_on_the_same_home_says_so_and_ends(
    program: Program, discord_server: LoopbackDiscord, settings: dict[str, str]
) -> None:
    async with started(program, discord_server) as first:
        await discord_server.connected(timeout_seconds=60)
        line = await error_line(program, **settings)
        other_shards = await error_line(
            program, **settings, DISCORD_SHARD_COUNT="2", DISCORD_SHARD_IDS="1"
        )
        asked = await discord_server.say("!dino")
        await discord_server.reply(to=asked)
        await discord_server.settled()
        # Whoever is killed leaves no lock behind.
        first.kill()
        await first.communicate()
        await discord_server.disconnected(timeout_seconds=60)
        async with started(program, discord_server):
            await discord_server.connected(timeout_seconds=60)

    for refusal in (line, other_shards):
        assert f"process {first.pid}" in refusal
        assert str(program.home) in refusal
    assert len(asked.answers) == 1
    assert len(discord_server.logins) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="there are no modes")
async def test_what_the_bot_writes_is_for_its_owner_alone(
    program: Program, discord_server: LoopbackDiscord
) -> None:
    manager = discord_server.guild.add_member("Boss", Permission.MANAGE_GUILD)
    await discord_server.announce(manager)
    before = os.umask(0o022)
    try:
        async with started(program, discord_server) as process:
            await discord_server.connected(timeout_seconds=60)
            await discord_server.reply(to=await discord_server.say("!dino"))
            accepted = await discord_server.say("!retrain dino", author=manager, attachments=[TEXT])
            await discord_server.reply(to=accepted, timeout_seconds=60)
            modes = {
                stat.S_IMODE(path.stat().st_mode) & 0o077
                for path in (program.home, *program.home.rglob("*"))
            }
            process.terminate()
            await process.communicate()
        program.run("train", "dino", "--members", "1", "--hidden-units", "8", "--epochs", "1")
    finally:
        os.umask(before)

    assert modes == {0}
    trained = list(program.home.glob("models/dino/*/*"))
    assert trained
    for path in (*trained, *program.home.rglob("*")):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


async def test_models_use_reaches_a_running_bot(
    program: Program, discord_server: LoopbackDiscord
) -> None:
    corpus = program.home / "names.txt"
    corpus.write_text("\n".join(NAMES))
    words = ("--corpus", "names.txt", "--members", "1", "--hidden-units", "8", "--epochs", "2")
    assert program.run("train", "dino", *words).code == 0
    (card,) = program.home.glob("models/dino/*/card.json")
    version = card.parent.name

    async with started(program, discord_server) as process:
        await discord_server.connected(timeout_seconds=60)
        used = await asyncio.to_thread(program.run, "models", "use", version)
        assert process.stderr
        while b"another process has activated" not in (line := await process.stderr.readline()):
            assert line
        await discord_server.reply(to=await discord_server.say("!dino"))
        how = await discord_server.reply(to=await discord_server.say("!how"))

    assert used.code == 0
    assert version in line.decode()
    assert version in str(how.embeds)


async def test_the_start_is_one_line_and_a_small_machine_another(
    program: Program, discord_server: LoopbackDiscord
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = str(unused.getsockname()[1])
    async with started(
        _Demanding(program.home), discord_server, DINOBARD_METRICS_PORT=port
    ) as process:
        await discord_server.connected(timeout_seconds=60)
        process.terminate()
        _, err = await process.communicate()
    events = [json.loads(line) for line in err.decode().splitlines()]
    shipped = {path.parent.name: path.name for path in data.MODELS.glob("*/*")}

    (start,) = [event["event"] for event in events if event["event"].startswith("Dinobard ")]
    (lacking,) = [event for event in events if "too little" in event["event"]]
    assert program_version() in start
    assert f"home {program.home}," in start
    assert f"dino {shipped['dino']}, poem {shipped['poem']}" in start
    assert start.endswith(f"127.0.0.1:{port}")
    assert lacking["level"] == "warning"
    assert "memory" in lacking["event"]


class _Demanding(Program):
    """The program, as if it needed more memory than there is."""

    def command(self, *words: str) -> list[str]:
        code = (
            "import sys, bot.observability.resources as resources;"
            "resources.MIN_MEMORY_BYTES = 2**62;"
            "sys.argv[0] = 'dinobard'; from bot.__main__ import main; main()"
        )
        return [sys.executable, "-c", code, *words]

"""The log: for people or programs, with reference numbers, without secrets."""

import asyncio
import io
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from bot.features.error_replies import reply_to
from bot.i18n.texts import texts_in
from bot.observability import logs

TOKEN = "MTE4MDAwMDAwMDAwMDAwMDAwMA.Gloop1.loopback-signature-that-opens-no-door"  # gitleaks:allow

Render = Callable[[logging.LogRecord], str]


@pytest.fixture(params=[True, False], ids=["human", "json"])
def render(request: pytest.FixtureRequest) -> Render:
    return logs.formatter(is_human=request.param).format


def record(message: str, *arguments: object, error: Exception | None = None) -> logging.LogRecord:
    exc_info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("bot.x", logging.WARNING, "x.py", 1, message, arguments, exc_info)


def test_for_a_program_an_event_is_one_object_in_one_line() -> None:
    error = ValueError("two\nlines")

    line = logs.formatter(is_human=False).format(record("%d ☄", 5, error=error))

    event = json.loads(line)
    assert "\n" not in line
    assert (event["event"], event["level"], event["logger"]) == ("5 ☄", "warning", "bot.x")
    assert event["exception"].endswith("ValueError: two\nlines")


def test_for_a_person_an_event_begins_with_its_time_and_has_no_colours_in_a_file() -> None:
    line = logs.formatter(is_human=True).format(record("%d names", 5))

    assert "5 names" in line
    assert line[:4].isdecimal()
    assert "\x1b" not in line


def test_all_lines_of_a_request_have_its_reference(render: Render) -> None:
    with logs.request() as request:
        assert request.reference in render(record("begun"))
    assert request.reference not in render(record("elsewhere"))


async def test_tasks_begun_in_a_request_belong_to_it_and_no_others() -> None:
    async def reference() -> str:
        return logs.current().reference

    with logs.request() as one:
        first = asyncio.create_task(reference())
        with logs.request() as same:
            pass
    with logs.request() as two:
        second = asyncio.create_task(reference())

    assert same is one
    assert [await first, await second] == [one.reference, two.reference]
    assert one.reference != two.reference


def test_an_unexpected_error_shows_the_reference_of_its_request(render: Render) -> None:
    with logs.request() as request:
        reply = reply_to(RuntimeError("bones"), texts_in("en"))
        line = render(record("of the same request"))

    assert request.reference in reply.text
    assert request.reference in line


@pytest.mark.parametrize(
    "message",
    [
        f"Bot {TOKEN}",
        f"token={TOKEN}&x=1",
        "POST https://discord.com/api/v10/webhooks/118/aW50ZXJhY3Rpb24tc2VjcmV0/messages",
        "POST https://discord.com/api/v10/interactions/118/aW50ZXJhY3Rpb24tc2VjcmV0/callback",
    ],
)
def test_secrets_are_taken_out_wherever_they_stand(render: Render, message: str) -> None:
    try:
        raise ValueError(message)
    except ValueError as error:
        lines = render(record("%s", message, error=error))

    assert "ValueError" in lines
    for secret in (TOKEN, "aW50ZXJhY3Rpb24tc2VjcmV0"):
        assert secret not in lines


@pytest.mark.parametrize(
    "written", ["O rose, thou", "two\nlines", 'it\'s "so"', "\\back", "恐龙 rose"]
)
def test_what_a_member_wrote_is_taken_out(render: Render, written: str) -> None:
    with logs.request([written]):
        try:
            raise ValueError(f"no such line: {written!r}")
        except ValueError as error:
            lines = render(record("%s and %r", written, written, error=error))

    assert written not in lines
    assert repr(written)[1:-1] not in lines
    assert "[what a member wrote]" in lines
    assert "no such line" in lines


@pytest.fixture
def levels() -> Iterator[None]:
    """Leave the levels of all loggers as they were."""
    loggers = [logging.getLogger(name) for name in (None, "bot", "engine")]
    before = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


@pytest.mark.usefixtures("levels")
@pytest.mark.parametrize(
    ("log_format", "is_terminal", "is_json"),
    [(None, False, True), (None, True, False), ("json", True, True), ("human", False, False)],
)
def test_a_terminal_gets_the_human_log_unless_the_host_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, log_format: str | None, is_terminal: bool, is_json: bool
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    logs.set_up_logging("INFO", log_format)

    (handler,) = root.handlers
    assert handler.format(record("x")).startswith("{") is is_json


@pytest.mark.usefixtures("levels")
@pytest.mark.parametrize(
    ("level", "library_level"), [("DEBUG", "WARNING"), ("INFO", "WARNING"), ("ERROR", "ERROR")]
)
def test_only_our_own_loggers_are_louder_than_warnings(
    monkeypatch: pytest.MonkeyPatch, level: str, library_level: str
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])

    logs.set_up_logging(level)

    def told(name: str) -> str:
        return logging.getLevelName(logging.getLogger(name).getEffectiveLevel())

    assert [told("bot.client.bot"), told("engine.jobs.queue")] == [level, level]
    assert {told("aiosqlite"), told("discord.gateway"), told("any.other")} == {library_level}


def test_the_fields_of_the_ledger_are_fields_and_stay_when_a_member_typed_the_same(
    render: Render,
) -> None:
    entry = record("Request ended")
    vars(entry).update(command="dino", way="slash", milliseconds=5, unknown="no field")

    with logs.request(["dino", "slash"]):
        line = render(entry)

    assert "dino" in line
    assert "slash" in line
    assert "milliseconds" in line
    assert "no field" not in line


class _Stalled(io.StringIO):
    """A stream whose reader reads nothing until the gate opens."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def write(self, text: str, /) -> int:
        self.gate.wait()
        return super().write(text)


@pytest.mark.usefixtures("levels")
def test_a_log_that_nobody_reads_holds_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stalled = _Stalled()
    monkeypatch.setattr(sys, "stderr", stalled)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    at_exit: list[Callable[[], None]] = []

    def register(function: Callable[..., None], *args: object) -> None:
        at_exit.append(partial(function, *args))

    monkeypatch.setattr("atexit.register", register)
    logs.set_up_logging("INFO", "json")

    log = logging.getLogger("bot")
    for number in range(logs.MAX_QUEUED_LINES + 100):
        log.info("line %d", number)
    stalled.gate.set()
    at_exit[0]()

    lines = stalled.getvalue().splitlines()
    assert '"line 0"' in lines[0]
    assert logs.MAX_QUEUED_LINES <= len(lines) < logs.MAX_QUEUED_LINES + 100


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
@pytest.mark.parametrize(("no_color", "has_colors"), [("", True), ("1", False), ("0", False)])
def test_no_color_holds_in_a_terminal(no_color: str, has_colors: bool) -> None:
    import pty

    code = (
        "import logging; from bot.observability.logs import set_up_logging;"
        "set_up_logging('INFO'); logging.getLogger('bot').info('bones')"
    )
    master, slave = pty.openpty()
    environment = os.environ | {"NO_COLOR": no_color}
    subprocess.run([sys.executable, "-c", code], stderr=slave, env=environment, check=True)
    line = os.read(master, 4096)
    os.close(slave)
    os.close(master)

    assert b"bones" in line
    assert (b"\x1b[" in line) == has_colors

"""Checks of uploads in real processes."""

import asyncio
import time

import pytest

from engine import CorpusError
from engine.errors import CorpusTooLargeError, CorpusTooSmallError, NotTextError
from engine.jobs.upload_check import check_in_process
from tests.trainings import UPLOAD

MARKS = ("abcdefghij\n" * 60 + "a" + "\u0301\u0316" * 250_000).encode()
LIMIT = 2 * 1024**2


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"\xff\xfe", NotTextError),
        (b"Rex\n" * 10, CorpusTooSmallError),
        (b"x" * (LIMIT + 1), CorpusTooLargeError),
        (b"Rex 1\n" * 60, NotTextError),
    ],
)
async def test_a_text_that_cannot_be_used_is_refused_as_in_this_process(
    content: bytes, error: type[CorpusError]
) -> None:
    with pytest.raises(error) as refused:
        await check_in_process("dino", content, "names.txt", LIMIT)

    assert str(refused.value)


async def test_a_text_that_can_be_used_is_accepted() -> None:
    await check_in_process("dino", UPLOAD, "names.txt", LIMIT)


async def test_a_check_that_takes_too_long_is_ended() -> None:
    with pytest.raises(NotTextError) as refused:
        await check_in_process("dino", UPLOAD, "names.txt", LIMIT, seconds=0.001)

    assert refused.value.flaw == "slow"


async def test_the_loop_runs_while_a_text_is_checked() -> None:
    async def longest_step() -> float:
        longest, last = 0.0, time.monotonic()
        while True:
            try:
                await asyncio.sleep(0.001)
            except asyncio.CancelledError:
                return longest
            now = time.monotonic()
            longest, last = max(longest, now - last), now

    watching = asyncio.create_task(longest_step())
    began = time.monotonic()
    with pytest.raises(CorpusError):
        await check_in_process("dino", MARKS, "names.txt", LIMIT)
    seconds = time.monotonic() - began
    watching.cancel()

    # Starting the process is a step of its own.
    assert await watching < max(0.5 * seconds, 0.2)

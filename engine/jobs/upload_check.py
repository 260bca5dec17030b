"""Checks an upload in a process of its own: `python -m engine.jobs.upload_check` is that process.

C functions over a whole text hold the interpreter, and a thread cannot be stopped. The process
reads a `_CheckInput` line and the bytes of the upload from stdin, and writes the error, if any.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from typing import Any

import msgspec

from engine.corpora.validation import check_upload
from engine.errors import CorpusError, NotTextError, details_of, error_of
from engine.families import FAMILIES, FamilyName, ModelFamily, register
from engine.jobs.process import environment, kill

CHECK_SECONDS = 20.0
"""Time that the check of an upload may take."""


class _CheckInput(msgspec.Struct, frozen=True):
    network: FamilyName
    source: str
    limit_bytes: int
    families: tuple[ModelFamily, ...]


class _CheckOutput(msgspec.Struct, frozen=True):
    """The class and details of an error; both empty if the upload can be used."""

    kind: str = ""
    details: dict[str, Any] = {}


async def check_in_process(
    network: FamilyName,
    content: bytes,
    source: str,
    limit_bytes: int,
    seconds: float = CHECK_SECONDS,
) -> None:
    """Check an upload as `check_upload` does, in another process.

    Raises:
        CorpusError: the text cannot be used, or its check takes longer than `seconds`.
        OSError: the process cannot be started.
    """
    given = _CheckInput(network, source, limit_bytes, tuple(FAMILIES.values()))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "engine.jobs.upload_check"),
        stdin=PIPE,
        stdout=PIPE,
        env=environment(),
    )
    try:
        async with asyncio.timeout(seconds):
            written, _ = await process.communicate(msgspec.json.encode(given) + b"\n" + content)
        output = msgspec.json.decode(written, type=_CheckOutput)
    except (TimeoutError, msgspec.MsgspecError) as error:
        reason = "it takes too long to read; give a shorter text in plain lines"
        raise NotTextError(source, reason, "slow") from error
    finally:
        kill(process)
        await process.wait()
    if output.kind:
        error = error_of(output.kind, output.details)
        raise error or NotTextError(source, "it could not be read", "unreadable")


def main() -> None:
    """Check the upload on stdin."""
    if hasattr(os, "nice"):
        os.nice(10)
    given = msgspec.json.decode(sys.stdin.buffer.readline(), type=_CheckInput)
    for family in given.families:
        register(family)
    output = _CheckOutput()
    try:
        check_upload(given.network, sys.stdin.buffer.read(), given.source, given.limit_bytes)
    except CorpusError as error:
        output = _CheckOutput(type(error).__name__, details_of(error))
    sys.stdout.buffer.write(msgspec.json.encode(output))


if __name__ == "__main__":
    main()

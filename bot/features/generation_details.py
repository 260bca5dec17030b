"""How an answer came about, and the command that gives it again."""

from __future__ import annotations

import shlex

from bot.storage.answers import AnswerRecord
from engine import NameRequest


def command_of(record: AnswerRecord) -> str:
    """Return the command line that gives the same answer again, where the same model is.

    What the member typed is a word in capitals where it is no longer kept.
    """
    network, request = record.network, record.request
    options = ["--temperature", str(request.temperature), "--top-p", str(request.top_p)]
    if isinstance(request, NameRequest):
        typed = ["--prefix", request.prefix] if request.prefix else []
        options += ["-n", str(request.count)]
        typed = typed if record.is_complete else ["--prefix", "LETTERS"]
    else:
        # A first line that begins with a dash is no option.
        typed = ["--", request.prompt] if request.prompt else []
        typed = typed if record.is_complete else ["FIRST LINE"]
        options += ["--top-k", str(request.top_k), "--length", str(request.length)]
        options += ["--candidates", str(request.candidates)]
    options += ["--seed", str(request.seed), "--model", record.model]
    if record.guild is not None:
        options += ["--server", str(record.guild)]
    if not request.decent:
        options.append("--indecent")
    return shlex.join(["dinobard", network, *options, *typed])

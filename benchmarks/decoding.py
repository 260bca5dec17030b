"""Run decode requests to their end, for benchmarks and tests."""

from __future__ import annotations

from collections.abc import Sequence

from engine.generation.sequences import Completions, DecodeRequest, ModelRunner, batches


def decode(runner: ModelRunner, requests: Sequence[DecodeRequest]) -> list[Completions]:
    """Return the completions of requests, decoded side by side as far as they fit.

    Raises:
        ValueError: the shape of a request does not fit.
    """
    groups = [runner.begin(request) for request in requests]
    while unfinished := [group for group in groups if not group.is_done]:
        for batch in batches(unfinished, lambda group: group.rows, runner.rows):
            runner.advance(batch)
    return [group.completions() for group in groups]

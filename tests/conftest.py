"""Things that several tests need: a generator, a tiny model, a store."""

import signal
from collections.abc import Iterator

import hypothesis
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from engine.models.names_model import NamesModel
from engine.models.version import ModelCard
from engine.networks import rnn
from engine.networks.vocabulary import LETTERS

# A deadline would make an example fail where the machine is busy. The examples are the same in
# every run, which so tells of what has changed; `--hypothesis-profile=wide` looks for new ones.
hypothesis.settings.register_profile("patient", deadline=None, derandomize=True)
hypothesis.settings.register_profile("wide", deadline=None, derandomize=False, max_examples=1_000)
hypothesis.settings.load_profile("patient")

# What a shell starts in the background ignores interruptions, and so would all that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

NAMES = tuple(
    f"{start}{middle}{end}"
    for start in ("tri", "bra", "stego", "velo", "iguano", "mega")
    for middle in ("cera", "chio", "lo", "no")
    for end in ("saurus", "raptor", "don")
)
"""Seventy-two names that are no genera, enough to train on."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have recorded to be printed, in whichever process they ran."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "to print":
                terminalreporter.write_line(f"\n{value}")


@pytest.fixture(scope="session", autouse=True)
def one_thread_for_linear_algebra() -> Iterator[None]:
    """Do as the program does: threads get into each other's way with matrices so small."""
    with threadpool_limits(1, user_api="blas"):
        yield


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture
def tiny_parameters(rng: np.random.Generator) -> rnn.Parameters:
    parameters = rnn.initial_parameters(members=2, symbols=27, hidden_units=8, rng=rng)
    # Without more vowels, three requests in a thousand find only names that nobody can say.
    parameters.b_y[..., LETTERS.encode("aeiou")] += 2.0
    return parameters


@pytest.fixture
def card() -> ModelCard:
    return ModelCard(
        id="2026-01-02-abcdef01",
        created="2026-01-02T03:04:05+00:00",
        command="dinobard train dino",
        corpus={"source": "dinos.txt", "sha256": "0" * 64, "licence": "MIT", "names": 72},
        settings={"seed": 1},
        scores={"held_out_nats_per_character": 1.5},
        checksums={},
    )


@pytest.fixture
def tiny_model(card: ModelCard, tiny_parameters: rnn.Parameters) -> NamesModel:
    return NamesModel(card, tiny_parameters, LETTERS, frozenset(NAMES))

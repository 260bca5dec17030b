"""How fast names are learned and drawn: `python -m benchmarks.names`.

The baseline is the article's way: one-hot vectors, a matrix product a step, one name at a time.
"""

from __future__ import annotations

import math
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
from threadpoolctl import threadpool_limits

import data
from benchmarks.baselines import article_rnn
from benchmarks.measure import Row, compare, report, row, seconds
from engine.corpora.names import NameCorpus, read_names
from engine.evaluation import metrics
from engine.generation import names
from engine.models.registry import ModelRegistry
from engine.networks.rnn import Parameters
from engine.networks.vocabulary import LETTERS, Batch, pad
from engine.reference import char_rnn
from engine.reference.char_rnn import Weights
from engine.requests import NameRequest
from engine.training import names_loop

# One network in place of an ensemble, taught quickly: the question is when, not how well.
QUICK = names_loop.NamesTrainConfig(
    members=1,
    hidden_units=64,
    epochs=20,
    batch_size=32,
    learning_rate=0.015,
    averaging=0.9,
    evaluate_every=1,
)
UNFILTERED = NameRequest(temperature=1.0, top_p=1.0)


@click.command()
@click.option("--names", "path", type=click.Path(exists=True, path_type=Path), default=data.GENERA)
@click.option("--iterations", default=char_rnn.ITERATIONS, show_default=True)
@click.option("--runs", default=3, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(path: Path, iterations: int, runs: int, seed: int, as_json: bool) -> None:
    """Compare our ways with the article's, in one process, with one thread for linear algebra."""
    threadpool_limits(1, user_api="blas")
    corpus = read_names(path)
    rows = [
        *article_iterations(corpus, iterations, runs),
        *time_to_its_score(corpus, iterations, runs, seed),
        *thousand_names(corpus, iterations, runs, seed),
        start(max(runs, 5)),
    ]
    report(rows, seed=seed, as_json=as_json)


def article_iterations(corpus: NameCorpus, iterations: int, runs: int) -> Iterator[Row]:
    """Train as the article does, by its way and by ours, and compare times and losses."""
    plain: list[float] = []
    ours: list[float] = []

    def run_plain() -> None:
        plain[:] = article_rnn.train(
            corpus.lines, LETTERS.symbols, char_rnn.initial_weights(27), iterations
        )

    def run_ours() -> None:
        ours[:] = char_rnn.train(
            corpus.lines, LETTERS.symbols, char_rnn.initial_weights(27), iterations
        )

    yield compare(
        f"The article's {iterations:,} iterations", run_plain, run_ours, runs=runs, target=3
    )
    # Later ones differ in more than rounding, on any two machines too: training is chaotic.
    early = slice(0, 2_000)
    difference = np.abs(np.subtract(plain[early], ours[early])).max()
    click.echo(f"Losses of the first 2,000 iterations differ by {difference:.1e} at most", err=True)


def time_to_its_score(corpus: NameCorpus, iterations: int, runs: int, seed: int) -> Iterator[Row]:
    """Train on nine tenths until the tenth held out is as likely as after the article's way."""
    learned, kept = corpus.split()
    held_out = pad(kept, LETTERS)
    plain: list[float] = []
    quick: list[float] = []
    wanted = math.nan
    for run in range(runs):
        weights = char_rnn.initial_weights(27)
        began = time.perf_counter()
        for _ in article_rnn.train(learned, LETTERS.symbols, weights, iterations):
            pass
        plain.append(time.perf_counter() - began)
        wanted = metrics.nats_per_character(as_parameters(weights), held_out)
        quick.append(seconds_until(wanted, learned, held_out, replace(QUICK, seed=seed + run)))
    yield row(f"To {wanted:.3f} nats per character, held out", plain, quick, target=15)


def seconds_until(
    wanted: float, learned: Sequence[str], held_out: Batch, settings: names_loop.NamesTrainConfig
) -> float:
    """Return how long our training takes to reach a score, which is looked at after each pass.

    The looking is not counted, for neither side.
    """
    run = names_loop.begin(settings, 27)
    spent, began = 0.0, time.perf_counter()
    for event in names_loop.train(run, learned, LETTERS):
        spent += time.perf_counter() - began
        is_pass = isinstance(event, names_loop.NamesEvaluated)
        if is_pass and metrics.nats_per_character(run.average, held_out) <= wanted:
            return spent
        began = time.perf_counter()
    raise click.ClickException(f"{wanted:.3f} nats per character were not reached")


def thousand_names(corpus: NameCorpus, iterations: int, runs: int, seed: int) -> Iterator[Row]:
    """Draw 1,000 names in one batch and one at a time, from the same network."""
    weights = char_rnn.initial_weights(27)
    for _ in char_rnn.train(corpus.lines, LETTERS.symbols, weights, iterations):
        pass

    def one_at_a_time() -> None:
        rng = np.random.default_rng(seed)
        for _ in range(1_000):
            article_rnn.sample(weights, rng)

    def in_one_batch(network: Parameters) -> None:
        names.sample(network, LETTERS, 1_000, UNFILTERED, np.random.default_rng(seed))

    of_article = as_parameters(weights)
    yield compare(
        "1,000 names of the article's network, one batch",
        one_at_a_time,
        lambda: in_one_batch(of_article),
        runs=runs,
        target=30,
    )
    shipped = ModelRegistry(Path(), data.MODELS).load().parameters

    def shipped_one_at_a_time() -> None:
        rng = np.random.default_rng(seed)
        for _ in range(1_000):
            names.sample(shipped, LETTERS, 1, UNFILTERED, rng)

    yield compare(
        f"1,000 names of the shipped {shipped.members} networks, one batch",
        shipped_one_at_a_time,
        lambda: in_one_batch(shipped),
        runs=runs,
    )


def as_parameters(weights: Weights) -> Parameters:
    """Return the article's weights under our names, as an ensemble of one, in our float32."""
    w_xh = weights["Wax"].T.copy()
    w_xh[char_rnn.NEWLINE] = 0  # It feeds a zero vector where we feed a newline.
    arrays = (w_xh, weights["Waa"].T, weights["b"].T, weights["Wya"].T, weights["by"].T)
    return Parameters(*(array[None].astype(np.float32) for array in arrays))


def start(runs: int) -> Row:
    """Time `dinobard dino` from the start of its process, against the time that a person waits."""

    def run() -> float:
        command = [sys.executable, "-m", "bot", "dino"]
        return seconds(lambda: subprocess.run(command, check=True, capture_output=True))

    run()
    times = [run() for _ in range(runs)]
    return row("`dinobard dino`, against 0.6 s", [0.6] * runs, times, target=1)


if __name__ == "__main__":
    main()

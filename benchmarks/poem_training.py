"""How fast the poem network learns: `python -m benchmarks.poem_training`.

The baseline is the article's way, which learns one symbol from each window of 40. Here every symbol
of a window is learned and the state is carried on. The layers are the same, two of 128 units, and
so is the dropout; what is compared is the time a learned symbol takes, steps of training alone.
"""

from __future__ import annotations

from collections.abc import Callable

import click
import numpy as np

from benchmarks.baselines.article_alphabet import ALPHABET
from benchmarks.measure import Row, report, row, seconds
from engine.networks.lstm import PRECISIONS
from engine.networks.tensorflow import keras
from engine.networks.vocabulary import Vocabulary
from engine.reference import keras_lstm
from engine.reference.keras_lstm import Corpus
from engine.training.poem_loop import PoemTrainConfig, begin, encode, windows

ARTICLE_BATCH = 128
STEPS = 3
TEXT_LENGTH = 60_000
WANTED = 30


@click.command()
@click.option("--runs", default=7, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(runs: int, seed: int, as_json: bool) -> None:
    """Compare our training with the article's, turn about in one process."""
    rng = np.random.default_rng(seed)
    # What a text says makes no difference to the time.
    text = "".join(rng.choice(list(ALPHABET), TEXT_LENGTH))
    keras.utils.set_random_seed(seed)
    article = _article(Corpus.of(text))
    rows = [_compare(precision, article, _ours(text, precision), runs) for precision in PRECISIONS]
    report(rows, seed=seed, as_json=as_json)


def _compare(
    precision: str, article: Callable[[], float], ours: Callable[[], float], runs: int
) -> Row:
    pairs = [(article(), ours()) for _ in range(runs + 1)][1:]
    question = f"microseconds a learned symbol, 2 x 128, {precision}"
    baseline, mine = ([pair[n] for pair in pairs] for n in (0, 1))
    return row(question, baseline, mine, target=WANTED, unit="us")


def _article(corpus: Corpus) -> Callable[[], float]:
    inputs, targets = keras_lstm.examples(corpus)
    network = keras_lstm.build(len(corpus.symbols))
    batch = inputs[:ARTICLE_BATCH], targets[:ARTICLE_BATCH]

    def microseconds() -> float:
        taken = seconds(lambda: [network.train_on_batch(*batch) for _ in range(STEPS)])
        return 1e6 * taken / (STEPS * ARTICLE_BATCH)

    return microseconds


def _ours(text: str, precision: str) -> Callable[[], float]:
    settings = PoemTrainConfig(embedding=len(ALPHABET), units=128, dropout=0.5, precision=precision)
    vocabulary = Vocabulary(tuple(ALPHABET))
    run = begin(settings, len(ALPHABET))
    stream = windows([encode(text, vocabulary)], settings)

    def learn() -> None:
        window = next(stream)
        run.train_step.run(window.inputs, window.targets, window.weights, window.fresh, 1e-3)

    def microseconds() -> float:
        taken = seconds(lambda: [learn() for _ in range(STEPS)])
        return 1e6 * taken / (STEPS * settings.batch_size * settings.window)

    return microseconds


if __name__ == "__main__":
    main()

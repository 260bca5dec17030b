"""How fast poems are drawn: `python -m benchmarks.poems`.

The baselines are the article's way, one `model.predict` a character; PyTorch, stepped with carried
state (`pip install dinobard[bench]`; without it that row is left out); and the matrix-vector
products that one step cannot do without, in NumPy.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
from threadpoolctl import threadpool_limits

import data
from benchmarks.baselines.article_alphabet import ALPHABET
from benchmarks.decoding import decode
from benchmarks.measure import Row, compare, report, row, seconds, turn_about
from engine.evaluation.reports import FIRST_LINES
from engine.generation.decoder import LSTMDecoder
from engine.generation.sequences import DecodeRequest
from engine.models.registry import ModelRegistry
from engine.networks import lstm
from engine.networks.rnn import Floats
from engine.networks.tensorflow import Model, keras
from engine.reference import keras_lstm
from engine.requests import PoemRequest
from engine.serving.local_backend import read_poem_generator

POEM = 400
"""Characters of the article's poem."""

PREDICTED = 40
"""Of which so many are drawn with `predict`; their time is scaled up to a poem's."""

SYMBOLS = len(ALPHABET)
UNITS = 128


@click.command()
@click.option("--runs", default=7, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(runs: int, seed: int, as_json: bool) -> None:
    """Compare our decoding with other ways, turn about in one process, one thread each."""
    threadpool_limits(1, user_api="blas")
    keras.utils.set_random_seed(seed)
    article = keras_lstm.build(SYMBOLS)
    rows = [
        against_predict(article, runs, seed),
        *against_torch(article, runs, seed),
        *against_numpy(runs, seed),
        *whole_poems(runs, seed),
    ]
    report(rows, seed=seed, as_json=as_json)


def with_carried_state(article: Model) -> Model:
    """Return the same weights as a network of ours; one-hot vectors are an embedding too."""
    network = lstm.build(lstm.LSTMConfig(SYMBOLS, SYMBOLS, UNITS))
    network.set_weights([np.eye(SYMBOLS, dtype=np.float32), *article.get_weights()])
    return network


def one_poem(network: Model, rows: int, symbols: int, seed: int) -> Callable[[], object]:
    """Return what draws a poem of 400 characters on each of so many rows, in one stretch."""
    decoder = LSTMDecoder(network, sizes=(rows,), chunk=POEM)
    rng = np.random.default_rng(seed)
    uniforms = rng.random((rows, POEM), dtype=np.float32)
    order = DecodeRequest(rng.integers(symbols, size=1), uniforms, temperature=0.7, top_p=0.95)
    return lambda: decode(decoder, [order])


def against_predict(article: Model, runs: int, seed: int) -> Row:
    """Draw with the article's weights, one `predict` a character, and in our loop."""
    ours = one_poem(with_carried_state(article), 1, SYMBOLS, seed)
    corpus = keras_lstm.Corpus.of(ALPHABET)

    def predict() -> None:
        rng = np.random.default_rng(seed)
        list(keras_lstm.poem(article, corpus, ALPHABET, rng, PREDICTED))

    times = turn_about(predict, ours, runs)
    scaled = [POEM / PREDICTED * baseline for baseline, _ in times]
    question = f"{POEM} characters, 2x{UNITS}: a `predict` each, scaled from {PREDICTED}"
    return row(question, scaled, [our for _, our in times], target=2_000)


def against_torch(article: Model, runs: int, seed: int) -> Iterator[Row]:
    """Draw with layers of the same sizes in PyTorch, the state carried from step to step."""
    if importlib.util.find_spec("torch") is None:
        click.echo("PyTorch is not installed: its row is left out.", err=True)
        return
    ours = one_poem(with_carried_state(article), 1, SYMBOLS, seed)
    question = f"{POEM} characters, 2x{UNITS}: PyTorch's nn.LSTM, stepped"
    yield compare(question, torch_poem(seed), ours, runs=runs, target=8)


def torch_poem(seed: int) -> Callable[[], object]:
    torch: Any = importlib.import_module("torch")
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    embedding = torch.nn.Embedding(SYMBOLS, SYMBOLS)
    layers = torch.nn.LSTM(SYMBOLS, UNITS, num_layers=2, batch_first=True)
    output = torch.nn.Linear(UNITS, SYMBOLS)

    def poem() -> None:
        with torch.inference_mode():
            symbol, state = torch.zeros((1, 1), dtype=torch.long), None
            for _ in range(POEM):
                hidden, state = layers(embedding(symbol), state)
                odds = torch.softmax(output(hidden[:, -1]) / 0.7, dim=-1)
                symbol = torch.multinomial(odds, 1)

    return poem


def against_numpy(runs: int, seed: int) -> Iterator[Row]:
    """Compare a step of the shipped network with its products alone, and one row with eight."""
    network = ModelRegistry(Path(), data.MODELS).load(network="poem").network
    sizes = lstm.sizes_of(network)
    symbols, name = sizes.symbols, f"shipped 2x{sizes.units}"
    one = one_poem(network, 1, symbols, seed)
    eight = one_poem(network, 8, symbols, seed)
    products = bare_products(network, seed)
    times = turn_about(lambda: [products() for _ in range(POEM)], one, runs)
    bare, ours = zip(*times, strict=True)
    question = f"A character, {name}: its products alone in NumPy"
    yield row(question, [t / POEM for t in bare], [t / POEM for t in ours], target=0.5)
    times = turn_about(one, eight, runs)
    question = f"8 poems, {name}: one at a time, in one batch"
    yield row(question, [8 * t for t, _ in times], [t for _, t in times], target=2)


def bare_products(network: Model, seed: int) -> Callable[[], object]:
    """Return the matrix-vector products of one step, a vector and a matrix each."""
    rng = np.random.default_rng(seed)
    matrices: list[Floats] = [
        weight
        for layer in ("lstm_1", "lstm_2", "logits")
        for weight in network.get_layer(layer).get_weights()
        if weight.ndim == 2
    ]
    vectors = [rng.random(len(matrix), dtype=np.float32) for matrix in matrices]
    pairs = list(zip(vectors, matrices, strict=True))
    return lambda: [vector @ matrix for vector, matrix in pairs]


def whole_poems(runs: int, seed: int) -> Iterator[Row]:
    """Time poems at the default settings, candidates and choice included."""
    generator = read_poem_generator(ModelRegistry(Path(), data.MODELS))
    generator.decoder.warm_up()
    lines = FIRST_LINES[:8]

    def side_by_side() -> None:
        requests = [PoemRequest(line, candidates=1, seed=seed) for line in lines]
        drafts = [generator.prepare(request) for request in requests]
        groups = [generator.begin(draft) for draft in drafts]
        while not all(group.is_done for group in groups):
            generator.decoder.advance([group for group in groups if not group.is_done])
        for draft, group in zip(drafts, groups, strict=True):
            generator.best(draft, group.completions())

    def one_at_a_time() -> None:
        for line in lines:
            generator.poem(PoemRequest(line, candidates=1, seed=seed))

    question = f"{len(lines)} poems of one candidate: one at a time, in one batch"
    yield compare(question, one_at_a_time, side_by_side, runs=runs)
    alone = [seconds(lambda: generator.poem(PoemRequest(lines[0], seed=seed))) for _ in range(runs)]
    yield row("A poem at the default settings, against 1 s", [1.0] * runs, alone, target=1)


if __name__ == "__main__":
    main()

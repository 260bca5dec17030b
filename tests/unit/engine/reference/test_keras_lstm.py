"""The figures that the article prints for its poem model, and the procedure on a small text."""

import os
from pathlib import Path

import numpy as np
import pytest

from engine.networks.tensorflow import keras
from engine.reference import keras_lstm
from engine.reference.keras_lstm import STRIDE, WINDOW, Corpus

pytestmark = pytest.mark.slow

ARTICLE = Path(os.environ.get("DINOBARD_ARTICLE", Path(__file__).parents[5] / "shared"))
SONNETS = ARTICLE / "corpora/article/sonnets.txt"
VERSE = "The kettle sings, the cat is warm,\nthe window keeps away the storm.\n" * 3


@pytest.fixture
def corpus() -> Corpus:
    return Corpus.of(VERSE)


@pytest.mark.skipif(not SONNETS.exists(), reason="the article's sonnets are not here")
def test_the_sonnets_have_the_printed_sizes() -> None:
    text = SONNETS.read_bytes().decode()
    corpus = Corpus.of(text)
    inputs, targets = keras_lstm.examples(corpus)

    assert len(text) == 94_275
    assert len(corpus.symbols) == 38
    assert inputs.shape == (31_412, 40, 38)
    assert targets.shape == (31_412, 38)


def test_the_target_is_what_follows_the_window(corpus: Corpus) -> None:
    inputs, targets = keras_lstm.examples(corpus)

    for n in (0, 1, len(inputs) - 1):
        start = n * STRIDE
        indices: list[int] = inputs[n].argmax(axis=-1).tolist()
        spelled = "".join(corpus.symbols[index] for index in indices)
        assert spelled == corpus.text[start : start + WINDOW]
        assert corpus.symbols[targets[n].argmax()] == corpus.text[start + WINDOW]
    assert len(inputs) == len(targets)


def test_an_unknown_symbol_is_a_vector_of_zeros(corpus: Corpus) -> None:
    assert corpus.one_hot("t\N{SNOWMAN}").sum(axis=1).tolist() == [1, 0]


def test_the_layers_are_those_of_the_article() -> None:
    layers = keras_lstm.build(38).layers

    assert [type(layer).__name__ for layer in layers] == [
        *("LSTM", "Dropout", "LSTM", "Dropout", "Dense")
    ]
    assert [layers[0].units, layers[1].rate, layers[2].units, layers[3].rate] == [128, 0.5] * 2


def test_a_poem_depends_on_seed_and_prompt_alone(corpus: Corpus) -> None:
    keras.utils.set_random_seed(5)
    network = keras_lstm.build(len(corpus.symbols))

    def write(prompt: str, seed: int) -> str:
        rng = np.random.default_rng(seed)
        return "".join(keras_lstm.poem(network, corpus, prompt, rng, count=12))

    assert write("The cat", 1) == write("the CAT", 1)
    assert write("", 1) != write("", 2)
    assert len(write("x" * 99, 1)) == 12


def test_training_lowers_the_loss_and_reports_each_epoch(
    corpus: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    keras.utils.set_random_seed(5)
    losses: dict[int, float] = {}

    keras_lstm.train(
        keras_lstm.build(len(corpus.symbols)),
        corpus,
        epochs=6,
        at_end=lambda epoch, loss: losses.update({epoch: loss}),
    )

    assert list(losses) == [1, 2, 3, 4, 5, 6]
    assert losses[6] < losses[1]
    assert "Epoch 6/6" in capsys.readouterr().out

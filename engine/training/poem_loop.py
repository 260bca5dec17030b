"""The training loop of the poem network, as a generator of events.

Texts are learned in windows, one after another, with the state carried from each to the next
(truncated backpropagation through time; Williams and Peng, 1990), so that every symbol is a
target. A piece always starts from a state of zeros, as it does when verse is scored or generated.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.evaluation import metrics
from engine.networks.lstm import LSTMConfig, OptimizerConfig, TrainStep, logits_of, with_weights
from engine.networks.optimizers import warmed_cosine
from engine.networks.rnn import Booleans, Floats, Indices
from engine.networks.vocabulary import Vocabulary
from engine.training.events import NetworkScored, NetworkTrained, Stepped


@dataclass(frozen=True, slots=True)
class PoemTrainConfig:
    """How the poem network is trained.

    Attributes:
        embedding: numbers that a symbol is embedded in, E.
        units: units of each of the two layers, H.
        passes: over the text, at most.
        batch_size: pieces learned side by side, B.
        window: symbols that a gradient reaches back, at most, T.
        learning_rate: the highest of the schedule.
        warm_up: share of the training in which the learning rate rises to it.
        final_rate: share of it that is left at the end.
        dropout: share of the numbers between the layers that is left out.
        weight_decay: decoupled, multiplied by the learning rate; biases are spared.
        clip_norm: the largest norm of a gradient.
        averaging: momentum of the averaged weights, which are the ones that are kept.
        evaluate_every: windows between two scores.
        patience: scores in a row without a better one after which the training ends.
        precision: number format of the matrix products, "float32" or "bfloat16"; "faster" in what
            is requested: whichever is faster here, and on resuming the one that was begun with.
        seed: of all random choices.
    """

    embedding: int = 64
    units: int = 512
    passes: float = 8
    batch_size: int = 64
    window: int = 80
    learning_rate: float = 0.0025
    warm_up: float = 0.02
    final_rate: float = 0.02
    dropout: float = 0.1
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    averaging: float = 0.999
    evaluate_every: int = 200
    patience: int = 10
    precision: str = "float32"
    seed: int = 1

    def sizes(self, symbols: int) -> LSTMConfig:
        """Return the sizes of the network, given V."""
        return LSTMConfig(symbols, self.embedding, self.units)


@dataclass(slots=True)
class PoemTrainState:
    """The state of a training, changed in place by `train`.

    Attributes:
        misses: scores since the best.
        best_score: nats per character on the pieces held out for validation.
    """

    settings: PoemTrainConfig
    train_step: TrainStep
    step: int = 0
    misses: int = 0
    best: list[Floats] | None = None
    best_score: float = math.inf
    best_step: int = 0


@dataclass(frozen=True, slots=True)
class PoemEvaluated(NetworkScored):
    """The averaged weights have been scored on the pieces held out for validation."""

    state: PoemTrainState
    step: int


@dataclass(frozen=True, slots=True)
class PoemTrained(NetworkTrained):
    """The training has ended.

    Attributes:
        weights: the averaged weights that had it, as `keras.Model.get_weights` orders them.
    """

    step: int
    best_step: int
    weights: list[Floats]


Event = Stepped | PoemEvaluated | PoemTrained


@dataclass(frozen=True, slots=True)
class Window:
    """What is learned at a time.

    Attributes:
        inputs: symbol indices, shape (B, T).
        targets: what follows each of them, shape (B, T).
        weights: 1 where a target counts, 0 where there is padding, shape (B, T).
        fresh: rows on which a piece starts here, shape (B,).
    """

    inputs: Indices
    targets: Indices
    weights: Floats
    fresh: Booleans


def begin(
    settings: PoemTrainConfig, symbols: int, start: Sequence[Floats] | None = None
) -> PoemTrainState:
    """Return the state of a new training, which fine-tunes `start` if given."""
    recipe = OptimizerConfig(
        dropout=settings.dropout,
        weight_decay=settings.weight_decay,
        clip_norm=settings.clip_norm,
        averaging=settings.averaging,
        precision=settings.precision,
        seed=settings.seed,
    )
    return PoemTrainState(
        settings, TrainStep(settings.sizes(symbols), recipe, settings.batch_size, start)
    )


def train(
    run: PoemTrainState, pieces: Sequence[str], validation: Sequence[str], vocabulary: Vocabulary
) -> Iterator[Event]:
    """Train until the passes are made or the score no longer improves.

    The generator can be closed at any event. A run saved at a `PoemEvaluated` event and resumed
    learns the same windows as one that was never interrupted.

    Yields:
        `Stepped` after each window, `PoemEvaluated` every few, `PoemTrained` at the end.
    """
    settings = run.settings
    encoded = [encode(piece, vocabulary) for piece in pieces]
    steps = count_steps(encoded, settings)
    stream = windows(encoded, settings)
    for _ in range(run.step):
        next(stream)
    while run.step < steps and run.misses < settings.patience:
        progress = run.step / steps
        factor = warmed_cosine(progress, settings.warm_up, settings.final_rate)
        window = next(stream)
        loss = run.train_step.run(
            window.inputs,
            window.targets,
            window.weights,
            window.fresh,
            settings.learning_rate * factor,
        )
        run.step += 1
        yield Stepped(int(progress * settings.passes), run.step, steps, loss)
        if run.step % settings.evaluate_every == 0 or run.step == steps:
            yield _score(run, validation, vocabulary)
    best = run.best or run.train_step.average()
    yield PoemTrained(run.best_score, run.step, run.best_step, best)


def _score(run: PoemTrainState, validation: Sequence[str], vocabulary: Vocabulary) -> PoemEvaluated:
    average = run.train_step.average()
    model = with_weights(run.train_step.sizes, average)
    score = metrics.nats_of_verse(logits_of(model), validation, vocabulary).mean
    run.misses += 1
    if score < run.best_score:
        run.best, run.best_score, run.best_step, run.misses = average, score, run.step, 0
    return PoemEvaluated(score, run.best_score, run, run.step)


def encode(piece: str, vocabulary: Vocabulary) -> npt.NDArray[np.int32]:
    """Return the symbols of a piece with the empty lines that open and close it."""
    return np.array(vocabulary.encode(f"\n\n{piece}\n"), np.int32)


def count_steps(pieces: Sequence[npt.NDArray[np.int32]], settings: PoemTrainConfig) -> int:
    """Return how many windows the passes take."""
    rows = sum(math.ceil((len(piece) - 1) / settings.window) for piece in pieces)
    return max(1, round(rows * settings.passes / settings.batch_size))


def windows(pieces: Sequence[npt.NDArray[np.int32]], settings: PoemTrainConfig) -> Iterator[Window]:
    """Cut pieces into windows, pass after pass in fresh orders, without an end.

    Each row of a batch continues its piece to the end, and then begins the next one.
    """
    rng = np.random.default_rng(settings.seed)
    shape = (settings.batch_size, settings.window)
    queue = _in_fresh_orders(pieces, rng)
    rest = [np.empty(0, np.int32) for _ in range(settings.batch_size)]
    while True:
        inputs, targets = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
        weights = np.zeros(shape, np.float32)
        fresh = np.zeros(settings.batch_size, np.bool_)
        for row in range(settings.batch_size):
            if len(rest[row]) < 2:
                rest[row], fresh[row] = next(queue), True
            taken = rest[row][: settings.window + 1]
            length = len(taken) - 1
            inputs[row, :length], targets[row, :length] = taken[:-1], taken[1:]
            weights[row, :length] = 1
            # The last symbol taken has been a target alone; it is the next window's first input.
            rest[row] = rest[row][settings.window :]
        yield Window(inputs, targets, weights, fresh)


def _in_fresh_orders(
    pieces: Sequence[npt.NDArray[np.int32]], rng: np.random.Generator
) -> Iterator[npt.NDArray[np.int32]]:
    while True:
        for index in rng.permutation(len(pieces)):
            yield pieces[index]

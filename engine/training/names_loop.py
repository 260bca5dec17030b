"""The training loop of the names network, as a generator of events.

Each member of the ensemble leaves out a tenth of the training names of its own and is scored on
it. The mean of those scores decides when to stop, so that the ensemble learns every name and the
names held out for the final score are not used.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.corpora.names import share_of
from engine.evaluation import metrics
from engine.networks import rnn
from engine.networks.optimizers import Adam, average_into, clip_by_norm, warmed_cosine
from engine.networks.rnn import Booleans, DropoutMasks, Floats, Parameters
from engine.networks.vocabulary import Batch, Vocabulary, pad
from engine.training.events import NetworkScored, NetworkTrained, Stepped

FOLDS = 10


@dataclass(frozen=True, slots=True)
class NamesTrainConfig:
    """How the names network is trained.

    Attributes:
        members: networks in the ensemble, M.
        hidden_units: hidden units of each, H.
        epochs: passes over the training names, at most.
        batch_size: names in a batch, B.
        learning_rate: the highest of the schedule.
        warm_up: share of the training in which the learning rate rises to it.
        final_rate: share of it that is left at the end.
        weight_decay: decoupled, multiplied by the learning rate.
        recurrent_dropout: share of the state that does not re-enter the recurrence.
        output_dropout: share of the state that the logits are read without.
        recurrence_scale: of the orthogonal matrix that the recurrence starts from.
        clip_norm: the largest norm of a member's gradient.
        averaging: momentum of the averaged weights, which are the ones that are kept.
        evaluate_every: passes between two scores.
        patience: passes without a better score after which the training ends.
        seed: of all random choices.
    """

    members: int = 10
    hidden_units: int = 192
    epochs: int = 100
    batch_size: int = 64
    learning_rate: float = 0.008
    warm_up: float = 0.05
    final_rate: float = 0.02
    weight_decay: float = 0.01
    recurrent_dropout: float = 0.2
    output_dropout: float = 0.2
    recurrence_scale: float = 0.3
    clip_norm: float = 1.0
    averaging: float = 0.98
    evaluate_every: int = 5
    patience: int = 25
    seed: int = 1


@dataclass(slots=True)
class NamesTrainState:
    """The state of a training, changed in place by `train`.

    Attributes:
        best_score: nats per character on the names that each member leaves out.
    """

    settings: NamesTrainConfig
    parameters: Parameters
    average: Parameters
    adam: Adam
    rng: np.random.Generator
    epoch: int = 0
    best: Parameters | None = None
    best_score: float = math.inf
    best_epoch: int = 0


@dataclass(frozen=True, slots=True)
class NamesEvaluated(NetworkScored):
    """The averaged weights have been scored on the names that each member leaves out."""

    state: NamesTrainState
    epoch: int


@dataclass(frozen=True, slots=True)
class NamesTrained(NetworkTrained):
    """The training has ended."""

    epoch: int
    best_epoch: int
    parameters: Parameters


Event = Stepped | NamesEvaluated | NamesTrained


def begin(
    settings: NamesTrainConfig, symbols: int, start: Parameters | None = None
) -> NamesTrainState:
    """Return the state of a new training, which fine-tunes `start` if given."""
    rng = np.random.default_rng(settings.seed)
    if start is None:
        parameters = rnn.initial_parameters(settings.members, symbols, settings.hidden_units, rng)
        parameters.w_hh[...] *= settings.recurrence_scale
    else:
        parameters = start.copy()
    return NamesTrainState(
        settings, parameters, parameters.copy(), Adam(settings.weight_decay), rng
    )


def train(run: NamesTrainState, names: Sequence[str], vocabulary: Vocabulary) -> Iterator[Event]:
    """Train until the passes are made or the score no longer improves.

    The generator can be closed at any event. A run saved at a `NamesEvaluated` event and resumed
    makes the same choices as one that was never interrupted.

    Yields:
        `Stepped` after each batch, `NamesEvaluated` every few passes, `NamesTrained` at the end.
    """
    settings = run.settings
    learner = _NamesTrainStep(run, names, vocabulary)
    while run.epoch < settings.epochs and run.epoch - run.best_epoch < settings.patience:
        for loss in learner.learn_all():
            yield Stepped(run.epoch, run.adam.steps, learner.steps, loss)
        run.epoch += 1
        if run.epoch % settings.evaluate_every == 0 or run.epoch == settings.epochs:
            score = learner.score()
            if score < run.best_score:
                run.best, run.best_score, run.best_epoch = run.average.copy(), score, run.epoch
            yield NamesEvaluated(score, run.best_score, run, run.epoch)
    yield NamesTrained(run.best_score, run.epoch, run.best_epoch, run.best or run.average)


class _NamesTrainStep:
    """A run together with its names."""

    def __init__(self, run: NamesTrainState, names: Sequence[str], vocabulary: Vocabulary) -> None:
        self._run = run
        self._names = pad(names, vocabulary)
        folds = np.array([share_of(name, FOLDS, salt="fold ") for name in names])
        left_out = np.arange(run.parameters.members)[:, None] % FOLDS == folds
        # Members of small corpora may find their fold empty: such a fold gets the first name.
        left_out[~left_out.any(axis=1), 0] = True
        self._left_out = left_out  # (M, names)
        self._batches = math.ceil(len(names) / run.settings.batch_size)
        self.steps = self._batches * run.settings.epochs

    def learn_all(self) -> Iterator[float]:
        """Make one pass over the names in a fresh order; yield the loss of each batch."""
        order = self._run.rng.permutation(len(self._names.inputs))
        for rows in np.array_split(order, self._batches):
            yield self._learn(self._names.take(rows), self._left_out[:, rows])

    def _learn(self, batch: Batch, left_out: Booleans) -> float:
        run, settings = self._run, self._run.settings
        weights = np.where(left_out[..., None], np.float32(0), batch.weights)
        weights /= np.maximum(weights.sum(axis=(1, 2), keepdims=True), 1)
        state = rnn.initial_state(run.parameters, len(batch.inputs))
        masks = DropoutMasks(
            self._mask(state, settings.recurrent_dropout),
            self._mask(state, settings.output_dropout),
        )
        hidden, logits = rnn.forward(run.parameters, batch.inputs, state, masks)
        losses, logits_gradient = rnn.cross_entropy(logits, batch.targets, weights)
        gradients = rnn.backward(
            run.parameters, batch.inputs, state, hidden, logits_gradient, masks
        ).arrays()
        clip_by_norm(gradients, settings.clip_norm)
        progress = run.adam.steps / self.steps
        factor = warmed_cosine(progress, settings.warm_up, settings.final_rate)
        run.adam.update(run.parameters.arrays(), gradients, settings.learning_rate * factor)
        average_into(run.average.arrays(), run.parameters.arrays(), settings.averaging)
        return float(losses.mean())

    def _mask(self, state: Floats, dropped: float) -> Floats:
        kept = self._run.rng.random(state.shape, dtype=np.float32) >= dropped
        return kept / np.float32(1 - dropped)

    def score(self) -> float:
        """Return the members' mean nats per character, each on the names that it leaves out."""
        average = self._run.average
        scores = [
            metrics.nats_per_character(average.member(m), self._names.take(np.flatnonzero(row)))
            for m, row in enumerate(self._left_out)
        ]
        return float(np.mean(scores))

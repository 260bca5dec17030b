"""The character-level recurrent network in NumPy: one tanh layer, forward and backward pass.

Axes are always M (members of an ensemble), B (sequences), T (steps), V (symbols) and H (hidden
units), in that order. The members share their input and nothing else: one network is M = 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import accumulate, groupby

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Indices = npt.NDArray[np.integer]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Parameters:
    """Weights, named by what they join.

    Attributes:
        w_xh: input to hidden, shape (M, V, H).
        w_hh: hidden to hidden, shape (M, H, H).
        b_h: hidden bias, shape (M, 1, H).
        w_hy: hidden to output, shape (M, H, V).
        b_y: output bias, shape (M, 1, V).
    """

    w_xh: Floats
    w_hh: Floats
    b_h: Floats
    w_hy: Floats
    b_y: Floats

    @property
    def members(self) -> int:
        """The number of networks in the ensemble, M."""
        return self.w_hh.shape[0]

    @property
    def hidden_units(self) -> int:
        """The number of hidden units of each, H."""
        return self.w_hh.shape[-1]

    @property
    def symbols(self) -> int:
        """The number of symbols, V."""
        return self.b_y.shape[-1]

    def member(self, index: int) -> Parameters:
        """Return one network of the ensemble, as an ensemble of one."""
        return Parameters(**{n: array[index : index + 1] for n, array in self.arrays().items()})

    def copy(self) -> Parameters:
        """Return the same weights in arrays of their own."""
        return Parameters(**{name: array.copy() for name, array in self.arrays().items()})

    def arrays(self) -> dict[str, Floats]:
        """Return the weights by name: the very arrays, not copies."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class DropoutMasks:
    """What dropout multiplies activations with, the same at every step of a sequence.

    One mask for all steps, in the recurrence too, regularises a recurrent network without loss of
    its memory (Gal and Ghahramani, 2016).

    Attributes:
        recurrent: for the state that re-enters the recurrence, shape (M, B, H).
        output: for the state that the logits are read from, shape (M, B, H).
    """

    recurrent: Floats
    output: Floats


def initial_parameters(
    members: int, symbols: int, hidden_units: int, rng: np.random.Generator
) -> Parameters:
    """Draw float32 weights: orthogonal recurrence (Saxe et al., 2014), scaled normal elsewhere."""
    orthogonal, _ = np.linalg.qr(rng.standard_normal((members, hidden_units, hidden_units)))

    def normal(rows: int, columns: int, scale: float) -> Floats:
        return (rng.standard_normal((members, rows, columns)) * scale).astype(np.float32)

    return Parameters(
        w_xh=normal(symbols, hidden_units, 0.1),
        w_hh=orthogonal.astype(np.float32),
        b_h=np.zeros((members, 1, hidden_units), np.float32),
        w_hy=normal(hidden_units, symbols, hidden_units**-0.5),
        b_y=np.zeros((members, 1, symbols), np.float32),
    )


def initial_state(parameters: Parameters, batch: int) -> Floats:
    """Return the hidden state before the first symbol: zeros, shape (M, B, H)."""
    shape = (parameters.members, batch, parameters.hidden_units)
    return np.zeros(shape, parameters.w_hh.dtype)


def step(parameters: Parameters, inputs: Indices, *states: Floats) -> tuple[Floats, Floats]:
    """Advance every sequence of a batch by one symbol.

    A batch may consist of parts, whose results are bitwise the same as alone. Each part is
    multiplied by itself, since BLAS gives the same bits only for matrices of the same shape;
    adjacent parts of one size are multiplied in one call.

    Args:
        parameters: weights.
        inputs: symbol indices, shape (B,).
        states: hidden state, shape (M, B, H), or its parts, consecutive along B.

    Returns:
        The next hidden state (M, B, H) and the unnormalised logits (M, B, V).
    """
    state = np.concatenate(states, axis=1)
    alike = [list(parts) for _, parts in groupby(part.shape[1] for part in states)]
    runs = list(zip(map(len, alike), parts_of(list(map(sum, alike))), strict=True))
    argument = _products(state, parameters.w_hh, runs)
    # A one-hot vector times W_xh is a row of W_xh.
    argument += parameters.w_xh[:, inputs]
    argument += parameters.b_h
    state = np.tanh(argument, out=argument)
    logits = _products(state, parameters.w_hy, runs)
    logits += parameters.b_y
    return state, logits


def _products(states: Floats, weights: Floats, runs: Sequence[tuple[int, slice]]) -> Floats:
    """Multiply each part of a batch by itself; a run is a count of equal parts, and a slice."""
    members, batch, rows = states.shape
    products = np.empty((members, batch, weights.shape[2]), states.dtype)
    for count, run in runs:
        # Views: an axis that is split needs no copy.
        parts = states[:, run].reshape(members, count, -1, rows)
        out = products[:, run].reshape(members, count, -1, weights.shape[2])
        np.matmul(parts, weights[:, None], out=out)
    return products


def parts_of(sizes: Sequence[int]) -> list[slice]:
    """Return the slices of consecutive parts.

    >>> parts_of([2, 3])
    [slice(0, 2, None), slice(2, 5, None)]
    """
    ends = list(accumulate(sizes))
    return [slice(end - size, end) for size, end in zip(sizes, ends, strict=True)]


def forward(
    parameters: Parameters, inputs: Indices, state: Floats, masks: DropoutMasks | None = None
) -> tuple[Floats, Floats]:
    """Run the recurrence over a batch of sequences (Elman, 1990).

    h_t = tanh(x_t W_xh + (m * h_{t-1}) W_hh + b_h)
    logits_t = (n * h_t) W_hy + b_y, where m and n are dropout masks, or 1 without dropout.

    Args:
        parameters: weights.
        inputs: symbol indices, shape (B, T).
        state: hidden state before the first step, shape (M, B, H).
        masks: dropout masks, or None outside training.

    Returns:
        Hidden states (M, B, T, H) and unnormalised logits (M, B, T, V).
    """
    hidden = parameters.w_xh[:, inputs] + parameters.b_h[:, None]
    for t in range(inputs.shape[1]):
        fed_back = state if masks is None else state * masks.recurrent
        state = np.tanh(hidden[:, :, t] + fed_back @ parameters.w_hh)
        hidden[:, :, t] = state
    read = _masked(hidden, masks)
    return hidden, read @ parameters.w_hy[:, None] + parameters.b_y[:, None]


def cross_entropy(logits: Floats, targets: Indices, weights: Floats) -> tuple[Floats, Floats]:
    """Return each member's weighted sum of -log p(target) in nats, and the gradient.

    Args:
        logits: unnormalised, shape (M, B, T, V).
        targets: symbol indices, shape (B, T).
        weights: what each target counts, 0 for padding, shape (B, T) or (M, B, T).

    Returns:
        The losses, shape (M,), and their gradient by the logits,
        (softmax - one-hot) * weight, shape (M, B, T, V).
    """
    gradient = np.exp(logits - logits.max(axis=-1, keepdims=True))
    gradient /= gradient.sum(axis=-1, keepdims=True)
    batch, steps = targets.shape
    rows, columns = np.ogrid[:batch, :steps]
    at_target = (slice(None), rows, columns, targets)
    smallest = np.finfo(gradient.dtype).tiny
    losses = -(weights * np.log(np.maximum(gradient[at_target], smallest))).sum(axis=(-2, -1))
    gradient[at_target] -= 1
    return losses, gradient * weights[..., None]


def backward(
    parameters: Parameters,
    inputs: Indices,
    state: Floats,
    hidden: Floats,
    logits_gradient: Floats,
    masks: DropoutMasks | None = None,
) -> Parameters:
    """Backpropagate through time (Werbos, 1990): the gradient of the loss by every weight.

    No gradient flows back into `state`: that is where backpropagation is truncated.

    Args:
        parameters: the weights that `forward` was given.
        inputs: the symbol indices that it was given, shape (B, T).
        state: the hidden state that it was given, shape (M, B, H).
        hidden: the hidden states that it returned, shape (M, B, T, H).
        logits_gradient: gradient of the loss by its logits, shape (M, B, T, V).
        masks: the dropout masks that it was given.

    Returns:
        Gradients, in the shapes of the parameters.
    """
    by_argument = _by_tanh_argument(parameters, hidden, logits_gradient, masks)
    previous = np.concatenate([state[:, :, None], hidden[:, :, :-1]], axis=2)
    if masks is not None:
        previous *= masks.recurrent[:, :, None]

    def flat(activations: Floats) -> Floats:
        return activations.reshape(parameters.members, inputs.size, -1)

    by_argument, by_logits = flat(by_argument), flat(logits_gradient)
    one_hot = np.zeros((inputs.size, parameters.symbols), hidden.dtype)
    one_hot[np.arange(inputs.size), inputs.ravel()] = 1
    return Parameters(
        w_xh=one_hot.T @ by_argument,
        w_hh=flat(previous).swapaxes(1, 2) @ by_argument,
        b_h=by_argument.sum(axis=1, keepdims=True),
        w_hy=flat(_masked(hidden, masks)).swapaxes(1, 2) @ by_logits,
        b_y=by_logits.sum(axis=1, keepdims=True),
    )


def _by_tanh_argument(
    parameters: Parameters, hidden: Floats, logits_gradient: Floats, masks: DropoutMasks | None
) -> Floats:
    """Return the gradient by the argument of tanh at every step, shape (M, B, T, H)."""
    gradient = _masked(logits_gradient @ parameters.w_hy[:, None].swapaxes(-1, -2), masks)
    slope = 1 - hidden**2
    recurrent = parameters.w_hh.swapaxes(1, 2)
    carried = np.zeros_like(hidden[:, :, 0])
    for t in reversed(range(hidden.shape[2])):
        gradient[:, :, t] = (gradient[:, :, t] + carried) * slope[:, :, t]
        carried = gradient[:, :, t] @ recurrent
        if masks is not None:
            carried *= masks.recurrent
    return gradient


def _masked(hidden: Floats, masks: DropoutMasks | None) -> Floats:
    return hidden if masks is None else hidden * masks.output[:, :, None]

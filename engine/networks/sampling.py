"""From logits to a distribution, from a distribution to one draw."""

from __future__ import annotations

import numpy as np

from engine.networks.rnn import Floats, Indices


def softmax(logits: Floats) -> Floats:
    """Normalise logits over their last axis, V."""
    exponentials = logits - logits.max(axis=-1, keepdims=True)
    np.exp(exponentials, out=exponentials)
    exponentials /= exponentials.sum(axis=-1, keepdims=True)
    return exponentials


def mixture(logits: Floats) -> Floats:
    """Average what the members of an ensemble predict.

    Args:
        logits: unnormalised, shape (M, ..., V).

    Returns:
        The mean of their distributions, shape (..., V), in float64.
    """
    return softmax(logits).mean(axis=0, dtype=np.float64)


def temper(probabilities: Floats, temperature: float) -> Floats:
    """Sharpen (temperature < 1) or flatten (> 1) distributions: p^(1/temperature), normalised.

    Args:
        probabilities: shape (..., V).
        temperature: above 0.
    """
    if temperature == 1:
        return probabilities
    # The largest becomes 1 first, so that no power underflows all of them.
    scaled = probabilities / probabilities.max(axis=-1, keepdims=True)
    powers = scaled ** (1 / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


def nucleus(probabilities: Floats, top_p: float) -> Floats:
    """Keep the fewest symbols that together reach `top_p` (Holtzman et al., 2020), normalised.

    Args:
        probabilities: shape (B, V).
        top_p: above 0; from 1 on everything is kept.
    """
    if top_p >= 1:
        return probabilities
    order = np.argsort(-probabilities, axis=-1, kind="stable")
    descending = np.take_along_axis(probabilities, order, axis=-1)
    reached_before = np.cumsum(descending, axis=-1) - descending
    kept = np.where(reached_before < top_p, descending, 0)
    result = np.zeros_like(probabilities)
    np.put_along_axis(result, order, kept, axis=-1)
    return result / result.sum(axis=-1, keepdims=True)


def pick(probabilities: Floats, uniforms: Floats) -> Indices:
    """Turn one uniform number a row into a draw from its distribution, by inversion.

    Args:
        probabilities: shape (B, V).
        uniforms: from 0 to 1, exclusive, shape (B,).

    Returns:
        Symbol indices, shape (B,).
    """
    cumulative = np.cumsum(probabilities, axis=-1)
    # Scaled by the total, which rounding leaves next to 1, so that no draw falls past the end.
    thresholds = uniforms * cumulative[:, -1]
    return (cumulative > thresholds[:, None]).argmax(axis=-1)

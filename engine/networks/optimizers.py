"""How gradients become updates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.networks.rnn import Floats

Arrays = Mapping[str, Floats]


def clip_by_norm(gradients: Arrays, limit: float) -> None:
    """Scale each member's gradient in place to a norm of at most `limit` (Pascanu et al., 2013).

    Args:
        gradients: arrays of shape (M, ..., ...), a member a row.
        limit: the largest Euclidean norm of all gradients of one member.
    """
    squares = sum(np.square(g).sum(axis=(1, 2), keepdims=True) for g in gradients.values())
    scale = np.minimum(1, limit / np.sqrt(np.maximum(squares, np.finfo(np.float32).tiny)))
    for gradient in gradients.values():
        gradient *= scale


def warmed_cosine(progress: float, warm_up: float, floor: float) -> float:
    """Return the factor of the learning rate: a linear rise, then half a cosine down to `floor`.

    Loshchilov and Hutter (2017), with a warm-up. Progress and warm-up are shares of the training.
    """
    rise = min(1.0, progress / warm_up) if warm_up else 1.0
    return rise * (floor + (1 - floor) * (1 + math.cos(math.pi * progress)) / 2)


@dataclass(slots=True)
class Adam:
    """Adam (Kingma and Ba, 2015) with decoupled weight decay (Loshchilov and Hutter, 2019).

    Attributes:
        decay: weight decay, multiplied by the learning rate; biases, named `b_...`, are spared.
        steps: updates made.
        mean: running mean of the gradients.
        square: running mean of their squares.
    """

    decay: float
    beta_1: float = 0.9
    beta_2: float = 0.99
    epsilon: float = 1e-8
    steps: int = 0
    mean: dict[str, Floats] = field(default_factory=dict)
    square: dict[str, Floats] = field(default_factory=dict)

    def update(self, weights: Arrays, gradients: Arrays, learning_rate: float) -> None:
        """Change the weights in place by one step."""
        self.steps += 1
        for name, gradient in gradients.items():
            weight = weights[name]
            mean = self.mean.setdefault(name, np.zeros_like(weight))
            square = self.square.setdefault(name, np.zeros_like(weight))
            mean += (1 - self.beta_1) * (gradient - mean)
            square += (1 - self.beta_2) * (gradient**2 - square)
            if not name.startswith("b_"):
                weight *= 1 - learning_rate * self.decay
            deviation = np.sqrt(square / (1 - self.beta_2**self.steps)) + self.epsilon
            weight -= learning_rate / (1 - self.beta_1**self.steps) * mean / deviation


def average_into(average: Arrays, weights: Arrays, momentum: float) -> None:
    """Update averaged weights in place (Polyak and Juditsky, 1992).

    average = momentum * average + (1 - momentum) * weights
    """
    for name, averaged in average.items():
        averaged += (1 - momentum) * (weights[name] - averaged)

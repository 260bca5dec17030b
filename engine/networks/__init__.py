"""The two networks. `lstm`, `train_step` and `tensorflow` load TensorFlow: import them late."""

from engine.networks.rnn import Parameters
from engine.networks.vocabulary import Vocabulary

__all__ = ["Parameters", "Vocabulary"]

"""Training of networks: loops, trainers that write versions, recipes, checkpoints.

`poem_loop`, `poem_trainer` and `recipes` load TensorFlow and are imported where they are needed.
"""

from engine.training.events import (
    NetworkScored,
    NetworkTrained,
    PartlyLearned,
    StageStarted,
    StartUnfit,
    Stepped,
    VersionSaved,
)
from engine.training.trainer import TrainerJob

__all__ = [
    "NetworkScored",
    "NetworkTrained",
    "PartlyLearned",
    "StageStarted",
    "StartUnfit",
    "Stepped",
    "TrainerJob",
    "VersionSaved",
]

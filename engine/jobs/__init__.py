"""Trainings as processes of their own: a queue, handles to watch, and the worker."""

from engine.jobs.handle import TrainingHandle
from engine.jobs.queue import TrainingQueue
from engine.jobs.spec import Limits, TrainingRequest

__all__ = ["Limits", "TrainingHandle", "TrainingQueue", "TrainingRequest"]

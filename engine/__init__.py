"""The networks of Dinobard: their training, their versions, and their serving."""

from engine.errors import (
    CheckpointError,
    CorpusError,
    CorpusTooLargeError,
    CorpusTooSmallError,
    DeadlineExceededError,
    EngineClosedError,
    EngineError,
    IndecentLineError,
    InvalidRequestError,
    ModelDamagedError,
    ModelError,
    ModelInheritedError,
    ModelInUseError,
    ModelNotFoundError,
    NoNamesError,
    NoPoemError,
    NotTextError,
    OverloadedError,
    TrainingError,
)
from engine.models.registry import ModelRegistry
from engine.requests import NameRequest, Names, Poem, PoemRequest
from engine.serving.backend import InferenceBackend
from engine.serving.engine import Engine
from engine.serving.hooks import ServingHooks

__all__ = [
    "CheckpointError",
    "CorpusError",
    "CorpusTooLargeError",
    "CorpusTooSmallError",
    "DeadlineExceededError",
    "Engine",
    "EngineClosedError",
    "EngineError",
    "IndecentLineError",
    "InferenceBackend",
    "InvalidRequestError",
    "ModelDamagedError",
    "ModelError",
    "ModelInUseError",
    "ModelInheritedError",
    "ModelNotFoundError",
    "ModelRegistry",
    "NameRequest",
    "Names",
    "NoNamesError",
    "NoPoemError",
    "NotTextError",
    "OverloadedError",
    "Poem",
    "PoemRequest",
    "ServingHooks",
    "TrainingError",
]

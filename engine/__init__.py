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
    IndecentPrefixError,
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
from engine.serving.hooks import ServingHooks
from engine.serving.local_backend import LocalBackend

__all__ = [
    "CheckpointError",
    "CorpusError",
    "CorpusTooLargeError",
    "CorpusTooSmallError",
    "DeadlineExceededError",
    "EngineClosedError",
    "EngineError",
    "IndecentLineError",
    "IndecentPrefixError",
    "InferenceBackend",
    "InvalidRequestError",
    "LocalBackend",
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

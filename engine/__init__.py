"""The networks of Dinobard: their training, their versions, and their serving."""

from engine.errors import (
    CheckpointError,
    CorpusError,
    CorpusTooLargeError,
    CorpusTooSmallError,
    EngineBusyError,
    EngineClosedError,
    EngineError,
    EngineLateError,
    IndecentLineError,
    InvalidRequestError,
    ModelDamagedError,
    ModelError,
    ModelInheritedError,
    ModelInUseError,
    ModelNotFoundError,
    NothingInventedError,
    NothingWrittenError,
    NotTextError,
    TrainingError,
)
from engine.models.registry import Store
from engine.requests import NameRequest, Names, Poem, PoemRequest
from engine.serving.engine import Engine
from engine.serving.hooks import Observer

__all__ = [
    "CheckpointError",
    "CorpusError",
    "CorpusTooLargeError",
    "CorpusTooSmallError",
    "Engine",
    "EngineBusyError",
    "EngineClosedError",
    "EngineError",
    "EngineLateError",
    "IndecentLineError",
    "InvalidRequestError",
    "ModelDamagedError",
    "ModelError",
    "ModelInUseError",
    "ModelInheritedError",
    "ModelNotFoundError",
    "NameRequest",
    "Names",
    "NotTextError",
    "NothingInventedError",
    "NothingWrittenError",
    "Observer",
    "Poem",
    "PoemRequest",
    "Store",
    "TrainingError",
]

"""The networks of Dinobard: their training, their versions, and their serving."""

from engine.errors import (
    CheckpointError,
    CorpusError,
    CorpusTooLargeError,
    CorpusTooSmallError,
    EngineBusyError,
    EngineClosedError,
    EngineError,
    InvalidRequestError,
    ModelDamagedError,
    ModelError,
    ModelNotFoundError,
    NothingInventedError,
    NothingWrittenError,
    NotTextError,
)
from engine.requests import NameRequest, Names, Poem, PoemRequest
from engine.service import Engine
from engine.store import Store

__all__ = [
    "CheckpointError",
    "CorpusError",
    "CorpusTooLargeError",
    "CorpusTooSmallError",
    "Engine",
    "EngineBusyError",
    "EngineClosedError",
    "EngineError",
    "InvalidRequestError",
    "ModelDamagedError",
    "ModelError",
    "ModelNotFoundError",
    "NameRequest",
    "Names",
    "NotTextError",
    "NothingInventedError",
    "NothingWrittenError",
    "Poem",
    "PoemRequest",
    "Store",
]

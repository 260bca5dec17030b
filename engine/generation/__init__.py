"""Generation of names and poems. `decoder`, which loads TensorFlow, is imported where needed."""

from engine.generation.names import NameSampler, generate
from engine.generation.poems import PoemGenerator
from engine.generation.sequences import DecodeRequest, ModelRunner, SequenceGroup

__all__ = [
    "DecodeRequest",
    "ModelRunner",
    "NameSampler",
    "PoemGenerator",
    "SequenceGroup",
    "generate",
]

"""Versions of models on the disk: folders with cards, and the registry of them."""

from engine.models.registry import ModelRegistry, Quota
from engine.models.version import ModelCard

__all__ = ["ModelCard", "ModelRegistry", "Quota"]

"""Inference serving: admission control, model cache, worker pools, batch schedulers."""

from engine.serving.backend import InferenceBackend
from engine.serving.hooks import ServingHooks
from engine.serving.local_backend import LocalBackend, Timeouts

__all__ = ["InferenceBackend", "LocalBackend", "ServingHooks", "Timeouts"]

"""Inference serving: admission control, model cache, worker pools, batch schedulers."""

"""Versions of the networks on disk: cards, weights, the registry."""

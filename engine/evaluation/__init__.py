"""Scores of both networks, and the reports on their samples."""

from engine.evaluation.metrics import Nats, nats_of_verse, nats_per_character

__all__ = ["Nats", "nats_of_verse", "nats_per_character"]

"""Retraining from Discord: who may, what is wished for, how it goes, what is left of it."""

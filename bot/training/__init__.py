"""Retraining from Discord: who may, what is requested, how it goes, what is left of it."""

"""Trainings as processes of their own: queued, watched, cancelled, resumed."""

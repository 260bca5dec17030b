"""Trainings shown on Discord: progress messages, the result, the end of a job."""

"""Texts for members, a Fluent catalogue per language."""

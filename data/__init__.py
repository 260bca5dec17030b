"""Where the packaged files are."""

from pathlib import Path

_FOLDER = Path(__file__).resolve().parent

GENERA = _FOLDER / "dinos.txt"
"""Dinosaur genera, one a line, sorted."""

MODELS = _FOLDER / "models"
"""The model versions that come with the program."""

CORPORA = _FOLDER / "corpora.toml"
"""Where the texts are that the poem network learns from, with licences and checksums."""

ROOTS = _FOLDER / "roots.toml"
"""What the parts of dinosaur names mean."""

INDECENT = _FOLDER / "indecent.toml"
"""Indecent words of many languages."""

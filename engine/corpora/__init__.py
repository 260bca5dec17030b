"""Texts to train on: read, downloaded, cleaned, validated, split."""

from engine.corpora.names import NameCorpus, read_names
from engine.corpora.text_file import Text, read_text
from engine.corpora.validation import check_upload

__all__ = ["NameCorpus", "Text", "check_upload", "read_names", "read_text"]

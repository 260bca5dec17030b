"""Text of members and networks: prompts, verse layout, the profanity filter, fonts."""

from engine.text.normalize import read_prompt
from engine.text.profanity import is_decent, is_decent_line

__all__ = ["is_decent", "is_decent_line", "read_prompt"]

"""The symbols of the article's poems."""

import string

ALPHABET = f"\n !'(),-.:;?{string.ascii_lowercase}"
"""38 of them, the newline first."""

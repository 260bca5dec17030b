"""Verse of our own, made by a rule, to learn from in tests."""

from itertools import product

_OPENINGS = ("The kettle", "My candle", "A lantern", "The garden", "Your letter")
_DEEDS = ("sings softly", "waits all night", "keeps the cold away", "forgets its name")
_CLOSINGS = ("and so do I.", "beside the gate;", "for want of you,", "till morning comes.")

STANZAS = tuple(
    f"{opening} {deed}\n{closing.capitalize()}\nAnd {opening.lower()} {other}\n{closing}\n"
    for opening, (deed, other), closing in product(
        _OPENINGS, zip(_DEEDS, _DEEDS[::-1], strict=True), _CLOSINGS
    )
)
"""Eighty stanzas of four lines, all different."""

VERSE = "\n".join(STANZAS)

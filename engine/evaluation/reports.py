"""The quality report of a poem model: what its poems are like."""

from __future__ import annotations

import statistics
from collections.abc import Collection, Iterator, Sequence
from itertools import takewhile

import numpy as np

from engine.generation.poems import PoemGenerator
from engine.networks.vocabulary import END
from engine.requests import MAX_CANDIDATES, Poem, PoemRequest
from engine.text.layout import new_words, share_real, words_of

POEMS = 200
COPIED_LIMIT = 40
"""Consecutive characters that a poem may have in common with the training text."""

FIRST_LINES = (
    "The lanterns on the harbour wall are lit,",
    "My neighbour keeps a garden full of bees",
    "I wrote your name in frost upon the glass,",
    "Come, sleepy river, carry me along",
    "What use is gold to someone lost at sea?",
    "When first the snow lay deep against the door",
    "A tired king sat counting all his crowns,",
    "O little moth that loves the candle so,",
    "The morning train has left without my heart",
    "Beneath the hill an ancient dragon sleeps;",
    "You never told me where the swallows go",
    "Sweet bread and butter, comfort of the poor,",
    "No clock can hold the hour that I want",
    "The painter mixed a colour for your eyes,",
    "Be patient, heart, the winter will not stay.",
    "Two sisters shared a house beside the mill",
    "In every mirror waits a younger man,",
    "The thunder is a drum that no one owns",
    "My mother's hands were rougher than the bark",
    "Let others praise the marble and the tower,",
    "There was a well that no one dared to taste",
    "How slowly does the evening fill the room!",
    "Old soldier, put your rusty sword away",
    "The fox has learned the secret of the gate,",
    "If I could buy an hour of the past",
    "Bright comet, tell me what the darkness says",
    "The judge was deaf, the witness would not speak,",
    "Some say that love is nothing but a debt",
    "I dreamed the sea had risen to my bed",
    "Good friend, your silence is a heavy coat",
    "The roses here were planted by a thief,",
    "Who taught the nightingale to weep in tune?",
    "A letter came with neither name nor seal",
    "The miller's daughter dances in the rain",
    "Forgive the child who broke the silver cup,",
    "Great oak, you knew my father as a boy",
    "The stars are cold, and yet they keep their watch",
    "Upon the stair I heard a stranger's step",
    "We built a boat of paper and of hope,",
    "And so the year lies down among the leaves.",
)


def requests(seed: int, count: int = POEMS, candidates: int = MAX_CANDIDATES) -> list[PoemRequest]:
    """Return requests of five kinds in turn, all at the default settings.

    Whole lines, lines broken off after three words, lines without their capital and last mark,
    beginnings of one with ends of another, and no first line at all.
    """
    size = len(FIRST_LINES)
    requests: list[PoemRequest] = []
    for index in range(count):
        number, kind = divmod(index, 5)
        words = FIRST_LINES[number % size].split()
        other = FIRST_LINES[(7 * number + 3) % size].split()
        lines = (words, words[:3], words, words[:4] + other[4:])
        line = " ".join(lines[kind]) if kind < len(lines) else ""
        prompt = line.lower().rstrip(",.;?!") if kind == 2 else line
        requests.append(PoemRequest(prompt, candidates=candidates, seed=seed + index))
    return requests


def write_all(generator: PoemGenerator, requests: Sequence[PoemRequest]) -> Iterator[Poem]:
    """Write poems, one after the other."""
    yield from map(generator.poem, requests)


def evaluate_poems(
    poems: Sequence[Poem],
    known: Collection[str],
    learned: str,
    length: int = PoemRequest().length,
) -> dict[str, float]:
    """Describe poems.

    The prompt counts in none of the measures, except where its line was continued.

    Returns:
        Measures by name: shares are 0 to 1, lengths in characters. A last line counts as cut where
        its last word is not known, or where the text has the whole length requested.
    """
    copies = Copies(learned)
    runs = [copies.longest_run(_written(poem)) for poem in poems]
    words = [word for poem in poems for word in new_words(poem.prompt, poem.text)]
    lines = [line for poem in poems for line in _lines(poem) if line]
    short = [copied < COPIED_LIMIT for copied in runs]
    return {
        "poems": len(poems),
        "share_of_words_known": share_real(words, known),
        f"share_copied_under_{COPIED_LIMIT}": sum(short) / len(poems),
        "longest_copied_run_median": statistics.median(runs),
        "longest_copied_run_95th_percentile": float(np.quantile(runs, 0.95, method="higher")),
        "doubled_empty_lines": sum(END * 3 in poem.text for poem in poems),
        "cut_last_lines": sum(_is_cut(poem, known, length) for poem in poems),
        "median_line_length": statistics.median(map(len, lines)),
        "median_lines": statistics.median(poem.text.count(END) + 1 for poem in poems),
        "share_distinct_lines": len(set(lines)) / len(lines),
    }


def _written(poem: Poem) -> str:
    return poem.text[len(poem.prompt) :].strip()


def _lines(poem: Poem) -> list[str]:
    lines = poem.text.split(END)
    return lines[1:] if lines[0] == poem.prompt else lines


def _is_cut(poem: Poem, known: Collection[str], length: int) -> bool:
    last_word = words_of(poem.text.rpartition(END)[2])[-1:]
    return share_real(last_word, known) < 1 or len(_written(poem)) >= length


class Copies:
    """Finds runs of characters that verse has in common with a text of 16 characters or more."""

    _DOUBLINGS = 4
    LEAST = 2**_DOUBLINGS
    """Characters of the shortest run that is found."""

    def __init__(self, text: str) -> None:
        self._text = text
        hashes = self._hashes(text)
        self._positions = np.argsort(hashes, kind="stable")
        self._hashes_in_order = hashes[self._positions]

    def longest_run(self, verse: str) -> int:
        """Return the length of the longest run of characters that also stands in the text.

        A run shorter than `LEAST` counts as none.
        """
        hashes = self._hashes(verse)
        first = np.searchsorted(self._hashes_in_order, hashes, side="left")
        last = np.searchsorted(self._hashes_in_order, hashes, side="right")
        longest = 0
        for start in np.flatnonzero(first < last).tolist():
            for position in self._positions[first[start] : last[start]].tolist():
                longest = max(longest, self._shared(verse, start, position))
        return longest if longest >= self.LEAST else 0

    def _shared(self, verse: str, start: int, position: int) -> int:
        length = min(len(verse) - start, len(self._text) - position)
        both = zip(verse[start : start + length], self._text[position:], strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], both))

    def _hashes(self, text: str) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
        """Return a hash of each run of `LEAST` characters: of its two halves' hashes, and so on."""
        hashes = np.array([ord(symbol) for symbol in text], np.uint64)
        for doubling in range(self._DOUBLINGS):
            half = 2**doubling
            factor = np.uint64(0x9E3779B97F4A7C15 + 2 * half)
            hashes = hashes[:-half] * factor + hashes[half:]
            hashes ^= hashes >> np.uint64(29)
        return hashes

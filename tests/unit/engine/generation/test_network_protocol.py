"""A network of another kind writes poems through the same generator and scheduler."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from engine.generation.poems import PoemGenerator
from engine.generation.sequences import DecodeRequest, SequenceGroup
from engine.networks.rnn import Floats
from engine.networks.vocabulary import Vocabulary
from engine.requests import PoemRequest
from engine.serving.poem_scheduler import PoemScheduler

TEXT = "\n\nthe rose is red\nthe sea is deep\nthe rose is here\n"
VOCABULARY = Vocabulary(("\n", *sorted(set(TEXT) - {"\n"})))
REQUEST = PoemRequest("the rose", seed=3, length=120, candidates=4)


class BigramRunner:
    """Samples from a table of symbol pairs; its state is a list of last symbols."""

    rows = 8

    def __init__(self) -> None:
        symbols = VOCABULARY.encode(TEXT)
        counts = np.full((len(VOCABULARY.symbols),) * 2, 1e-6)
        np.add.at(counts, (symbols[:-1], symbols[1:]), 1)
        self._table: Floats = counts / counts.sum(axis=1, keepdims=True)

    def warm_up(self, is_unwanted: Callable[[], bool] = lambda: False) -> None:
        pass

    def begin(self, request: DecodeRequest) -> SequenceGroup:
        first = int(request.prompt[0])
        symbols = np.full((request.rows, 1), first, np.int32)
        return SequenceGroup(request, [first] * request.rows, symbols, np.empty((request.rows, 0)))

    def advance(self, groups: Sequence[SequenceGroup]) -> None:
        for group in groups:
            for _ in range(min(16, group.steps_left)):
                self._step(group)

    def _step(self, group: SequenceGroup) -> None:
        done, prompt = group.symbols.shape[1], group.request.prompt
        p = self._table[group.state]
        if done < len(prompt):
            symbols = np.full(group.rows, prompt[done], np.int32)
        else:
            uniforms = group.request.uniforms[:, done - len(prompt), None]
            symbols = (p.cumsum(axis=1) < uniforms * 0.999).sum(axis=1).astype(np.int32)
        scores = np.log(p[np.arange(group.rows), symbols])
        group.state = symbols.tolist()
        group.symbols = np.column_stack([group.symbols, symbols])
        group.log_likelihoods = np.column_stack([group.log_likelihoods, scores])


def test_another_network_writes_the_same_poem_alone_and_through_the_scheduler() -> None:
    words = frozenset(TEXT.split())
    generator = PoemGenerator("bigrams", VOCABULARY, words, BigramRunner())
    scheduler = PoemScheduler([], config=replace(PoemScheduler.CONFIG, max_rows=8))
    requests = [REQUEST, PoemRequest("the sea", seed=4, length=120, candidates=4)]

    pending = [scheduler.add_request(generator, request) for request in requests]
    poems = [request.future.result(60) for request in pending]
    scheduler.close(60)

    assert poems == [generator.poem(request) for request in requests]
    assert poems[0].text.startswith("the rose")
    assert len(poems[0].text) > len("the rose")

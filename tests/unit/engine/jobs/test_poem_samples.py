import numpy as np

from engine.jobs.poem_samples import verse_samples
from engine.networks.lstm import logits_of
from engine.networks.sampling import draw, softmax
from tests.unit.engine.tiny_poems import VOCABULARY, tiny_network


def test_samples_are_drawn_from_what_keras_predicts() -> None:
    network = tiny_network()
    drawn = np.full((4, 2), VOCABULARY.end)
    rng = np.random.default_rng(7)
    logits = logits_of(network)
    for _ in range(40):
        symbols = draw(softmax(logits(drawn)[:, -1]), rng)
        drawn = np.concatenate([drawn, symbols[:, None]], axis=1)
    written = [VOCABULARY.decode(row[2:]) for row in drawn]

    (sample,) = verse_samples(
        network.get_weights(), VOCABULARY, 1, 1.0, np.random.default_rng(7), length=40
    )

    lines = [[line.strip() for line in text.split("\n")[:-1]] for text in written]
    assert sample in ["\n".join([line for line in some if line][:4]) for some in lines]


def test_samples_are_whole_lines_that_differ(rng: np.random.Generator) -> None:
    samples = verse_samples(tiny_network().get_weights(), VOCABULARY, 3, 1.0, rng)

    assert 1 <= len(set(samples)) == len(samples) <= 3
    assert all(sample.strip() and sample.count("\n") < 4 for sample in samples)

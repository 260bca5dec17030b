"""`dinobard replay-article` and `dinobard replay-article-poem`."""

from __future__ import annotations

from pathlib import Path

import click

import data
from bot.cli.main import READABLE, main
from engine.errors import CorpusTooSmallError


@main.command("replay-article")
@click.option("--names", type=READABLE, default=data.GENERA, help="Names, one a line.")
@click.option("--iterations", type=click.IntRange(1), help="How many; 35,000 if left out.")
def replay_article(names: Path, iterations: int | None) -> None:
    """Train as the article does, 35,000 iterations, and print its transcript."""
    from engine.corpora.names import read_names
    from engine.reference import char_rnn

    lines = read_names(names).lines
    for report in char_rnn.replay(lines, iterations or char_rnn.ITERATIONS):
        click.echo(str(report))


@main.command("replay-article-poem")
@click.option("--corpus", type=READABLE, required=True, help="The sonnets, or any other verse.")
@click.option("--epochs", type=click.IntRange(1), default=1, show_default=True)
@click.option("--prompt", help="The first line of the poem; asked for if left out.")
@click.option("--length", type=click.IntRange(1), default=400, show_default=True, help="Symbols.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True)
def replay_article_poem(
    corpus: Path, epochs: int, prompt: str | None, length: int, seed: int
) -> None:
    """Train the poem model as the article does, and complete a poem with it.

    After each epoch a sample is printed, which begins with a piece of the text.
    """
    import numpy as np

    from engine.corpora.text_file import read_text
    from engine.corpora.verse import MAX_SIZE_BYTES
    from engine.networks.tensorflow import keras
    from engine.reference import keras_lstm

    original = keras_lstm.Corpus.of(read_text(corpus, MAX_SIZE_BYTES).content)
    if len(original.text) <= keras_lstm.WINDOW:
        raise CorpusTooSmallError(len(original.text), keras_lstm.WINDOW + 1, "characters")
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    network = keras_lstm.build(len(original.symbols))

    def write(beginning: str) -> None:
        click.echo(beginning, nl=False)
        for symbol in keras_lstm.poem(network, original, beginning, rng, length):
            click.echo(symbol, nl=False)
        click.echo()

    def report(epoch: int, loss: float) -> None:
        click.echo(f"\nAfter epoch {epoch}, loss {loss:.4f}:")
        start = int(rng.integers(len(original.text) - keras_lstm.WINDOW))
        write(original.text[start : start + keras_lstm.WINDOW])

    click.echo(f"number of training examples: {keras_lstm.count_examples(original)}")
    keras_lstm.train(network, original, epochs, report)
    if prompt is None:
        question = "Write the beginning of your poem, the Shakespeare machine will complete it"
        prompt = str(click.prompt(question, default="", show_default=False))
    click.echo("Here is your poem:\n")
    write(prompt)

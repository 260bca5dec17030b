from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelDamagedError, ModelNotFoundError
from engine.models.poem_model import PoemModel, read_poem_version, write_poem_version
from engine.models.registry import ModelRegistry
from engine.models.version import ModelCard
from engine.networks import lstm
from engine.networks.tensorflow import keras
from engine.networks.vocabulary import Vocabulary

VOCABULARY = Vocabulary(("\n", " ", "a", "b"))
WORDS = frozenset({"a", "ab", "baba"})


@pytest.fixture
def model(card: ModelCard) -> PoemModel:
    keras.utils.set_random_seed(4)
    network = lstm.build(lstm.LSTMConfig(4, 3, 5), dropout=0.1)
    return PoemModel(card, network, VOCABULARY, WORDS)


def _write(root: Path, model: PoemModel, version: str = "2026-01-02-first") -> Path:
    card = replace(model.card, id=version, created=f"{version[:10]}T00:00:00+00:00")
    write_poem_version(root / "poem", card, model.network, model.vocabulary, model.words)
    return root / "poem" / version


def test_a_version_is_read_as_it_was_written(tmp_path: Path, model: PoemModel) -> None:
    read = read_poem_version(_write(tmp_path, model))

    assert (read.vocabulary, read.words) == (VOCABULARY, WORDS)
    inputs = np.array([[0, 1, 2, 3, 2]])
    theirs = lstm.logits_of(model.network)(inputs)
    np.testing.assert_array_equal(lstm.logits_of(read.network)(inputs), theirs)


@pytest.mark.parametrize("name", ["model.keras", "vocabulary.json", "words.txt", "card.json"])
@pytest.mark.parametrize("harm", ["remove", "truncate", "alter"])
def test_a_damaged_version_is_refused(
    tmp_path: Path, model: PoemModel, name: str, harm: str
) -> None:
    path = _write(tmp_path, model) / name
    content = path.read_bytes()
    if harm == "remove":
        path.unlink()
    else:
        path.write_bytes(content[: len(content) // 2] if harm == "truncate" else b"#" + content[1:])

    with pytest.raises(ModelDamagedError):
        read_poem_version(path.parent)


def test_a_file_that_would_run_code_is_refused(tmp_path: Path, model: PoemModel) -> None:
    inputs = keras.Input((None,), dtype="int32")
    unsafe = keras.Model(inputs, keras.layers.Lambda(lambda x: x)(inputs))  # pyright: ignore[reportUnknownLambdaType]

    with pytest.raises(ModelDamagedError, match="does not hold a network"):
        _write(tmp_path, replace(model, network=unsafe))

    assert list((tmp_path / "poem").iterdir()) == []


def test_a_network_of_other_sizes_is_refused(tmp_path: Path, model: PoemModel) -> None:
    other = lstm.build(lstm.LSTMConfig(7, 3, 5))

    with pytest.raises(ModelDamagedError, match="does not fit"):
        _write(tmp_path, replace(model, network=other))


def test_the_store_serves_both_networks_side_by_side(tmp_path: Path, model: PoemModel) -> None:
    registry = ModelRegistry(tmp_path / "own", tmp_path / "shipped")
    _write(tmp_path / "shipped", model, "2026-01-01-shipped")
    _write(tmp_path / "own", model, "2026-01-02-own")

    assert registry.active("poem") == "2026-01-01-shipped"
    registry.activate("2026-01-02-own")
    assert registry.load(network="poem").card.id == "2026-01-02-own"
    assert [card.id for card in registry.versions("poem")] == [
        "2026-01-02-own",
        "2026-01-01-shipped",
    ]
    assert registry.versions("dino") == []
    assert registry.roll_back("poem") == "2026-01-01-shipped"
    with pytest.raises(ModelNotFoundError):
        registry.load()

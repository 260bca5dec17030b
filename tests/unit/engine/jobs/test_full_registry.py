"""What the queue deletes in a registry that has versions of other trainings, and left-overs."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine import ModelRegistry
from engine.jobs.directory import create
from engine.jobs.events import Cancelled
from engine.jobs.spec import TrainingJob
from engine.models.names_model import NamesModel, write_version
from tests.trainings import UPLOAD, order, store_in, trainings

pytestmark = pytest.mark.slow

TRAINING = "0a0a0a0a"


def _add(registry: ModelRegistry, model: NamesModel, version: str, **settings: str) -> None:
    card = replace(model.card, id=version, settings=settings)
    folder = registry.folder_of("dino")
    write_version(folder, card, model.parameters, model.vocabulary, model.known, None)


@pytest.fixture
def registry(tmp_path: Path, tiny_model: NamesModel) -> ModelRegistry:
    """Guild 1 with a version of the training, one of another, and one of none."""
    registry = store_in(tmp_path).of_guild(1)
    _add(registry, tiny_model, "own", training=TRAINING)
    _add(registry, tiny_model, "other", training="0b0b0b0b")
    _add(registry, tiny_model, "none")
    _add(store_in(tmp_path).of_guild(2), tiny_model, "elsewhere", training=TRAINING)
    return registry


async def test_of_a_cancelled_training_its_own_version_alone_is_deleted(
    tmp_path: Path, registry: ModelRegistry
) -> None:
    job = TrainingJob(TRAINING, order(guild=1), "2026-01-01T00:00:00+00:00", None, True)
    create(tmp_path / "trainings", job, UPLOAD)

    async with trainings(tmp_path) as queue:
        await queue.cancel(TRAINING)
        assert queue.get(TRAINING).end == Cancelled()

    assert {card.id for card in registry.versions()} == {"other", "none"}
    assert {card.id for card in store_in(tmp_path).of_guild(2).versions()} == {"elsewhere"}


async def test_left_overs_are_deleted_at_the_start_and_versions_stay(
    tmp_path: Path, registry: ModelRegistry
) -> None:
    left_over = registry.folder_of("dino") / ".half.tmp"
    left_over.mkdir()
    (left_over / "weights.npz").write_bytes(b"half")

    async with trainings(tmp_path):
        pass

    assert not left_over.exists()
    assert {card.id for card in registry.versions()} == {"own", "other", "none"}

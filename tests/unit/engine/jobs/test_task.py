"""What the process of a training knows of either network."""

from dataclasses import asdict, replace
from json import dumps
from pathlib import Path
from typing import Any

import pytest

from engine import ModelRegistry
from engine.families import FAMILIES, FamilyName
from engine.jobs.directory import JobDirectory
from engine.jobs.spec import Places, TrainingJob, TrainingRequest
from engine.jobs.task import JobContext
from engine.models.version import UPLOAD, UPLOADS, ModelCard

GUILD = 5


def add(
    registry: ModelRegistry,
    network: FamilyName,
    card: ModelCard,
    settings: dict[str, Any],
    *files: str,
) -> None:
    """Leave a version of which only the card is there, as is enough for what is asked here."""
    folder = registry.folder_of(network) / card.id
    folder.mkdir(parents=True)
    checksums = dict.fromkeys(files, "0" * 64)
    (folder / "card.json").write_text(
        dumps(asdict(replace(card, settings=settings, checksums=checksums)))
    )


@pytest.mark.parametrize("network", FAMILIES)
def test_a_version_has_learned_an_upload_by_its_own_text_or_by_its_start(
    tmp_path: Path, card: ModelCard, network: FamilyName
) -> None:
    places = Places(tmp_path / "models", tmp_path / "shipped", tmp_path)
    registry = ModelRegistry(places.models, places.shipped).of_guild(GUILD)
    # Of an earlier program: its cards say nothing of uploads.
    add(registry, network, replace(card, id="1-old"), {}, UPLOAD)
    add(registry, network, replace(card, id="2-tuned"), {"from": "1-old"})
    add(registry, network, replace(card, id="3-marked"), {"from": "gone", UPLOADS: True})
    add(registry, network, replace(card, id="4-usual"), {"from": "gone"})

    def job_context(*, has_upload: bool = False) -> JobContext:
        job = TrainingJob("1", TrainingRequest(network, GUILD), "", None, has_upload)
        return JobContext(job, JobDirectory(tmp_path), places)

    starts = ("1-old", "2-tuned", "3-marked", "4-usual", "gone", None)
    assert [job_context().has_uploads(start) for start in starts] == [True] * 3 + [False] * 3
    assert job_context(has_upload=True).has_uploads(None)
    assert registry.made_of_uploads(network) == ["1-old", "2-tuned", "3-marked"]

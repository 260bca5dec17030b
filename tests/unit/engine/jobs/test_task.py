"""What the process of a training knows of either network."""

from dataclasses import asdict, replace
from json import dumps
from pathlib import Path
from typing import Any

import pytest

from engine import Store
from engine.jobs.directory import JobFiles
from engine.jobs.spec import Job, Places, TrainingOrder
from engine.jobs.task import Lesson
from engine.models.registry import NETWORKS, Network
from engine.models.version import UPLOAD, UPLOADS, Card

SERVER = 5


def add(store: Store, network: Network, card: Card, settings: dict[str, Any], *files: str) -> None:
    """Leave a version of which only the card is there, as is enough for what is asked here."""
    folder = store.folder_of(network) / card.id
    folder.mkdir(parents=True)
    checksums = dict.fromkeys(files, "0" * 64)
    (folder / "card.json").write_text(
        dumps(asdict(replace(card, settings=settings, checksums=checksums)))
    )


@pytest.mark.parametrize("network", NETWORKS)
def test_a_version_has_learned_an_upload_by_its_own_text_or_by_its_start(
    tmp_path: Path, card: Card, network: Network
) -> None:
    places = Places(tmp_path / "models", tmp_path / "shipped", tmp_path)
    store = Store(places.models, places.shipped).of_server(SERVER)
    # Of an earlier program: its cards say nothing of uploads.
    add(store, network, replace(card, id="1-old"), {}, UPLOAD)
    add(store, network, replace(card, id="2-tuned"), {"from": "1-old"})
    add(store, network, replace(card, id="3-marked"), {"from": "gone", UPLOADS: True})
    add(store, network, replace(card, id="4-usual"), {"from": "gone"})

    def lesson(*, has_upload: bool = False) -> Lesson:
        job = Job("1", TrainingOrder(network, SERVER), "", None, has_upload)
        return Lesson(job, JobFiles(tmp_path), places)

    starts = ("1-old", "2-tuned", "3-marked", "4-usual", "gone", None)
    assert [lesson().has_uploads(start) for start in starts] == [True] * 3 + [False] * 3
    assert lesson(has_upload=True).has_uploads(None)
    assert store.made_of_uploads(network) == ["1-old", "2-tuned", "3-marked"]

"""Retraining: orders, cancels, keeps, discards, forgets."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.context import Asker
from bot.features.buttons import Press, custom_id
from bot.features.models import delete_version, use_version
from bot.features.permissions import TrainingRefusedError, require_trainer, unwritable
from bot.features.training_options import Wish
from bot.features.uploads import delete_uploads
from bot.replies import Button, Reply
from bot.services import House
from bot.storage.database import DatabaseError
from bot.storage.training_log import Entry
from engine.corpora.validation import fingerprint
from engine.errors import TrainingNotFoundError
from engine.jobs.events import Saved
from engine.jobs.spec import LABELS, TrainingOrder

_TEMPERATURE = 0.8


@dataclass(frozen=True, slots=True)
class Upload:
    """A text that a member has uploaded.

    Attributes:
        name: what it is called.
        content: its bytes.
    """

    name: str
    content: bytes


async def order(
    house: House, asker: Asker, member: str, wish: Wish, upload: Upload | None
) -> Entry:
    """Order a training, and enter it into the record.

    Args:
        house: what to work with.
        asker: who orders it.
        member: what they are called.
        wish: what they want.
        upload: the text to learn, or None for the usual one.

    Raises:
        TrainingRefusedError: they may not, or it cannot be stored.
        EngineError: the text or the order cannot be used, or there is no place in the queue.
        DatabaseError: the record cannot be used.
    """
    await require_trainer(house, asker)
    settings = await house.servers.of(asker.server)
    wanted = TrainingOrder(
        network=wish.network,
        server=asker.server,
        corpus=upload.content if upload else None,
        source=upload.name if upload else "",
        passes=wish.passes,
        minutes=wish.minutes,
        temperature=_first(wish.temperature, settings.temperature, _TEMPERATURE),
        is_fresh=wish.is_fresh,
        seed=secrets.randbelow(2**31),
        labels={name: asker.texts(f"curve-{name}") for name in LABELS},
    )
    try:
        training = await house.trainings.submit(wanted)
    except OSError as error:
        raise unwritable(error) from error
    entry = Entry(
        id=training.id,
        server=asker.server,
        user=asker.user or None,
        member=member,
        network=wish.network,
        source=upload.name if upload else "",
        corpus=fingerprint(upload.content) if upload else None,
        locale=asker.locale,
        channel=asker.channel or None,
        message=None,
        began=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    try:
        await house.record.write(entry)
    except DatabaseError:
        # What is not in the record could be shown to nobody.
        await house.trainings.cancel(training.id)
        await house.trainings.acknowledge(training.id)
        raise
    return entry


def _first(*values: float | None) -> float:
    return next(value for value in values if value is not None)


async def cancel(house: House, asker: Asker, training: str) -> Reply:
    """Cancel a training, at whatever stage it is.

    Raises:
        TrainingRefusedError: they may not.
        DatabaseError: what the server has set cannot be read.
    """
    await require_trainer(house, asker)
    try:
        cancelled = house.trainings.get(training)
        if cancelled.order.server != asker.server:
            raise TrainingRefusedError("training-unknown")
        await house.trainings.cancel(training)
    except TrainingNotFoundError as error:
        raise TrainingRefusedError("training-ended-before") from error
    text = "training-ended-before" if isinstance(cancelled.end, Saved) else "training-cancelled"
    return Reply(asker.texts(text), is_private=True)


async def keep(house: House, asker: Asker, training: str, *, is_sure: bool = False) -> Reply:
    """Let the version of a training answer from now on; a worse one only for who is sure.

    Raises:
        TrainingRefusedError: they may not, or the version is gone.
        ModelError: the version cannot be served.
        DatabaseError: the record cannot be used.
    """
    entry, version = await _saved(house, asker, training)
    if entry.is_worse and not is_sure and entry.result != "kept":
        text = asker.texts("training-confirm-worse", version=version)
        confirm = Button(
            asker.texts("training-keep-worse"), custom_id("train_keep_worse", training), "bad"
        )
        return Reply(text, is_private=True, buttons=(confirm,))
    if entry.result == "kept":
        raise TrainingRefusedError("training-kept-already", version=version)
    await use_version(house, entry.server, version)
    return Reply(asker.texts("training-kept", version=version))


async def discard(house: House, asker: Asker, training: str) -> Reply:
    """Delete the version of a training.

    Raises:
        TrainingRefusedError: they may not, or the version is gone.
        ModelError: the version cannot be deleted.
        DatabaseError: the record cannot be used.
    """
    entry, version = await _saved(house, asker, training)
    await delete_version(house, entry.server, version)
    return Reply(asker.texts("training-discarded", version=version))


async def keep_worse(house: House, asker: Asker, training: str) -> Reply:
    """Let a version answer that scores worse; raises what `keep` raises."""
    return await keep(house, asker, training, is_sure=True)


async def ask_to_forget(house: House, asker: Asker) -> Reply:
    """Ask whether all that a server has uploaded is to be deleted.

    Raises:
        TrainingRefusedError: they may not.
        DatabaseError: what the server has set cannot be read.
    """
    await require_trainer(house, asker)
    button = Button(asker.texts("training-forget"), custom_id("train_forget"), "bad")
    return Reply(asker.texts("training-confirm-forget"), is_private=True, buttons=(button,))


async def forget(house: House, asker: Asker, _arguments: str) -> Reply:
    """Delete all that a server has uploaded and what was made of it; cancel what it trains.

    Raises:
        TrainingRefusedError: they may not, or something could not be deleted.
        ModelError: no version can answer in the place of a deleted one.
        DatabaseError: the record cannot be used.
    """
    await require_trainer(house, asker)
    server = asker.server
    if server is None:
        raise TrainingRefusedError("training-only-in-server")
    # Also one without a text of its own may have begun with a version that is deleted now.
    await house.trainings.cancel_of(server)
    try:
        deleted = await asyncio.to_thread(delete_uploads, house.store.of_server(server))
    except OSError as error:
        raise unwritable(error) from error
    for network, version in deleted:
        await house.engine.refresh(server, network)
        await house.record.decide(version, server, "forgotten")
    await house.record.forget_uploads(server)
    return Reply(asker.texts("training-forgotten", count=len(deleted)))


async def _saved(house: House, asker: Asker, training: str) -> tuple[Entry, str]:
    """Return a training of the asker's server, and the version that it has made."""
    await require_trainer(house, asker)
    entry = await house.record.get(training)
    if entry is None or entry.server != asker.server:
        raise TrainingRefusedError("training-unknown")
    if entry.version is None or entry.result in {"discarded", "forgotten"}:
        raise TrainingRefusedError("training-gone")
    return entry, entry.version


PRESSES: Mapping[str, Press] = {
    "train_cancel": Press(cancel, may="anyone", shows="private", anywhere=True),
    "train_keep": Press(keep, may="anyone"),
    "train_keep_worse": Press(keep_worse, may="anyone"),
    "train_discard": Press(discard, may="anyone"),
    "train_forget": Press(forget, may="anyone"),
}
"""What buttons do, by the verb of their custom ids; each action looks who may."""

"""What the worker does for voice: prepare what was finished, clear away what is not needed any more."""

import logging
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, delete, update

from app.core import changes, outbox
from app.core.clock import now
from app.core.db import Database
from app.core.objects import Objects
from app.core.outbox import job
from app.core.seal import Key
from app.voice import audio, service
from app.voice.audio import Converted, Unusable
from app.voice.service import notes, slices
from app.voice.upload import recorded, slice_prefix

log = logging.getLogger(__name__)


class Ground(Protocol):
    """What these jobs use of what the worker offers."""

    @property
    def db(self) -> Database: ...

    @property
    def objects(self) -> Objects: ...


@job("voice.finished")
async def prepare(ground: Ground, *, voice_id: UUID) -> None:
    """Turn a finished upload into the one file that plays everywhere, or say why that cannot be.

    Runs again from the start after a crash at any point; a store that is away or a decoder that was stopped
    from outside raises, and the worker comes back to it.
    """
    found, names = await ground.db.read(
        lambda tx: (service.by_id(tx, voice_id), service.slices_of(tx, voice_id))
    )
    if found is None or found[0].state != "processing":
        return
    key = found[1]
    sound = b"".join([piece async for piece in recorded(ground.objects, names, key)])
    try:
        done = await audio.convert(sound)
    except Unusable as refusal:
        reason = refusal.reason
        await ground.db.write(lambda tx: _settle(tx, voice_id, {"state": "failed", "reason": reason}))
        log.info("a voice note failed: %s", reason)
    else:
        name = f"voice/{voice_id}"
        await ground.objects.put(name, key.secret, done.audio)
        await ground.db.write(lambda tx: _ready(tx, voice_id, key, name, done))
        if await ground.db.read(lambda tx: service.by_id(tx, voice_id)) is None:
            # Deleted meanwhile: its files went before this one came.
            await ground.objects.delete(name)
    await _drop_upload(ground.objects, voice_id)


def _ready(tx: Connection, voice_id: UUID, key: Key, name: str, done: Converted) -> bool:
    values: dict[str, Any] = {
        "state": "ready",
        "object_name": name,
        "size_bytes": len(done.audio),
        "duration_ms": done.duration_ms,
        "peaks": key.seal_json("voice_notes", "peaks", voice_id, done.peaks),
        "ready_at": now(),
    }
    found = service.by_id(tx, voice_id)
    if found and found[0].gist_is_made:
        gist = key.open("voice_notes", "gist", voice_id, found[0].gist)
        gist = service.with_length(gist, done.duration_ms)
        values["gist"] = key.seal("voice_notes", "gist", voice_id, gist)
    return _settle(tx, voice_id, values)


def _settle(tx: Connection, voice_id: UUID, values: dict[str, Any]) -> bool:
    """Bring a note out of `processing` once; False if it is not there any more."""
    note = tx.execute(
        update(notes)
        .where(notes.c.id == voice_id, notes.c.state == "processing", notes.c.deleted_at.is_(None))
        .values(**values)
        .returning(notes)
    ).one_or_none()
    if note is None:
        return False
    tx.execute(delete(slices).where(slices.c.voice_id == voice_id))
    changes.put(tx, "voice", voice_id, service.readers(tx, note))
    outbox.record(tx, f"voice.{note.state}", voice_id=voice_id)
    return True


@job("voice.begun")
async def clear_unsent(ground: Ground, *, voice_id: UUID) -> None:
    """A month after it began, a note that never became part of a message goes, leftovers of slices too."""

    def forget(tx: Connection) -> None:
        found = service.by_id(tx, voice_id)
        if found and found[0].thread_id is None:
            service.forget(tx, [voice_id])
            changes.gone(tx, "voice", voice_id, [found[0].owner_id])

    await ground.db.write(forget)
    await _drop_upload(ground.objects, voice_id)


@job("voice.deleted")
async def drop_files(ground: Ground, *, voice_id: UUID) -> None:
    """What is left of a deleted note in the store: sealed under a key that is gone, and now gone itself."""
    await ground.objects.delete(f"voice/{voice_id}")
    await _drop_upload(ground.objects, voice_id)


async def _drop_upload(objects: Objects, voice_id: UUID) -> None:
    """Every slice there is, those included that a crash left without a row."""
    prefix = slice_prefix(voice_id)
    await objects.delete(*[name async for name, _ in objects.names("upload") if name.startswith(prefix)])

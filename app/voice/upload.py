"""A recording on its way in: slices sealed as they come, and the finish that proves them whole."""

import hashlib
from collections.abc import AsyncIterator, Iterable
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from app import access
from app.access import Me
from app.accounts.people import names_of
from app.core import audit, changes, outbox
from app.core.clock import now
from app.core.db import Database
from app.core.errors import Conflict, Invalid, NotFound, TooLarge
from app.core.ids import new_id
from app.core.objects import Objects
from app.core.prepared import Prepared
from app.core.seal import Key
from app.screening import gate
from app.voice import audio, service
from app.voice.service import NotAudio, notes, slices
from app.voice.shapes import VoiceFinish, VoiceRead

_MOVE_ON = Prepared(
    update(notes)
    .where(
        notes.c.id == bindparam("voice_id"),
        notes.c.received == bindparam("start"),
        notes.c.state == "uploading",
    )
    .values(received=bindparam("end"), touched_at=bindparam("moment"))
)
_ADD_SLICE = Prepared(insert(slices))


class WrongOffset(Conflict):
    slug, title = "wrong-offset", "The recording goes on at another place"
    detail = "`Upload-Offset` says how much is here; go on from there."

    def __init__(self, offset: int) -> None:
        super().__init__(headers={"Upload-Offset": str(offset)}, offset=offset)


class NotWhole(Conflict):
    slug, title = "upload-not-whole", "The recording has not come as it was sent"
    detail = "What came stands: go on from `offset`, or send it again under a new id if all of it is here."

    def __init__(self, offset: int) -> None:
        super().__init__(headers={"Upload-Offset": str(offset)}, offset=offset)


class AlreadyFinished(Conflict):
    slug, title = "voice-finished", "This recording was finished before, with something else in it"
    detail = "Look at what is stored; a change needs a new recording."


class GistNeeded(Invalid):
    slug, title = "gist-needed", "A line is needed that says what this is about"
    detail = "Send `gist`: nobody listens to twelve minutes to find out."


async def take_slice(
    db: Database, objects: Objects, me: Me, voice_id: UUID, offset: int, body: AsyncIterator[bytes]
) -> int:
    """Store one slice at `offset`, durable, and return the offset after it.

    Raises WrongOffset with the true one, TooLarge past 12 MB, NotAudio for first bytes of no recording.
    When the body breaks off, nothing of this slice is kept.
    """
    note, key = await db.read(lambda tx: service.own(tx, me, voice_id), brief=True)
    if note.state != "uploading" or note.received != offset:
        raise WrongOffset(note.received)
    name = f"{slice_prefix(voice_id)}{offset:09d}.{new_id().hex[-12:]}"
    size = 0

    async def measured() -> AsyncIterator[bytes]:
        nonlocal size
        async for piece in body:
            if offset == 0 and size == 0 and len(piece) >= 12 and not audio.looks_like_audio(piece):
                raise NotAudio()
            size += len(piece)
            if offset + size > audio.LIMIT_BYTES:
                raise TooLarge(audio.WORDS["too-large"])
            yield piece

    await objects.put(name, key.secret, measured())
    try:
        return await db.write(lambda tx: _advance(tx, me, voice_id, offset, size, name))
    except (WrongOffset, NotFound):
        # Only where the row certainly does not name it; after a lost connection it may.
        await objects.delete(name)
        raise


def _advance(tx: Connection, me: Me, voice_id: UUID, offset: int, size: int, name: str) -> int:
    """Count a stored slice in; of two at the same place the first one wins."""
    place = {"voice_id": voice_id, "start": offset, "end": offset + size, "moment": now()}
    if _MOVE_ON.run(tx, place) != 1:
        raise WrongOffset(service.own(tx, me, voice_id)[0].received)
    if not size:
        return offset
    _ADD_SLICE.run(tx, {"voice_id": voice_id, "start": offset, "size": size, "object_name": name})
    return offset + size


async def finish(db: Database, objects: Objects, me: Me, voice_id: UUID, data: VoiceFinish) -> VoiceRead:
    """Take the recording as complete if its length and hash are those that were sent; it is prepared next.

    Raises NotWhole, after which the upload stands, GistNeeded of a mentor, and IdentifiersFound in a gist.
    Repeated with the same content it answers with what is stored.
    """

    def look(tx: Connection) -> tuple[Row[Any], Key, VoiceRead | None, list[str]]:
        return *_finishable(tx, me, voice_id, data), service.slices_of(tx, voice_id)

    note, key, earlier, names = await db.read(look)
    if earlier:
        return earlier
    if note.received != data.length:
        raise NotWhole(note.received)
    digest = hashlib.sha256()
    async for piece in recorded(objects, names, key):
        digest.update(piece)
    if digest.hexdigest() != data.sha256:
        raise NotWhole(note.received)
    return await db.write(partial(_finish, me=me, voice_id=voice_id, data=data))


def slice_prefix(voice_id: UUID) -> str:
    """How the names of an upload's slices begin; one folder for all, since making one costs a flush."""
    return f"upload/{voice_id}."


async def recorded(objects: Objects, names: Iterable[str], key: Key) -> AsyncIterator[bytes]:
    """The recording as it was sent, slice after slice; `names` are those of `service.slices_of`."""
    for name in names:
        async for piece in objects.read(name, key.secret):
            yield piece


def _finishable(
    tx: Connection, me: Me, voice_id: UUID, data: VoiceFinish
) -> tuple[Row[Any], Key, VoiceRead | None]:
    """The note if it may be finished so, and what is stored if it was already."""
    note, key = service.own(tx, me, voice_id)
    if data.gist is None and _is_mentor(tx, me):
        raise GistNeeded()
    if note.state == "uploading":
        return note, key, None
    stored = service.opened(note, key)
    gist = None if note.gist_is_made else stored.gist
    if (note.length, note.sha256, gist, stored.marks) != (data.length, data.sha256, data.gist, data.marks):
        raise AlreadyFinished()
    return note, key, stored


def _finish(tx: Connection, *, me: Me, voice_id: UUID, data: VoiceFinish) -> VoiceRead:
    note, key, earlier = _finishable(tx, me, voice_id, data)
    if earlier:
        return earlier
    gate.check(data, people=names_of(tx, me.id))
    marks = [mark.model_dump() for mark in data.marks]
    finished = tx.execute(
        update(notes)
        .where(notes.c.id == voice_id, notes.c.received == data.length, notes.c.state == "uploading")
        .values(
            state="processing",
            length=data.length,
            sha256=data.sha256,
            gist=key.seal("voice_notes", "gist", voice_id, data.gist) if data.gist else None,
            marks=key.seal_json("voice_notes", "marks", voice_id, marks) if marks else None,
            finished_at=now(),
        )
        .returning(notes)
    ).one_or_none()
    if finished is None:
        # Another finish or slice came in between; what it left decides.
        note, key, earlier = _finishable(tx, me, voice_id, data)
        if earlier:
            return earlier
        raise NotWhole(note.received)
    changes.put(tx, "voice", voice_id, [me.id])
    audit.note(tx, "voice.finished", person_id=me.id, object_id=voice_id)
    outbox.record(tx, "voice.finished", voice_id=voice_id)
    return service.opened(finished, key)


def _is_mentor(tx: Connection, me: Me) -> bool:
    memberships = access.memberships
    mine = select(memberships.c.person_id).where(memberships.c.person_id == me.id, memberships.c.is_mentor)
    return tx.execute(mine.limit(1)).one_or_none() is not None

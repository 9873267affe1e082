"""What happens to a voice note apart from its bytes: begun, attached, read, forgotten."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Connection, Row, func, insert, select, update

from app import access
from app.access import Me, ThreadRow
from app.cases.erasing import erase_voice
from app.core import changes, outbox
from app.core.clock import now, today_in
from app.core.errors import Conflict, Forbidden, IdTaken, NotFound, TooLarge, TooMany, UnsupportedMedia
from app.core.ids import new_id
from app.core.seal import Key, KeyRow, destroy, keyring
from app.voice import audio
from app.voice.audio import WORDS, Reason
from app.voice.models import VoiceNote, VoiceSlice
from app.voice.shapes import VoiceCreate, VoiceRead

notes: Any = VoiceNote.__table__  # type: ignore[attr-defined]
slices: Any = VoiceSlice.__table__  # type: ignore[attr-defined]
keys: Any = KeyRow.__table__  # type: ignore[attr-defined]

AT_ONCE = 3
AT_ONCE_WITHIN = timedelta(minutes=10)
A_DAY_BYTES = 200 * 1024 * 1024
IN_ALL_BYTES = 2 * 1024 * 1024 * 1024
UNSENT_FOR = timedelta(days=30)


class NotAudio(UnsupportedMedia):
    slug, title = "not-audio", "This is not a recording we can play"
    detail = "WebM, Ogg and MP4 recordings are taken. Please record it again."


class NotFinished(Conflict):
    slug, title = "voice-not-finished", "This recording has not come whole"
    detail = "Send the rest and finish it, then send the message again."


class CannotBeSent(Conflict):
    slug, title = "voice-failed", "This recording could not be prepared"
    detail = "Its `reason` says why. Record it again and send that."


class AlreadyAttached(Conflict):
    slug, title = "voice-attached", "This recording is already part of a message"
    detail = "A recording is sent once. Record another one."


@dataclass(frozen=True)
class Begun:
    """What a create answers with, and whether it was new."""

    note: VoiceRead
    is_new: bool


def begin(tx: Connection, me: Me, data: VoiceCreate, *, counted: bool = True) -> Begun:
    """Make room for a recording under a key of its own. A repeat answers with what is stored.

    Raises NotAudio, IdTaken and NotFound; TooMany and TooLarge for what a person may send, if `counted`.
    """
    if audio.media_type(data.content_type) is None:
        raise NotAudio()
    content_type = data.content_type.strip().lower()
    voice_id = data.id or new_id()
    if tx.execute(select(notes.c.id).where(notes.c.id == voice_id)).one_or_none():
        note = access.readable_voice(tx, me, voice_id)
        if note.owner_id != me.id or note.content_type != content_type:
            raise IdTaken()
        return Begun(read(tx, note), is_new=False)
    if counted:
        _within_limits(tx, me)
    moment = now()
    tx.execute(
        insert(notes),
        {
            "id": voice_id,
            "owner_id": me.id,
            "key_id": keyring(tx).make_key(tx).id,
            "content_type": content_type,
            "state": "uploading",
            "received": 0,
            "gist_is_made": False,
            "created_at": moment,
            "touched_at": moment,
        },
    )
    changes.put(tx, "voice", voice_id, [me.id])
    outbox.record(tx, "voice.begun", after=UNSENT_FOR, voice_id=voice_id)
    return Begun(VoiceRead(id=voice_id, state="uploading", offset=0), is_new=True)


def _within_limits(tx: Connection, me: Me) -> None:
    moment = now()
    mine = notes.c.owner_id == me.id
    open_now, today, in_all = tx.execute(
        select(
            func.count()
            .filter(notes.c.state == "uploading", notes.c.touched_at > moment - AT_ONCE_WITHIN)
            .label("open_now"),
            func.coalesce(
                func.sum(notes.c.received).filter(notes.c.created_at > moment - timedelta(days=1)), 0
            ),
            func.coalesce(func.sum(notes.c.size_bytes).filter(notes.c.deleted_at.is_(None)), 0),
        ).where(mine)
    ).one()
    if open_now >= AT_ONCE:
        raise TooMany("Three recordings are on their way already.", headers={"Retry-After": "60"})
    if today >= A_DAY_BYTES:
        raise TooMany("That is all the recordings of one day.", headers={"Retry-After": "3600"})
    if in_all >= IN_ALL_BYTES:
        raise TooLarge("Your recordings fill the room there is. Delete what you no longer need.")


def own(tx: Connection, me: Me, voice_id: UUID) -> tuple[Row[Any], Key]:
    """The caller's own note and its key. Raises NotFound, and Forbidden to those who only read it."""
    note = access.readable_voice(tx, me, voice_id)
    if note.owner_id != me.id:
        raise Forbidden("Only its speaker can do this.")
    return note, key_of(tx, note)


def read(tx: Connection, note: Row[Any]) -> VoiceRead:
    """A note that came through `access.readable_voice`, opened."""
    return opened(note, key_of(tx, note))


def key_of(tx: Connection, note: Row[Any]) -> Key:
    """The key that came with a note through `access.readable_voice` or a query like it."""
    return keyring(tx).unwrap(note.key_id, note.kek, note.wrapped)


def opened(note: Row[Any], key: Key) -> VoiceRead:
    """A note as its readers see it."""

    def value(column: str) -> Any:
        sealed = getattr(note, column)
        return key.open_json("voice_notes", column, note.id, sealed) if sealed is not None else None

    return VoiceRead(
        id=note.id,
        thread_id=note.thread_id,
        state=note.state,
        offset=note.received,
        reason=note.reason,
        advice=WORDS[cast("Reason", note.reason)] if note.reason else None,
        duration_ms=note.duration_ms,
        peaks=value("peaks"),
        gist=key.open("voice_notes", "gist", note.id, note.gist) if note.gist is not None else None,
        marks=value("marks") or [],
        transcript=value("transcript"),
    )


_WITH_KEYS = (
    select(notes, keys.c.kek, keys.c.wrapped)
    .join(keys, keys.c.id == notes.c.key_id)
    .where(notes.c.deleted_at.is_(None))
)


def notes_of(tx: Connection, thread_ids: Iterable[UUID]) -> dict[UUID, VoiceRead]:
    """Every note of these threads by its own id, in one query; for those who came through their door."""
    rows = tx.execute(_WITH_KEYS.where(notes.c.thread_id.in_(list(thread_ids))))
    return {row.id: opened(row, key_of(tx, row)) for row in rows}


def shown(tx: Connection, me: Me, ids: Sequence[UUID]) -> dict[UUID, BaseModel]:
    """Those of these notes that `me` may read, as the list of changes shows them."""
    rows = tx.execute(_WITH_KEYS.where(notes.c.id.in_(ids))).all()
    threads = access.readable_threads(tx, me, list({row.thread_id for row in rows if row.thread_id}))
    return {
        row.id: opened(row, key_of(tx, row))
        for row in rows
        if (row.thread_id in threads if row.thread_id else row.owner_id == me.id)
    }


def attach(
    tx: Connection, me: Me, voice_id: UUID, thread: ThreadRow, *, need_by: date | None, time_zone: str
) -> VoiceRead:
    """Make a finished note part of a thread: its readers see it from now on, and hear it once it is ready.

    A gist is made where none was given, from the length and the need-by as the asker's days have it. Raises
    NotFound for a note that is not the caller's, NotFinished, CannotBeSent and AlreadyAttached.
    """
    note = access.readable_voice(tx, me, voice_id)
    if note.owner_id != me.id:
        raise NotFound()
    if note.state == "uploading":
        raise NotFinished()
    if note.state == "failed":
        raise CannotBeSent()
    values: dict[str, Any] = {"thread_id": thread.id}
    if note.gist is None:
        gist = made_gist(note.duration_ms, need_by, today_in(time_zone))
        values |= {
            "gist": key_of(tx, note).seal("voice_notes", "gist", voice_id, gist),
            "gist_is_made": True,
        }
    attached = tx.execute(
        update(notes)
        .where(notes.c.id == voice_id, notes.c.thread_id.is_(None))
        .values(**values)
        .returning(notes)
    ).one_or_none()
    if attached is None:
        raise AlreadyAttached()
    changes.put(tx, "voice", voice_id, access.readers_of(tx, thread))
    outbox.record(tx, "voice.attached", voice_id=voice_id)
    return opened(attached, key_of(tx, note))


def made_gist(duration_ms: int | None, need_by: date | None, today: date) -> str:
    """What stands in for a gist: "Voice, 0:40, needed by Thursday"; the length may come later."""
    parts = ["Voice"]
    if duration_ms is not None:
        parts.append(clock_time(duration_ms))
    if need_by is not None:
        near = timedelta(0) <= need_by - today < timedelta(days=7)
        parts.append(f"needed by {need_by:%A}" if near else f"needed by {need_by.day} {need_by:%B}")
    return ", ".join(parts)


def with_length(gist: str, duration_ms: int) -> str:
    """A gist that `made_gist` made before the length was known, completed."""
    return gist.replace("Voice", f"Voice, {clock_time(duration_ms)}", 1)


def clock_time(duration_ms: int) -> str:
    """A length as people read it: 0:40, 1:05, 10:00."""
    minutes, seconds = divmod(round(duration_ms / 1000), 60)
    return f"{minutes}:{seconds:02d}"


def readers(tx: Connection, note: Row[Any]) -> list[UUID]:
    """Who is told when this note changes: its speaker alone, then its thread's readers."""
    if note.thread_id is None:
        return [note.owner_id]
    found = access.readers_of_threads(tx, access.threads.c.id == note.thread_id)
    return list(found.get(note.thread_id, ()))


def forget(tx: Connection, voice_ids: Iterable[UUID]) -> None:
    """Delete notes for good: key and words at once, files by the worker. Tells no one; the caller does."""
    destroy(tx, erase_voice(tx, notes.c.id.in_(list(voice_ids))))


def by_id(tx: Connection, voice_id: UUID) -> tuple[Row[Any], Key] | None:
    """A note and its key for the service's own work; None once it is deleted."""
    row = tx.execute(_WITH_KEYS.where(notes.c.id == voice_id)).one_or_none()
    return (row, key_of(tx, row)) if row else None


def slices_of(tx: Connection, voice_id: UUID) -> list[str]:
    """Object names of an upload's slices, in order."""
    query = select(slices.c.object_name).where(slices.c.voice_id == voice_id).order_by(slices.c.start)
    return list(tx.execute(query).scalars())

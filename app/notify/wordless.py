"""Where a thread stands, without its words: what those who tell others of it need to know."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app import access
from app.access import items, messages, threads, voice_notes
from app.threads.models import ReadMark

reads: Any = ReadMark.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Standing:
    """A thread that is not deleted; `need_by` follows its meeting where none was given."""

    id: UUID
    circle_id: UUID
    author_id: UUID
    mentor_id: UUID | None
    for_anyone: bool
    released_by: UUID | None
    state: str
    help: str | None
    need_by: date | None


_STANDING = (
    select(
        threads.c.id,
        threads.c.circle_id,
        threads.c.author_id,
        threads.c.mentor_id,
        threads.c.for_anyone,
        threads.c.released_by,
        threads.c.state,
        threads.c.help,
        threads.c.need_by,
        items.c.due_on,
    )
    .select_from(threads.outerjoin(items, items.c.id == threads.c.meeting_id))
    .where(threads.c.id == bindparam("thread_id"), threads.c.deleted_at.is_(None))
)


def standing_of(tx: Connection, thread_id: UUID) -> Standing | None:
    """The thread's standing, None once it is deleted."""
    row = tx.execute(_STANDING, {"thread_id": thread_id}).one_or_none()
    if row is None:
        return None
    known = dict(row._mapping)
    meets_on = known.pop("due_on")
    if known["need_by"] is None and meets_on is not None:
        known["need_by"] = meets_on - timedelta(days=1)
    return Standing(**known)


def may_read(tx: Connection, person_id: UUID, thread_id: UUID) -> bool:
    """Whether she still reads the thread: between queuing and sending it may have moved on."""
    found = select(threads.c.id).where(threads.c.id == thread_id, access.thread_is_readable())
    return tx.execute(found, {"me": person_id}).first() is not None


def has_read(tx: Connection, person_id: UUID, thread_id: UUID, seq: int) -> bool:
    """Whether she has read the thread as far as this message."""
    return (
        tx.execute(
            select(reads.c.seq).where(
                reads.c.thread_id == thread_id, reads.c.person_id == person_id, reads.c.seq >= seq
            )
        ).first()
        is not None
    )


@dataclass(frozen=True)
class Posted:
    """A message by its place, with the state of its voice if it has one."""

    id: UUID
    thread_id: UUID
    author_id: UUID | None
    seq: int
    voice_state: str | None


_POSTED = (
    select(messages.c.id, messages.c.thread_id, messages.c.author_id, messages.c.seq, voice_notes.c.state)
    .select_from(messages.outerjoin(voice_notes, voice_notes.c.id == messages.c.voice_id))
    .where(messages.c.retracted_at.is_(None))
)


def posted(tx: Connection, message_id: UUID) -> Posted | None:
    """The message, None once it is retracted."""
    row = tx.execute(_POSTED.where(messages.c.id == message_id)).one_or_none()
    return Posted(*row) if row else None


def spoken(tx: Connection, voice_id: UUID) -> Posted | None:
    """The message that this voice note is, None when it is none (yet)."""
    row = tx.execute(_POSTED.where(messages.c.voice_id == voice_id)).one_or_none()
    return Posted(*row) if row else None

"""How the parts of a thread look to one of its readers: messages and takeaways."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.access import Me, ThreadRow, takeaways
from app.threads.shapes import MessageRead, TakeawayRead
from app.voice.service import notes_of
from app.voice.shapes import VoiceRead

_TAKEAWAYS = (
    select(takeaways)
    .where(
        takeaways.c.thread_id.in_(bindparam("thread_ids", expanding=True)), takeaways.c.deleted_at.is_(None)
    )
    .order_by(takeaways.c.at, takeaways.c.id)
)


def turn_shown(thread: ThreadRow, row: Any, voices: Mapping[UUID, VoiceRead]) -> MessageRead:
    """A row of `messages` whose voice note, if it has one, is among these."""
    body = row.body
    return MessageRead(
        id=row.id,
        thread_id=thread.id,
        seq=row.seq,
        author_id=row.author_id,
        body=None if body is None else thread.key.open("messages", "body", row.id, body),
        voice=voices.get(row.voice_id),
        at=row.at,
        retracted_at=row.retracted_at,
    )


def message_shown(tx: Connection, thread: ThreadRow, row: Any) -> MessageRead:
    """One message as its readers see it."""
    return turn_shown(thread, row, notes_of(tx, [thread.id]) if row.voice_id else {})


def messages_shown(
    tx: Connection, of_threads: Mapping[UUID, ThreadRow], rows: Sequence[Any]
) -> list[MessageRead]:
    """Rows of `messages`, of any threads the caller reads, as their readers see them."""
    spoken = {row.thread_id for row in rows if row.voice_id}
    voices = notes_of(tx, spoken) if spoken else {}
    return [turn_shown(of_threads[row.thread_id], row, voices) for row in rows]


def takeaway_shown(me: Me, thread: ThreadRow, row: Any) -> TakeawayRead:
    """A row of `takeaways` as this reader of its thread sees it."""
    return TakeawayRead(
        id=row.id,
        thread_id=row.thread_id,
        author_id=row.author_id,
        message_id=row.message_id,
        comment_id=row.comment_id,
        text=thread.key.open("takeaways", "text", row.id, row.text),
        item_id=row.item_id,
        meeting_id=row.meeting_id if thread.author_id == me.id else None,
        at=row.at,
        updated_at=row.updated_at,
    )


def takeaways_of(
    tx: Connection, me: Me, of_threads: Mapping[UUID, ThreadRow]
) -> dict[UUID, list[TakeawayRead]]:
    """The takeaways of these threads, which the caller reads, oldest first."""
    found: dict[UUID, list[TakeawayRead]] = {}
    if of_threads:
        for row in tx.execute(_TAKEAWAYS, {"thread_ids": list(of_threads)}):
            found.setdefault(row.thread_id, []).append(takeaway_shown(me, of_threads[row.thread_id], row))
    return found

"""Taking one's own words back, and what a thread's state is without them."""

from uuid import UUID

from sqlalchemy import Connection, and_, bindparam, case, func, or_, select, update

from app import access
from app.access import Me, ThreadRow, messages, threads, voice_notes
from app.core import audit, changes, outbox
from app.core.clock import now
from app.core.errors import Forbidden, NotFound
from app.threads.asking import set_opening
from app.threads.following import lock
from app.voice import service as voice


def retract(tx: Connection, me: Me, message_id: UUID) -> None:
    """Empty one's own message; its place stays. Raises Forbidden to others, NotFound the second time."""
    lock(tx, access.readable_message(tx, me, message_id)[1].id)
    row, thread = access.readable_message(tx, me, message_id)
    if row.author_id != me.id:
        raise Forbidden("Only who said it can take it back.")
    emptied = tx.execute(
        update(messages)
        .where(messages.c.id == message_id, messages.c.retracted_at.is_(None))
        .values(body=None, voice_id=None, retracted_at=now())
    )
    if emptied.rowcount != 1:
        raise NotFound()
    readers = access.readers_of(tx, thread)
    if row.voice_id:
        voice.forget(tx, [row.voice_id])
        changes.gone(tx, "voice", row.voice_id, readers)
    if row.seq == 1:
        set_opening(tx, thread.id, thread.key, None)
    if not settle_state(tx, thread, readers) and row.seq == 1:
        changes.put(tx, "thread", thread.id, readers)
    changes.put(tx, "message", message_id, readers)
    audit.note(tx, "message.retract", person_id=me.id, object_id=message_id)
    outbox.record(tx, "threads.message_retracted", message_id=message_id)


_COUNTS = or_(messages.c.voice_id.is_(None), messages.c.body.is_not(None), voice_notes.c.state == "ready")
_LAST_WORDS = (
    select(
        func.max(case((messages.c.author_id == threads.c.author_id, messages.c.seq))).label("asked"),
        func.max(case((and_(messages.c.author_id != threads.c.author_id, _COUNTS), messages.c.seq))).label(
            "answered"
        ),
    )
    .select_from(
        messages.join(threads, threads.c.id == messages.c.thread_id).outerjoin(
            voice_notes, voice_notes.c.id == messages.c.voice_id
        )
    )
    .where(messages.c.thread_id == bindparam("thread_id"), messages.c.retracted_at.is_(None))
)


def settle_state(tx: Connection, thread: ThreadRow, readers: list[UUID]) -> bool:
    """Bring a held thread's state in line with what was said last and can be read or heard.

    True if it changed; then its readers are told.
    """
    if thread.state not in ("claimed", "answered"):
        return False
    last = tx.execute(_LAST_WORDS, {"thread_id": thread.id}).one()
    state = "answered" if (last.answered or 0) > (last.asked or 0) else "claimed"
    if state == thread.state:
        return False
    tx.execute(
        update(threads).where(threads.c.id == thread.id, threads.c.state == thread.state).values(state=state)
    )
    changes.put(tx, "thread", thread.id, readers)
    return True

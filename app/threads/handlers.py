"""What a thread does when a spoken note in it can be heard, or cannot."""

from uuid import UUID

from sqlalchemy import Connection, select

from app import access
from app.access import messages
from app.core import changes
from app.core.outbox import on
from app.threads.asking import set_opening
from app.threads.following import as_it_stands, lock
from app.threads.retracting import settle_state
from app.voice.service import by_id


@on("voice.ready")
@on("voice.failed")
@on("voice.held")
def count_a_voice(tx: Connection, *, voice_id: UUID) -> None:
    """From when it can be heard, a mentor's note is an answer. Run twice, it finds nothing left to change."""
    message = tx.execute(select(messages).where(messages.c.voice_id == voice_id)).one_or_none()
    if message is None:
        return
    lock(tx, message.thread_id)
    thread = as_it_stands(tx, message.thread_id)
    note = by_id(tx, voice_id)
    if thread is None or note is None:
        return
    readers = access.readers_of(tx, thread)
    if message.seq == 1 and message.body is None and note[0].gist is not None:
        gist = note[1].open("voice_notes", "gist", voice_id, note[0].gist)
        set_opening(tx, thread.id, thread.key, gist)
        changes.put(tx, "thread", thread.id, readers)
    settle_state(tx, thread, readers)
    changes.put(tx, "message", message.id, readers)

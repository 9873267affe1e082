"""Questions straight in the tables, for tests about who reads them."""

from uuid import UUID

from sqlalchemy import Connection, insert, select

from app.core.changes import Change
from app.core.clock import now
from app.core.db import Database
from app.core.ids import new_id
from app.core.seal import keyring
from app.threads.models import Message, Thread
from tests.factories import Cast

threads = Thread.__table__
changes = Change.__table__


async def ask(
    db: Database,
    cast: Cast,
    author: UUID,
    *,
    mentor: UUID | None = None,
    chosen: bool = False,
    state: str = "",
) -> UUID:
    """A thread with one message; held by `mentor` unless its state says otherwise."""
    thread_id = new_id()

    def make(tx: Connection) -> None:
        key = keyring(tx).make_key(tx)
        moment = now()
        tx.execute(
            insert(threads),
            {
                "id": thread_id,
                "circle_id": cast.circle_id,
                "author_id": author,
                "mentor_id": mentor,
                "for_anyone": not chosen,
                "state": state or ("claimed" if mentor else "waiting"),
                "key_id": key.id,
                "last_seq": 1,
                "created_at": moment,
                "last_at": moment,
                "claimed_at": moment if mentor else None,
            },
        )
        message_id = new_id()
        tx.execute(
            insert(Message),
            {
                "id": message_id,
                "thread_id": thread_id,
                "author_id": author,
                "seq": 1,
                "body": key.seal("messages", "body", message_id, "How do I word this goal?"),
                "at": moment,
            },
        )

    await db.write(make)
    return thread_id


async def thread_now(db: Database, thread_id: UUID):
    """The thread's row."""
    return await db.read(lambda tx: tx.execute(select(threads).where(threads.c.id == thread_id)).one())


async def told(db: Database, reader: UUID, since: int = 0) -> list[tuple[str, UUID, str]]:
    """What a reader's store hears, in order."""
    rows = await db.read(
        lambda tx: tx.execute(
            select(changes.c.kind, changes.c.object_id, changes.c.op)
            .where(changes.c.reader_id == reader, changes.c.seq > since)
            .order_by(changes.c.seq)
        ).all()
    )
    return [tuple(row) for row in rows]

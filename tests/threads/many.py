"""Many messages at once, straight into the tables, where a test or bench is about their number."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from app.access import keys, messages, threads
from app.core.clock import now
from app.core.db import Database
from app.core.ids import new_id
from app.core.seal import keyring


async def fill(db: Database, thread_id: UUID, author_id: UUID, how_many: int) -> None:
    """Add so many messages to a thread."""

    def add(tx: Connection) -> None:
        row = tx.execute(
            select(threads.c.last_seq, keys)
            .join(keys, keys.c.id == threads.c.key_id)
            .where(threads.c.id == thread_id)
        ).one()
        key = keyring(tx).unwrap(row.id, row.kek, row.wrapped)
        moment = now()
        rows = []
        for seq in range(row.last_seq + 1, row.last_seq + 1 + how_many):
            message_id = new_id()
            rows.append(
                {
                    "id": message_id,
                    "thread_id": thread_id,
                    "author_id": author_id,
                    "seq": seq,
                    "body": key.seal("messages", "body", message_id, f"Message {seq}"),
                    "at": moment + timedelta(milliseconds=seq),
                }
            )
        tx.execute(insert(messages), rows)
        tx.execute(update(threads).where(threads.c.id == thread_id).values(last_seq=row.last_seq + how_many))

    await db.write(add)

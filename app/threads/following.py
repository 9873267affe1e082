"""Who reads a thread can change with any act on it: stores hear of what they gained and what they lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app import access, standing
from app.access import ThreadRow, threads
from app.core import changes

_NOW = access.threads_with_keys().where(
    threads.c.id == bindparam("thread_id"), threads.c.deleted_at.is_(None)
)
_LOCK = select(threads.c.id).where(threads.c.id == bindparam("thread_id")).with_for_update()


def lock(tx: Connection, thread_id: UUID) -> None:
    """Make acts on one thread take turns; SQLite's writers do so anyway."""
    if tx.dialect.name == "postgresql":
        tx.execute(_LOCK, {"thread_id": thread_id})


def as_it_stands(tx: Connection, thread_id: UUID) -> ThreadRow | None:
    """A thread for the service's own work, whoever reads it; None once it is deleted."""
    row = tx.execute(_NOW, {"thread_id": thread_id}).one_or_none()
    return access.thread_row(tx, row) if row else None


@contextmanager
def told(tx: Connection, thread: ThreadRow) -> Iterator[None]:
    """Around an act on a thread: readers get it anew, who lost it drops it, who gained it gets all."""
    before = set(access.readers_of(tx, thread))
    yield
    stands = as_it_stands(tx, thread.id)
    after = access.readers_of(tx, stands) if stands else []
    changes.gone(tx, "thread", thread.id, before - set(after))
    changes.put(tx, "thread", thread.id, [person for person in after if person in before])
    if gained := [person for person in after if person not in before]:
        standing.put_whole(tx, {thread.id: gained})

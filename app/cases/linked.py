"""What hangs on items elsewhere: threads about or for them, drafts of them, takeaways for them."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, or_, select, update

from app import access
from app.access import ItemRow, drafts, links, takeaways, threads
from app.core import changes


def about(item_ids: Sequence[UUID]) -> ColumnElement[bool]:
    """Threads that are about one of these items, or for one that is a meeting."""
    condition: ColumnElement[bool] = or_(
        threads.c.meeting_id.in_(item_ids),
        threads.c.id.in_(select(links.c.thread_id).where(links.c.item_id.in_(item_ids))),
    )
    return condition


def tell_readers(tx: Connection, *which: ColumnElement[bool]) -> None:
    """The threads that meet conditions on `access.threads` read differently now: tell all who read them."""
    for thread_id, readers in access.readers_of_threads(tx, *which).items():
        changes.put(tx, "thread", thread_id, readers)


def let_go(tx: Connection, items: Sequence[ItemRow]) -> None:
    """Before items go: freeze the need-by of questions for a meeting, and untie all that points at them."""
    ids = [item.id for item in items]
    if not ids:
        return
    touched = list(access.readers_of_threads(tx, about(ids)).items())
    for meeting in items:
        if meeting.kind == "meeting" and meeting.due_on:
            tx.execute(
                update(threads)
                .where(threads.c.meeting_id == meeting.id, threads.c.need_by.is_(None))
                .values(need_by=meeting.due_on - timedelta(days=1))
            )
    tx.execute(update(threads).where(threads.c.meeting_id.in_(ids)).values(meeting_id=None))
    tx.execute(delete(links).where(links.c.item_id.in_(ids)))
    for thread_id, readers in touched:
        changes.put(tx, "thread", thread_id, readers)
    _untie_drafts(tx, ids)
    _untie_takeaways(tx, ids)


def _untie_drafts(tx: Connection, item_ids: Sequence[UUID]) -> None:
    untied = tx.execute(
        update(drafts)
        .where(drafts.c.item_id.in_(item_ids))
        .values(item_id=None)
        .returning(drafts.c.id, drafts.c.thread_id)
    ).all()
    if untied:
        readers = access.readers_of_threads(tx, threads.c.id.in_([row.thread_id for row in untied]))
        for row in untied:
            changes.put(tx, "draft", row.id, readers.get(row.thread_id, ()))


def _untie_takeaways(tx: Connection, item_ids: Sequence[UUID]) -> None:
    for column in (takeaways.c.item_id, takeaways.c.meeting_id):
        untied = tx.execute(
            update(takeaways)
            .where(column.in_(item_ids), takeaways.c.deleted_at.is_(None))
            .values({column.name: None})
            .returning(takeaways.c.id, takeaways.c.thread_id)
        ).all()
        if untied:
            readers = access.readers_of_threads(tx, threads.c.id.in_([row.thread_id for row in untied]))
            for row in untied:
                changes.put(tx, "takeaway", row.id, readers.get(row.thread_id, ()))

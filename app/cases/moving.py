"""Putting a to-do or a note that belonged to no student on a student: from there on it is of that case."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, delete, select, update

from app import access
from app.access import CaseRow, ItemRow, Me, entries, items, links, threads
from app.cases import linked
from app.core.errors import Conflict
from app.core.seal import Key

_SEALED = {
    "items": ("title", "details", "kept"),
    "entries": ("value", "note", "details", "kept"),
}
_TABLES = {"items": items, "entries": entries}


class OfAnotherCase(Conflict):
    slug, title = "of-another-case", "This belongs to a student already"
    detail = "It stays with that student. Add it to the other one anew, and delete it here."


def put_on_case(tx: Connection, me: Me, item: ItemRow, case_id: UUID | None) -> None:
    """Make an item without a case one of a case of hers, its log with it.

    Its questions follow: one without a student gets this one, and one about another student lets it go.
    Raises NotFound, Gone, OfAnotherCase.
    """
    case = access.own_case(tx, me, case_id) if case_id else None
    if item.case_id == case_id:
        return
    if item.case_id is not None or case is None:
        raise OfAnotherCase()
    _seal_anew(tx, "items", select(items).where(items.c.id == item.id), item.key, case.key)
    logged = select(entries).where(entries.c.item_id == item.id, entries.c.deleted_at.is_(None))
    _seal_anew(tx, "entries", logged, item.key, case.key)
    tx.execute(update(items).where(items.c.id == item.id).values(case_id=case.id))
    _take_along(tx, item, case)


def _seal_anew(tx: Connection, name: str, query: Select[Any], old: Key, new: Key) -> None:
    rows = tx.execute(query).all()
    columns = _SEALED[name]
    fresh = []
    for row in rows:
        sealed = {column: getattr(row, column) for column in columns}
        opened = {
            column: None if value is None else old.open_bytes(name, column, row.id, value)
            for column, value in sealed.items()
        }
        fresh.append(
            {"row_id": row.id}
            | {
                f"new_{column}": None if plain is None else new.seal_bytes(name, column, row.id, plain)
                for column, plain in opened.items()
            }
        )
    if fresh:
        table = _TABLES[name]
        tx.execute(
            update(table)
            .where(table.c.id == bindparam("row_id"))
            .values({column: bindparam(f"new_{column}") for column in columns}),
            fresh,
        )


def _take_along(tx: Connection, item: ItemRow, case: CaseRow) -> None:
    of_it = threads.c.id.in_(select(links.c.thread_id).where(links.c.item_id == item.id))
    touched = list(tx.execute(select(threads.c.id).where(of_it)).scalars())
    tx.execute(update(threads).where(of_it, threads.c.case_id.is_(None)).values(case_id=case.id))
    elsewhere = select(threads.c.id).where(of_it, threads.c.case_id != case.id)
    tx.execute(delete(links).where(links.c.item_id == item.id, links.c.thread_id.in_(elsewhere)))
    linked.tell_readers(tx, threads.c.id.in_(touched))


def hold(tx: Connection, item_id: UUID, *, alone: bool) -> None:
    """Until this commits, nobody puts the item elsewhere; `alone` to change it, else to write beneath it."""
    if tx.dialect.name == "postgresql":
        tx.execute(select(items.c.id).where(items.c.id == item_id).with_for_update(read=not alone))

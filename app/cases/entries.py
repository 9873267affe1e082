"""What happens to entries, the dated lines of an item's log, each in the caller's transaction."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Connection, Row, and_, insert, or_, select, update

from app import access
from app.access import ItemRow, Me, entries, items
from app.cases.answers import Made, as_said, moment_and_id
from app.cases.details import kept_json
from app.cases.entry_details import ENTRY_DETAILS
from app.cases.items import fitting, merged, own_key
from app.cases.moving import hold
from app.cases.screen import alias_for, screened, still_there, strings_in, texts_in
from app.cases.shapes import EntryCreate, EntryPatch, EntryRead
from app.cases.views import entry_view
from app.core import changes
from app.core.clock import now
from app.core.errors import IdTaken, Invalid
from app.core.http import cursor, place_of

# Statements take only so many values at once.
TOGETHER = 1000


def make_entry(tx: Connection, me: Me, item_id: UUID, data: EntryCreate) -> Made:
    """Add a line to an item's log.

    A repeat answers with what is stored. Raises NotFound, Gone, IdTaken, IdentifiersFound, and a validation
    error when the details are not those of the item's kind.
    """
    hold(tx, item_id, alone=False)
    item = access.own_item(tx, me, item_id)
    given = fitting(ENTRY_DETAILS[item.kind], data.details)
    details = kept_json(given)
    if earlier := _repeated(tx, me, item, data, details):
        return Made(entry_view(earlier, item.key), is_new=False)
    kept = screened(
        {**texts_in(data), **texts_in(given, "details.")}, data.kept, alias=alias_for(tx, me, item.case_id)
    )
    moment = now()
    tx.execute(
        insert(entries),
        {
            "id": data.id,
            "item_id": item.id,
            "on": data.on,
            **_sealed(item, data.id, data.value, data.note, details, kept),
            "made_as": item.key.fingerprint(_said(item, data, details)),
            "created_at": moment,
            "updated_at": moment,
        },
    )
    changes.put(tx, "entry", data.id, [me.id])
    return Made(entry_view(access.own_entry(tx, me, data.id)[0], item.key), is_new=True)


def _repeated(
    tx: Connection, me: Me, item: ItemRow, data: EntryCreate, details: dict[str, Any]
) -> Row[Any] | None:
    if tx.execute(select(entries.c.id).where(entries.c.id == data.id)).one_or_none() is None:
        return None
    row, its_item = access.own_entry(tx, me, data.id)
    said = _said(item, data, details)
    # A line may be older than its item's place on a case, and is known by the key that it was made under.
    if all(row.made_as != key.fingerprint(said) for key in (its_item.key, own_key(tx, me))):
        raise IdTaken()
    return row


def _said(item: ItemRow, data: EntryCreate, details: dict[str, Any]) -> str:
    named = {name: getattr(data, name) for name in ("on", "value", "note")}
    return as_said({"item_id": item.id, "details": details, **named})


def _sealed(
    item: ItemRow,
    entry_id: UUID,
    value: int | float | None,
    note: str | None,
    details: dict[str, Any],
    kept: Sequence[str],
) -> dict[str, bytes | None]:
    key = item.key
    kept = still_there(kept, [note or "", *strings_in(details)])
    return {
        "value": None if value is None else key.seal_json("entries", "value", entry_id, value),
        "note": None if note is None else key.seal("entries", "note", entry_id, note),
        "details": key.seal_json("entries", "details", entry_id, details),
        "kept": key.seal_json("entries", "kept", entry_id, kept) if kept else None,
    }


def change_entry(tx: Connection, me: Me, entry_id: UUID, data: EntryPatch) -> EntryRead:
    """Change what was sent, and leave the rest. Raises NotFound, Gone, IdentifiersFound."""
    hold(tx, access.own_entry(tx, me, entry_id)[1].id, alone=False)
    row, item = access.own_entry(tx, me, entry_id)
    before = entry_view(row, item.key)
    given = fitting(ENTRY_DETAILS[item.kind], data.details)
    details = merged(before.details, given)
    after = {
        name: getattr(data if name in data.model_fields_set else before, name)
        for name in ("on", "value", "note")
    }
    kept = screened(
        {**texts_in(data), **texts_in(given, "details.")},
        data.kept,
        alias=alias_for(tx, me, item.case_id),
        stored={before.note or ""} | strings_in(before.details),
        earlier=[] if row.kept is None else item.key.open_json("entries", "kept", entry_id, row.kept),
    )
    if details == before.details and all(getattr(before, name) == value for name, value in after.items()):
        return before
    tx.execute(
        update(entries)
        .where(entries.c.id == entry_id)
        .values(
            on=after["on"],
            **_sealed(item, entry_id, after["value"], after["note"], details, kept),
            updated_at=now(),
        )
    )
    changes.put(tx, "entry", entry_id, [me.id])
    return entry_view(access.own_entry(tx, me, entry_id)[0], item.key)


def delete_entry(tx: Connection, me: Me, entry_id: UUID) -> None:
    """Delete a line: its id stays, emptied."""
    access.own_entry(tx, me, entry_id)
    moment = now()
    tx.execute(
        update(entries)
        .where(entries.c.id == entry_id)
        .values(
            value=None,
            note=None,
            details=None,
            kept=None,
            made_as=None,
            updated_at=moment,
            deleted_at=moment,
        )
    )
    changes.gone(tx, "entry", entry_id, [me.id])


def list_entries(
    tx: Connection, me: Me, item_id: UUID, limit: int, after: str | None
) -> tuple[list[EntryRead], str | None]:
    """A page of an item's log, newest day first, and the cursor of the next."""
    item = access.own_item(tx, me, item_id)
    query = (
        select(entries)
        .where(entries.c.item_id == item_id, entries.c.deleted_at.is_(None))
        .order_by(entries.c.on.desc(), entries.c.created_at.desc(), entries.c.id.desc())
        .limit(limit + 1)
    )
    if after:
        query = query.where(_past(*place_of(after, 3)))
    found = tx.execute(query).all()
    page = found[:limit]
    following = cursor(page[-1].on, page[-1].created_at, page[-1].id) if len(found) > limit else None
    return [entry_view(each, item.key) for each in page], following


def _past(on: Any, made: Any, last: Any) -> ColumnElement[bool]:
    made_at, last_id = moment_and_id(made, last)
    try:
        day = date.fromisoformat(on)
    except (TypeError, ValueError) as error:
        raise Invalid("`after` is not a cursor of this list.") from error
    older = or_(entries.c.created_at < made_at, and_(entries.c.created_at == made_at, entries.c.id < last_id))
    return or_(entries.c.on < day, and_(entries.c.on == day, older))


def shown(tx: Connection, me: Me, ids: Sequence[UUID]) -> dict[UUID, BaseModel]:
    """Entries as they are shown to `me`; what is not hers is left out."""
    rows = tx.execute(select(entries).where(entries.c.id.in_(ids), entries.c.deleted_at.is_(None))).all()
    own = {each.id: each for each in access.own_items(tx, me, items.c.id.in_({row.item_id for row in rows}))}
    return {row.id: entry_view(row, own[row.item_id].key) for row in rows if row.item_id in own}


def logs_of(tx: Connection, of_items: Sequence[ItemRow]) -> dict[UUID, list[EntryRead]]:
    """The whole logs of these items of the caller's own by item, oldest day first."""
    logs: dict[UUID, list[EntryRead]] = {item.id: [] for item in of_items}
    for start in range(0, len(of_items), TOGETHER):
        keys = {item.id: item.key for item in of_items[start : start + TOGETHER]}
        rows = tx.execute(
            select(entries)
            .where(entries.c.item_id.in_(keys), entries.c.deleted_at.is_(None))
            .order_by(entries.c.on, entries.c.created_at, entries.c.id)
        )
        for row in rows:
            logs[row.item_id].append(entry_view(row, keys[row.item_id]))
    return logs

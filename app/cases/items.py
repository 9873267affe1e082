"""What happens to items, each in the caller's transaction."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from app import access
from app.access import ItemRow, Me, items, people
from app.cases import linked
from app.cases.answers import Made, as_said, moment_and_id
from app.cases.details import ITEM_DETAILS, Details, kept_json
from app.cases.erasing import empty_items
from app.cases.moving import hold, put_on_case
from app.cases.screen import alias_for, screened, still_there, strings_in, texts_in
from app.cases.shapes import ItemPatch, ItemRead
from app.cases.views import details_of, item_view, title_of
from app.core import changes, outbox
from app.core.clock import now
from app.core.errors import IdTaken, Invalid
from app.core.http import cursor, place_of
from app.core.seal import Key, keyring


def make_item(tx: Connection, me: Me, case_id: UUID | None, data: Any) -> Made:
    """Add an item (any shape of `shapes.ItemCreate`) to a case of hers, or a to-do or note without one.

    A repeat answers with what is stored. Raises NotFound, Gone, IdTaken, IdentifiersFound.
    """
    case = access.own_case(tx, me, case_id) if case_id else None
    details = kept_json(data.details)
    if earlier := _repeated(tx, me, case_id, data, details):
        return Made(item_view(earlier), is_new=False)
    texts = texts_in(data)
    kept = screened(texts, data.kept, alias=alias_for(tx, me, case_id))
    key = case.key if case else own_key(tx, me)
    moment = now()
    tx.execute(
        insert(items),
        {
            "id": data.id,
            "owner_id": me.id,
            "case_id": case_id,
            "kind": data.kind,
            **_sealed(key, data.id, data.title, details, kept),
            "due_on": data.due_on,
            "made_as": key.fingerprint(_said(case_id, data, details)),
            "created_at": moment,
            "updated_at": moment,
        },
    )
    changes.put(tx, "item", data.id, [me.id])
    return Made(item_view(access.own_item(tx, me, data.id)), is_new=True)


def own_key(tx: Connection, me: Me) -> Key:
    """The key of a person's own things, which items without a case are sealed under."""
    return keyring(tx).key(tx, tx.execute(select(people.c.key_id).where(people.c.id == me.id)).scalar_one())


def _repeated(
    tx: Connection, me: Me, case_id: UUID | None, data: Any, details: dict[str, Any]
) -> ItemRow | None:
    if tx.execute(select(items.c.id).where(items.c.id == data.id)).one_or_none() is None:
        return None
    stored = access.own_item(tx, me, data.id)
    said = _said(case_id, data, details)
    # What was put on a case later is known by the key that it was made under.
    keys = (stored.key,) if case_id else (stored.key, own_key(tx, me))
    if all(stored.made_as != key.fingerprint(said) for key in keys):
        raise IdTaken()
    return stored


def _said(case_id: UUID | None, data: Any, details: dict[str, Any]) -> str:
    named = {name: getattr(data, name) for name in ("kind", "title", "due_on")}
    return as_said({"case_id": case_id, "details": details, **named})


def _sealed(
    key: Key, item_id: UUID, title: str, details: dict[str, Any], kept: Sequence[str]
) -> dict[str, bytes | None]:
    kept = still_there(kept, [title, *strings_in(details)])
    return {
        "title": key.seal("items", "title", item_id, title),
        "details": key.seal_json("items", "details", item_id, details),
        "kept": key.seal_json("items", "kept", item_id, kept) if kept else None,
    }


def fitting(shape: type[Details], details: dict[str, Any]) -> Details:
    """Details as the shape of their kind. Raises a validation error by field, as for any other body."""
    try:
        return shape.model_validate(details)
    except ValidationError as error:
        raise RequestValidationError(
            [{**each, "loc": ("body", "details", *each["loc"])} for each in error.errors(include_input=False)]
        ) from error


def merged(stored: dict[str, Any], given: Details) -> dict[str, Any]:
    """Stored details with those given laid over by their top-level keys; null takes a key away."""
    said = kept_json(given)
    left = {name: value for name, value in stored.items() if name not in given.model_fields_set}
    return left | said


def change_item(tx: Connection, me: Me, item_id: UUID, data: ItemPatch) -> ItemRead:
    """Change what was sent, and leave the rest; readers of threads about it see the change too.

    Raises NotFound, Gone, OfAnotherCase, IdentifiersFound.
    """
    hold(tx, item_id, alone=True)
    item = access.own_item(tx, me, item_id)
    given = fitting(ITEM_DETAILS[item.kind], data.details)
    is_moved = "case_id" in data.model_fields_set and data.case_id != item.case_id
    if is_moved:
        put_on_case(tx, me, item, data.case_id)
        item = access.own_item(tx, me, item_id)
    old_title, old_details = title_of(item), details_of(item)
    title = data.title if "title" in data.model_fields_set else old_title
    due_on = data.due_on if "due_on" in data.model_fields_set else item.due_on
    details = merged(old_details, given)
    kept = screened(
        {**texts_in(data), **texts_in(given, "details.")},
        data.kept,
        alias=alias_for(tx, me, item.case_id),
        stored={old_title} | strings_in(old_details),
        earlier=_kept_of(item),
    )
    if (title, due_on, details) == (old_title, item.due_on, old_details) and not is_moved:
        return item_view(item)
    tx.execute(
        update(items)
        .where(items.c.id == item_id)
        .values(**_sealed(item.key, item_id, title, details, kept), due_on=due_on, updated_at=now())
    )
    changes.put(tx, "item", item_id, [me.id])
    linked.tell_readers(tx, linked.about([item_id]))
    if item.kind == "meeting" and due_on != item.due_on:
        outbox.record(tx, "cases.meeting_moved", item_id=item_id)
    return item_view(access.own_item(tx, me, item_id))


def _kept_of(item: ItemRow) -> list[str]:
    if item.kept is None:
        return []
    kept: list[str] = item.key.open_json("items", "kept", item.id, item.kept)
    return kept


def delete_item(tx: Connection, me: Me, item_id: UUID) -> None:
    """Delete an item and its entries; a meeting's questions keep the need-by they had."""
    item = access.own_item(tx, me, item_id)
    linked.let_go(tx, [item])
    empty_items(tx, [item.id])
    changes.gone(tx, "item", item.id, [me.id])


def list_items(
    tx: Connection, me: Me, case_id: UUID | None, kind: str | None, limit: int, after: str | None
) -> tuple[list[ItemRead], str | None]:
    """A page of a case's items, or of those without a case, by due day (none last), then oldest first."""
    if case_id:
        access.own_case(tx, me, case_id)
    where: list[ColumnElement[bool]] = [items.c.case_id == case_id]
    if kind:
        where.append(items.c.kind == kind)
    if after:
        where.append(_past(*place_of(after, 3)))
    found = access.own_items(tx, me, *where, limit=limit + 1)
    page = found[:limit]
    following = cursor(page[-1].due_on, page[-1].created_at, page[-1].id) if len(found) > limit else None
    return [item_view(each) for each in page], following


def _past(due: Any, made: Any, last: Any) -> ColumnElement[bool]:
    made_at, last_id = moment_and_id(made, last)
    younger = or_(items.c.created_at > made_at, and_(items.c.created_at == made_at, items.c.id > last_id))
    if due is None:
        return and_(items.c.due_on.is_(None), younger)
    try:
        due_on = date.fromisoformat(due)
    except (TypeError, ValueError) as error:
        raise Invalid("`after` is not a cursor of this list.") from error
    return or_(items.c.due_on > due_on, items.c.due_on.is_(None), and_(items.c.due_on == due_on, younger))


def shown(tx: Connection, me: Me, ids: Sequence[UUID]) -> dict[UUID, BaseModel]:
    """Items as their GET shows them to `me`; what is not hers is left out."""
    return {each.id: item_view(each) for each in access.own_items(tx, me, items.c.id.in_(ids))}

"""Rows opened and put into their shapes: for their owner, and for a mentor, who sees no days."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, cast, get_args
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Row

from app.access import CaseRow, ItemRow
from app.cases.details import ITEM_DETAILS, ItemKind
from app.cases.shapes import CaseRead, EntryRead, GradeBand, ItemForMentor, ItemRead, PlanType, Support
from app.core.days import DayMark
from app.core.seal import Key


def alias_of(case: CaseRow) -> str:
    """The alias a case goes by."""
    return case.key.open("cases", "alias", case.id, case.alias)


def case_view(case: CaseRow) -> CaseRead:
    """A case for its owner."""
    return CaseRead(
        id=case.id,
        alias=alias_of(case),
        grade_band=cast("GradeBand | None", case.grade_band),
        plan_type=cast("PlanType", case.plan_type),
        support=cast("Support | None", case.support),
        notes=_opened(case.key, "cases", "notes", case.id, case.notes),
        created_at=case.created_at,
        updated_at=case.updated_at,
    )


def title_of(item: ItemRow) -> str:
    """The title of an item."""
    return item.key.open("items", "title", item.id, item.title)


def details_of(item: ItemRow) -> dict[str, Any]:
    """The details of an item, as stored."""
    details: dict[str, Any] = item.key.open_json("items", "details", item.id, item.details)
    return details


def item_view(item: ItemRow) -> ItemRead:
    """An item for its owner."""
    return ItemRead(
        id=item.id,
        case_id=item.case_id,
        kind=cast("ItemKind", item.kind),
        title=title_of(item),
        due_on=item.due_on,
        details=details_of(item),
        created_at=item.created_at,
        updated_at=item.updated_at,
    )


def mentor_view(item: ItemRow, today: date) -> ItemForMentor:
    """An item for a mentor. `today` is the day it is where its owner lives."""
    return ItemForMentor(
        id=item.id,
        kind=cast("ItemKind", item.kind),
        title=title_of(item),
        details=without_days(ITEM_DETAILS[item.kind], details_of(item)),
        due_in_days=(item.due_on - today).days if item.due_on else None,
    )


def entry_view(row: Row[Any], key: Key) -> EntryRead:
    """An entry for its owner; `key` is its item's."""
    return EntryRead(
        id=row.id,
        item_id=row.item_id,
        on=row.on,
        value=None if row.value is None else key.open_json("entries", "value", row.id, row.value),
        note=_opened(key, "entries", "note", row.id, row.note),
        details={} if row.details is None else key.open_json("entries", "details", row.id, row.details),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def without_days(shape: type[BaseModel], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Stored details without any field whose type holds a calendar day, at any depth.

    What the shape does not know (an older release wrote it) is left out too, since it could be a day.
    """
    seen: dict[str, Any] = {}
    for name, value in stored.items():
        field = shape.model_fields.get(name)
        if field is None or _holds_a_day(shape, name):
            continue
        inner = _shape_inside(shape, name)
        if inner and isinstance(value, dict):
            value = without_days(inner, value)
        elif inner and isinstance(value, list):
            value = [without_days(inner, each) for each in value]
        seen[name] = value
    return seen


@cache
def _holds_a_day(shape: type[BaseModel], name: str) -> bool:
    field = shape.model_fields[name]
    return any(isinstance(each, DayMark) for each in _parts(field.annotation, field.metadata))


@cache
def _shape_inside(shape: type[BaseModel], name: str) -> type[BaseModel] | None:
    field = shape.model_fields[name]
    for each in _parts(field.annotation, field.metadata):
        if isinstance(each, type) and issubclass(each, BaseModel):
            return each
    return None


def _parts(annotation: Any, metadata: Any = ()) -> list[Any]:
    """Everything a type is made of: itself, what is inside it, and the marks on either."""
    found = [annotation, *metadata, *getattr(annotation, "__metadata__", ())]
    for each in get_args(annotation):
        if not isinstance(each, str):
            found += _parts(each)
    return found


def _opened(key: Key, table: str, column: str, row: UUID, sealed: bytes | None) -> str | None:
    return None if sealed is None else key.open(table, column, row, sealed)

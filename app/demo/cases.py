"""Cases with their items and entries, as if each had been written on its day."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from app.access import cases
from app.cases.entries import make_entry
from app.cases.items import make_item
from app.cases.service import make_case
from app.cases.shapes import CaseCreate, EntryCreate, ItemCreate
from app.core.clock import travel_to
from app.demo.ids import acting, id_of
from app.demo.people import BEFORE
from app.demo.story import Json

AFTER_SCHOOL = time(15, 40)
FIRST_WEEK = timedelta(days=2)
BETWEEN = timedelta(minutes=20)

_ITEM: TypeAdapter[Any] = TypeAdapter(ItemCreate)


def tell_case(tx: Connection, place: int, case: Json, zone: ZoneInfo, told_at: datetime) -> bool:
    """The story's case number `place` with its items and logs. Does nothing if it was ever there: False."""
    case_id, me = id_of("case", case["key"]), acting(case["owner"])
    if tx.execute(select(cases.c.id).where(cases.c.id == case_id)).first():
        return False
    began_at = told_at - BEFORE + FIRST_WEEK + place * BETWEEN
    travel_to(began_at)
    about = {
        name: case[name]
        for name in ("alias", "grade_band", "plan_type", "support", "notes", "kept")
        if name in case
    }
    make_case(tx, me, CaseCreate(id=case_id, **about))

    def written(on: str | None, minutes: int) -> datetime:
        """After school on that day, or when the case was made; never later than the story is told."""
        if on is None:
            return began_at + timedelta(minutes=minutes)
        on_the_day = datetime.combine(date.fromisoformat(on), AFTER_SCHOOL, zone).astimezone(UTC)
        return min(max(on_the_day, began_at) + timedelta(minutes=minutes), told_at)

    for minutes, item in enumerate(case["items"], 1):
        days = [entry["on"] for entry in item.get("entries", [])]
        is_over = item.get("due_on") is not None and written(item["due_on"], 0) < told_at
        travel_to(written(min(days, default=item["due_on"] if is_over else None), minutes))
        shape = {name: item[name] for name in ("kind", "title", "due_on", "details", "kept") if name in item}
        key = (case["key"], item["key"])
        make_item(tx, me, case_id, _ITEM.validate_python({"id": id_of("item", *key), **shape}))
        for number, entry in enumerate(item.get("entries", [])):
            travel_to(written(entry["on"], minutes))
            line = EntryCreate(id=id_of("entry", *key, number), **entry)
            make_entry(tx, me, id_of("item", *key), line)
    return True

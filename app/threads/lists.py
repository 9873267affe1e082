"""Boxes of threads: what each holds, in which order, a page at a time.

Open threads come by the day they are needed (none last), then oldest first; closed ones newest first. A list
that holds both shows the open ones first.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    FunctionElement,
    Select,
    Uuid,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from app import access
from app.access import ME, Me, links, memberships, threads
from app.cases.answers import moment_and_id
from app.core.clock import UTCDateTime
from app.core.errors import Invalid
from app.core.http import Page, cursor, place_of
from app.threads.shapes import Box, ThreadListed
from app.threads.showing import listed, meetings, need_by, rows_to_show

FAR = date(9999, 12, 31)


class day_before(FunctionElement[date]):  # noqa: N801
    """The calendar day before another, in SQL."""

    type = Date()
    inherit_cache = True


@compiles(day_before, "sqlite")
def _in_sqlite(element: day_before, compiler: SQLCompiler, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)}, '-1 day')"


@compiles(day_before, "postgresql")
def _in_postgresql(element: day_before, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)} - 1)"


_NEEDED: Any = func.coalesce(threads.c.need_by, day_before(meetings.c.due_on), literal(FAR, Date))
_HERE = select(memberships.c.circle_id).where(memberships.c.person_id == ME, memberships.c.is_mentor)
_ASKED = and_(threads.c.author_id == ME, threads.c.deleted_at.is_(None))
_HELD = and_(threads.c.mentor_id == ME, access.is_mentor_for(threads, ME), threads.c.deleted_at.is_(None))
_FREE = and_(threads.c.circle_id.in_(_HERE), access.thread_is_open_to(ME), threads.c.deleted_at.is_(None))
# The same as `thread_is_readable`, said so that each of the three can use its own index.
_READABLE = or_(_ASKED, _HELD, _FREE)
_OPEN = threads.c.state.in_(("waiting", "claimed", "answered"))
_CLOSED = threads.c.state == "closed"

_SHOWN = rows_to_show().limit(bindparam("how_many"))
_BY_NEED = _SHOWN.order_by(_NEEDED, threads.c.created_at, threads.c.id)
_NEWEST = _SHOWN.order_by(threads.c.closed_at.desc(), threads.c.id.desc())

# What of a box is open, and what is closed.
_BOXES: dict[Box | None, tuple[Select[Any] | None, Select[Any] | None]] = {
    None: (_BY_NEED.where(_READABLE, _OPEN), _NEWEST.where(_READABLE, _CLOSED)),
    "mine": (_BY_NEED.where(_ASKED, _OPEN), _NEWEST.where(_ASKED, _CLOSED)),
    "inbox": (_BY_NEED.where(_HELD, _OPEN), None),
    "unclaimed": (_BY_NEED.where(_FREE, threads.c.state == "waiting"), None),
    "waiting": (_BY_NEED.where(_ASKED, threads.c.state.in_(("waiting", "claimed"))), None),
    "closed": (None, _NEWEST.where(_READABLE, _CLOSED)),
}


@dataclass(frozen=True)
class Wanted:
    """Which threads to list."""

    box: Box | None = None
    case_id: UUID | None = None
    item_id: UUID | None = None
    circle_id: UUID | None = None
    limit: int = 50
    after: str | None = None


def list_threads(tx: Connection, me: Me, wanted: Wanted) -> Page[ThreadListed]:
    """One page of a box, in four queries at most, however long."""
    open_ones, closed_ones = _BOXES[wanted.box]
    is_closed, place = _place(wanted.after)
    if place is not None and (closed_ones if is_closed else open_ones) is None:
        raise Invalid("`after` is not a cursor of this list.")
    rows: list[Any] = []
    if open_ones is not None and not is_closed:
        rows = _some(tx, me, _narrowed(open_ones, wanted), wanted.limit + 1, place, _after_open)
        place = None
    if closed_ones is not None and len(rows) <= wanted.limit:
        how_many = wanted.limit + 1 - len(rows)
        rows += _some(tx, me, _narrowed(closed_ones, wanted), how_many, place, _after_closed)
    more = len(rows) > wanted.limit
    rows = rows[: wanted.limit]
    following = None
    if more:
        last = rows[-1]
        if last.state == "closed":
            following = cursor(1, last.closed_at.isoformat(), str(last.id))
        else:
            needed = need_by(last) or FAR
            following = cursor(0, needed.isoformat(), last.created_at.isoformat(), str(last.id))
    return Page[ThreadListed](items=listed(tx, me, rows), next=following)


def _narrowed(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.case_id:
        query = query.where(threads.c.case_id == wanted.case_id)
    if wanted.item_id:
        about = select(links.c.thread_id).where(links.c.item_id == wanted.item_id)
        query = query.where(threads.c.id.in_(about))
    if wanted.circle_id:
        query = query.where(threads.c.circle_id == wanted.circle_id)
    return query


def _some(tx: Connection, me: Me, query: Select[Any], how_many: int, place: Any, after: Any) -> list[Any]:
    if place is not None:
        query = query.where(after(*place))
    return list(tx.execute(query, {"me": me.id, "how_many": how_many}))


def _place(after: str | None) -> tuple[bool, tuple[Any, ...] | None]:
    """Whether the cursor stands among the closed ones, and the sort values it stands at."""
    if after is None:
        return False, None
    try:
        _, needed, made, id = place_of(after, 4)
    except Invalid:
        _, closed, id = place_of(after, 3)
        return True, moment_and_id(closed, id)
    try:
        return False, (date.fromisoformat(needed), *moment_and_id(made, id))
    except (TypeError, ValueError) as error:
        raise Invalid("`after` is not a cursor of this list.") from error


def _after_open(needed: date, made: datetime, id: UUID) -> ColumnElement[bool]:
    here = tuple_(literal(needed, Date), literal(made, UTCDateTime), literal(id, Uuid))
    return tuple_(_NEEDED, threads.c.created_at, threads.c.id) > here


def _after_closed(closed: datetime, id: UUID) -> ColumnElement[bool]:
    here = tuple_(literal(closed, UTCDateTime), literal(id, Uuid))
    return tuple_(threads.c.closed_at, threads.c.id) < here

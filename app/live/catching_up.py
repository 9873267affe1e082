"""`GET /api/changes`: what a client missed, in order, each with the object as its GET shows it to her."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel, Field
from sqlalchemy import Connection, Row, Select, bindparam, exists, select

from app.access import Me
from app.cases import service as cases
from app.cases.shapes import CaseRead, EntryRead, ItemRead
from app.circles import service as circles
from app.circles.shapes import CircleRead
from app.core.changes import Change, Kind
from app.drafts import service as drafts
from app.drafts.shapes import CommentShown, DraftRead, VersionShown
from app.live.cursors import Cursor, stand_in
from app.threads import showing as threads
from app.threads.shapes import MessageRead, ReadShown, TakeawayRead, ThreadRead
from app.voice import service as voice
from app.voice.shapes import VoiceRead

AT_ONCE = 200
# Objects are opened so many at a time, and a page ends early once it weighs this much.
OPENED_AT_ONCE = 50
ENOUGH_BYTES = 1024 * 1024

changes: Any = Change.__table__  # type: ignore[attr-defined]
later: Any = changes.alias("later")

Shown = Callable[[Connection, Me, Sequence[UUID]], Mapping[UUID, BaseModel]]


def _by_kind(shown: Callable[..., Any], kind: str) -> Shown:
    return lambda tx, me, ids: shown(tx, me, kind, ids)


SHOWN: dict[str, Shown] = {
    "circle": _by_kind(circles.shown, "circle"),
    **{kind: _by_kind(cases.shown, kind) for kind in ("case", "item", "entry")},
    **{kind: _by_kind(threads.shown, kind) for kind in ("thread", "message", "takeaway", "read")},
    **{kind: _by_kind(drafts.shown, kind) for kind in ("draft", "version", "comment")},
    "voice": voice.shown,
}

Object = (
    CircleRead
    | CaseRead
    | ItemRead
    | EntryRead
    | ThreadRead
    | MessageRead
    | DraftRead
    | VersionShown
    | CommentShown
    | TakeawayRead
    | VoiceRead
    | ReadShown
)


class ChangeRead(BaseModel):
    """`put`: fetch or take `object`, it is new or different. `gone`: drop it and all under it."""

    seq: int
    kind: Kind
    id: UUID
    op: Literal["put", "gone"]
    object: Object | None = Field(
        None, description="As its GET shows it to the caller now; left out once she may not see it."
    )


class ChangesRead(BaseModel):
    """A page of changes. `next` is the cursor to ask with again, at once until `items` is empty."""

    items: list[ChangeRead]
    next: str


_COLUMNS = (changes.c.seq, changes.c.kind, changes.c.object_id, changes.c.op)
_MISSED: Select[Any] = (
    select(*_COLUMNS)
    .where(changes.c.reader_id == bindparam("me"), changes.c.seq > bindparam("after"))
    .order_by(changes.c.seq)
    .limit(bindparam("how_many"))
)
# All there is: the last word on each object, if it was a put.
_ALL: Select[Any] = _MISSED.where(
    changes.c.seq <= bindparam("high"),
    changes.c.op == "put",
    ~exists().where(
        later.c.reader_id == changes.c.reader_id,
        later.c.kind == changes.c.kind,
        later.c.object_id == changes.c.object_id,
        later.c.seq > changes.c.seq,
    ),
)


def missed_by(tx: Connection, person_id: UUID, after: int, how_many: int) -> Sequence[Row[Any]]:
    """Someone's changes after a number, oldest first."""
    return tx.execute(_MISSED, {"me": person_id, "after": after, "how_many": how_many}).all()


@dataclass
class _Page:
    next: Cursor
    items: list[dict[str, Any]] = field(default_factory=list)
    weight: int = 0

    def add(self, row: Row[Any], shape: bytes | None) -> None:
        item = {"seq": row.seq, "kind": row.kind, "id": str(row.object_id), "op": row.op}
        if shape is not None:
            item["object"] = orjson.Fragment(shape)
            self.weight += len(shape)
        self.items.append(item)

    def json(self) -> bytes:
        return orjson.dumps({"items": self.items, "next": str(self.next)})


def changes_page(tx: Connection, me: Me, since: str | None) -> bytes | None:
    """The page of changes after a cursor, as JSON; without one, all there is now.

    Raises UnknownCursor. None where no epoch has been named yet.
    """
    stand = stand_in(tx)
    if stand is None:
        return None
    page = _Page(stand.start if since is None else stand.place(since))
    while True:
        is_walk = page.next.high is not None
        is_end = _fill(tx, me, page, _found(tx, me, page.next))
        # Where all of a stretch is out of her sight by now, an empty page would pass for the end.
        if page.items or (is_end and not is_walk):
            return page.json()


def _found(tx: Connection, me: Me, at: Cursor) -> Sequence[Row[Any]]:
    place = {"me": me.id, "after": at.seq, "how_many": AT_ONCE}
    if at.high is None:
        return tx.execute(_MISSED, place).all()
    return tx.execute(_ALL, place | {"high": at.high}).all()


def _fill(tx: Connection, me: Me, page: _Page, rows: Sequence[Row[Any]]) -> bool:
    """Take rows onto the page, opening their objects. True when there is nothing beyond them."""
    is_walk = page.next.high is not None
    for start in range(0, len(rows), OPENED_AT_ONCE):
        some = rows[start : start + OPENED_AT_ONCE]
        shapes = _opened(tx, me, some)
        for row in some:
            shape = shapes.get((row.kind, row.object_id)) if row.op == "put" else None
            if shape is not None or not is_walk:
                page.add(row, shape)
            page.next = Cursor(page.next.epoch, row.seq, page.next.high)
            if page.weight > ENOUGH_BYTES:
                return False
    if len(rows) == AT_ONCE:
        return False
    if page.next.high is not None:
        page.next = Cursor(page.next.epoch, page.next.high)
    return True


def _opened(tx: Connection, me: Me, rows: Iterable[Row[Any]]) -> dict[tuple[str, UUID], bytes]:
    wanted: dict[str, dict[UUID, None]] = {}
    for row in rows:
        if row.op == "put":
            wanted.setdefault(row.kind, {})[row.object_id] = None
    return {
        (kind, object_id): shape.model_dump_json().encode()
        for kind, ids in wanted.items()
        for object_id, shape in SHOWN[kind](tx, me, list(ids)).items()
    }

"""How a thread looks to one of its readers: rows of lists, whole threads and their parts, a batch at a time.

What a thread does not have costs no query: the first one says which parts there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Connection, Row, Select, and_, bindparam, exists, select

from app import access
from app.access import ME, Me, ThreadRow, messages, takeaways, threads
from app.accounts.people import Shown, shown_people
from app.cases.views import item_view, mentor_view
from app.core.clock import today_in
from app.core.errors import Invalid, NotFound
from app.core.http import cursor, place_of
from app.drafts.service import drafts_of
from app.threads.models import ReadMark
from app.threads.parts import messages_shown, takeaway_shown, takeaways_of, turn_shown
from app.threads.shapes import (
    CaseGlimpse,
    PersonRead,
    ReadShown,
    ThreadListed,
    ThreadRead,
)
from app.voice.service import notes_of

AT_ONCE = 200

reads: Any = ReadMark.__table__  # type: ignore[attr-defined]
meetings: Any = access.items.alias("meetings")


def rows_to_show() -> Select[Any]:
    """Threads with all that showing them to `me` needs; add your own conditions."""
    return (
        access.threads_with_keys()
        .add_columns(
            meetings.c.due_on.label("meeting_on"),
            access.cases.c.grade_band,
            access.cases.c.plan_type,
            reads.c.seq.label("read_to"),
            exists().where(access.links.c.thread_id == threads.c.id).label("has_items"),
            exists().where(access.drafts.c.thread_id == threads.c.id).label("has_drafts"),
            exists().where(takeaways.c.thread_id == threads.c.id).label("has_takeaways"),
            exists()
            .where(
                messages.c.thread_id == threads.c.id, messages.c.seq == 1, messages.c.voice_id.is_not(None)
            )
            .label("is_voice"),
        )
        .outerjoin(meetings, meetings.c.id == threads.c.meeting_id)
        .outerjoin(access.cases, access.cases.c.id == threads.c.case_id)
        .outerjoin(reads, and_(reads.c.thread_id == threads.c.id, reads.c.person_id == ME))
    )


_READABLE = rows_to_show().where(access.thread_is_readable())
_ONE = _READABLE.where(threads.c.id == bindparam("thread_id"))
_SOME = _READABLE.where(threads.c.id.in_(bindparam("thread_ids", expanding=True)))
_TURN = [messages.c[name] for name in ("id", "seq", "author_id", "body", "voice_id", "at", "retracted_at")]
_MESSAGES = select(*_TURN, messages.c.thread_id).order_by(messages.c.thread_id, messages.c.seq)
# Ids are what rows cost most, so the one that is known is not fetched two hundred times.
_OF_ONE = (
    select(*_TURN)
    .order_by(messages.c.seq)
    .where(
        messages.c.thread_id == bindparam("thread_id"),
        messages.c.seq >= bindparam("first"),
        messages.c.seq < bindparam("before"),
    )
)
_NEWEST_OF_SOME = (
    _MESSAGES.join(threads, threads.c.id == messages.c.thread_id)
    .where(messages.c.thread_id.in_(bindparam("thread_ids", expanding=True)))
    .where(messages.c.seq > threads.c.last_seq - AT_ONCE)
)


def need_by(row: Row[Any]) -> date | None:
    """The given day, else the day before the meeting, wherever it stands now."""
    if row.need_by is not None or row.meeting_on is None:
        given: date | None = row.need_by
        return given
    eve: date = row.meeting_on - timedelta(days=1)
    return eve


def need_by_of(tx: Connection, thread: ThreadRow) -> date | None:
    """As `need_by`, for a thread that came through its door."""
    if thread.need_by is not None or thread.meeting_id is None:
        return thread.need_by
    meeting_on = tx.execute(
        select(meetings.c.due_on).where(meetings.c.id == thread.meeting_id)
    ).scalar_one_or_none()
    return meeting_on - timedelta(days=1) if meeting_on else None


def thread_read(tx: Connection, me: Me, thread_id: UUID, before: str | None = None) -> ThreadRead:
    """A thread whole, with its newest messages or those before a cursor. Raises NotFound or Gone."""
    row = tx.execute(_ONE, {"me": me.id, "thread_id": thread_id}).one_or_none()
    if row is None:
        access.readable_thread(tx, me, thread_id)
        raise NotFound()
    end = row.last_seq + 1
    if before is not None:
        (given,) = place_of(before, 1)
        if not isinstance(given, int) or given < 1:
            raise Invalid("`before` is not a cursor of this thread.")
        end = min(given, end)
    turns = tx.execute(_OF_ONE, {"thread_id": thread_id, "first": end - AT_ONCE, "before": end}).all()
    return _whole(tx, me, [row], {thread_id: turns})[0]


def threads_read(tx: Connection, me: Me, thread_ids: Sequence[UUID]) -> dict[UUID, ThreadRead]:
    """Those of these threads that `me` reads, whole, in a number of queries that does not grow."""
    rows = tx.execute(_SOME, {"me": me.id, "thread_ids": list(thread_ids)}).all()
    if not rows:
        return {}
    turns: dict[UUID, list[Any]] = {}
    for turn in tx.execute(_NEWEST_OF_SOME, {"thread_ids": [row.id for row in rows]}):
        turns.setdefault(turn.thread_id, []).append(turn)
    return {each.id: each for each in _whole(tx, me, rows, turns)}


def listed(tx: Connection, me: Me, rows: Sequence[Row[Any]]) -> list[ThreadListed]:
    """Rows of `rows_to_show` as a list shows them."""
    opened = {row.id: access.thread_row(tx, row) for row in rows}
    people = shown_people(tx, {id for row in rows for id in (row.author_id, row.mentor_id) if id})
    items = _items(tx, me, rows, people)
    return [ThreadListed(**_fields(me, row, opened[row.id], items, people)) for row in rows]


def _whole(
    tx: Connection, me: Me, rows: Sequence[Row[Any]], turns: Mapping[UUID, Sequence[Row[Any]]]
) -> list[ThreadRead]:
    opened = {row.id: access.thread_row(tx, row) for row in rows}
    spoken = [thread_id for thread_id, said in turns.items() if any(turn.voice_id for turn in said)]
    voices = notes_of(tx, spoken) if spoken else {}
    drafted = {row.id: opened[row.id] for row in rows if row.has_drafts}
    drafts = drafts_of(tx, drafted) if drafted else {}
    pinned = takeaways_of(tx, me, {row.id: opened[row.id] for row in rows if row.has_takeaways})
    around = {
        row.id: {turn.author_id for turn in turns.get(row.id, ())}
        | {remark.author_id for draft in drafts.get(row.id, ()) for remark in draft.comments}
        for row in rows
    }
    concerned = {id for row in rows for id in (row.author_id, row.mentor_id)}.union(*around.values())
    people = shown_people(tx, filter(None, concerned))
    items = _items(tx, me, rows, people)
    whole = []
    for row in rows:
        said = turns.get(row.id, ())
        whole.append(
            ThreadRead(
                **_fields(me, row, opened[row.id], items, people, around[row.id]),
                messages=[turn_shown(opened[row.id], turn, voices) for turn in said],
                earlier=cursor(said[0].seq) if said and said[0].seq > 1 else None,
                drafts=drafts.get(row.id, []),
                takeaways=pinned.get(row.id, []),
            )
        )
    return whole


def _items(
    tx: Connection, me: Me, rows: Sequence[Row[Any]], people: Mapping[UUID, Shown]
) -> dict[UUID, list[BaseModel]]:
    author_of = {row.id: row.author_id for row in rows if row.has_items}
    if not author_of:
        return {}
    shown: dict[UUID, list[BaseModel]] = {}
    for thread_id, items in access.items_of_thread(tx, list(author_of)).items():
        author_id = author_of[thread_id]
        if author_id == me.id:
            shown[thread_id] = [item_view(each) for each in items]
        else:
            today = today_in(people[author_id].time_zone)
            shown[thread_id] = [mentor_view(each, today) for each in items]
    return shown


def _fields(
    me: Me,
    row: Row[Any],
    thread: ThreadRow,
    items: Mapping[UUID, list[BaseModel]],
    people: Mapping[UUID, Shown],
    around: Iterable[UUID | None] = (),
) -> dict[str, Any]:
    is_mine = thread.author_id == me.id
    read_to = row.read_to or 0
    about = items.get(thread.id, [])
    concerned = dict.fromkeys((thread.author_id, thread.mentor_id, *around))
    return {
        "id": thread.id,
        "circle_id": thread.circle_id,
        "author_id": thread.author_id,
        "mentor_id": thread.mentor_id,
        "for_anyone": thread.for_anyone,
        "state": thread.state,
        "topic": thread.topic,
        "help": thread.help,
        "title": _opened(thread, "title", thread.title),
        "opening": _opened(thread, "opening", thread.opening),
        "need_by": need_by(row),
        "meeting_id": thread.meeting_id if is_mine else None,
        "case_id": thread.case_id,
        "case": CaseGlimpse(grade_band=row.grade_band, plan_type=row.plan_type) if thread.case_id else None,
        "item_ids": [each.id for each in about],  # type: ignore[attr-defined]
        "items": about,
        "people": [
            PersonRead(id=each.id, display_name=each.display_name, region=each.region)
            for each in map(people.get, filter(None, concerned))
            if each is not None
        ],
        "last_seq": thread.last_seq,
        "read_to": read_to,
        "unread": thread.last_seq - read_to,
        "is_voice": row.is_voice,
        "has_draft": row.has_drafts,
        "created_at": thread.created_at,
        "last_at": thread.last_at,
        "claimed_at": thread.claimed_at,
        "closed_at": thread.closed_at,
    }


def _opened(thread: ThreadRow, column: str, sealed: bytes | None) -> str | None:
    return thread.key.open("threads", column, thread.id, sealed) if sealed is not None else None


def shown(tx: Connection, me: Me, kind: str, ids: Sequence[UUID]) -> dict[UUID, BaseModel]:
    """Threads, messages, takeaways or read marks as their GET shows them to `me`; the rest is left out."""
    if kind == "thread":
        return dict(threads_read(tx, me, ids))
    if kind == "read":
        marks = select(reads).where(reads.c.thread_id.in_(ids), reads.c.person_id == me.id)
        readable = access.readable_threads(tx, me, ids)
        return {
            row.thread_id: ReadShown(id=row.thread_id, thread_id=row.thread_id, seq=row.seq)
            for row in tx.execute(marks)
            if row.thread_id in readable
        }
    table = messages if kind == "message" else takeaways
    rows: Sequence[Row[Any]] = tx.execute(select(table).where(table.c.id.in_(ids))).all()
    of_threads = access.readable_threads(tx, me, list({row.thread_id for row in rows}))
    rows = [row for row in rows if row.thread_id in of_threads]
    if kind == "message":
        return {each.id: each for each in messages_shown(tx, of_threads, rows)}
    return {
        row.id: takeaway_shown(me, of_threads[row.thread_id], row) for row in rows if row.deleted_at is None
    }

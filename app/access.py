"""Who may read or write what: the one module that routes, live updates, search and export all ask.

Loading is the permission check. Each door takes an id and who asks, and gives back the object or raises
NotFound, so that an outsider cannot learn that it exists. No role widens a door: a steward is an outsider to
every thread she did not write. `reliability.md` numbers the promises: this is P3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, exists, or_, select

from app.accounts.models import Person, WorksWith
from app.cases.models import Case, Entry, Item
from app.circles.models import Circle, Invitation, Membership
from app.core.errors import Forbidden, Gone, NotFound
from app.core.prepared import Prepared
from app.core.seal import Key, KeyRow, keyring
from app.drafts.models import Comment, Draft, DraftVersion
from app.threads.models import Message, ReadMark, Takeaway, Thread, ThreadItem
from app.voice.models import VoiceNote, VoiceSlice


def _t(model: Any) -> Any:
    return model.__table__


people, works_with = _t(Person), _t(WorksWith)
cases, items, entries = _t(Case), _t(Item), _t(Entry)
circles, memberships, invitations = _t(Circle), _t(Membership), _t(Invitation)
drafts, draft_versions, comments = _t(Draft), _t(DraftVersion), _t(Comment)
threads, messages, takeaways, links = _t(Thread), _t(Message), _t(Takeaway), _t(ThreadItem)
reads = _t(ReadMark)
voice_notes, voice_slices, keys = _t(VoiceNote), _t(VoiceSlice), _t(KeyRow)

ME: Any = bindparam("me")


@dataclass(frozen=True)
class Me:
    """Who asks: a person through one of her sessions."""

    id: UUID
    session_id: UUID
    kind: str  # "cookie" or "bearer"
    signed_in_at: datetime


@dataclass(frozen=True)
class ThreadRow:
    """A thread that the caller may read, with its key."""

    id: UUID
    circle_id: UUID
    author_id: UUID
    mentor_id: UUID | None
    for_anyone: bool
    state: str
    topic: str | None
    help: str | None
    title: bytes | None
    opening: bytes | None
    need_by: date | None
    meeting_id: UUID | None
    case_id: UUID | None
    last_seq: int
    created_at: datetime
    last_at: datetime
    claimed_at: datetime | None
    closed_at: datetime | None
    key: Key


_THREAD_COLUMNS = [threads.c[name] for name in ThreadRow.__dataclass_fields__ if name != "key"]
_KEY_COLUMNS = [keys.c.id.label("key_id"), keys.c.kek, keys.c.wrapped]


def _named(row: Any, columns: Sequence[Any]) -> dict[str, Any]:
    return {column.name: value for column, value in zip(columns, row, strict=False)}


def is_mentor_for(thread: Any, mentor: Any) -> ColumnElement[bool]:
    """She mentors in the thread's circle, did not write it, and its author does not work with her."""
    return and_(
        thread.c.author_id != mentor,
        exists().where(
            memberships.c.circle_id == thread.c.circle_id,
            memberships.c.person_id == mentor,
            memberships.c.is_mentor,
        ),
        ~exists().where(works_with.c.person_id == thread.c.author_id, works_with.c.other_id == mentor),
    )


def thread_is_open_to(mentor: Any) -> ColumnElement[bool]:
    """No mentor was chosen and none holds it, and she may be one."""
    return and_(threads.c.mentor_id.is_(None), threads.c.for_anyone, is_mentor_for(threads, mentor))


def thread_is_readable(me: Any = ME) -> ColumnElement[bool]:
    """The whole rule of who reads a thread, as one condition for every query that lists or loads."""
    return and_(
        threads.c.deleted_at.is_(None),
        or_(
            threads.c.author_id == me,
            and_(threads.c.mentor_id == me, is_mentor_for(threads, me)),
            thread_is_open_to(me),
        ),
    )


def threads_with_keys() -> Select[Any]:
    """The columns `thread_row` reads, joined with the key; add your own conditions."""
    return select(*_THREAD_COLUMNS, *_KEY_COLUMNS).select_from(
        threads.join(keys, keys.c.id == threads.c.key_id)
    )


_READABLE_THREAD = threads_with_keys().where(threads.c.id == bindparam("thread_id"), thread_is_readable())
_DELETED_THREAD = select(threads.c.id).where(
    threads.c.id == bindparam("thread_id"),
    threads.c.deleted_at.is_not(None),
    or_(threads.c.author_id == ME, threads.c.mentor_id == ME, thread_is_open_to(ME)),
)


def thread_row(tx: Connection, row: Any) -> ThreadRow:
    """A row of `threads_with_keys` with its key unwrapped."""
    return ThreadRow(**_named(row, _THREAD_COLUMNS), key=keyring(tx).unwrap(row.key_id, row.kek, row.wrapped))


def readable_thread(tx: Connection, me: Me, thread_id: UUID) -> ThreadRow:
    """The thread, if `me` wrote it or was given it as a mentor.

    Raises NotFound otherwise, and Gone after it was deleted to its author, and to its mentor or all those to
    whom it stood open.
    """
    row = tx.execute(_READABLE_THREAD, {"thread_id": thread_id, "me": me.id}).one_or_none()
    if row is None:
        if tx.execute(_DELETED_THREAD, {"thread_id": thread_id, "me": me.id}).one_or_none():
            raise Gone()
        raise NotFound()
    return thread_row(tx, row)


def own_thread(tx: Connection, me: Me, thread_id: UUID) -> ThreadRow:
    """As `readable_thread`, and `me` wrote it. Raises Forbidden to its other readers."""
    thread = readable_thread(tx, me, thread_id)
    if thread.author_id != me.id:
        raise Forbidden("Only the person who asked can do this.")
    return thread


def readable_threads(tx: Connection, me: Me, thread_ids: Sequence[UUID]) -> dict[UUID, ThreadRow]:
    """Those of these threads that `me` may read, in one query."""
    if not thread_ids:
        return {}
    rows = tx.execute(
        threads_with_keys().where(threads.c.id.in_(thread_ids), thread_is_readable()), {"me": me.id}
    )
    return {row.id: thread_row(tx, row) for row in rows}


_OPEN_MENTORS = Prepared(
    select(memberships.c.person_id)
    .where(
        memberships.c.circle_id == bindparam("circle_id"),
        memberships.c.is_mentor,
        memberships.c.person_id != bindparam("author_id"),
        memberships.c.person_id.not_in(
            select(works_with.c.other_id).where(works_with.c.person_id == bindparam("author_id"))
        ),
    )
    .order_by(memberships.c.person_id)
)


def mentors_for(tx: Connection, circle_id: UUID, author_id: UUID) -> list[UUID]:
    """The mentors of a circle who may be given this author's threads."""
    return _OPEN_MENTORS.column(tx, {"circle_id": circle_id, "author_id": author_id})


def thread_readers(
    tx: Connection, *, circle_id: UUID, author_id: UUID, mentor_id: UUID | None, for_anyone: bool
) -> list[UUID]:
    """Everyone who reads a thread in this state: its author first, then its mentor or those it is open to."""
    if mentor_id is None and not for_anyone:
        return [author_id]
    allowed = mentors_for(tx, circle_id, author_id)
    if mentor_id is None:
        return [author_id, *allowed]
    return [author_id, mentor_id] if mentor_id in allowed else [author_id]


def readers_of(tx: Connection, thread: ThreadRow) -> list[UUID]:
    """Everyone who reads this thread now."""
    return thread_readers(
        tx,
        circle_id=thread.circle_id,
        author_id=thread.author_id,
        mentor_id=thread.mentor_id,
        for_anyone=thread.for_anyone,
    )


def readers_of_threads(tx: Connection, *which: ColumnElement[bool]) -> dict[UUID, set[UUID]]:
    """Everyone who reads each thread that meets these conditions on `access.threads`, in two queries."""
    wanted = (threads.c.deleted_at.is_(None), *which)
    readers = {
        thread_id: {author_id}
        for thread_id, author_id in tx.execute(select(threads.c.id, threads.c.author_id).where(*wanted))
    }
    given = memberships.alias("given")
    mentors = (
        select(threads.c.id, given.c.person_id)
        .select_from(threads.join(given, given.c.circle_id == threads.c.circle_id))
        .where(
            *wanted,
            or_(
                threads.c.mentor_id == given.c.person_id,
                and_(threads.c.mentor_id.is_(None), threads.c.for_anyone),
            ),
            is_mentor_for(threads, given.c.person_id),
        )
    )
    for thread_id, mentor_id in tx.execute(mentors):
        readers[thread_id].add(mentor_id)
    return readers


@dataclass(frozen=True)
class CaseRow:
    """A case of the caller's own, with its key."""

    id: UUID
    owner_id: UUID
    alias: bytes
    notes: bytes | None
    kept: bytes | None
    made_as: bytes | None
    grade_band: str | None
    plan_type: str
    support: str | None
    created_at: datetime
    updated_at: datetime
    key: Key


_CASE_COLUMNS = [cases.c[name] for name in CaseRow.__dataclass_fields__ if name != "key"]
_CASES = select(*_CASE_COLUMNS, *_KEY_COLUMNS).select_from(cases.join(keys, keys.c.id == cases.c.key_id))
_OWN_CASES = _CASES.where(cases.c.owner_id == ME, cases.c.deleted_at.is_(None))
_OWN_CASE = _OWN_CASES.where(cases.c.id == bindparam("case_id"))
_DELETED_CASE = select(cases.c.id).where(
    cases.c.id == bindparam("case_id"),
    cases.c.deleted_at.is_not(None),
    or_(
        cases.c.owner_id == ME,
        exists().where(threads.c.case_id == cases.c.id, threads.c.mentor_id == ME),
    ),
)


def _case_row(tx: Connection, row: Any) -> CaseRow:
    return CaseRow(**_named(row, _CASE_COLUMNS), key=keyring(tx).unwrap(row.key_id, row.kek, row.wrapped))


def own_case(tx: Connection, me: Me, case_id: UUID) -> CaseRow:
    """The case, if it is the caller's. Raises NotFound, and Gone after it was deleted."""
    row = tx.execute(_OWN_CASE, {"case_id": case_id, "me": me.id}).one_or_none()
    if row is None:
        if tx.execute(_DELETED_CASE, {"case_id": case_id, "me": me.id}).one_or_none():
            raise Gone()
        raise NotFound()
    return _case_row(tx, row)


def own_cases(
    tx: Connection,
    me: Me,
    case_ids: Sequence[UUID] | None = None,
    *where: ColumnElement[bool],
    limit: int | None = None,
) -> dict[UUID, CaseRow]:
    """The caller's cases (all, or those of these), by id, in the order they were made."""
    query = _OWN_CASES.where(*where).order_by(cases.c.created_at, cases.c.id).limit(limit)
    if case_ids is not None:
        query = query.where(cases.c.id.in_(case_ids))
    return {row.id: _case_row(tx, row) for row in tx.execute(query, {"me": me.id})}


@dataclass(frozen=True)
class ItemRow:
    """An item of the caller's own, with the key it is sealed under."""

    id: UUID
    owner_id: UUID
    case_id: UUID | None
    kind: str
    title: bytes
    details: bytes
    kept: bytes | None
    made_as: bytes | None
    due_on: date | None
    created_at: datetime
    updated_at: datetime
    key: Key


_ITEM_COLUMNS = [items.c[name] for name in ItemRow.__dataclass_fields__ if name != "key"]
# An item without a case stands under its owner's own key.
_ITEMS = select(*_ITEM_COLUMNS, *_KEY_COLUMNS).select_from(
    items.join(people, people.c.id == items.c.owner_id)
    .outerjoin(cases, cases.c.id == items.c.case_id)
    .join(
        keys,
        or_(
            and_(items.c.case_id.is_not(None), keys.c.id == cases.c.key_id),
            and_(items.c.case_id.is_(None), keys.c.id == people.c.key_id),
        ),
    )
)
_OWN_ITEMS = _ITEMS.where(items.c.owner_id == ME, items.c.deleted_at.is_(None))
_ITEM_OF_DELETED_CASE = (
    select(items.c.id)
    .join(cases, cases.c.id == items.c.case_id)
    .where(items.c.id == bindparam("item_id"), items.c.owner_id == ME, cases.c.deleted_at.is_not(None))
)


def _item_row(tx: Connection, row: Any) -> ItemRow:
    return ItemRow(**_named(row, _ITEM_COLUMNS), key=keyring(tx).unwrap(row.key_id, row.kek, row.wrapped))


def own_item(tx: Connection, me: Me, item_id: UUID) -> ItemRow:
    """The item, if it is the caller's. Raises NotFound, and Gone when its case was deleted."""
    row = tx.execute(_OWN_ITEMS.where(items.c.id == item_id), {"me": me.id}).one_or_none()
    if row is None:
        if tx.execute(_ITEM_OF_DELETED_CASE, {"item_id": item_id, "me": me.id}).one_or_none():
            raise Gone()
        raise NotFound()
    return _item_row(tx, row)


def own_items(tx: Connection, me: Me, *where: ColumnElement[bool], limit: int | None = None) -> list[ItemRow]:
    """The caller's items that meet these conditions on `access.items`, by due day (none last), then age."""
    query = (
        _OWN_ITEMS.where(*where)
        .order_by(items.c.due_on.is_(None), items.c.due_on, items.c.created_at, items.c.id)
        .limit(limit)
    )
    return [_item_row(tx, row) for row in tx.execute(query, {"me": me.id})]


def items_of_thread(tx: Connection, thread_ids: Sequence[UUID]) -> dict[UUID, list[ItemRow]]:
    """What threads are about, by thread; only for threads that came through `readable_thread(s)`."""
    query = (
        _ITEMS.add_columns(links.c.thread_id)
        .join(links, links.c.item_id == items.c.id)
        .where(links.c.thread_id.in_(thread_ids), items.c.deleted_at.is_(None))
        .order_by(items.c.created_at)
    )
    found: dict[UUID, list[ItemRow]] = {}
    for row in tx.execute(query):
        found.setdefault(row.thread_id, []).append(_item_row(tx, row))
    return found


def own_entry(tx: Connection, me: Me, entry_id: UUID) -> tuple[Row[Any], ItemRow]:
    """An entry and its item, if they are the caller's. Raises Gone when their case was deleted."""
    row = tx.execute(select(entries).where(entries.c.id == entry_id)).one_or_none()
    if row is None:
        raise NotFound()
    item = own_item(tx, me, row.item_id)
    if row.deleted_at is not None:
        raise NotFound()
    return row, item


def readable_draft(tx: Connection, me: Me, draft_id: UUID) -> tuple[Row[Any], ThreadRow]:
    """A draft and its thread, if the caller reads the thread."""
    row = tx.execute(select(drafts).where(drafts.c.id == draft_id)).one_or_none()
    if row is None:
        raise NotFound()
    return row, readable_thread(tx, me, row.thread_id)


def readable_comment(tx: Connection, me: Me, comment_id: UUID) -> tuple[Row[Any], Row[Any], ThreadRow]:
    """A comment, its draft and its thread, if the caller reads the thread."""
    row = tx.execute(select(comments).where(comments.c.id == comment_id)).one_or_none()
    if row is None:
        raise NotFound()
    draft, thread = readable_draft(tx, me, row.draft_id)
    return row, draft, thread


def readable_message(tx: Connection, me: Me, message_id: UUID) -> tuple[Row[Any], ThreadRow]:
    """A message and its thread, if the caller reads the thread."""
    row = tx.execute(select(messages).where(messages.c.id == message_id)).one_or_none()
    if row is None:
        raise NotFound()
    return row, readable_thread(tx, me, row.thread_id)


def own_takeaway(tx: Connection, me: Me, takeaway_id: UUID) -> tuple[Row[Any], ThreadRow]:
    """A takeaway the caller pinned, and its thread. Raises Forbidden to the thread's other readers."""
    row = tx.execute(
        select(takeaways).where(takeaways.c.id == takeaway_id, takeaways.c.deleted_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row, own_thread(tx, me, row.thread_id)


# With its wrapped key, which is gone once the note is deleted.
_VOICE = Prepared(
    select(voice_notes, keys.c.kek, keys.c.wrapped)
    .select_from(voice_notes.outerjoin(keys, keys.c.id == voice_notes.c.key_id))
    .where(voice_notes.c.id == bindparam("voice_id"))
)


def readable_voice(tx: Connection, me: Me, voice_id: UUID) -> Any:
    """A voice note: its speaker's alone until it is attached, then every reader's of its thread."""
    row = _VOICE.row(tx, {"voice_id": voice_id})
    if row is None:
        raise NotFound()
    if row.thread_id is not None:
        readable_thread(tx, me, row.thread_id)  # Gone, when it went with its thread.
    elif row.owner_id != me.id:
        raise NotFound()
    if row.deleted_at is not None:
        raise NotFound()
    return row


@dataclass(frozen=True)
class Place:
    """The caller's place in a circle."""

    circle_id: UUID
    is_teacher: bool
    is_mentor: bool
    is_steward: bool


def place_in(tx: Connection, me: Me, circle_id: UUID) -> Place:
    """What the caller is in this circle. Raises NotFound to those outside it."""
    row = tx.execute(
        select(memberships.c.is_teacher, memberships.c.is_mentor, memberships.c.is_steward).where(
            memberships.c.circle_id == circle_id, memberships.c.person_id == me.id
        )
    ).one_or_none()
    if row is None:
        raise NotFound()
    return Place(circle_id, *row)


def steward_of(tx: Connection, me: Me, circle_id: UUID) -> Place:
    """As `place_in`, and the caller is its steward. Raises Forbidden to other members."""
    place = place_in(tx, me, circle_id)
    if not place.is_steward:
        raise Forbidden("Only a host of this circle can do this.")
    return place

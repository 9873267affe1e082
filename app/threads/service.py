"""Posting a message, and what it does to the state of its thread."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Connection,
    and_,
    bindparam,
    case,
    func,
    insert,
    select,
    update,
)

from app import access, standing
from app.access import ME, Me, ThreadRow, messages, threads
from app.accounts.people import names_of, shown_people
from app.core import audit, changes, outbox
from app.core.clock import UTCDateTime, now
from app.core.errors import Conflict, IdTaken, NotFound
from app.core.ids import new_id
from app.core.prepared import Prepared
from app.drafts.service import ThreadClosed, count_kept
from app.screening import gate
from app.screening.gate import About, IdentifiersFound
from app.threads import holding
from app.threads.following import lock
from app.threads.parts import message_shown
from app.threads.reading import read_on
from app.threads.shapes import MessageCreate, MessageRead
from app.threads.showing import need_by_of
from app.voice import service as voice
from app.voice.shapes import VoiceRead


@dataclass(frozen=True)
class Posted:
    """What posting answers with, and whether it was the first time."""

    message: MessageRead
    is_new: bool


_AT: Any = bindparam("at", type_=UTCDateTime)
_BY_ID = select(messages).where(messages.c.id == bindparam("message_id"))
# All that posting must know beforehand, in one look.
_THREAD = Prepared(
    access.threads_with_keys()
    .add_columns(
        access.is_mentor_for(threads, threads.c.mentor_id).label("mentor_reads"),
        messages.c.id.label("earlier_id"),
    )
    .outerjoin(messages, messages.c.id == bindparam("message_id"))
    .where(threads.c.id == bindparam("thread_id"), access.thread_is_readable())
)
_OPEN = and_(
    threads.c.id == bindparam("thread_id"), threads.c.state != "closed", threads.c.deleted_at.is_(None)
)
_NUMBERED = {"last_seq": threads.c.last_seq + 1, "last_at": _AT}
_AFTER = (threads.c.last_seq, threads.c.state, threads.c.mentor_id)
_AUTHOR_POSTS = Prepared(
    update(threads)
    .where(_OPEN)
    .values(state=case((threads.c.state == "answered", "claimed"), else_=threads.c.state), **_NUMBERED)
    .returning(*_AFTER)
)
_HERS = threads.c.mentor_id == ME
# Posting in a question that nobody has takes it, and only one can.
_FREE = and_(access.thread_is_open_to(ME), threads.c.state == "waiting")
_MENTOR_POSTS = (
    update(threads)
    .where(_OPEN)
    .values(
        mentor_id=ME,
        claimed_at=func.coalesce(threads.c.claimed_at, _AT),
        released_by=None,
        state=case(
            (bindparam("answers", type_=Boolean), "answered"),
            (threads.c.state == "waiting", "claimed"),
            else_=threads.c.state,
        ),
        **_NUMBERED,
    )
    .returning(*_AFTER)
)
_HOLDER_POSTS = Prepared(_MENTOR_POSTS.where(_HERS))
_TAKER_POSTS = Prepared(_MENTOR_POSTS.where(_FREE))
_INSERT = Prepared(insert(messages))


def post_message(tx: Connection, me: Me, thread_id: UUID, data: MessageCreate) -> Posted:
    """Add a message, tell its readers' stores, and record the fact, all in the caller's transaction.

    A repeat of the same words answers with what is stored. Raises ThreadClosed, IdentifiersFound, and IdTaken
    when the id holds other words; NotFound when another mentor took the question meanwhile.
    """
    message_id, moment = data.id or new_id(), now()
    found = _look(tx, me, thread_id, message_id)
    if found.mentor_id is None and found.author_id != me.id and tx.dialect.name == "postgresql":
        # Taking it: in turn with all who try the same, her own other tries included.
        standing.hold_places(tx)
        lock(tx, thread_id)
        found = _look(tx, me, thread_id, message_id)
    thread = access.thread_row(tx, found)
    if found.earlier_id:
        return Posted(_posted_before(tx, thread, me, message_id, data), is_new=False)
    if thread.state == "closed":
        raise ThreadClosed()
    try:
        note = _attach(tx, thread, me, data.voice_id) if data.voice_id else None
    except voice.AlreadyAttached:
        # Perhaps by this very message, sent twice at once.
        if tx.execute(_BY_ID, {"message_id": message_id}).one_or_none() is None:
            raise
        return Posted(_posted_before(tx, thread, me, message_id, data), is_new=False)
    kept_count = _screen(tx, thread, me, data)
    if note:
        kept_count += gate.kept_in(note.gist, people=names_of(tx, me.id))

    before = _readers(tx, thread, found.mentor_reads)
    answers = data.body is not None or (note is not None and note.state == "ready")
    seq, state, mentor_id = _number(tx, thread, me, moment, answers=answers)
    body = thread.key.seal("messages", "body", message_id, data.body) if data.body is not None else None
    row = {
        "id": message_id,
        "thread_id": thread.id,
        "author_id": me.id,
        "seq": seq,
        "body": body,
        "voice_id": data.voice_id,
        "at": moment,
    }
    _INSERT.run(tx, row)
    read_on(tx, me, thread.id, seq)
    readers = before
    if mentor_id != thread.mentor_id:
        readers = [thread.author_id, me.id]
        changes.gone(tx, "thread", thread.id, set(before) - set(readers))
    if mentor_id != thread.mentor_id or (mentor_id == me.id and thread.claimed_at is None):
        holding.claimed(tx, me, thread.id)
    if (state, mentor_id) != (thread.state, thread.mentor_id):
        changes.put(tx, "thread", thread.id, readers)
    changes.put(tx, "message", message_id, readers)
    count_kept(tx, thread, kept_count)
    audit.note(tx, "message.post", person_id=me.id, object_id=message_id)
    outbox.record(tx, "threads.message_posted", message_id=message_id)
    said = MessageRead(
        id=message_id, thread_id=thread.id, seq=seq, author_id=me.id, body=data.body, voice=note, at=moment
    )
    return Posted(said, is_new=True)


def _look(tx: Connection, me: Me, thread_id: UUID, message_id: UUID) -> Any:
    about = {"thread_id": thread_id, "me": me.id, "message_id": message_id}
    found = _THREAD.row(tx, about)
    if found is None:
        access.readable_thread(tx, me, thread_id)
        raise NotFound()
    return found


def _posted_before(
    tx: Connection, thread: ThreadRow, me: Me, message_id: UUID, data: MessageCreate
) -> MessageRead:
    row = tx.execute(_BY_ID, {"message_id": message_id}).one()
    if row.author_id != me.id or row.retracted_at:
        raise NotFound()
    if row.thread_id != thread.id:
        raise IdTaken()
    stored = message_shown(tx, thread, row)
    if (stored.body, row.voice_id) != (data.body, data.voice_id):
        raise IdTaken()
    return stored


def _screen(tx: Connection, thread: ThreadRow, me: Me, data: MessageCreate) -> int:
    """The gate; names of the thread's own people are fetched only where something was found."""
    if not data.kept:
        with suppress(IdentifiersFound):
            return gate.check(data)
    names = names_of(tx, *{thread.author_id, thread.mentor_id, me.id})
    about = About(me.id, "message", data.id) if data.id else None
    return gate.check(data, people=names, about=about)


def _readers(tx: Connection, thread: ThreadRow, mentor_reads: bool) -> list[UUID]:
    if thread.mentor_id is None:
        return access.readers_of(tx, thread)
    return [thread.author_id, thread.mentor_id] if mentor_reads else [thread.author_id]


def _attach(tx: Connection, thread: ThreadRow, me: Me, voice_id: UUID) -> VoiceRead:
    need_by = need_by_of(tx, thread) if thread.author_id == me.id else None
    zone = shown_people(tx, [thread.author_id])[thread.author_id].time_zone
    return voice.attach(tx, me, voice_id, thread, need_by=need_by, time_zone=zone)


def _number(
    tx: Connection, thread: ThreadRow, me: Me, moment: Any, *, answers: bool
) -> tuple[int, str, UUID | None]:
    """The message's place in the thread, and the thread's state and mentor after it."""
    place = {"thread_id": thread.id, "at": moment}
    if thread.author_id == me.id:
        row = _AUTHOR_POSTS.row(tx, place)
    else:
        posts = _TAKER_POSTS if thread.mentor_id is None else _HOLDER_POSTS
        row = posts.row(tx, place | {"me": me.id, "answers": answers})
    if row is None:
        # Closed, taken or given back since it was read, which only PostgreSQL's writers can do to each other.
        stands = access.readable_thread(tx, me, thread.id)
        raise ThreadClosed() if stands.state == "closed" else Conflict()
    return row.last_seq, row.state, row.mentor_id

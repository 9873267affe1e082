"""Who has a question: claimed, released, handed over; closed and reopened by who asked."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, or_, select, update

from app import access, standing
from app.access import ME, Me, ThreadRow, is_mentor_for, threads
from app.core import audit, outbox
from app.core.clock import now
from app.core.errors import Conflict, Forbidden, NotFound
from app.drafts.service import ThreadClosed
from app.threads import linking
from app.threads.following import lock, told
from app.threads.shapes import ThreadRead
from app.threads.showing import thread_read


class AlreadyClaimed(Conflict):
    slug, title = "already-claimed", "Someone else has this question"
    detail = "It is in good hands; the next one is in your inbox."


# One row changed or the claim is lost, whoever else tries at the same time.
_CLAIM = (
    update(threads)
    .where(
        threads.c.id == bindparam("thread_id"),
        threads.c.state == "waiting",
        or_(threads.c.mentor_id.is_(None), threads.c.mentor_id == ME),
        threads.c.deleted_at.is_(None),
    )
    .values(mentor_id=ME, state="claimed", claimed_at=bindparam("at"), released_by=None)
)
_WAS_OPEN_TO = select(threads.c.id).where(
    threads.c.id == bindparam("thread_id"),
    threads.c.for_anyone,
    threads.c.deleted_at.is_(None),
    is_mentor_for(threads, ME),
)


def claim(tx: Connection, me: Me, thread_id: UUID) -> ThreadRead:
    """Take a waiting question. Raises AlreadyClaimed to every mentor but the one who won."""
    standing.hold_places(tx)
    lock(tx, thread_id)
    thread = _claimable(tx, me, thread_id)
    if thread.author_id == me.id:
        raise Forbidden("Nobody takes her own question.")
    if thread.mentor_id == me.id and thread.claimed_at:
        return thread_read(tx, me, thread_id)
    if thread.state == "closed":
        raise ThreadClosed()
    with told(tx, thread):
        won = tx.execute(_CLAIM, {"thread_id": thread_id, "me": me.id, "at": now()})
        if won.rowcount != 1:
            raise AlreadyClaimed()
    claimed(tx, me, thread_id)
    return thread_read(tx, me, thread_id)


def _claimable(tx: Connection, me: Me, thread_id: UUID) -> ThreadRow:
    try:
        return access.readable_thread(tx, me, thread_id)
    except NotFound:
        # Who could have had it may know that it is gone; to anyone else it was never there.
        if tx.execute(_WAS_OPEN_TO, {"thread_id": thread_id, "me": me.id}).one_or_none():
            raise AlreadyClaimed() from None
        raise


def claimed(tx: Connection, me: Me, thread_id: UUID) -> None:
    """Record that someone took a question, by claiming it or by answering."""
    audit.note(tx, "thread.claim", person_id=me.id, object_id=thread_id)
    outbox.record(tx, "threads.claimed", thread_id=thread_id)


def release(tx: Connection, me: Me, thread_id: UUID) -> ThreadRead:
    """Give a question back: to the circle's mentors, or to its author when she had chosen this one."""
    lock(tx, thread_id)
    thread = access.readable_thread(tx, me, thread_id)
    if thread.mentor_id is None and _released_by(tx, thread_id) == me.id:
        return thread_read(tx, me, thread_id)
    _hold(thread, me)
    return _move(tx, me, thread, "release", "threads.released", None, state="waiting", released_by=me.id)


def hand_over(tx: Connection, me: Me, thread_id: UUID, mentor_id: UUID) -> ThreadRead:
    """Give a question to another mentor, who reads it alone from now on. Raises NotAMentor."""
    standing.hold_places(tx)
    lock(tx, thread_id)
    thread = access.readable_thread(tx, me, thread_id)
    _hold(thread, me)
    if mentor_id == me.id:
        raise linking.NotAMentor("You have this question already.")
    linking.check_mentor(tx, thread.circle_id, thread.author_id, mentor_id)
    return _move(
        tx,
        me,
        thread,
        "hand_over",
        "threads.handed_over",
        mentor_id,
        state=thread.state,
        claimed_at=now() if thread.claimed_at else None,
    )


def _hold(thread: ThreadRow, me: Me) -> None:
    if thread.mentor_id != me.id:
        raise Forbidden("Only the mentor who has this question can give it away.")
    if thread.state == "closed":
        raise ThreadClosed()


def _released_by(tx: Connection, thread_id: UUID) -> UUID | None:
    return tx.execute(select(threads.c.released_by).where(threads.c.id == thread_id)).scalar_one_or_none()


def _move(
    tx: Connection, me: Me, thread: ThreadRow, act: str, fact: str, mentor_id: UUID | None, **values: Any
) -> ThreadRead:
    """Move a thread from its mentor; answers with it as she may see it, perhaps for the last time."""
    seen = thread_read(tx, me, thread.id)
    values = {"mentor_id": mentor_id, "claimed_at": None, **values}
    with told(tx, thread):
        tx.execute(update(threads).where(threads.c.id == thread.id).values(**values))
    audit.note(tx, f"thread.{act}", person_id=me.id, object_id=thread.id)
    outbox.record(tx, fact, thread_id=thread.id)
    if access.readable_threads(tx, me, [thread.id]):
        return thread_read(tx, me, thread.id)
    shown = {name: value for name, value in values.items() if name in ThreadRead.model_fields}
    return seen.model_copy(update=shown)


def close(tx: Connection, me: Me, thread_id: UUID) -> ThreadRead:
    """Done, says who asked. Closed again, it answers the same."""
    lock(tx, thread_id)
    thread = access.own_thread(tx, me, thread_id)
    if thread.state == "closed":
        return thread_read(tx, me, thread_id)
    return _turn(tx, me, thread, "close", "threads.closed", state="closed", closed_at=now())


def reopen(tx: Connection, me: Me, thread_id: UUID) -> ThreadRead:
    """Not done after all: with its holder again if there is one, else waiting."""
    standing.hold_places(tx)
    lock(tx, thread_id)
    thread = access.own_thread(tx, me, thread_id)
    if thread.state != "closed":
        return thread_read(tx, me, thread_id)
    values: dict[str, Any] = {"closed_at": None, "state": "waiting"}
    if thread.mentor_id and thread.mentor_id not in access.mentors_for(tx, thread.circle_id, me.id):
        # Who had it mentors here no more: it would wait for someone who cannot see it.
        values |= {"mentor_id": None, "claimed_at": None}
    elif thread.mentor_id and thread.claimed_at:
        values["state"] = "claimed"
    return _turn(tx, me, thread, "reopen", "threads.reopened", **values)


def _turn(tx: Connection, me: Me, thread: ThreadRow, act: str, fact: str, **values: Any) -> ThreadRead:
    with told(tx, thread):
        tx.execute(update(threads).where(threads.c.id == thread.id).values(**values))
    audit.note(tx, f"thread.{act}", person_id=me.id, object_id=thread.id)
    outbox.record(tx, fact, thread_id=thread.id)
    return thread_read(tx, me, thread.id)

"""When a notice may leave, what leaves with it, and whether there is still anything to tell."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, exists, func, or_, select

from app.access import people
from app.core.clock import now, today_in
from app.core.quiet import opens_at
from app.notify import wording
from app.notify.queue import NOTICES, mails
from app.notify.wording import Words
from app.notify.wordless import has_read, may_read, standing_of

GATHER = timedelta(minutes=5)


@dataclass(frozen=True)
class Receiver:
    """Someone with an account, and how she wants to be told."""

    id: UUID
    quiet_hours: list[dict[str, Any]] | None
    time_zone: str
    wants_mail: bool
    wants_push: bool


def receiver(tx: Connection, person_id: UUID) -> Receiver | None:
    """Who this is, None once the account is deleted."""
    row = tx.execute(
        select(people.c.quiet_hours, people.c.time_zone, people.c.preferences).where(
            people.c.id == person_id, people.c.deleted_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        return None
    likes = row.preferences or {}
    return Receiver(
        person_id, row.quiet_hours, row.time_zone, likes.get("mail", True), likes.get("push", True)
    )


def leaves_at(tx: Connection, row: Any, her: Receiver) -> datetime | None:
    """After quiet hours, and not within five minutes of the last notice to her; None when she is never told.

    A second try of one that may have arrived waits for quiet hours only.
    """
    opening = now()
    if not row.doubts:
        others = and_(mails.c.person_id == her.id, mails.c.kind.in_(NOTICES), mails.c.id != row.id)
        last = tx.execute(select(func.max(mails.c.sent_at)).where(others)).scalar()
        if last and last + GATHER > opening:
            opening = last + GATHER
        elif tx.execute(select(exists().where(others, mails.c.state == "sending"))).scalar():
            opening += GATHER
    return opens_at(opening, her.quiet_hours, her.time_zone)


@dataclass(frozen=True)
class Gathered:
    """A notice and what leaves in the same mail; `stale` is no longer news."""

    told: list[Any]
    stale: list[Any]

    @property
    def thread_id(self) -> UUID | None:
        """The one thread that all of it is about, if it is one."""
        threads = {each.thread_id for each in self.told}
        return threads.pop() if len(threads) == 1 else None


def gather(tx: Connection, row: Any) -> Gathered:
    """This notice, what left with it before, and all others that wait for its receiver.

    One that may have arrived goes out again as it was: what is new does not join it.
    """
    with_it = mails.c.merged_into == row.id
    if not row.doubts:
        waits = and_(mails.c.person_id == row.person_id, mails.c.state == "queued", mails.c.doubts == 0)
        with_it = or_(with_it, waits)
    others = tx.execute(
        select(mails).where(with_it, mails.c.kind.in_(NOTICES), mails.c.id != row.id).order_by(mails.c.id)
    ).all()
    told: list[Any] = []
    stale: list[Any] = []
    for each in (row, *others):
        (stale if _is_stale(tx, each) else told).append(each)
    return Gathered(told, stale)


def _is_stale(tx: Connection, row: Any) -> bool:
    """Whether there is nothing left to tell: she has read it, may not read it, or someone else has it."""
    if row.thread_id is None:
        return False
    thread = standing_of(tx, row.thread_id)
    if thread is None or not may_read(tx, row.person_id, row.thread_id):
        return True
    if row.kind == "question_waiting":
        return thread.state != "waiting"
    if row.kind == "question_returned":
        return thread.state != "waiting" or thread.mentor_id is not None
    if row.message_seq is not None:
        return has_read(tx, row.person_id, row.thread_id, row.message_seq)
    return thread.state == "closed"


def words_for(tx: Connection, rows: list[Any], her: Receiver) -> Words:
    """What the mail says: one notice's words, or several under one heading."""
    words = [_words(tx, row, her) for row in rows]
    return words[0] if len(set(words)) == 1 else wording.together(words)


def _words(tx: Connection, row: Any, her: Receiver) -> Words:
    thread = standing_of(tx, row.thread_id) if row.thread_id else None
    # Who only wants to be heard puts no day on anyone.
    has_day = thread and row.kind in ("question_waiting", "question_given") and thread.help != "listen"
    return wording.notice(
        row.kind,
        thread_path=f"/threads/{row.thread_id}" if row.thread_id else None,
        need_by=thread.need_by if thread and has_day else None,
        today=today_in(her.time_zone),
    )

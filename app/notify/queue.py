"""Putting mails in the queue: what kinds there are, and one row per fact, person and kind."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select

from app.accounts.models import Person
from app.core.clock import now
from app.core.ids import new_id
from app.core.quiet import opens_at
from app.notify.models import Mail

mails: Any = Mail.__table__  # type: ignore[attr-defined]
people: Any = Person.__table__  # type: ignore[attr-defined]

# These wait for the end of quiet hours, are gathered, and can be switched off; all others leave at once.
NOTICES = frozenset(
    {
        "question_waiting",
        "question_given",
        "question_returned",
        "reply_waiting",
        "follow_up_waiting",
        "one_look",
        "archive_ready",
    }
)


def queue(
    tx: Connection,
    kind: str,
    about: str,
    *,
    person_id: UUID | None = None,
    invitation_id: UUID | None = None,
    sign_in_id: UUID | None = None,
    thread_id: UUID | None = None,
    message_seq: int | None = None,
) -> None:
    """Queue one mail; a fact told a second time adds none.

    A notice to someone without an account, or whom quiet hours never let be told, is not queued at all.
    """
    mine = mails.c.person_id.is_(None) if person_id is None else mails.c.person_id == person_id
    known = select(mails.c.id).where(mails.c.about == about, mails.c.kind == kind, mine)
    if tx.execute(known).first():
        return
    leaves_at = now()
    if kind in NOTICES:
        hours = tx.execute(
            select(people.c.quiet_hours, people.c.time_zone).where(
                people.c.id == person_id, people.c.deleted_at.is_(None)
            )
        ).one_or_none()
        opening = opens_at(leaves_at, hours.quiet_hours, hours.time_zone) if hours else None
        if opening is None:
            return
        leaves_at = opening
    tx.execute(
        insert(mails),
        {
            "id": new_id(),
            "kind": kind,
            "about": about,
            "person_id": person_id,
            "invitation_id": invitation_id,
            "sign_in_id": sign_in_id,
            "thread_id": thread_id,
            "message_seq": message_seq,
            "state": "queued",
            "attempts": 0,
            "doubts": 0,
            "created_at": now(),
            "not_before": leaves_at,
        },
    )


def is_waiting(tx: Connection, kind: str, person_id: UUID, thread_id: UUID) -> bool:
    """Whether such a notice for her is queued already."""
    found = select(mails.c.id).where(
        mails.c.kind == kind,
        mails.c.person_id == person_id,
        mails.c.thread_id == thread_id,
        mails.c.state == "queued",
    )
    return tx.execute(found).first() is not None

"""Changing a question after it was sent: its title, kind, day, links, and whom it is for."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from app import access, standing
from app.access import Me, ThreadRow, links, threads
from app.accounts.people import names_of
from app.core import audit, outbox
from app.drafts.service import ThreadClosed, count_kept
from app.screening import gate
from app.threads import linking
from app.threads.following import lock, told
from app.threads.shapes import ThreadPatch, ThreadRead
from app.threads.showing import thread_read


def change(tx: Connection, me: Me, thread_id: UUID, data: ThreadPatch) -> ThreadRead:
    """Take the offers that were given; what is left out stays.

    A new mentor starts from `waiting`; null opens the question to anyone, unless it is open already. Raises
    Forbidden to who did not ask, NotFound for what is not the author's own, NotAMentor, ThreadClosed.
    """
    if data.mentor_id:
        standing.hold_places(tx)
    lock(tx, thread_id)
    thread = access.own_thread(tx, me, thread_id)
    given = data.model_fields_set - {"kept"}
    values: dict[str, Any] = {name: getattr(data, name) for name in given & {"topic", "help", "need_by"}}
    if "meeting_id" in given:
        if data.meeting_id:
            linking.own_meeting(tx, me, data.meeting_id)
        values["meeting_id"] = data.meeting_id
    item_ids = _links(tx, me, thread, data, given, values)
    is_given_anew = "mentor_id" in given and _rechoose(tx, thread, data.mentor_id, values)
    if "title" in given:
        count_kept(tx, thread, gate.check(data, people=names_of(tx, thread.author_id, thread.mentor_id)))
        values["title"] = thread.key.seal("threads", "title", thread_id, data.title) if data.title else None
    if values or item_ids is not None:
        with told(tx, thread):
            if values:
                tx.execute(update(threads).where(threads.c.id == thread_id).values(**values))
            if item_ids is not None:
                linking.link(tx, thread_id, item_ids)
        audit.note(tx, "thread.change", person_id=me.id, object_id=thread_id)
    if is_given_anew:
        # To whoever can take it now it is a question just asked.
        outbox.record(tx, "threads.asked", thread_id=thread_id)
    return thread_read(tx, me, thread_id)


def _links(
    tx: Connection, me: Me, thread: ThreadRow, data: ThreadPatch, given: set[str], values: dict[str, Any]
) -> list[UUID] | None:
    """Put the case into `values`; returns the items the thread is about from now on, None for no change."""
    if not given & {"case_id", "item_ids"}:
        return None
    case_id = data.case_id if "case_id" in given else thread.case_id
    if "case_id" in given and case_id:
        access.own_case(tx, me, case_id)
    if "item_ids" in given:
        item_ids = data.item_ids or []
        about = linking.own_items(tx, me, item_ids)
        values["case_id"] = linking.case_of(case_id, about)
        return item_ids
    values["case_id"] = case_id
    now_linked = tx.execute(select(links.c.item_id).where(links.c.thread_id == thread.id)).scalars()
    # Items of the case it no longer belongs to go with it.
    return [each.id for each in linking.own_items(tx, me, now_linked) if each.case_id in (None, case_id)]


def _rechoose(tx: Connection, thread: ThreadRow, mentor_id: UUID | None, values: dict[str, Any]) -> bool:
    if mentor_id == thread.mentor_id and (mentor_id or thread.for_anyone):
        return False
    if mentor_id is None and thread.for_anyone:
        # Already open to anyone: a replayed wish must not take it from who has it now.
        return False
    if thread.state == "closed":
        raise ThreadClosed()
    if mentor_id:
        linking.check_mentor(tx, thread.circle_id, thread.author_id, mentor_id)
    values |= {
        "mentor_id": mentor_id,
        "for_anyone": mentor_id is None,
        "state": "waiting",
        "claimed_at": None,
        "released_by": None,
    }
    return True

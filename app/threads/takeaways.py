"""Takeaways: passages of advice that the author of a thread pins, changes and takes down."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from app import access
from app.access import Me, ThreadRow, comments, drafts, messages, takeaways
from app.accounts.people import names_of
from app.core import audit, changes, outbox
from app.core.clock import now
from app.core.errors import IdTaken, Invalid, NotFound
from app.core.ids import new_id
from app.drafts.service import count_kept
from app.screening import gate
from app.threads import linking
from app.threads.asking import as_said
from app.threads.parts import takeaway_shown
from app.threads.shapes import TakeawayCreate, TakeawayPatch, TakeawayRead


@dataclass(frozen=True)
class Pinned:
    """What pinning answers with, and whether it was the first time."""

    takeaway: TakeawayRead
    is_new: bool


def pin(tx: Connection, thread: ThreadRow, me: Me, data: TakeawayCreate) -> Pinned:
    """Pin a passage. A repeat answers with the takeaway as it is now, changed or not.

    Raises NotFound for a source outside the thread or a place that is not the author's, IdentifiersFound.
    """
    if data.id and (earlier := _pinned_before(tx, thread, me, data.id, data)):
        return Pinned(earlier, is_new=False)
    _check_source(tx, thread, data)
    _check_place(tx, me, data)
    kept = gate.check(data, people=names_of(tx, thread.author_id, thread.mentor_id))
    takeaway_id, moment = data.id or new_id(), now()
    tx.execute(
        insert(takeaways),
        {
            "id": takeaway_id,
            "thread_id": thread.id,
            "author_id": me.id,
            "message_id": data.message_id,
            "comment_id": data.comment_id,
            "item_id": data.item_id,
            "meeting_id": data.meeting_id,
            "text": thread.key.seal("takeaways", "text", takeaway_id, data.text),
            "pinned_as": thread.key.fingerprint(as_said(data)),
            "at": moment,
            "updated_at": moment,
        },
    )
    count_kept(tx, thread, kept)
    audit.note(tx, "takeaway.pin", person_id=me.id, object_id=takeaway_id)
    outbox.record(tx, "threads.takeaway_pinned", takeaway_id=takeaway_id)
    return Pinned(_told(tx, me, takeaway_id), is_new=True)


def _pinned_before(
    tx: Connection, thread: ThreadRow, me: Me, takeaway_id: UUID, data: TakeawayCreate
) -> TakeawayRead | None:
    row = tx.execute(select(takeaways).where(takeaways.c.id == takeaway_id)).one_or_none()
    if row is None:
        return None
    if row.author_id != me.id or row.deleted_at:
        raise NotFound()
    if row.thread_id != thread.id or row.pinned_as != thread.key.fingerprint(as_said(data)):
        raise IdTaken()
    return takeaway_shown(me, thread, row)


def _check_source(tx: Connection, thread: ThreadRow, data: TakeawayCreate) -> None:
    in_thread: list[Any] = []
    if data.message_id:
        in_thread.append(
            select(messages.c.id).where(messages.c.id == data.message_id, messages.c.thread_id == thread.id)
        )
    if data.comment_id:
        in_thread.append(
            select(comments.c.id)
            .join(drafts, drafts.c.id == comments.c.draft_id)
            .where(comments.c.id == data.comment_id, drafts.c.thread_id == thread.id)
        )
    for source in in_thread:
        if tx.execute(source).one_or_none() is None:
            raise NotFound()


def _check_place(tx: Connection, me: Me, data: TakeawayCreate | TakeawayPatch) -> None:
    if data.item_id:
        access.own_item(tx, me, data.item_id)
    if data.meeting_id:
        linking.own_meeting(tx, me, data.meeting_id)


def change(tx: Connection, row: Any, thread: ThreadRow, me: Me, data: TakeawayPatch) -> TakeawayRead:
    """Reword a takeaway or put it elsewhere; what is left out stays."""
    given = data.model_fields_set - {"kept"}
    if "text" in given and data.text is None:
        raise Invalid("A takeaway needs its words; delete it instead.")
    _check_place(tx, me, data)
    stored = thread.key.open("takeaways", "text", row.id, row.text)
    values: dict[str, Any] = {name: getattr(data, name) for name in given - {"text"}}
    if data.text is not None and data.text != stored:
        count_kept(tx, thread, gate.check(data, people=names_of(tx, thread.author_id, thread.mentor_id)))
        values["text"] = thread.key.seal("takeaways", "text", row.id, data.text)
    if values:
        tx.execute(update(takeaways).where(takeaways.c.id == row.id).values(**values, updated_at=now()))
        audit.note(tx, "takeaway.change", person_id=me.id, object_id=row.id)
        return _told(tx, me, row.id)
    return takeaway_shown(me, thread, row)


def unpin(tx: Connection, row: Any, thread: ThreadRow, me: Me) -> None:
    """Take a takeaway down; its id stays used, so that a late replay brings nothing back."""
    tx.execute(
        update(takeaways)
        .where(takeaways.c.id == row.id)
        .values(text=None, pinned_as=None, message_id=None, comment_id=None, deleted_at=now())
    )
    changes.gone(tx, "takeaway", row.id, access.readers_of(tx, thread))
    audit.note(tx, "takeaway.unpin", person_id=me.id, object_id=row.id)


def _told(tx: Connection, me: Me, takeaway_id: UUID) -> TakeawayRead:
    row, thread = access.own_takeaway(tx, me, takeaway_id)
    changes.put(tx, "takeaway", takeaway_id, access.readers_of(tx, thread))
    return takeaway_shown(me, thread, row)

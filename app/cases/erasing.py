"""Deleting for good: rows emptied, keys destroyed, readers told, in one transaction.

Rows that a phone made keep their ids, emptied, so that a late replay finds them deleted and brings nothing
back, and so that those who could read them hear 410. Parts that have no address of their own are removed.
Backups lose the words with the keys that they do not hold.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, select, update

from app import access
from app.access import (
    CaseRow,
    Me,
    cases,
    comments,
    draft_versions,
    drafts,
    entries,
    items,
    links,
    messages,
    reads,
    takeaways,
    threads,
    voice_notes,
    voice_slices,
)
from app.cases import linked
from app.core import audit, changes, outbox
from app.core.clock import now
from app.core.seal import destroy


def erase_case(tx: Connection, me: Me, case: CaseRow) -> None:
    """A case with its items, entries, threads, voice and keys. Its owner gets 410 from now on."""
    erase_threads(
        tx,
        list(
            tx.execute(
                select(threads.c.id).where(threads.c.case_id == case.id, threads.c.deleted_at.is_(None))
            ).scalars()
        ),
    )
    own = access.own_items(tx, me, items.c.case_id == case.id)
    # Threads that are not of this case can be tied to its items all the same.
    linked.let_go(tx, own)
    empty_items(tx, [item.id for item in own])
    moment = now()
    tx.execute(
        update(cases)
        .where(cases.c.id == case.id)
        .values(
            alias=None,
            notes=None,
            kept=None,
            made_as=None,
            grade_band=None,
            plan_type="other",
            support=None,
            key_id=None,
            updated_at=moment,
            deleted_at=moment,
        )
    )
    destroy(tx, {case.key.id})
    changes.gone(tx, "case", case.id, [case.owner_id])
    outbox.record(tx, "cases.deleted", case_id=case.id)
    audit.note(tx, "case.delete", person_id=me.id, object_id=case.id)


def empty_items(tx: Connection, item_ids: Sequence[UUID]) -> None:
    """Take everything but their ids from items and their entries."""
    moment = now()
    tx.execute(
        update(entries)
        .where(entries.c.item_id.in_(item_ids), entries.c.deleted_at.is_(None))
        .values(
            value=None, note=None, details=None, kept=None, made_as=None, updated_at=moment, deleted_at=moment
        )
    )
    tx.execute(
        update(items)
        .where(items.c.id.in_(item_ids))
        .values(
            title=None,
            details=None,
            kept=None,
            made_as=None,
            due_on=None,
            updated_at=moment,
            deleted_at=moment,
        )
    )


def erase_threads(tx: Connection, thread_ids: Sequence[UUID]) -> None:
    """Threads with all that was said, written and pinned in them; their readers' stores drop them."""
    if not thread_ids:
        return
    for thread_id, readers in access.readers_of_threads(tx, threads.c.id.in_(thread_ids)).items():
        changes.gone(tx, "thread", thread_id, readers)
    of_these = select(drafts.c.id).where(drafts.c.thread_id.in_(thread_ids))
    for table, condition in (
        (takeaways, takeaways.c.thread_id.in_(thread_ids)),
        (comments, comments.c.draft_id.in_(of_these)),
        (draft_versions, draft_versions.c.draft_id.in_(of_these)),
        (messages, messages.c.thread_id.in_(thread_ids)),
        (reads, reads.c.thread_id.in_(thread_ids)),
        (links, links.c.thread_id.in_(thread_ids)),
    ):
        tx.execute(delete(table).where(condition))
    tx.execute(
        update(drafts).where(drafts.c.thread_id.in_(thread_ids)).values(title=None, kept=None, item_id=None)
    )
    keys = erase_voice(tx, voice_notes.c.thread_id.in_(thread_ids))
    keys |= set(tx.execute(select(threads.c.key_id).where(threads.c.id.in_(thread_ids))).scalars())
    tx.execute(
        update(threads)
        .where(threads.c.id.in_(thread_ids))
        .values(
            title=None,
            opening=None,
            topic=None,
            help=None,
            need_by=None,
            meeting_id=None,
            key_id=None,
            deleted_at=now(),
        )
    )
    destroy(tx, keys - {None})
    for thread_id in thread_ids:
        outbox.record(tx, "threads.deleted", thread_id=thread_id)


def erase_voice(tx: Connection, condition: Any) -> set[UUID]:
    """Empty voice notes and have their files removed; returns the keys to destroy."""
    rows = tx.execute(
        select(voice_notes.c.id, voice_notes.c.key_id).where(condition, voice_notes.c.deleted_at.is_(None))
    ).all()
    if not rows:
        return set()
    tx.execute(
        update(voice_notes)
        .where(voice_notes.c.id.in_([row.id for row in rows]))
        .values(
            gist=None,
            marks=None,
            peaks=None,
            transcript=None,
            sha256=None,
            object_name=None,
            key_id=None,
            deleted_at=now(),
        )
    )
    tx.execute(delete(voice_slices).where(voice_slices.c.voice_id.in_([row.id for row in rows])))
    for row in rows:
        outbox.record(tx, "voice.deleted", voice_id=row.id)
    return {row.key_id for row in rows if row.key_id}

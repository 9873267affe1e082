"""Takes the demo back: its people, all they made, their circles and files. Nobody else loses a word."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, or_, select

from app import standing
from app.access import cases, circles, items, memberships, people, threads, voice_notes
from app.core import audit, changes
from app.core.db import Database
from app.core.objects import Objects
from app.core.seal import destroy
from app.demo.ids import acting, id_of, people_ids
from app.demo.quietly import Quietly
from app.demo.story import read
from app.export.models import Export
from app.leaving import delete_account
from app.voice.models import VoiceSlice

exports: Any = Export.__table__  # type: ignore[attr-defined]
slices: Any = VoiceSlice.__table__  # type: ignore[attr-defined]


async def remove(db: Database, objects: Objects) -> bool:
    """Take the demo back. False if it is not there.

    A circle in which someone else has asked stays, without the demo's people.
    """
    ours = await db.read(_ours)
    if not ours:
        return False
    await db.write(partial(_leave_to_others, ours))
    files = await db.read(partial(_files, ours))
    going = await Quietly(db).write(partial(_delete_accounts, ours))
    await Quietly(db).write(partial(_delete_rows, ours, going))
    await objects.delete(*files)
    return True


def _ours(tx: Connection) -> list[UUID]:
    everyone = people_ids(read())
    return list(tx.execute(select(people.c.id).where(people.c.id.in_(everyone))).scalars())


def _leave_to_others(ours: Sequence[UUID], tx: Connection) -> None:
    """Leave the circles in which someone else has asked; whoever was answered by us is told as ever."""
    rows = tx.execute(
        select(memberships.c.circle_id, memberships.c.person_id).where(
            memberships.c.person_id.in_(ours),
            memberships.c.circle_id.in_(_asked_in_by_others(ours)),
        )
    ).all()
    for row in rows:
        standing.leave(tx, row.circle_id, row.person_id)


def _asked_in_by_others(ours: Sequence[UUID]) -> Any:
    return select(threads.c.circle_id).where(threads.c.author_id.not_in(ours), threads.c.deleted_at.is_(None))


def _delete_accounts(ours: Sequence[UUID], tx: Connection) -> list[UUID]:
    """Delete the accounts as their owners would. Returns the circles that go with them."""
    joined = select(memberships.c.circle_id).where(memberships.c.person_id.in_(ours))
    # By its id too: a try that was cut short may have left it without members.
    going = list(
        tx.execute(
            select(circles.c.id).where(
                or_(circles.c.id.in_(joined), circles.c.id == id_of("circle", read()["circle"]["key"])),
                circles.c.id.not_in(_asked_in_by_others(ours)),
            )
        ).scalars()
    )
    here = people.c.id.in_(ours), people.c.deleted_at.is_(None)
    for person_id in tx.execute(select(people.c.id).where(*here)).scalars().all():
        delete_account(tx, acting(person_id))
    for circle_id in going:
        changes.gone(tx, "circle", circle_id, standing.members_of(tx, circle_id))
    audit.note(tx, "demo.remove", person_id=None, object_id=None)
    return going


def _delete_rows(ours: Sequence[UUID], going: Sequence[UUID], tx: Connection) -> None:
    """What deleting an account leaves, emptied, so that ids are known again: a next demo needs these ids."""
    keys = set(tx.execute(select(circles.c.key_id).where(circles.c.id.in_(going))).scalars())
    for table, condition in (
        (threads, or_(threads.c.author_id.in_(ours), threads.c.circle_id.in_(going))),
        (items, items.c.owner_id.in_(ours)),
        (cases, cases.c.owner_id.in_(ours)),
        (voice_notes, voice_notes.c.owner_id.in_(ours)),
        (circles, circles.c.id.in_(going)),
        (people, people.c.id.in_(ours)),
    ):
        tx.execute(delete(table).where(condition))
    destroy(tx, keys)


def _files(ours: Sequence[UUID], tx: Connection) -> list[str]:
    """Recordings, prepared and on their way, of these people and of others in their threads; archives."""
    asked = select(threads.c.id).where(threads.c.author_id.in_(ours))
    notes = or_(voice_notes.c.owner_id.in_(ours), voice_notes.c.thread_id.in_(asked))
    named = (
        select(voice_notes.c.object_name).where(notes),
        select(slices.c.object_name).join(voice_notes, voice_notes.c.id == slices.c.voice_id).where(notes),
        select(exports.c.object_name).where(exports.c.person_id.in_(ours)),
    )
    return [name for query in named for name in tx.execute(query).scalars() if name]

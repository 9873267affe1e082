"""Deleting an account: what was hers goes at once, what others were told becomes an empty place.

Her row stays, emptied, so that ids in other people's threads still point somewhere; nothing in it says who
she was. Backups lose the words with the keys that they do not hold.
"""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import ColumnElement, Connection, delete, or_, select, update

from app import access, standing
from app.access import Me, comments, drafts, items, messages, people, threads, voice_notes
from app.accounts.models import Session, SignIn, WorksWith
from app.accounts.sign_in_api import forget_session
from app.accounts.signed_in import JustSignedIn
from app.calendar import CalendarAddress
from app.cases import erasing
from app.circles.models import Invitation
from app.core import audit, changes, outbox
from app.core.changes import Change
from app.core.clock import now
from app.core.errors import Forbidden
from app.core.http import Config, Db, StrictRoute, refusals
from app.core.objects import Objects
from app.core.outbox import job
from app.core.seal import destroy
from app.export.models import Export
from app.notify.models import Mail, PushSubscription
from app.screening.models import Refusal
from app.threads.models import ReadMark
from app.voice import service as voice

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["accounts"])


@router.delete("/me", status_code=204, responses=refusals(403))
async def delete_me(request: Request, me: JustSignedIn, db: Db, settings: Config) -> Response:
    """Delete the account: its cases, its threads, everything said in them, and every way in.

    Messages in other people's threads become empty stubs. Needs a sign-in of the last ten minutes; a bearer
    token may not do it. It cannot be undone: `POST /api/me/export` first keeps a copy.
    """
    if me.kind != "cookie":
        raise Forbidden("A bearer token cannot delete an account: sign in with a browser.")
    await db.write(lambda tx: delete_account(tx, me))
    request.app.state.hub.close_person(me.id)
    request.app.state.indexes.drop(me.id)
    response = Response(status_code=204)
    forget_session(response, settings)
    return response


def delete_account(tx: Connection, me: Me) -> None:
    """All of it in one transaction; files follow by the worker, sealed under keys that are gone by then."""
    _erase_what_is_hers(tx, me)
    _empty_what_she_said_elsewhere(tx, me)
    for circle_id in standing.circles_of(tx, me.id):
        standing.leave(tx, circle_id, me.id)
    _forget_exports(tx, me)
    _forget_the_person(tx, me)
    changes.forget_reader(tx, me.id)
    audit.note(tx, "account.delete", person_id=me.id, object_id=me.id)


def _erase_what_is_hers(tx: Connection, me: Me) -> None:
    for case in access.own_cases(tx, me).values():
        erasing.erase_case(tx, me, case)
    asked = select(threads.c.id).where(threads.c.author_id == me.id, threads.c.deleted_at.is_(None))
    erasing.erase_threads(tx, list(tx.execute(asked).scalars()))
    alone = select(items.c.id).where(items.c.owner_id == me.id, items.c.deleted_at.is_(None))
    erasing.empty_items(tx, list(tx.execute(alone).scalars()))


def _empty_what_she_said_elsewhere(tx: Connection, me: Me) -> None:
    said = tx.execute(
        update(messages)
        .where(messages.c.author_id == me.id, messages.c.retracted_at.is_(None))
        .values(body=None, voice_id=None, retracted_at=now())
        .returning(messages.c.id, messages.c.thread_id)
    ).all()
    remarks = tx.execute(
        select(comments.c.id, drafts.c.thread_id)
        .join(drafts, drafts.c.id == comments.c.draft_id)
        .where(comments.c.author_id == me.id)
    ).all()
    spoken = tx.execute(
        select(voice_notes.c.id, voice_notes.c.thread_id).where(
            voice_notes.c.owner_id == me.id, voice_notes.c.deleted_at.is_(None)
        )
    ).all()
    readers = _readers(tx, (row.thread_id for row in [*said, *remarks, *spoken]))
    for row in said:
        changes.put(tx, "message", row.id, readers.get(row.thread_id, ()))
    for row in remarks:
        changes.gone(tx, "comment", row.id, readers.get(row.thread_id, ()))
    for row in spoken:
        changes.gone(tx, "voice", row.id, readers.get(row.thread_id, ()))
    tx.execute(delete(comments).where(comments.c.author_id == me.id))
    voice.forget(tx, [row.id for row in spoken])


def _readers(tx: Connection, thread_ids: Iterable[Any]) -> dict[Any, set[Any]]:
    ids = {each for each in thread_ids if each is not None}
    return access.readers_of_threads(tx, threads.c.id.in_(ids)) if ids else {}


def _forget_exports(tx: Connection, me: Me) -> None:
    exports = _table(Export)
    rows = tx.execute(select(exports).where(exports.c.person_id == me.id)).all()
    tx.execute(delete(exports).where(exports.c.person_id == me.id))
    destroy(tx, {row.key_id for row in rows if row.key_id})
    for row in rows:
        if row.object_name:
            outbox.record(tx, "accounts.archive_left", object_name=row.object_name)


@job("accounts.archive_left")
async def drop_archive(ground: Any, *, object_name: str) -> None:
    """An archive whose owner is gone."""
    store: Objects = ground.objects
    await store.delete(object_name)


def _forget_the_person(tx: Connection, me: Me) -> None:
    person = tx.execute(select(people.c.email_hash, people.c.key_id).where(people.c.id == me.id)).one()
    sign_ins, invitations = _table(SignIn), _table(Invitation)
    works_with = _table(WorksWith)
    gone: list[tuple[Any, ColumnElement[bool]]] = [
        (works_with, or_(works_with.c.person_id == me.id, works_with.c.other_id == me.id)),
        (sign_ins, sign_ins.c.email_hash == person.email_hash),
        (invitations, invitations.c.email_hash == person.email_hash),
    ]
    gone += [
        (table, table.c.person_id == me.id)
        for table in map(_table, (ReadMark, Mail, PushSubscription, CalendarAddress, Refusal, Session))
    ]
    change = _table(Change)
    gone.append((change, change.c.reader_id == me.id))
    for table, condition in gone:
        tx.execute(delete(table).where(condition))
    tx.execute(
        update(people)
        .where(people.c.id == me.id)
        .values(
            email_hash=None,
            email=None,
            display_name=None,
            key_id=None,
            region="",
            time_zone="UTC",
            quiet_hours=None,
            preferences={},
            deleted_at=now(),
        )
    )
    destroy(tx, {person.key_id})


def _table(model: Any) -> Any:
    return model.__table__

"""Gathers what goes into an archive, through the doors of `access`: nothing that its owner may not read."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from app import access
from app.access import CaseRow, ItemRow, Me, comments, drafts, items, messages, people, threads, voice_notes
from app.accounts.service import read_me
from app.cases.entries import logs_of
from app.cases.views import case_view, item_view
from app.core.clock import now
from app.core.seal import keyring
from app.export.shapes import AnswerBook, Book, ItemBook, RemarkBook, Sound, StudentBook
from app.threads.shapes import ThreadRead
from app.threads.showing import thread_read, threads_read
from app.voice.service import shown
from app.voice.shapes import VoiceRead

AT_ONCE = 100


def case_book(tx: Connection, me: Me, case_id: UUID) -> tuple[Book, list[Sound]]:
    """One student: items, logs, and the questions about them. Raises NotFound and Gone."""
    case = access.own_case(tx, me, case_id)
    questions = _threads(tx, me, _ids_of(tx, threads.c.case_id == case.id, threads.c.author_id == me.id))
    zone: str = tx.execute(select(people.c.time_zone).where(people.c.id == me.id)).scalar_one()
    book = Book(
        about="student",
        made_at=now(),
        time_zone=zone,
        students=_students(tx, [case], access.own_items(tx, me, items.c.case_id == case.id)),
        questions=questions,
    )
    return book, _sounds(tx, me, voice_notes.c.thread_id.in_([each.id for each in questions]))


def person_book(tx: Connection, me: Me) -> tuple[Book, list[Sound]]:
    """All that someone has written or said and can still read. Raises NotFound for a deleted account."""
    person = read_me(tx, me.id)
    own_items = access.own_items(tx, me)
    questions = _threads(tx, me, _ids_of(tx, threads.c.author_id == me.id))
    answers = _answers(tx, me)
    loose = [each for each in own_items if each.case_id is None]
    unsent = tx.execute(
        select(voice_notes.c.id).where(
            voice_notes.c.owner_id == me.id,
            voice_notes.c.thread_id.is_(None),
            voice_notes.c.deleted_at.is_(None),
        )
    ).scalars()
    book = Book(
        about="person",
        made_at=now(),
        time_zone=person.time_zone,
        person=person,
        students=_students(tx, access.own_cases(tx, me).values(), own_items),
        without_student=_with_logs(tx, loose),
        questions=questions,
        answers=answers,
        recordings=[each for each in shown(tx, me, list(unsent)).values() if isinstance(each, VoiceRead)],
    )
    sounds = _sounds(
        tx,
        me,
        or_(
            voice_notes.c.thread_id.in_([each.id for each in questions]),
            and_(
                voice_notes.c.owner_id == me.id,
                or_(
                    voice_notes.c.thread_id.is_(None),
                    voice_notes.c.thread_id.in_([each.thread_id for each in answers]),
                ),
            ),
        ),
    )
    return book, sounds


def _ids_of(tx: Connection, *which: ColumnElement[bool]) -> list[UUID]:
    return list(
        tx.execute(
            select(threads.c.id)
            .where(*which, threads.c.deleted_at.is_(None))
            .order_by(threads.c.created_at, threads.c.id)
        ).scalars()
    )


def _threads(tx: Connection, me: Me, thread_ids: Sequence[UUID]) -> list[ThreadRead]:
    """Threads whole, in this order, their oldest messages included."""
    whole: list[ThreadRead] = []
    for start in range(0, len(thread_ids), AT_ONCE):
        some = thread_ids[start : start + AT_ONCE]
        read = threads_read(tx, me, some)
        whole += [read[thread_id] for thread_id in some if thread_id in read]
    for each in whole:
        while each.earlier is not None:
            before = thread_read(tx, me, each.id, each.earlier)
            each.messages = [*before.messages, *each.messages]
            each.earlier = before.earlier
    return whole


def _students(tx: Connection, of_cases: Iterable[CaseRow], own_items: Sequence[ItemRow]) -> list[StudentBook]:
    by_case: dict[UUID, list[ItemBook]] = {}
    for book in _with_logs(tx, [each for each in own_items if each.case_id]):
        assert book.item.case_id
        by_case.setdefault(book.item.case_id, []).append(book)
    return [StudentBook(case=case_view(each), items=by_case.get(each.id, [])) for each in of_cases]


def _with_logs(tx: Connection, rows: Sequence[ItemRow]) -> list[ItemBook]:
    logs = logs_of(tx, rows)
    return [ItemBook(item=item_view(each), entries=logs[each.id]) for each in rows]


def _answers(tx: Connection, me: Me) -> list[AnswerBook]:
    """One's own messages and remarks in other people's questions, where one still reads them."""
    spoken_in = select(messages.c.thread_id).where(messages.c.author_id == me.id)
    remarked_in = (
        select(drafts.c.thread_id)
        .join(comments, comments.c.draft_id == drafts.c.id)
        .where(comments.c.author_id == me.id)
    )
    ids = _ids_of(
        tx, threads.c.author_id != me.id, or_(threads.c.id.in_(spoken_in), threads.c.id.in_(remarked_in))
    )
    return [
        AnswerBook(
            thread_id=each.id,
            topic=each.topic,
            messages=[message for message in each.messages if message.author_id == me.id],
            comments=[
                RemarkBook(**remark.model_dump(include=set(RemarkBook.model_fields)))
                for draft in each.drafts
                for remark in draft.comments
                if remark.author_id == me.id
            ],
        )
        for each in _threads(tx, me, ids)
    ]


def _sounds(tx: Connection, me: Me, condition: ColumnElement[bool]) -> list[Sound]:
    """The recordings that can be heard among those that meet the condition, in one query and their keys."""
    rows: Sequence[Any] = tx.execute(
        select(voice_notes.c.id, voice_notes.c.object_name, voice_notes.c.key_id)
        .where(
            condition,
            voice_notes.c.deleted_at.is_(None),
            voice_notes.c.object_name.is_not(None),
            or_(
                voice_notes.c.state == "ready",
                and_(voice_notes.c.state == "held", voice_notes.c.owner_id == me.id),
            ),
        )
        .order_by(voice_notes.c.created_at, voice_notes.c.id)
    ).all()
    keys = keyring(tx).keys(tx, {row.key_id for row in rows})
    return [Sound(row.id, row.object_name, keys[row.key_id].secret) for row in rows if row.key_id in keys]

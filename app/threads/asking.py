"""Asking: a thread is made with its question, drafts and links in one transaction."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Connection, insert, select

from app import access, standing
from app.access import Me, messages, reads, threads
from app.accounts.people import shown_people
from app.core import audit, changes, outbox
from app.core.clock import now
from app.core.errors import Forbidden, Gone, IdTaken, NotFound
from app.core.ids import new_id
from app.core.seal import Key, keyring
from app.drafts.service import add_draft, check_free, count_kept
from app.screening import gate
from app.screening.gate import About
from app.threads import linking
from app.threads.shapes import ThreadCreate, ThreadRead
from app.threads.showing import need_by_of, thread_read
from app.voice import service as voice

OPENING = 160

_EARLIER = select(threads.c.author_id, threads.c.deleted_at, threads.c.asked_as)


@dataclass(frozen=True)
class Asked:
    """What asking answers with, and whether it was the first time."""

    thread: ThreadRead
    is_new: bool


def ask(tx: Connection, me: Me, data: ThreadCreate) -> Asked:
    """Make a thread, tell its readers' stores, and record the fact.

    A repeat of the same question answers with the thread as it is now. Raises NotFound for what is not the
    asker's own, Forbidden to who does not teach here, NotAMentor, IdTaken, IdentifiersFound.
    """
    if not access.place_in(tx, me, data.circle_id).is_teacher:
        raise Forbidden("Only the teachers of this circle ask in it.")
    if data.id and _was_asked(tx, me, data.id, data):
        return Asked(thread_read(tx, me, data.id), is_new=False)
    check_free(tx, me, (draft.id for draft in data.drafts))
    if data.mentor_id:
        standing.hold_places(tx)
    case_id = _check_links(tx, me, data)
    people = shown_people(tx, filter(None, (me.id, data.mentor_id)))
    about = About(me.id, "thread", data.id) if data.id else None
    kept_count = gate.check(data, people=[each.display_name for each in people.values()], about=about)

    thread_id, moment = data.id or new_id(), now()
    key = keyring(tx).make_key(tx)
    tx.execute(
        insert(threads),
        {
            "id": thread_id,
            "circle_id": data.circle_id,
            "author_id": me.id,
            "mentor_id": data.mentor_id,
            "for_anyone": data.mentor_id is None,
            "state": "waiting",
            "topic": data.topic,
            "help": data.help,
            "title": key.seal("threads", "title", thread_id, data.title) if data.title else None,
            "need_by": data.need_by,
            "meeting_id": data.meeting_id,
            "case_id": case_id,
            "key_id": key.id,
            "asked_as": key.fingerprint(as_said(data)),
            "last_seq": 1,
            "created_at": moment,
            "last_at": moment,
        },
    )
    linking.link(tx, thread_id, data.item_ids)
    thread = access.readable_thread(tx, me, thread_id)
    gist = None
    if data.voice_id:
        note = voice.attach(
            tx,
            me,
            data.voice_id,
            thread,
            need_by=need_by_of(tx, thread),
            time_zone=people[me.id].time_zone,
        )
        gist = note.gist
        kept_count += gate.kept_in(gist, people=[people[me.id].display_name])
    message_id = _insert_question(tx, me, thread_id, key, data)
    draft_ids = [
        add_draft(tx, thread, me, draft, data.kept.get(f"drafts.{at}.text", ()))
        for at, draft in enumerate(data.drafts)
    ]
    words = next(filter(None, (data.body, gist, *(draft.text for draft in data.drafts))), None)
    if words:
        set_opening(tx, thread_id, key, words)
    tx.execute(insert(reads), {"thread_id": thread_id, "person_id": me.id, "seq": 1})
    count_kept(tx, thread, kept_count)
    _tell(tx, thread_id, access.readers_of(tx, thread), message_id, draft_ids)
    changes.put(tx, "read", thread_id, [me.id])
    audit.note(tx, "thread.ask", person_id=me.id, object_id=thread_id)
    outbox.record(tx, "threads.asked", thread_id=thread_id)
    return Asked(thread_read(tx, me, thread_id), is_new=True)


def _was_asked(tx: Connection, me: Me, thread_id: UUID, data: ThreadCreate) -> bool:
    row = tx.execute(_EARLIER.where(threads.c.id == thread_id)).one_or_none()
    if row is None:
        return False
    if row.author_id != me.id:
        raise NotFound()
    if row.deleted_at:
        raise Gone()
    if access.readable_thread(tx, me, thread_id).key.fingerprint(as_said(data)) != row.asked_as:
        raise IdTaken()
    return True


def as_said(data: BaseModel) -> str:
    """What was sent, after normalising, in one spelling; without its id and what was kept."""
    said = data.model_dump(mode="json", exclude={"id", "kept"}, exclude_none=True)
    return json.dumps(said, sort_keys=True, ensure_ascii=False)


def _check_links(tx: Connection, me: Me, data: ThreadCreate) -> UUID | None:
    """Raises for what is not the asker's own; returns the case the thread belongs to."""
    if data.case_id:
        access.own_case(tx, me, data.case_id)
    if data.meeting_id:
        linking.own_meeting(tx, me, data.meeting_id)
    about = linking.own_items(tx, me, data.item_ids)
    linking.own_items(tx, me, (draft.item_id for draft in data.drafts if draft.item_id))
    if data.voice_id and access.readable_voice(tx, me, data.voice_id).owner_id != me.id:
        raise NotFound()
    if data.mentor_id:
        linking.check_mentor(tx, data.circle_id, me.id, data.mentor_id)
    return linking.case_of(data.case_id, about)


def _insert_question(tx: Connection, me: Me, thread_id: UUID, key: Key, data: ThreadCreate) -> UUID:
    message_id = new_id()
    tx.execute(
        insert(messages),
        {
            "id": message_id,
            "thread_id": thread_id,
            "author_id": me.id,
            "seq": 1,
            "body": key.seal("messages", "body", message_id, data.body) if data.body is not None else None,
            "voice_id": data.voice_id,
            "at": now(),
        },
    )
    return message_id


def set_opening(tx: Connection, thread_id: UUID, key: Key, words: str | None) -> None:
    """Keep the question's first words on the row that lists read; None empties it."""
    sealed = key.seal("threads", "opening", thread_id, first_words(words)) if words else None
    tx.execute(threads.update().where(threads.c.id == thread_id).values(opening=sealed))


def first_words(text: str) -> str:
    """The beginning of a text on one line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= OPENING:
        return line
    cut = line[: OPENING - 1].rsplit(" ", 1)[0] if " " in line[: OPENING - 1] else line[: OPENING - 1]
    return f"{cut}…"


def _tell(
    tx: Connection, thread_id: UUID, readers: list[UUID], message_id: UUID, draft_ids: Iterable[UUID]
) -> None:
    changes.put(tx, "thread", thread_id, readers)
    changes.put(tx, "message", message_id, readers)
    for draft_id in draft_ids:
        changes.put(tx, "draft", draft_id, readers)

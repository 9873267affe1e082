"""Everything one person may read, opened for her index: rights first, then decryption, nothing stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Connection, select

from app import access
from app.access import Me
from app.cases.details import ITEM_DETAILS
from app.cases.entry_details import ENTRY_DETAILS
from app.cases.wording import told
from app.core.seal import keyring
from app.drafts.models import DraftVersion
from app.threads.models import Message

versions: Any = DraftVersion.__table__  # type: ignore[attr-defined]
messages: Any = Message.__table__  # type: ignore[attr-defined]
TOGETHER = 500


@dataclass(frozen=True)
class Doc:
    """One text that can be found: where it stands, what it says."""

    type: str
    id: UUID
    thread_id: UUID | None
    case_id: UUID | None
    title: str
    text: str
    at: datetime


def gather(tx: Connection, me: Me) -> Iterator[Doc]:
    """All that `me` may read, newest rules of access applied in the queries themselves."""
    titles: dict[UUID, str] = {}
    yield from _cases_and_items(tx, me, titles)
    yield from _threads(tx, me)


def words_in(value: Any) -> Iterator[str]:
    """The texts inside a transcript, whatever its shape."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from words_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from words_in(each)


def _said(shape: type[BaseModel], details: dict[str, Any]) -> list[str]:
    """Details as they are found and shown: texts as typed, then codes, days and numbers with labels."""
    typed: list[str] = []
    labelled: list[str] = []
    for label, value, is_prose in told(shape, details):
        if isinstance(value, list):
            typed.extend(value)
        elif is_prose:
            typed.append(value)
        else:
            labelled.append(f"{label}: {value}")
    return typed + labelled


def _cases_and_items(tx: Connection, me: Me, titles: dict[UUID, str]) -> Iterator[Doc]:
    aliases: dict[UUID, str] = {}
    for case in access.own_cases(tx, me).values():
        alias = case.key.open("cases", "alias", case.id, case.alias)
        aliases[case.id] = alias
        notes = case.key.open("cases", "notes", case.id, case.notes) if case.notes else ""
        yield Doc("case", case.id, None, case.id, alias, f"{alias}\n{notes}", case.updated_at)
    items = access.own_items(tx, me)
    known = {item.id: item for item in items}
    for item in items:
        title = item.key.open("items", "title", item.id, item.title)
        details = item.key.open_json("items", "details", item.id, item.details) if item.details else {}
        titles[item.id] = title
        said = "\n".join([title, *_said(ITEM_DETAILS[item.kind], details)])
        yield Doc("item", item.id, None, item.case_id, title, said, item.updated_at)
    entries = access.entries
    ids = list(known)
    for start in range(0, len(ids), TOGETHER):
        rows = tx.execute(
            select(entries).where(
                entries.c.item_id.in_(ids[start : start + TOGETHER]), entries.c.deleted_at.is_(None)
            )
        )
        for row in rows:
            item = known[row.item_id]
            lines = [item.key.open("entries", "note", row.id, row.note)] if row.note else []
            if row.details:
                details = item.key.open_json("entries", "details", row.id, row.details)
                lines.extend(_said(ENTRY_DETAILS[item.kind], details))
            if lines:
                text = "\n".join(lines)
                yield Doc("entry", row.id, None, item.case_id, titles[row.item_id], text, row.updated_at)


def _threads(tx: Connection, me: Me) -> Iterator[Doc]:
    query = access.threads_with_keys().where(access.thread_is_readable())
    threads = {row.id: access.thread_row(tx, row) for row in tx.execute(query, {"me": me.id})}
    titles: dict[UUID, str] = {}
    for thread in threads.values():
        title = thread.key.open("threads", "title", thread.id, thread.title) if thread.title else ""
        opening = thread.key.open("threads", "opening", thread.id, thread.opening) if thread.opening else ""
        titles[thread.id] = title or opening
        if title:
            case_id = thread.case_id if thread.author_id == me.id else None
            yield Doc("thread", thread.id, thread.id, case_id, title, title, thread.last_at)
    ids = list(threads)
    for start in range(0, len(ids), TOGETHER):
        some = ids[start : start + TOGETHER]
        for row in tx.execute(
            select(messages.c.id, messages.c.thread_id, messages.c.body, messages.c.at).where(
                messages.c.thread_id.in_(some), messages.c.body.is_not(None)
            )
        ):
            thread = threads[row.thread_id]
            said = thread.key.open("messages", "body", row.id, row.body)
            yield _in_thread("message", row.id, thread, me, titles, said, row.at)
        yield from _drafts(tx, me, threads, titles, some)
        yield from _takeaways(tx, me, threads, titles, some)
        yield from _voice(tx, me, threads, titles, some)


def _in_thread(
    type_: str,
    id_: UUID,
    thread: access.ThreadRow,
    me: Me,
    titles: dict[UUID, str],
    text: str,
    at: datetime,
) -> Doc:
    # The case is its owner's: to a mentor its id would say which questions are about one student.
    case_id = thread.case_id if thread.author_id == me.id else None
    return Doc(type_, id_, thread.id, case_id, titles[thread.id], text, at)


def _drafts(
    tx: Connection, me: Me, threads: dict[UUID, access.ThreadRow], titles: dict[UUID, str], some: list[UUID]
) -> Iterator[Doc]:
    drafts, comments = access.drafts, access.comments
    for row in tx.execute(
        select(drafts.c.id, drafts.c.thread_id, drafts.c.title, versions.c.id, versions.c.text, versions.c.at)
        .join(
            versions,
            (versions.c.draft_id == drafts.c.id) & (versions.c.version == drafts.c.last_version),
        )
        .where(drafts.c.thread_id.in_(some))
    ):
        draft_id, thread_id, title, version_id, text, at = row
        thread = threads[thread_id]
        said = thread.key.open("draft_versions", "text", version_id, text)
        if title:
            said = thread.key.open("drafts", "title", draft_id, title) + "\n" + said
        yield _in_thread("draft", draft_id, thread, me, titles, said, at)
    for row in tx.execute(
        select(comments, drafts.c.thread_id)
        .join(drafts, drafts.c.id == comments.c.draft_id)
        .where(drafts.c.thread_id.in_(some))
    ):
        thread = threads[row.thread_id]
        said = "\n".join(
            thread.key.open("comments", column, row.id, sealed)
            for column, sealed in (("body", row.body), ("suggestion", row.suggestion))
            if sealed
        )
        yield _in_thread("comment", row.id, thread, me, titles, said, row.at)


def _takeaways(
    tx: Connection, me: Me, threads: dict[UUID, access.ThreadRow], titles: dict[UUID, str], some: list[UUID]
) -> Iterator[Doc]:
    takeaways = access.takeaways
    for row in tx.execute(
        select(takeaways.c.id, takeaways.c.thread_id, takeaways.c.text, takeaways.c.at).where(
            takeaways.c.thread_id.in_(some), takeaways.c.deleted_at.is_(None), takeaways.c.text.is_not(None)
        )
    ):
        thread = threads[row.thread_id]
        said = thread.key.open("takeaways", "text", row.id, row.text)
        yield _in_thread("takeaway", row.id, thread, me, titles, said, row.at)


def _voice(
    tx: Connection, me: Me, threads: dict[UUID, access.ThreadRow], titles: dict[UUID, str], some: list[UUID]
) -> Iterator[Doc]:
    notes, keys = access.voice_notes, access.keys
    ring = keyring(tx)
    for row in tx.execute(
        select(notes, keys.c.kek, keys.c.wrapped)
        .join(keys, keys.c.id == notes.c.key_id)
        .where(notes.c.thread_id.in_(some), notes.c.deleted_at.is_(None))
    ):
        key = ring.unwrap(row.key_id, row.kek, row.wrapped)
        said = [key.open("voice_notes", "gist", row.id, row.gist)] if row.gist else []
        if row.transcript:
            said.extend(words_in(key.open_json("voice_notes", "transcript", row.id, row.transcript)))
        if said:
            yield _in_thread(
                "voice", row.id, threads[row.thread_id], me, titles, "\n".join(said), row.created_at
            )

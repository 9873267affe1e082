"""Gathers the brief for a meeting from what is linked to it; nothing of it is stored."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, or_, select

from app import access
from app.access import ItemRow, Me, ThreadRow
from app.accounts.people import shown_people
from app.brief.progress import progress_of
from app.brief.rewriting import SENTENCE_ENDS, rewritten
from app.brief.shapes import (
    Answer,
    Asked,
    Brief,
    DraftLine,
    FamilySaid,
    MeetingLine,
    Pinned,
    TickLine,
    Tried,
    Wording,
)
from app.core.clock import now
from app.core.errors import NotFound
from app.core.seal import keyring
from app.drafts.service import drafts_of
from app.drafts.shapes import DraftRead

CHECKLIST = (
    "Purpose in one sentence",
    "Notice sent: purpose, time, place, who",
    "Right people; excusals in writing",
    "Last plan read, progress on every goal",
    "Two or three work samples",
    "Services: owed, delivered, missed and why",
    "Accommodation check: used? if not, why",
    "Teachers’ input in",
    "The student’s voice",
    "The family’s concerns, and our answer to each",
    "Draft shared ahead, marked DRAFT",
)


def brief_for(tx: Connection, me: Me, meeting_id: UUID) -> Brief:
    """The brief of one's own meeting. Raises NotFound for anything that is not a meeting."""
    meeting = access.own_item(tx, me, meeting_id)
    if meeting.kind != "meeting":
        raise NotFound("This is not a meeting; a brief belongs to one.")
    case = access.own_case(tx, me, meeting.case_id) if meeting.case_id else None
    details = _details(meeting)
    items = access.own_items(tx, me, access.items.c.case_id == case.id) if case else [meeting]
    entries = _entries(tx, items)
    threads = _threads(tx, me, meeting)
    drafts = drafts_of(tx, threads) if threads else {}
    return Brief(
        meeting=MeetingLine(
            id=meeting.id,
            title=_title(meeting),
            meeting_kind=details.get("meeting_kind"),
            on=meeting.due_on,
            time=details.get("time"),
            case_id=case.id if case else None,
            alias=case.key.open("cases", "alias", case.id, case.alias) if case else None,
            plan_type=case.plan_type if case else None,
            grade_band=case.grade_band if case else None,
        ),
        purpose=details.get("purpose"),
        points=[point for point in details.get("points") or [] if point],
        say_it=details.get("say_it"),
        bring=[each for each in details.get("bring") or [] if each],
        data=[
            progress_of(item.id, _title(item), _details(item), entries.get(item.id, []))
            for item in items
            if item.kind == "goal"
        ],
        wording=list(_wording(drafts)),
        drafts=[_draft_line(draft) for each in drafts.values() for draft in each],
        questions=_questions(tx, threads),
        takeaways=_takeaways(tx, threads, meeting.id),
        family=_family(items, entries, details, meeting),
        tried=_tried(items, entries),
        question=details.get("question"),
        check_locally=details.get("check_locally"),
        checklist=[
            TickLine(text=tick["text"], done=bool(tick.get("done")))
            for tick in details.get("checklist") or [{"text": text} for text in CHECKLIST]
            if tick.get("text")
        ],
        made_at=now(),
    )


Entries = dict[UUID, list[tuple[date, Any, dict[str, Any]]]]


def _title(item: ItemRow) -> str:
    return item.key.open("items", "title", item.id, item.title)


def _details(item: ItemRow) -> dict[str, Any]:
    details: dict[str, Any] = (
        item.key.open_json("items", "details", item.id, item.details) if item.details else {}
    )
    return details


def _entries(tx: Connection, items: Sequence[ItemRow]) -> Entries:
    by_id = {item.id: item for item in items}
    entries = access.entries
    rows = tx.execute(
        select(entries)
        .where(entries.c.item_id.in_(by_id), entries.c.deleted_at.is_(None))
        .order_by(entries.c.on, entries.c.created_at)
    )
    found: Entries = {}
    for row in rows:
        key = by_id[row.item_id].key
        value = key.open_json("entries", "value", row.id, row.value) if row.value else None
        said = key.open_json("entries", "details", row.id, row.details) if row.details else {}
        found.setdefault(row.item_id, []).append((row.on, value, said))
    return found


def _threads(tx: Connection, me: Me, meeting: ItemRow) -> dict[UUID, ThreadRow]:
    """One's own threads that are for this meeting or about it, and the case's other open ones."""
    threads, links = access.threads, access.links
    about = select(links.c.thread_id).where(links.c.item_id == meeting.id)
    mine = [threads.c.meeting_id == meeting.id, threads.c.id.in_(about)]
    if meeting.case_id:
        mine.append((threads.c.case_id == meeting.case_id) & (threads.c.state != "closed"))
    query = (
        access.threads_with_keys()
        .where(threads.c.author_id == me.id, access.thread_is_readable(), or_(*mine))
        .order_by(threads.c.created_at)
    )
    return {row.id: access.thread_row(tx, row) for row in tx.execute(query, {"me": me.id})}


def _wording(drafts: dict[UUID, list[DraftRead]]) -> Iterable[Wording]:
    """Accepted suggestions as the sentences they are part of now, each sentence once."""
    for each in drafts.values():
        for draft in each:
            said: set[str] = set()
            for comment in draft.comments:
                if comment.state != "accepted" or comment.suggestion is None:
                    continue
                text = whole_sentence(comment.suggestion, draft.versions[-1].text)
                if text and text not in said:
                    said.add(text)
                    yield Wording(
                        comment_id=comment.id,
                        draft_id=draft.id,
                        thread_id=draft.thread_id,
                        text=text,
                        instead_of=comment.quote,
                    )


def whole_sentence(wording: str, text: str) -> str:
    """The sentence or sentences of `text` in which `wording` stands now; as it is, if it does so no more."""
    start = text.find(wording)
    if start < 0:
        return wording
    end = start + len(wording)
    breaks = [0, len(text), *(edge for each in SENTENCE_ENDS.finditer(text) for edge in each.span())]
    first = max(at for at in breaks if at <= start)
    last = min(at for at in breaks if at >= end)
    return text[first:last].strip()


def _draft_line(draft: DraftRead) -> DraftLine:
    first, newest = draft.versions[0], draft.versions[-1]
    return DraftLine(
        id=draft.id,
        thread_id=draft.thread_id,
        kind=draft.kind,
        title=draft.title,
        version=newest.version,
        text=newest.text,
        changes=rewritten(first.text, newest.text) if newest.version > 1 else [],
    )


def _questions(tx: Connection, threads: dict[UUID, ThreadRow]) -> list[Asked]:
    if not threads:
        return []
    messages, notes, keys = access.messages, access.voice_notes, access.keys
    rows = tx.execute(
        select(
            messages,
            notes.c.gist,
            notes.c.duration_ms,
            notes.c.key_id.label("voice_key"),
            keys.c.kek,
            keys.c.wrapped,
        )
        .select_from(
            messages.outerjoin(notes, notes.c.id == messages.c.voice_id).outerjoin(
                keys, keys.c.id == notes.c.key_id
            )
        )
        .where(messages.c.thread_id.in_(threads), messages.c.retracted_at.is_(None))
        .order_by(messages.c.thread_id, messages.c.seq)
    )
    newest: dict[UUID, Any] = {
        row.thread_id: row for row in rows if row.author_id != threads[row.thread_id].author_id
    }
    people = shown_people(tx, [each.author_id for each in newest.values() if each.author_id])
    asked = []
    for thread in threads.values():
        title = thread.key.open("threads", "title", thread.id, thread.title) if thread.title else ""
        if not title and thread.opening:
            title = thread.key.open("threads", "opening", thread.id, thread.opening)
        answer = None
        if row := newest.get(thread.id):
            gist = None
            if row.gist is not None:
                voice_key = keyring(tx).unwrap(row.voice_key, row.kek, row.wrapped)
                gist = voice_key.open("voice_notes", "gist", row.voice_id, row.gist)
            author = people.get(row.author_id)
            answer = Answer(
                message_id=row.id,
                author_id=row.author_id,
                author=author.display_name if author else None,
                at=row.at,
                body=thread.key.open("messages", "body", row.id, row.body) if row.body else None,
                voice_id=row.voice_id,
                gist=gist,
                duration_ms=row.duration_ms,
            )
        asked.append(Asked(thread_id=thread.id, title=title, state=thread.state, answer=answer))
    return asked


def _takeaways(tx: Connection, threads: dict[UUID, ThreadRow], meeting_id: UUID) -> list[Pinned]:
    if not threads:
        return []
    takeaways = access.takeaways
    rows = tx.execute(
        select(takeaways)
        .where(
            takeaways.c.thread_id.in_(threads),
            takeaways.c.deleted_at.is_(None),
            takeaways.c.text.is_not(None),
            or_(takeaways.c.meeting_id.is_(None), takeaways.c.meeting_id == meeting_id),
        )
        .order_by(takeaways.c.at)
    )
    return [
        Pinned(
            id=row.id,
            thread_id=row.thread_id,
            message_id=row.message_id,
            comment_id=row.comment_id,
            text=threads[row.thread_id].key.open("takeaways", "text", row.id, row.text),
        )
        for row in rows
    ]


def _family(
    items: Sequence[ItemRow], entries: Entries, details: dict[str, Any], meeting: ItemRow
) -> list[FamilySaid]:
    said = []
    for item in items:
        if item.kind != "contact":
            continue
        about = _details(item)
        if about.get("concern"):
            said.append(
                FamilySaid(
                    item_id=item.id, on=item.due_on, concern=about["concern"], response=about.get("response")
                )
            )
        said.extend(
            FamilySaid(item_id=item.id, on=on, concern=line["concern"], response=line.get("response"))
            for on, _, line in entries.get(item.id, [])
            if line.get("concern")
        )
    if details.get("parent_words"):
        said.append(FamilySaid(item_id=meeting.id, on=None, concern=details["parent_words"], response=None))
    return sorted(said, key=lambda each: each.on or date.min, reverse=True)


def _tried(items: Sequence[ItemRow], entries: Entries) -> list[Tried]:
    tried = []
    for item in items:
        if item.kind != "accommodation":
            continue
        checks = [(on, line) for on, _, line in entries.get(item.id, []) if line.get("used")]
        on, line = checks[-1] if checks else (None, {})
        tried.append(
            Tried(
                item_id=item.id,
                title=_title(item),
                used=line.get("used"),
                why_not=line.get("why_not"),
                on=on,
            )
        )
    return tried

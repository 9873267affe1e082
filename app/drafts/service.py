"""What happens to drafts: added, taken further, remarked on, and remarks decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Connection, Row, insert, select, update

from app import access
from app.access import Me, ThreadRow
from app.accounts.people import names_of
from app.core import audit, changes, outbox
from app.core.clock import now
from app.core.errors import Conflict, Forbidden, IdTaken, Invalid, NotFound
from app.core.ids import new_id
from app.drafts.anchors import GONE, Moved, Place
from app.drafts.models import Comment, Draft, DraftVersion
from app.drafts.shapes import (
    Anchor,
    CommentCreate,
    CommentRead,
    CommentShown,
    DraftAdd,
    DraftCreate,
    DraftRead,
    VersionCreate,
    VersionRead,
    VersionShown,
)
from app.screening import gate

drafts: Any = Draft.__table__  # type: ignore[attr-defined]
versions: Any = DraftVersion.__table__  # type: ignore[attr-defined]
comments: Any = Comment.__table__  # type: ignore[attr-defined]


T = TypeVar("T", bound=BaseModel)


class StaleVersion(Conflict):
    slug, title = "stale-version", "The draft has moved on"
    detail = "`current` is the newest version. Keep your words, read both, and send again on its number."


class WordsGone(Conflict):
    slug, title = "words-gone", "The words under this remark are gone"
    detail = "Copy its wording by hand, or resolve it."


class AlreadyDecided(Conflict):
    slug, title = "already-decided", "This remark has been decided"
    detail = "Look at the newest version; a remark is decided once."


class NoWording(Conflict):
    slug, title = "no-wording", "This remark suggests no wording"
    detail = "Resolve it instead."


class ThreadClosed(Conflict):
    slug, title = "thread-closed", "This thread is closed"
    detail = "Reopen it first; only the person who asked can."


@dataclass(frozen=True)
class Made(Generic[T]):
    """What a create answers with, and whether it was new."""

    shape: T
    is_new: bool


def check_free(tx: Connection, me: Me, draft_ids: Iterable[UUID | None]) -> None:
    """Raises for ids that are in use: IdTaken for one's own drafts, NotFound for anyone else's."""
    wanted = [draft_id for draft_id in draft_ids if draft_id]
    if not wanted:
        return
    in_use = (
        select(access.threads.c.author_id)
        .join(drafts, drafts.c.thread_id == access.threads.c.id)
        .where(drafts.c.id.in_(wanted))
    )
    for author_id in tx.execute(in_use).scalars():
        raise IdTaken() if author_id == me.id else NotFound()


def lock(tx: Connection, draft_id: UUID | None = None, *, comment_id: UUID | None = None) -> None:
    """Make acts on one draft take turns, so that a double tap finds the first one done.

    SQLite's writers do so anyway.
    """
    if tx.dialect.name != "postgresql":
        return
    which = drafts.c.id == draft_id
    if comment_id:
        which = drafts.c.id.in_(select(comments.c.draft_id).where(comments.c.id == comment_id))
    tx.execute(select(drafts.c.id).where(which).with_for_update())


def add_draft(tx: Connection, thread: ThreadRow, me: Me, data: DraftCreate, kept: Iterable[str] = ()) -> UUID:
    """Store a draft and its first version. The words are already screened; `kept` are its quotes let through.

    Raises NotFound for an item that is not the author's. Whether the id is free has been looked at before.
    """
    draft_id = data.id or new_id()
    if data.item_id is not None:
        access.own_item(tx, me, data.item_id)
    moment = now()
    quotes = list(kept)
    tx.execute(
        insert(drafts),
        {
            "id": draft_id,
            "thread_id": thread.id,
            "item_id": data.item_id,
            "kind": data.kind,
            "title": thread.key.seal("drafts", "title", draft_id, data.title) if data.title else None,
            "kept": thread.key.seal_json("drafts", "kept", draft_id, quotes) if quotes else None,
            "last_version": 1,
            "created_at": moment,
        },
    )
    _insert_version(tx, thread, draft_id, new_id(), 1, data.text, me.id)
    return draft_id


def post_draft(tx: Connection, thread: ThreadRow, me: Me, data: DraftAdd) -> Made[DraftRead]:
    """Add a draft to a thread that is there; a repeat answers with what is stored."""
    if data.id and tx.execute(select(drafts.c.id).where(drafts.c.id == data.id)).one_or_none():
        _, other = access.readable_draft(tx, me, data.id)
        stored = drafts_of(tx, {other.id: other})[other.id]
        draft = next(each for each in stored if each.id == data.id)
        same = (draft.kind, draft.title, draft.versions[0].text) == (data.kind, data.title or None, data.text)
        # An item that is gone has let go of its drafts.
        if other.id != thread.id or not same or draft.item_id not in (None, data.item_id):
            raise IdTaken()
        return Made(draft, is_new=False)
    if thread.state == "closed":
        raise ThreadClosed()
    count_kept(tx, thread, gate.check(data, people=names_of(tx, thread.author_id, thread.mentor_id)))
    draft_id = add_draft(tx, thread, me, data, data.kept.get("text", ()))
    readers = access.readers_of(tx, thread)
    # The thread itself says whether it has a draft.
    changes.put(tx, "thread", thread.id, readers)
    changes.put(tx, "draft", draft_id, readers)
    outbox.record(tx, "drafts.draft_added", draft_id=draft_id)
    return Made(_draft(tx, thread, draft_id), is_new=True)


def post_version(
    tx: Connection, draft: Row[Any], thread: ThreadRow, me: Me, data: VersionCreate
) -> Made[VersionRead]:
    """The author's next version. Raises StaleVersion, with the current one, when hers is older."""
    if data.id:
        earlier = tx.execute(select(versions).where(versions.c.id == data.id)).one_or_none()
        if earlier is not None:
            _, other = access.readable_draft(tx, me, earlier.draft_id)
            stored = _version_read(other, earlier)
            if earlier.draft_id != draft.id or stored.text != data.text:
                raise IdTaken()
            return Made(stored, is_new=False)
    if thread.state == "closed":
        raise ThreadClosed()
    if data.base_version != draft.last_version:
        raise StaleVersion(current=_newest(tx, thread, draft).model_dump(mode="json"))
    kept = _kept(thread, draft)
    count_kept(
        tx,
        thread,
        gate.check(data, people=names_of(tx, thread.author_id, thread.mentor_id), carried={"text": kept}),
    )
    made = _next_version(tx, thread, draft, me, data.text, data.id, data.kept.get("text", ()))
    return Made(made, is_new=True)


def post_comment(
    tx: Connection, draft: Row[Any], thread: ThreadRow, me: Me, data: CommentCreate
) -> Made[CommentRead]:
    """A reader's remark on a passage. Raises Invalid when `quote` is not what stands there."""
    if data.id:
        earlier = tx.execute(select(comments).where(comments.c.id == data.id)).one_or_none()
        if earlier is not None:
            if earlier.author_id != me.id:
                access.readable_comment(tx, me, data.id)
                raise IdTaken()
            stored = _comments_read(tx, thread, draft, [earlier])[0] if earlier.draft_id == draft.id else None
            if stored is None or (
                stored.version,
                stored.start,
                stored.end,
                stored.quote,
                stored.body,
                stored.suggestion,
            ) != (data.version, data.start, data.end, data.quote, data.body, data.suggestion):
                raise IdTaken()
            return Made(stored, is_new=False)
    if thread.state == "closed":
        raise ThreadClosed()
    row = tx.execute(
        select(versions).where(versions.c.draft_id == draft.id, versions.c.version == data.version)
    ).one_or_none()
    if row is None:
        raise Invalid("There is no such version of this draft.")
    text = _version_read(thread, row).text
    if data.end > len(text) or text[data.start : data.end] != data.quote:
        raise Invalid("`quote` is not what stands between `start` and `end` of that version.")
    kept = _kept(thread, draft)
    count_kept(
        tx,
        thread,
        gate.check(
            data,
            people=names_of(tx, thread.author_id, thread.mentor_id, me.id),
            carried={"suggestion": kept, "body": kept},
        ),
    )
    comment_id = data.id or new_id()
    key, moment = thread.key, now()
    tx.execute(
        insert(comments),
        {
            "id": comment_id,
            "draft_id": draft.id,
            "author_id": me.id,
            "version": data.version,
            "start": data.start,
            "end": data.end,
            "quote": key.seal("comments", "quote", comment_id, data.quote),
            "body": key.seal("comments", "body", comment_id, data.body) if data.body is not None else None,
            "suggestion": key.seal("comments", "suggestion", comment_id, data.suggestion)
            if data.suggestion is not None
            else None,
            "state": "open",
            "at": moment,
        },
    )
    quotes = data.kept.get("suggestion", ())
    if quotes:
        # What was let through in a suggestion must not stop the draft that takes it over.
        _keep(tx, thread, draft.id, [*kept, *quotes])
    changes.put(tx, "comment", comment_id, access.readers_of(tx, thread))
    outbox.record(tx, "drafts.comment_posted", comment_id=comment_id)
    row = tx.execute(select(comments).where(comments.c.id == comment_id)).one()
    return Made(_comments_read(tx, thread, draft, [row])[0], is_new=True)


def accept(tx: Connection, comment: Row[Any], draft: Row[Any], thread: ThreadRow, me: Me) -> CommentRead:
    """Put the suggested wording where the passage is now, as the author's next version.

    Raises WordsGone exactly when the anchor is gone. Accepted again, it answers the same and does nothing.
    """
    _author_only(thread, me)
    if comment.state == "accepted":
        return _comments_read(tx, thread, draft, [comment])[0]
    if comment.state != "open":
        raise AlreadyDecided()
    if thread.state == "closed":
        raise ThreadClosed()
    if comment.suggestion is None:
        raise NoWording()
    newest = _newest(tx, thread, draft)
    place = _places(tx, thread, draft, newest.text, [comment])[comment.id]
    if place.start is None or place.end is None:
        raise WordsGone()
    wording = thread.key.open("comments", "suggestion", comment.id, comment.suggestion)
    text = newest.text[: place.start] + wording + newest.text[place.end :]
    made = _next_version(tx, thread, draft, me, text, None, (), comment_id=comment.id)
    return _decide(tx, comment, draft, thread, me, "accepted", made.version)


def decline(tx: Connection, comment: Row[Any], draft: Row[Any], thread: ThreadRow, me: Me) -> CommentRead:
    """The author does not take the wording over; the remark stays readable."""
    _author_only(thread, me)
    return _decide(tx, comment, draft, thread, me, "declined")


def resolve(tx: Connection, comment: Row[Any], draft: Row[Any], thread: ThreadRow, me: Me) -> CommentRead:
    """The remark is dealt with; for the thread's author and for whoever made it."""
    if me.id not in (thread.author_id, comment.author_id):
        raise Forbidden("Only its writer or the person who asked can resolve a remark.")
    return _decide(tx, comment, draft, thread, me, "resolved")


def _author_only(thread: ThreadRow, me: Me) -> None:
    if thread.author_id != me.id:
        raise Forbidden("Only the person who asked decides about the draft.")


def _decide(
    tx: Connection,
    comment: Row[Any],
    draft: Row[Any],
    thread: ThreadRow,
    me: Me,
    state: str,
    made_version: int | None = None,
) -> CommentRead:
    if comment.state != state:
        if comment.state != "open":
            raise AlreadyDecided()
        if thread.state == "closed" and state != "resolved":
            raise ThreadClosed()
        tx.execute(
            update(comments)
            .where(comments.c.id == comment.id)
            .values(state=state, decided_at=now(), decided_version=made_version)
        )
        audit.note(tx, f"comment.{state}", person_id=me.id, object_id=comment.id)
        changes.put(tx, "comment", comment.id, access.readers_of(tx, thread))
        outbox.record(tx, f"drafts.comment_{state}", comment_id=comment.id)
    row, fresh, _ = access.readable_comment(tx, me, comment.id)
    return _comments_read(tx, thread, fresh, [row])[0]


def _insert_version(
    tx: Connection,
    thread: ThreadRow,
    draft_id: UUID,
    version_id: UUID,
    number: int,
    text: str,
    author_id: UUID,
    comment_id: UUID | None = None,
) -> None:
    tx.execute(
        insert(versions),
        {
            "id": version_id,
            "draft_id": draft_id,
            "version": number,
            "text": thread.key.seal("draft_versions", "text", version_id, text),
            "author_id": author_id,
            "comment_id": comment_id,
            "at": now(),
        },
    )


def _next_version(
    tx: Connection,
    thread: ThreadRow,
    draft: Row[Any],
    me: Me,
    text: str,
    version_id: UUID | None,
    kept: Iterable[str],
    comment_id: UUID | None = None,
) -> VersionRead:
    version_id = version_id or new_id()
    number = draft.last_version + 1
    moved = tx.execute(
        update(drafts)
        .where(drafts.c.id == draft.id, drafts.c.last_version == draft.last_version)
        .values(last_version=number)
    )
    if moved.rowcount != 1:
        fresh, _ = access.readable_draft(tx, me, draft.id)
        raise StaleVersion(current=_newest(tx, thread, fresh).model_dump(mode="json"))
    _insert_version(tx, thread, draft.id, version_id, number, text, me.id, comment_id)
    if quotes := list(kept):
        _keep(tx, thread, draft.id, [*_kept(thread, draft), *quotes])
    readers = access.readers_of(tx, thread)
    changes.put(tx, "version", version_id, readers)
    # The remarks' anchors speak of the newest version now, so the draft and they are different.
    changes.put(tx, "draft", draft.id, readers)
    for remark_id in tx.execute(select(comments.c.id).where(comments.c.draft_id == draft.id)).scalars():
        changes.put(tx, "comment", remark_id, readers)
    audit.note(tx, "draft.version", person_id=me.id, object_id=draft.id)
    outbox.record(tx, "drafts.version_posted", version_id=version_id)
    row = tx.execute(select(versions).where(versions.c.id == version_id)).one()
    return _version_read(thread, row)


def _kept(thread: ThreadRow, draft: Row[Any]) -> list[str]:
    if draft.kept is None:
        return []
    kept: list[str] = thread.key.open_json("drafts", "kept", draft.id, draft.kept)
    return kept


def _keep(tx: Connection, thread: ThreadRow, draft_id: UUID, quotes: Sequence[str]) -> None:
    sealed = thread.key.seal_json("drafts", "kept", draft_id, list(dict.fromkeys(quotes)))
    tx.execute(update(drafts).where(drafts.c.id == draft_id).values(kept=sealed))


def count_kept(tx: Connection, thread: ThreadRow, how_many: int) -> None:
    """Count words kept on purpose for the circle as a whole; never which, never whose."""
    if how_many:
        circles = access.circles
        tx.execute(
            update(circles)
            .where(circles.c.id == thread.circle_id)
            .values(kept_count=circles.c.kept_count + how_many)
        )


def _newest(tx: Connection, thread: ThreadRow, draft: Row[Any]) -> VersionRead:
    row = tx.execute(
        select(versions).where(versions.c.draft_id == draft.id, versions.c.version == draft.last_version)
    ).one()
    return _version_read(thread, row)


def _version_read(thread: ThreadRow, row: Row[Any]) -> VersionRead:
    return VersionRead(
        id=row.id,
        version=row.version,
        text=thread.key.open("draft_versions", "text", row.id, row.text),
        author_id=row.author_id,
        at=row.at,
    )


def _places(
    tx: Connection, thread: ThreadRow, draft: Row[Any], newest: str, rows: Sequence[Row[Any]]
) -> dict[UUID, Place]:
    """Where each of these remarks' passages is in the newest version."""
    wanted = {row.version for row in rows if row.version != draft.last_version}
    old = {}
    if wanted:
        stored = tx.execute(
            select(versions).where(versions.c.draft_id == draft.id, versions.c.version.in_(wanted))
        )
        old = {row.version: _version_read(thread, row).text for row in stored}
    return _placed(old, newest, draft.last_version, rows)


def _placed(
    old: Mapping[int, str], newest: str, last_version: int, rows: Sequence[Row[Any]]
) -> dict[UUID, Place]:
    moved = {number: Moved(text, newest) for number, text in old.items() if number != last_version}
    return {
        row.id: Place("kept", row.start, row.end)
        if row.version == last_version
        else moved[row.version].place(row.start, row.end)
        if row.version in moved
        else GONE
        for row in rows
    }


def _comment_read(thread: ThreadRow, row: Row[Any], place: Place) -> CommentRead:
    key = thread.key
    return CommentRead(
        id=row.id,
        author_id=row.author_id,
        version=row.version,
        start=row.start,
        end=row.end,
        quote=key.open("comments", "quote", row.id, row.quote),
        body=key.open("comments", "body", row.id, row.body) if row.body is not None else None,
        suggestion=key.open("comments", "suggestion", row.id, row.suggestion)
        if row.suggestion is not None
        else None,
        state=row.state,
        made_version=row.decided_version,
        at=row.at,
        anchor=Anchor(status=place.status, start=place.start, end=place.end),
    )


def _comments_read(
    tx: Connection, thread: ThreadRow, draft: Row[Any], rows: Sequence[Row[Any]]
) -> list[CommentRead]:
    newest = _newest(tx, thread, draft)
    places = _places(tx, thread, draft, newest.text, rows)
    return [_comment_read(thread, row, places[row.id]) for row in rows]


def _draft(tx: Connection, thread: ThreadRow, draft_id: UUID) -> DraftRead:
    return next(each for each in drafts_of(tx, {thread.id: thread})[thread.id] if each.id == draft_id)


def drafts_of(tx: Connection, threads: Mapping[UUID, ThreadRow]) -> dict[UUID, list[DraftRead]]:
    """All drafts of these threads with versions and remarks, oldest first; three queries in all."""
    rows = tx.execute(
        select(drafts)
        .where(drafts.c.thread_id.in_(threads.keys()))
        .order_by(drafts.c.created_at, drafts.c.id)
    ).all()
    if not rows:
        return {thread_id: [] for thread_id in threads}
    ids = [row.id for row in rows]
    by_draft: dict[UUID, list[Row[Any]]] = {}
    for row in tx.execute(
        select(versions).where(versions.c.draft_id.in_(ids)).order_by(versions.c.draft_id, versions.c.version)
    ):
        by_draft.setdefault(row.draft_id, []).append(row)
    remarks: dict[UUID, list[Row[Any]]] = {}
    for row in tx.execute(
        select(comments).where(comments.c.draft_id.in_(ids)).order_by(comments.c.at, comments.c.id)
    ):
        remarks.setdefault(row.draft_id, []).append(row)
    found: dict[UUID, list[DraftRead]] = {thread_id: [] for thread_id in threads}
    for row in rows:
        thread = threads[row.thread_id]
        read = [_version_read(thread, each) for each in by_draft.get(row.id, [])]
        texts = {each.version: each.text for each in read}
        remarked = {each.version for each in remarks.get(row.id, [])}
        places = _placed(
            {number: text for number, text in texts.items() if number in remarked},
            texts[row.last_version],
            row.last_version,
            remarks.get(row.id, []),
        )
        found[thread.id].append(
            DraftRead(
                id=row.id,
                thread_id=thread.id,
                kind=row.kind,
                title=thread.key.open("drafts", "title", row.id, row.title) if row.title else None,
                item_id=row.item_id,
                versions=read,
                comments=[_comment_read(thread, each, places[each.id]) for each in remarks.get(row.id, [])],
            )
        )
    return found


def shown(tx: Connection, me: Me, kind: str, ids: Sequence[UUID]) -> dict[UUID, BaseModel]:
    """Drafts, versions or comments as their readers see them; those `me` may not read are left out."""
    if kind == "draft":
        link = select(drafts.c.id, drafts.c.id.label("draft_id"), drafts.c.thread_id).where(
            drafts.c.id.in_(ids)
        )
    else:
        table = versions if kind == "version" else comments
        link = (
            select(table.c.id, table.c.draft_id, drafts.c.thread_id)
            .join(drafts, drafts.c.id == table.c.draft_id)
            .where(table.c.id.in_(ids))
        )
    links = tx.execute(link).all()
    threads = access.readable_threads(tx, me, list({row.thread_id for row in links}))
    by_id = {draft.id: draft for each in drafts_of(tx, threads).values() for draft in each} if threads else {}
    found: dict[UUID, BaseModel] = {}
    for row in links:
        draft = by_id.get(row.draft_id)
        if draft is None:
            continue
        place = {"draft_id": draft.id, "thread_id": draft.thread_id}
        if kind == "draft":
            found[row.id] = draft
        elif kind == "version":
            version = next(each for each in draft.versions if each.id == row.id)
            found[row.id] = VersionShown(**version.model_dump(), **place)
        else:
            comment = next(each for each in draft.comments if each.id == row.id)
            found[row.id] = CommentShown(**comment.model_dump(), **place)
    return found

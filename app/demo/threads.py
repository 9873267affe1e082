"""Threads, told act by act through the services, each act at its own moment and by whoever did it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from app import access
from app.access import Me, messages, threads
from app.core.clock import travel_to
from app.demo.ids import acting, id_of, item_id
from app.demo.story import Json
from app.drafts import service as drafts
from app.drafts.shapes import CommentCreate, DraftAdd, VersionCreate
from app.threads import holding, takeaways
from app.threads.asking import ask
from app.threads.reading import mark_read
from app.threads.service import post_message
from app.threads.shapes import MessageCreate, TakeawayCreate, ThreadCreate

Deed = Callable[[Connection], object]

SOON = timedelta(minutes=1)


@dataclass(frozen=True)
class Act:
    """Something that someone does in a thread."""

    at: datetime
    do: Deed


def tell_thread(tx: Connection, thread: Json, circle: str) -> bool:
    """One thread from the question to where it stands. False if it is or ever was there; nothing is done."""
    telling = _Telling(thread, id_of("circle", circle))
    if tx.execute(select(threads.c.id).where(threads.c.id == telling.id)).first():
        return False
    # The sort is stable: what happens in the same minute happens in the order of `acts`.
    for act in sorted(telling.acts(), key=lambda act: act.at):
        travel_to(act.at)
        act.do(tx)
    for person, seq in thread["read"].items():
        mark_read(tx, acting(person), telling.id, seq)
    return True


def _moment(spec: Json) -> datetime:
    return datetime.fromisoformat(spec["at"])


class _Telling:
    def __init__(self, thread: Json, circle_id: UUID) -> None:
        self.thread = thread
        self.circle_id = circle_id
        self.id = id_of("thread", thread["key"])
        self.author = acting(thread["author"])
        self.asked_at = _moment(thread["messages"][0])

    def acts(self) -> Iterator[Act]:
        """Everything that happens, in the order in which it may happen within one minute."""
        yield Act(self.asked_at, self._ask)
        if claimed := self.thread.get("claimed"):
            yield Act(_moment(claimed), self._by(claimed, holding.claim))
        for draft in self.thread["drafts"]:
            yield from self._draft(draft)
        for seq, message in enumerate(self.thread["messages"][1:], 2):
            yield Act(_moment(message), self._message(seq, message))
        for number, takeaway in enumerate(self.thread["takeaways"]):
            yield Act(_moment(takeaway), self._takeaway(number, takeaway))
        if closed := self.thread.get("closed"):
            yield Act(_moment(closed), self._by(closed, holding.close))

    def _by(self, spec: Json, act: Callable[[Connection, Me, UUID], object]) -> Deed:
        return lambda tx: act(tx, acting(spec["by"]), self.id)

    def _ask(self, tx: Connection) -> None:
        thread, question = self.thread, self.thread["messages"][0]
        ask(
            tx,
            self.author,
            ThreadCreate.model_validate(
                {
                    "id": self.id,
                    "circle_id": self.circle_id,
                    **{name: thread.get(name) for name in ("topic", "help", "title", "need_by", "kept")},
                    "body": question.get("body"),
                    "voice_id": id_of("voice", question["voice"]) if "voice" in question else None,
                    "meeting_id": item_id(thread["meeting"]),
                    "case_id": id_of("case", thread["case"]) if thread["case"] else None,
                    "item_ids": [item_id(pointer) for pointer in thread["items"]],
                    "mentor_id": id_of("person", thread["mentor"]) if thread["mentor"] else None,
                    "drafts": [self._first(draft) for draft in thread["drafts"] if self._came_along(draft)],
                }
            ),
        )

    def _came_along(self, draft: Json) -> bool:
        return _moment(draft["versions"][0]) == self.asked_at

    def _first(self, draft: Json) -> Json:
        return {
            "id": id_of("draft", draft["key"]),
            "kind": draft["kind"],
            "title": draft["title"],
            "text": draft["versions"][0]["text"],
            "item_id": item_id(draft["item"]),
        }

    def _message(self, seq: int, message: Json) -> Deed:
        data = MessageCreate(
            id=id_of("message", self.thread["key"], seq),
            body=message.get("body"),
            voice_id=id_of("voice", message["voice"]) if "voice" in message else None,
            kept=message.get("kept", {}),
        )

        def post(tx: Connection) -> None:
            post_message(tx, acting(message["by"]), self.id, data)

        return post

    def _draft(self, draft: Json) -> Iterator[Act]:
        draft_id = id_of("draft", draft["key"])
        first, *later = draft["versions"]
        if not self._came_along(draft):
            data = DraftAdd.model_validate(self._first(draft))
            yield Act(
                _moment(first),
                lambda tx: drafts.post_draft(
                    tx, access.own_thread(tx, self.author, self.id), self.author, data
                ),
            )
        for comment in draft["comments"]:
            yield Act(_moment(comment), self._comment(draft_id, comment))
            if comment["state"] in ("declined", "resolved"):
                yield Act(self._looked_at(comment, later), self._decide(comment))
        for number, version in enumerate(later, 2):
            yield Act(_moment(version), self._version(draft_id, number, version))

    def _looked_at(self, comment: Json, versions: list[Json]) -> datetime:
        """When the author next came to the draft or the thread, which is when she decided."""
        hers = [*versions, *(each for each in self.thread["messages"] if each["by"] == self.thread["author"])]
        made_at = _moment(comment)
        return min((_moment(each) for each in hers if _moment(each) > made_at), default=made_at + SOON)

    def _comment(self, draft_id: UUID, comment: Json) -> Deed:
        names = ("version", "start", "end", "quote", "body", "suggestion")
        data = CommentCreate.model_validate(
            {
                "id": id_of("comment", comment["key"]),
                **{name: comment[name] for name in names},
                "kept": comment.get("kept", {}),
            }
        )

        def post(tx: Connection) -> None:
            me = acting(comment["by"])
            draft, thread = access.readable_draft(tx, me, draft_id)
            drafts.post_comment(tx, draft, thread, me, data)

        return post

    def _decide(self, comment: Json) -> Deed:
        decide = {"accepted": drafts.accept, "declined": drafts.decline, "resolved": drafts.resolve}[
            comment["state"]
        ]
        comment_id = id_of("comment", comment["key"])
        return lambda tx: decide(tx, *access.readable_comment(tx, self.author, comment_id), self.author)

    def _version(self, draft_id: UUID, number: int, version: Json) -> Deed:
        if accepted := version.get("accepts"):
            return self._decide({"key": accepted, "state": "accepted"})
        data = VersionCreate(
            id=id_of("version", draft_id, number),
            base_version=number - 1,
            text=version["text"],
            kept=version.get("kept", {}),
        )

        def post(tx: Connection) -> None:
            draft, thread = access.readable_draft(tx, self.author, draft_id)
            drafts.post_version(tx, draft, thread, self.author, data)

        return post

    def _takeaway(self, number: int, takeaway: Json) -> Deed:
        def pin(tx: Connection) -> None:
            seq = takeaway.get("message")
            data = TakeawayCreate.model_validate(
                {
                    "id": id_of("takeaway", self.thread["key"], number),
                    "text": takeaway["text"],
                    "message_id": self._message_id(tx, seq) if seq else None,
                    "comment_id": id_of("comment", takeaway["comment"]) if "comment" in takeaway else None,
                    "item_id": item_id(takeaway["item"]),
                    "meeting_id": item_id(takeaway["meeting"]),
                    "kept": takeaway.get("kept", {}),
                }
            )
            takeaways.pin(tx, access.own_thread(tx, self.author, self.id), self.author, data)

        return pin

    def _message_id(self, tx: Connection, seq: int) -> Any:
        return tx.execute(
            select(messages.c.id).where(messages.c.thread_id == self.id, messages.c.seq == seq)
        ).scalar_one()

"""A post office for these tests, and the shortest ways to a thread, a message and a fact."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, insert, select, update

from app.accounts.models import Person
from app.core import clock, outbox
from app.core.clock import now
from app.core.db import Database
from app.core.ids import new_id
from app.core.settings import Settings
from app.notify.models import Mail
from app.notify.wording import WEEKDAYS
from app.threads.models import Message, ReadMark, Thread
from app.voice.models import VoiceNote
from tests.factories import Actor, Cast
from tests.notify.sink import Sink

mails: Any = Mail.__table__  # type: ignore[attr-defined]


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    post = Sink()
    await post.start()
    yield post
    await post.stop()


@pytest.fixture
def settings(settings: Settings, sink: Sink) -> Settings:
    settings.smtp_url = sink.url
    settings.mail_from = "Pocket Colleague <hello@colleague.example>"
    return settings


class Office:
    """Makes rows and facts, and moves the clock."""

    def __init__(self, service: FastAPI, cast: Cast) -> None:
        self.db: Database = service.state.db
        self.worker = service.state.worker.settle
        self.cast = cast
        self._work_facts = service.state.worker.work_facts
        self.ahead = timedelta(0)

    async def question(
        self, *, mentor: Actor | None = None, need_by: date | None = None, tell: bool = True, **values: Any
    ) -> UUID:
        thread_id = new_id()
        row = {
            "id": thread_id,
            "circle_id": self.cast.circle_id,
            "author_id": self.cast.teacher.id,
            "mentor_id": mentor.id if mentor else None,
            "for_anyone": mentor is None,
            "state": "waiting",
            "need_by": need_by,
            "last_seq": 1,
            "created_at": now(),
            "last_at": now(),
        }
        await self.db.write(lambda tx: tx.execute(insert(Thread), row | values))
        await self.message(thread_id, self.cast.teacher, seq=1)
        if tell:
            await self.tell("threads.asked", thread_id=thread_id)
        return thread_id

    async def message(
        self, thread_id: UUID, author: Actor, *, seq: int = 2, voice: str | None = None
    ) -> UUID:
        """A message's row; with `voice`, a spoken one in that state."""
        message_id, voice_id = new_id(), new_id() if voice else None

        def post(tx: Connection) -> None:
            if voice_id:
                tx.execute(
                    insert(VoiceNote),
                    {
                        "id": voice_id,
                        "owner_id": author.id,
                        "thread_id": thread_id,
                        "content_type": "audio/webm",
                        "state": voice,
                        "received": 0,
                        "touched_at": now(),
                        "created_at": now(),
                    },
                )
            tx.execute(
                insert(Message),
                {
                    "id": message_id,
                    "thread_id": thread_id,
                    "author_id": author.id,
                    "seq": seq,
                    "voice_id": voice_id,
                    "at": now(),
                },
            )
            if seq > 1:
                outbox.record(tx, "threads.message_posted", message_id=message_id)

        await self.db.write(post)
        return message_id

    async def set_thread(self, thread_id: UUID, **values: Any) -> None:
        await self.db.write(
            lambda tx: tx.execute(update(Thread).where(Thread.id == thread_id).values(**values))  # type: ignore[arg-type]
        )

    async def read(self, thread_id: UUID, person: Actor, seq: int) -> None:
        row = {"thread_id": thread_id, "person_id": person.id, "seq": seq}
        await self.db.write(lambda tx: tx.execute(insert(ReadMark), row))

    async def set_person(self, person: Actor, **values: Any) -> None:
        await self.db.write(
            lambda tx: tx.execute(update(Person).where(Person.id == person.id).values(**values))  # type: ignore[arg-type]
        )

    async def tell(self, fact: str, **about: UUID) -> None:
        await self.db.write(lambda tx: outbox.record(tx, fact, **about))

    async def worker_facts(self) -> None:
        """Let the worker hear the facts, and send nothing yet."""
        while await self._work_facts():
            pass

    async def mails(self) -> list[Any]:
        return await self.db.read(lambda tx: list(tx.execute(select(mails).order_by(mails.c.id))))

    async def states(self) -> list[str]:
        return [row.state for row in await self.mails()]

    def later(self, **by: float) -> None:
        self.ahead += timedelta(**by)
        clock.travel(self.ahead)

    def at(self, weekday: str, clock_time: str, zone: str = "America/New_York") -> None:
        """Go forward to the next such moment on a wall in that zone."""
        here = now().astimezone(ZoneInfo(zone))
        days = (WEEKDAYS.index(weekday) - here.weekday()) % 7
        then = datetime.combine(here.date() + timedelta(days=days), time.fromisoformat(clock_time))
        if then <= here.replace(tzinfo=None):
            then += timedelta(days=7)
        # Through UTC, because clocks may change in between.
        self.ahead += then.replace(tzinfo=here.tzinfo).astimezone(UTC) - now()
        clock.travel(self.ahead)


@pytest.fixture
def office(service: FastAPI, cast: Cast) -> Office:
    return Office(service, cast)

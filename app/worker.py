"""The loop that runs the outbox: leases facts, gives each to its handlers, and sends the mail that is due."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, or_, select, update

from app.core import outbox
from app.core.clock import now
from app.core.db import Committed, Database
from app.core.objects import Objects
from app.core.settings import Settings
from app.notify.sending import send_due

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
AT_ONCE = 20
LOOK_EVERY_S = 1.0
# What comes in one burst is looked for once, not once each.
GATHER_S = 0.25
PAUSES_S = (2, 10, 60, 300, 1800)

facts = outbox.Fact.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Ground:
    """What an async job may use."""

    db: Database
    objects: Objects
    settings: Settings


def _due(*, slow: bool) -> Select[tuple[int]]:
    """Facts whose time has come and that no worker holds: those with async jobs, or all others."""
    moment = now()
    has_jobs = facts.c.fact.in_(outbox.slow_facts())
    return (
        select(facts.c.id)
        .where(
            facts.c.done_at.is_(None),
            facts.c.not_before <= moment,
            or_(facts.c.lease_until.is_(None), facts.c.lease_until < moment),
            has_jobs if slow else ~has_jobs,
        )
        .order_by(facts.c.id)
        # A job can take minutes: one at a time, or the last of many would outlive its lease.
        .limit(1 if slow else AT_ONCE)
    )


def lease(tx: Connection, *, slow: bool) -> list[tuple[int, str, dict[str, Any], int]]:
    """Take the oldest facts that are due, so that no other worker works them meanwhile."""
    moment = now()
    due = _due(slow=slow).with_for_update(skip_locked=True)
    ids = list(tx.execute(due).scalars())
    if not ids:
        return []
    rows = tx.execute(
        update(facts)
        .where(facts.c.id.in_(ids))
        .values(lease_until=moment + LEASE, attempts=facts.c.attempts + 1)
        .returning(facts.c.id, facts.c.fact, facts.c.about, facts.c.attempts)
    ).all()
    leased = [(row.id, row.fact, outbox.ids_of(row.about), row.attempts) for row in rows]
    return sorted(leased, key=lambda each: each[0])


class Worker:
    """Works facts and mail until told to stop; one may run in each process."""

    def __init__(self, db: Database, settings: Settings, objects: Objects) -> None:
        self.ground = Ground(db, objects, settings)
        self.beat_at = now()
        self.is_running = False
        self._wake = asyncio.Event()
        db.on_commit.append(self._committed)

    def _committed(self, committed: Committed) -> None:
        if committed.facts:
            self._wake.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work for as long as the context is open."""
        tasks = [
            asyncio.create_task(self._loop(each))
            for each in (self.work_facts, self.work_jobs, self.send_mail)
        ]
        self.is_running = True
        try:
            yield
        finally:
            self.is_running = False
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task

    async def run(self) -> None:
        """Work until cancelled; for `colleague worker`."""
        async with self.running():
            await asyncio.Event().wait()

    async def _loop(self, work: Callable[[], Awaitable[bool]]) -> None:
        while True:
            self.beat_at = now()
            try:
                busy = await work()
            except Exception as error:
                log.warning("worker: %s", type(error).__name__)
                busy = False
                await asyncio.sleep(LOOK_EVERY_S)
            if not busy:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY_S):
                        await self._wake.wait()
                    await asyncio.sleep(GATHER_S)
                self._wake.clear()

    async def settle(self) -> None:
        """Work until nothing is due; for tests and the demo."""
        while await self.work_facts() or await self.work_jobs() or await self.send_mail():
            pass

    async def send_mail(self) -> bool:
        """Send one round of due mail. True if there was any."""
        return await send_due(self.ground.db, self.ground.settings)

    async def work_facts(self) -> bool:
        """Work one round of due facts. True if there was any."""
        return await self._work_round(slow=False)

    async def work_jobs(self) -> bool:
        """Work the oldest due fact that has async jobs. True if there was any."""
        return await self._work_round(slow=True)

    async def _work_round(self, *, slow: bool) -> bool:
        db = self.ground.db
        if not await db.read(lambda tx: tx.execute(_due(slow=slow)).first()):
            return False
        leased = await db.write(partial(lease, slow=slow))
        if db.dialect == "sqlite":
            # Asked for together, they come to the one writer in this order and share its commit.
            await asyncio.gather(*(self._try(*each) for each in leased))
        else:
            for each in leased:
                await self._try(*each)
        return bool(leased)

    async def _try(self, fact_id: int, fact: str, about: dict[str, Any], attempts: int) -> None:
        try:
            await self._work(fact, about, fact_id)
        except Exception as error:
            log.warning("fact %s failed: %s", fact, type(error).__name__)
            pause = timedelta(seconds=PAUSES_S[min(attempts, len(PAUSES_S)) - 1])
            await self.ground.db.write(partial(_postpone, fact_id, pause, type(error).__name__))

    async def _work(self, fact: str, about: dict[str, Any], fact_id: int) -> None:
        for work in outbox.jobs_for(fact):
            await work(self.ground, **about)

        def handle(tx: Connection) -> None:
            for handler in outbox.handlers_for(fact):
                handler(tx, **about)
            tx.execute(update(facts).where(facts.c.id == fact_id).values(done_at=now(), lease_until=None))

        await self.ground.db.write(handle)


def _postpone(fact_id: int, pause: timedelta, error: str, tx: Connection) -> None:
    tx.execute(
        update(facts)
        .where(facts.c.id == fact_id)
        .values(not_before=now() + pause, lease_until=None, last_error=error)
    )

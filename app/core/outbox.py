"""Facts: what must happen later is a row written with the change that causes it.

`record` says what happened, in the past tense; upstairs listens with `@on`. The worker gives each fact to
its handlers in a transaction of their own, at least once, in order of recording as far as retries allow.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, Text, insert
from sqlmodel import Field, SQLModel

from app.core.clock import UTCDateTime, now
from app.core.prepared import Prepared

Handler = Callable[..., None]
Job = Callable[..., Awaitable[None]]
_handlers: dict[str, list[Handler]] = {}
_jobs: dict[str, list[Job]] = {}


class Fact(SQLModel, table=True):
    """Something that happened and still has to be acted on. Ids only: no content ever."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_open", "done_at", "not_before"),)

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    )
    fact: str
    about: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UTCDateTime)
    not_before: datetime = Field(sa_type=UTCDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    attempts: int = 0
    last_error: str | None = None
    done_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


_INSERT = Prepared(insert(Fact))


def on(fact: str) -> Callable[[Handler], Handler]:
    """Register a handler `(tx, *, **ids)` for a fact. It may run twice; it must not mind."""

    def register(handler: Handler) -> Handler:
        _handlers.setdefault(fact, []).append(handler)
        return handler

    return register


def handlers_for(fact: str) -> list[Handler]:
    """The handlers of a fact, in order of registration."""
    return _handlers.get(fact, [])


def job(fact: str) -> Callable[[Job], Job]:
    """Register an async `(ground, *, **ids)` for work that must await (decoding, files); as for `on`."""

    def register(work: Job) -> Job:
        _jobs.setdefault(fact, []).append(work)
        return work

    return register


def jobs_for(fact: str) -> list[Job]:
    """The async jobs of a fact, in order of registration."""
    return _jobs.get(fact, [])


def slow_facts() -> list[str]:
    """The facts that have async jobs; they are worked apart, so that no notice waits behind a recording."""
    return sorted(_jobs)


def begin(tx: Connection) -> None:
    """Start collecting for this transaction."""
    tx.info["facts"] = []


def record(
    tx: Connection, fact: str, *, after: timedelta = timedelta(0), **about: UUID | str | int | None
) -> None:
    """Note that something happened; handlers run after the commit, not before `after` has passed."""
    at = now()
    tx.info["facts"].append(
        {
            "fact": fact,
            "about": json.dumps(
                {name: str(value) if isinstance(value, UUID) else value for name, value in about.items()}
            ),
            "at": at,
            "not_before": at + after,
            "attempts": 0,
        }
    )


def ids_of(about: str) -> dict[str, Any]:
    """What `record` was told, as handlers take it: everything named `…_id` is a UUID again."""
    return {
        name: UUID(value) if name.endswith("_id") and value is not None else value
        for name, value in json.loads(about).items()
    }


def forget(tx: Connection) -> None:
    """Let nothing follow from what this transaction recorded so far: it tells of things long done."""
    tx.info["facts"].clear()


def flush(tx: Connection) -> bool:
    """Write what was collected, before the commit. True if there was any."""
    facts: list[dict[str, Any]] = tx.info.pop("facts")
    if facts:
        _INSERT.run_many(tx, facts)
    return bool(facts)

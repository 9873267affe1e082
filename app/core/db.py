"""Transactions: one plain function of a connection, run whole, on SQLite or PostgreSQL.

`write` runs it on SQLite's single writer thread or through `run_sync` on PostgreSQL and answers only after
the commit is durable; `read` likewise on a reader. Nothing can await inside, by construction.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, MetaData
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import SQLModel

from app.core import changes, outbox
from app.core.errors import Busy, Problem, StorageFull
from app.core.seal import Keyring
from app.core.sqlite import SQLite

log = logging.getLogger(__name__)
T = TypeVar("T")

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


@dataclass(frozen=True)
class Committed:
    """What a commit left for others to look at."""

    changes: list[changes.Told]
    facts: bool


class ReadOnlyStorage(Busy):
    slug, title = "storage-read-only", "This service cannot store anything just now"
    detail = (
        "Reading still works. Tell the person who runs this service; what you wrote stays on your device."
    )


class Database:
    """The one way to the tables. `on_commit` functions are called on the event loop after each commit."""

    def __init__(self, url: str, keyring: Keyring) -> None:
        self.url = make_url(url)
        self.keyring = keyring
        self.dialect = self.url.get_backend_name()
        self.on_commit: list[Callable[[Committed], None]] = []
        self._sqlite: SQLite | None = None
        self._pg: AsyncEngine | None = None
        self._pg_looking: AsyncEngine | None = None
        if self.dialect == "sqlite":
            self._sqlite = SQLite(url)
        elif self.dialect == "postgresql":
            self._pg = create_async_engine(
                self.url.set(drivername="postgresql+asyncpg"),
                pool_size=8,
                max_overflow=8,
                pool_pre_ping=False,
                hide_parameters=True,
            )
            # Each statement of a read sees what is committed by then, as in a transaction of PostgreSQL's
            # usual kind, but without the two messages that begin and end one.
            self._pg_looking = self._pg.execution_options(isolation_level="AUTOCOMMIT")
        else:
            raise ValueError("DATABASE_URL must begin with sqlite: or postgresql+asyncpg:")

    @property
    def metadata(self) -> MetaData:
        return SQLModel.metadata

    async def write(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` in one durable transaction and return its result after the commit.

        On an integrity error (two retries raced, the key decided) it runs once more and so meets the
        winner's row. Raises Busy, StorageFull or what `fn` raises; then nothing was stored.
        """
        job = partial(_run, fn, self.keyring)
        for attempt in (1, 2, 3):
            try:
                if self._sqlite:
                    result, committed = await self._sqlite.write(job)
                else:
                    result, committed = await self._pg_write(job)
            except IntegrityError:
                if attempt == 3:
                    raise
            except DBAPIError as error:
                if not _worth_another_try(error) or attempt == 3:
                    raise _as_problem(error) from error
                await asyncio.sleep(0.05 * attempt)
            else:
                self._tell(committed)
                return result
        raise AssertionError("unreachable")

    async def read(self, fn: Callable[[Connection], T], *, brief: bool = False) -> T:
        """Run `fn` on a reader, nothing stored: on SQLite one view, on PostgreSQL one for each statement.

        `brief` is for one row by its key, which SQLite finds sooner than a thread could be told to look.
        """

        def look(tx: Connection) -> T:
            tx.info["keyring"] = self.keyring
            return fn(tx)

        for attempt in (1, 2, 3):
            try:
                if self._sqlite:
                    return self._sqlite.glance(look) if brief else await self._sqlite.read(look)
                assert self._pg_looking is not None
                async with self._pg_looking.connect() as connection:
                    return await connection.run_sync(look)
            except DBAPIError as error:
                if not _worth_another_try(error) or attempt == 3:
                    raise _as_problem(error) from error
                await asyncio.sleep(0.05 * attempt)
        raise AssertionError("unreachable")

    async def _pg_write(self, job: Callable[[Connection], tuple[T, Committed]]) -> tuple[T, Committed]:
        assert self._pg is not None
        async with self._pg.connect() as connection:
            transaction = await connection.begin()
            try:
                result, committed = await connection.run_sync(job)
            except BaseException:
                with suppress(Exception):
                    await transaction.rollback()
                raise
            try:
                await transaction.commit()
            except DBAPIError as error:
                # Whether it was stored is unknown: running it again here could store it twice.
                raise Busy() from error
            return result, committed

    def _tell(self, committed: Committed) -> None:
        if committed.changes or committed.facts:
            for listener in self.on_commit:
                listener(committed)

    async def close(self) -> None:
        """Finish what runs and let the connections go."""
        if self._sqlite:
            await asyncio.to_thread(self._sqlite.close)
        if self._pg:
            await self._pg.dispose()


def _run(fn: Callable[[Connection], T], keyring: Keyring, tx: Connection) -> tuple[T, Committed]:
    tx.info["keyring"] = keyring
    changes.begin(tx)
    outbox.begin(tx)
    result = fn(tx)
    facts = outbox.flush(tx)
    # Last, because the counter row it locks is what puts change numbers in commit order.
    return result, Committed(changes=changes.flush(tx), facts=facts)


def _worth_another_try(error: DBAPIError) -> bool:
    """PostgreSQL restarting, or two transactions in each other's way: nothing was committed."""
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    return error.connection_invalidated or state in ("40001", "40P01", "57P01", "57P02", "57P03")


def _as_problem(error: DBAPIError) -> Problem | DBAPIError:
    code = getattr(error.orig, "sqlite_errorcode", None)
    name = {
        sqlite3.SQLITE_FULL: StorageFull,
        sqlite3.SQLITE_READONLY: ReadOnlyStorage,
        sqlite3.SQLITE_IOERR: StorageFull,
        sqlite3.SQLITE_BUSY: Busy,
        sqlite3.SQLITE_LOCKED: Busy,
    }.get((code or 0) & 0xFF)
    state = getattr(error.orig, "sqlstate", None) or ""
    if name:
        problem: type[Problem] = name
    elif state == "53100":
        problem = StorageFull
    elif (
        isinstance(error, OperationalError) or error.connection_invalidated or state[:2] in ("57", "08", "53")
    ):
        problem = Busy
    else:
        return error
    log.warning("storage refused: %s", problem.slug)
    return problem()

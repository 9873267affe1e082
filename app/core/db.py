"""Transactions: one plain function of a connection, run whole, on SQLite or PostgreSQL.

`write` runs it on SQLite's single writer thread or through `run_sync` on PostgreSQL and answers only after
the commit is durable; `read` likewise on a reader. Nothing can await inside, by construction.
"""

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from app.core import changes, outbox
from app.core.errors import Busy, Problem, StorageFull
from app.core.seal import Keyring

log = logging.getLogger(__name__)
T = TypeVar("T")

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

READERS = 3
TOGETHER = 24
BUSY_MS = 5000


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
        self._sqlite: _SQLite | None = None
        self._pg: AsyncEngine | None = None
        if self.dialect == "sqlite":
            self._sqlite = _SQLite(url)
        elif self.dialect == "postgresql":
            self._pg = create_async_engine(
                self.url.set(drivername="postgresql+asyncpg"),
                pool_size=8,
                max_overflow=8,
                pool_pre_ping=False,
                hide_parameters=True,
            )
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
        """Run `fn` on a reader: one consistent view, nothing stored.

        `brief` is for one row by its key, which SQLite finds sooner than a thread could be told to look.
        """

        def look(tx: Connection) -> T:
            tx.info["keyring"] = self.keyring
            return fn(tx)

        for attempt in (1, 2, 3):
            try:
                if self._sqlite:
                    return self._sqlite.glance(look) if brief else await self._sqlite.read(look)
                assert self._pg is not None
                async with self._pg.connect() as connection:
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


@dataclass
class _Job:
    fn: Callable[[Connection], Any]
    done: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop


class _SQLite:
    """One writer thread with one connection; a few readers, each with its own."""

    def __init__(self, url: str) -> None:
        path = make_url(url).database
        if path and path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._write_engine = sqlite_engine(url, writer=True)
        self._read_engine = sqlite_engine(url)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._local = threading.local()
        self._read_connections: list[Connection] = []
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-read")
        self._writer = threading.Thread(target=self._write_loop, name="sqlite-write", daemon=True)
        self._writer.start()

    def write(self, fn: Callable[[Connection], T]) -> "asyncio.Future[T]":
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(fn, done, loop))
        return done

    async def read(self, fn: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.look, fn)

    def look(self, fn: Callable[[Connection], T]) -> T:
        """Read in this very thread, in one transaction."""
        connection = self._reader()
        try:
            connection.begin()
            return fn(connection)
        finally:
            _roll_back(connection)

    def glance(self, fn: Callable[[Connection], T]) -> T:
        """As `look`, for one statement: it is a transaction by itself."""
        connection = self._reader()
        try:
            return fn(connection)
        finally:
            if connection.in_transaction():
                _roll_back(connection)

    def _reader(self) -> Connection:
        """The connection of this very thread."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._read_engine.connect()
            self._read_connections.append(connection)
        return connection

    def _write_loop(self) -> None:
        connection: Connection | None = None
        while (job := self._jobs.get()) is not None:
            batch = [job]
            while len(batch) < TOGETHER:
                try:
                    following = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    self._jobs.put(None)
                    break
                batch.append(following)
            outcomes: list[tuple[_Job, Any, BaseException | None]]
            try:
                connection = connection or self._write_engine.connect()
                outcomes = self._commit_together(connection, batch)
            except BaseException as error:
                outcomes = [(each, None, error) for each in batch]
            _deliver(outcomes)
        if connection is not None:
            connection.close()

    def _commit_together(
        self, tx: Connection, batch: list[_Job]
    ) -> list[tuple[_Job, Any, BaseException | None]]:
        """Several waiting writes share one fsync; each stands or falls alone by its savepoint."""
        outcomes: list[tuple[_Job, Any, BaseException | None]] = []
        try:
            tx.begin()
            for job in batch:
                if job.done.cancelled():
                    continue
                savepoint = tx.begin_nested() if len(batch) > 1 else None
                try:
                    outcomes.append((job, job.fn(tx), None))
                    if savepoint:
                        savepoint.commit()
                except BaseException as error:
                    if not savepoint:
                        raise
                    savepoint.rollback()
                    outcomes.append((job, None, error))
            tx.commit()
        except BaseException as error:
            _roll_back(tx)
            return [(job, None, error) for job in batch]
        return outcomes

    def close(self) -> None:
        self._jobs.put(None)
        self._writer.join(timeout=10)
        self._readers.shutdown(wait=True)
        for connection in self._read_connections:
            connection.close()
        self._write_engine.dispose()
        self._read_engine.dispose()


def _deliver(outcomes: list[tuple[_Job, Any, BaseException | None]]) -> None:
    def settle() -> None:
        for job, result, error in outcomes:
            if job.done.done():
                continue
            if error is not None:
                job.done.set_exception(error)
            else:
                job.done.set_result(result)

    with suppress(RuntimeError):  # the loop has closed: nobody waits for the answer any more
        outcomes[0][0].loop.call_soon_threadsafe(settle)


def _roll_back(connection: Connection) -> None:
    """Back to no transaction; SQLite itself has already rolled back after a full disk."""
    try:
        connection.rollback()
    except DBAPIError:
        with suppress(Exception):
            connection.invalidate()
            connection.rollback()


def sqlite_engine(url: str, *, writer: bool = False) -> Engine:
    """An engine whose connections carry the pragmas: WAL, FULL (a 2xx is on disk), foreign keys, patience."""
    engine = create_engine(
        make_url(url).set(drivername="sqlite"),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
    )

    @event.listens_for(engine, "connect")
    def _pragmas(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")
        raw.execute("PRAGMA foreign_keys=ON")
        raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        raw.execute("PRAGMA temp_store=MEMORY")
        raw.execute("PRAGMA secure_delete=ON")
        if not writer:
            raw.execute("PRAGMA query_only=ON")

    begin = "BEGIN IMMEDIATE" if writer else "BEGIN"

    def do_begin(connection: Any) -> None:
        connection.execute(begin)

    # Not by an event: an engine that someone listens to takes a slower way through every statement.
    dialect: Any = engine.dialect
    dialect.do_begin = do_begin
    return engine


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

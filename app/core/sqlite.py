"""SQLite behind `db`: its threads and connections, and what every connection is told first."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

T = TypeVar("T")

READERS = 3
TOGETHER = 24
BUSY_MS = 5000


@dataclass
class _Job:
    fn: Callable[[Connection], Any]
    done: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop


class SQLite:
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
            if outcomes:  # None where all who wrote have stopped waiting.
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

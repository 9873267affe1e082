"""Open sockets and who sits behind them; wakes after each commit and hands on what is new, in order.

Change numbers are in commit order, so "everything after the last number handed on" misses nothing and
repeats nothing, whichever process wrote it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, func, select

from app.access import Me
from app.core.changes import Change
from app.core.db import Committed, Database

QUEUE = 64
# How long a change that another process wrote may wait, where no Redis tells us of it.
LOOK_EVERY_S = 1.0

changes = Change.__table__  # type: ignore[attr-defined]
_LAST = select(func.max(changes.c.seq))
_SINCE = (
    select(changes.c.seq, changes.c.reader_id, changes.c.kind, changes.c.object_id, changes.c.op)
    .where(changes.c.seq > bindparam("since"))
    .order_by(changes.c.seq)
)


class Socket:
    """One open socket's queue of ready-made lines; `None` says it fell too far behind."""

    def __init__(self, me: Me, from_seq: int) -> None:
        self.me = me
        self.from_seq = from_seq
        self.lines: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE + 1)
        self.is_behind = False

    def offer(self, seq: int, line: bytes) -> None:
        """Queue a line without waiting; a full queue ends the socket, and its client catches up."""
        if self.is_behind or seq <= self.from_seq:
            return
        if self.lines.qsize() >= QUEUE:
            self.is_behind = True
            self.lines.put_nowait(None)
        else:
            self.lines.put_nowait(line)

    def end(self) -> None:
        """Hand on nothing more and let the connection close."""
        if not self.is_behind:
            self.is_behind = True
            self.lines.put_nowait(None)


class Hub:
    """All sockets of this process."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._sockets: dict[object, set[Socket]] = {}
        self._wake = asyncio.Event()
        self._last = 0
        db.on_commit.append(self._committed)

    def _committed(self, committed: Committed) -> None:
        if committed.changes and self._sockets:
            self._wake.set()

    def join(self, socket: Socket) -> None:
        """From now on this socket gets its person's changes."""
        self._sockets.setdefault(socket.me.id, set()).add(socket)

    def leave(self, socket: Socket) -> None:
        """Forget a socket."""
        sockets = self._sockets.get(socket.me.id, set())
        sockets.discard(socket)
        if not sockets:
            self._sockets.pop(socket.me.id, None)

    def close_session(self, session_id: object) -> None:
        """A session has ended: its sockets close now, not at their next check."""
        for sockets in self._sockets.values():
            for socket in sockets:
                if socket.me.session_id == session_id:
                    socket.end()

    def close_person(self, person_id: object) -> None:
        """Someone's place has changed or her account is gone: her sockets close and may ask again."""
        for socket in self._sockets.get(person_id, ()):
            socket.end()

    def sockets_of(self, person_id: object) -> int:
        """How many sockets a person has open here."""
        return len(self._sockets.get(person_id, ()))

    @property
    def count(self) -> int:
        """How many sockets are open here."""
        return sum(len(sockets) for sockets in self._sockets.values())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hand on changes for as long as the context is open."""
        self._last = await self.db.read(lambda tx: tx.execute(_LAST).scalar() or 0)
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._wake.wait()
            self._wake.clear()
            if not self._sockets:
                self._last = -1
                continue
            with suppress(Exception):
                await self._hand_on()

    async def _hand_on(self) -> None:
        if self._last < 0:
            # Nobody listened; each socket reads its own past when it joins.
            self._last = min((s.from_seq for each in self._sockets.values() for s in each), default=0)
        since = self._last

        def new(tx: Connection) -> list[Any]:
            return list(tx.execute(_SINCE, {"since": since}))

        line = b""
        said: tuple[object, ...] = ()
        for seq, reader, kind, object_id, op in await self.db.read(new):
            self._last = seq
            sockets = self._sockets.get(reader)
            if not sockets:
                continue
            if said != (seq,):
                said = (seq,)
                line = orjson.dumps({"seq": seq, "kind": kind, "id": object_id, "op": op})
            for socket in sockets:
                socket.offer(seq, line)

"""Open sockets and who sits behind them; wakes after each commit and hands on what is new, in order.

Change numbers are in commit order, so "everything after the last number handed on" misses nothing and
repeats nothing, whichever process wrote it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, bindparam, select

from app.access import Me
from app.accounts.signed_in import open_sessions
from app.core.changes import Change, Told
from app.core.db import Committed, Database
from app.core.prepared import Prepared
from app.live.cursors import Stand, stand_in

log = logging.getLogger(__name__)

QUEUE = 64
# How long a change that another process wrote may wait, where no Redis tells us of it.
LOOK_EVERY_S = 1.0
# A session that has ended must close its sockets within five seconds, whoever ended it.
CHECK_EVERY_S = 3.0
NUMBERS_AT_ONCE = 50
SESSIONS_AT_ONCE = 500

# Close codes: 1013 and 1012 as registered with IANA, 44xx after the status that HTTP would give.
TOO_SLOW = 1013
COME_AGAIN = 1012
SESSION_ENDED = 4401

changes = Change.__table__  # type: ignore[attr-defined]
_BETWEEN = Prepared(
    select(changes.c.seq, changes.c.reader_id, changes.c.kind, changes.c.object_id, changes.c.op)
    .where(changes.c.seq > bindparam("after"), changes.c.seq <= bindparam("until"))
    .order_by(changes.c.seq)
)


def line_of(seq: int, kind: str, object_id: UUID, op: str) -> str:
    """A change as sockets say it: what, never its words."""
    return orjson.dumps({"seq": seq, "kind": kind, "id": str(object_id), "op": op}).decode()


class Socket:
    """One open socket: first it reads what its client missed, then it is live and gets ready-made lines.

    Until it is live the hub only notes that there is more to read, so nothing falls between the two.
    """

    __slots__ = ("_heard", "_lines", "code", "is_live", "me", "missed", "sent")

    def __init__(self, me: Me, after: int) -> None:
        self.me = me
        self.sent = after
        self._lines: deque[str] = deque()
        self._heard: asyncio.Future[None] | None = None
        self.is_live = False
        self.missed = False
        self.code: int | None = None

    def offer(self, seq: int, line: str) -> None:
        """Queue a line without waiting; a full queue ends the socket, and its client catches up."""
        if self.code is not None or seq <= self.sent:
            return
        if not self.is_live:
            self.missed = True
        elif len(self._lines) >= QUEUE:
            self.end(TOO_SLOW)
        else:
            self.sent = seq
            self._lines.append(line)
            self._nudge()

    def end(self, code: int) -> None:
        """Hand on nothing more and close with this code."""
        if self.code is None:
            self.code = code
            self._nudge()

    def _nudge(self) -> None:
        if self._heard is not None and not self._heard.done():
            self._heard.set_result(None)

    async def next_line(self) -> str | None:
        """The next line once there is one; None once this socket is to end.

        One task waits for it: a queue, with all else it can do, would cost hundreds of sockets twice as much.
        """
        while self.code is None:
            if self._lines:
                return self._lines.popleft()
            self._heard = asyncio.get_running_loop().create_future()
            await self._heard
        return None


class Hub:
    """All sockets of this process."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._sockets: dict[UUID, set[Socket]] = {}
        self._wake = asyncio.Event()
        self._fresh: list[Told] = []
        self._stand: Stand | None = None
        db.on_commit.append(self._committed)

    def _committed(self, committed: Committed) -> None:
        if committed.changes and self._sockets:
            self._fresh += committed.changes
            self._wake.set()

    def join(self, socket: Socket) -> None:
        """From now on this socket hears of its person's changes."""
        self._sockets.setdefault(socket.me.id, set()).add(socket)

    def leave(self, socket: Socket) -> None:
        """Forget a socket."""
        sockets = self._sockets.get(socket.me.id, set())
        sockets.discard(socket)
        if not sockets:
            self._sockets.pop(socket.me.id, None)

    def _all(self) -> Iterator[Socket]:
        for sockets in self._sockets.values():
            yield from sockets

    def close_session(self, session_id: object) -> None:
        """A session has ended: its sockets close now, not at their next check."""
        for socket in self._all():
            if socket.me.session_id == session_id:
                socket.end(SESSION_ENDED)

    def close_person(self, person_id: UUID) -> None:
        """Someone's place has changed or her account is gone: her sockets close and may ask again."""
        for socket in self._sockets.get(person_id, ()):
            socket.end(COME_AGAIN)

    def sockets_of(self, person_id: UUID) -> int:
        """How many sockets a person has open here."""
        return len(self._sockets.get(person_id, ()))

    @property
    def count(self) -> int:
        """How many sockets are open here."""
        return sum(len(sockets) for sockets in self._sockets.values())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hand on changes and watch sessions for as long as the context is open."""
        tasks = [asyncio.create_task(self._hand_on_for_ever()), asyncio.create_task(self._watch())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task

    async def _hand_on_for_ever(self) -> None:
        while True:
            try:
                if not self._sockets:
                    self._stand = await self.db.read(stand_in)
                elif not self._hand_on_fresh():
                    await self._hand_on()
            except Exception as error:
                log.warning("live: %s", type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._wake.wait()
            self._wake.clear()

    def _hand_on_fresh(self) -> bool:
        """Hand on what this process wrote itself. False where others wrote in between, or nobody did."""
        fresh, self._fresh = self._fresh, []
        for seq, kind, object_id, op, readers in fresh:
            if self._stand is None or seq > self._stand.last + 1:
                return False
            if seq == self._stand.last + 1:
                self._offer(readers, seq, line_of(seq, kind, object_id, op))
                self._stand = Stand(self._stand.epoch, seq)
        return bool(fresh)

    def _offer(self, readers: Iterable[UUID], seq: int, line: str) -> None:
        for reader in readers:
            for socket in self._sockets.get(reader, ()):
                socket.offer(seq, line)

    async def _hand_on(self) -> None:
        while True:
            rows, until, last = await self.db.read(self._new)
            line, said = "", 0
            for seq, reader, kind, object_id, op in rows:
                if said != seq:
                    said, line = seq, line_of(seq, kind, object_id, op)
                self._offer([reader], seq, line)
            self._stand = until
            if until is None or until.last >= last:
                return

    def _new(self, tx: Connection) -> tuple[list[Any], Stand | None, int]:
        """What nobody was told yet, where that ends, and the last change there is."""
        stand = stand_in(tx)
        if stand is None:
            return [], None, 0
        told = self._stand
        # A database that began anew under us is told from its beginning; sockets skip what they had.
        after = told.last if told and told.epoch == stand.epoch else 0
        until = min(stand.last, after + NUMBERS_AT_ONCE)
        rows = _BETWEEN.rows(tx, {"after": after, "until": until}) if until > after else []
        return rows, Stand(stand.epoch, until), stand.last

    async def _watch(self) -> None:
        """Close the sockets of sessions that have ended, in this process or any other."""
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            try:
                await self._check_sessions()
            except Exception as error:
                log.warning("live: %s", type(error).__name__)

    async def _check_sessions(self) -> None:
        ids = list({socket.me.session_id for socket in self._all()})
        for start in range(0, len(ids), SESSIONS_AT_ONCE):
            some = ids[start : start + SESSIONS_AT_ONCE]
            still_open = await self.db.read(lambda tx, some=some: open_sessions(tx, some))  # type: ignore[misc]
            for session_id in set(some) - still_open:
                self.close_session(session_id)

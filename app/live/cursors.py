"""Where a client stands in the changes: `epoch.seq`, and while it fetches all there is, `epoch.seq.high`.

The epoch names this life of the database. A restored copy begins a new one, so that a cursor from before is
not taken for one of its own, whose numbers mean other changes.
"""

import re
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from app.core.changes import Counter
from app.core.db import Database
from app.core.errors import Gone

EPOCH = "epoch"

counters = Counter.__table__  # type: ignore[attr-defined]
_STAND = select(counters.c.name, counters.c.value).where(counters.c.name.in_((EPOCH, "changes")))
_WRITTEN = re.compile(r"([0-9a-f]{1,16})\.(\d{1,18})(?:\.(\d{1,18}))?", re.ASCII)


class UnknownCursor(Gone):
    slug, title = "unknown-cursor", "This place in the changes is not known here"
    detail = "Start over: ask without `since` and take what comes for all there is."


@dataclass(frozen=True)
class Cursor:
    """A place after change `seq`; with `high`, on a walk through all there was when `high` was the last."""

    epoch: int
    seq: int
    high: int | None = None

    def __str__(self) -> str:
        tail = "" if self.high is None else f".{self.high}"
        return f"{self.epoch:x}.{self.seq}{tail}"


@dataclass(frozen=True)
class Stand:
    """This life of the database, and its last change."""

    epoch: int
    last: int

    def place(self, since: str) -> Cursor:
        """The place a cursor stands for. Raises UnknownCursor for one from elsewhere or from the future."""
        written = _WRITTEN.fullmatch(since)
        if written is None:
            raise UnknownCursor()
        epoch, seq, high = int(written[1], 16), int(written[2]), written[3]
        cursor = Cursor(epoch, seq, int(high) if high is not None else None)
        if epoch != self.epoch or max(seq, cursor.high or 0) > self.last or seq > (cursor.high or seq):
            raise UnknownCursor()
        return cursor

    @property
    def now(self) -> Cursor:
        """The place after everything there is."""
        return Cursor(self.epoch, self.last)

    @property
    def start(self) -> Cursor:
        """Where the walk through everything begins."""
        return Cursor(self.epoch, 0, self.last)


def stand_in(tx: Connection) -> Stand | None:
    """Where this database stands; None before its first epoch was named."""
    values = {row.name: row.value for row in tx.execute(_STAND)}
    return Stand(values[EPOCH], values.get("changes", 0)) if EPOCH in values else None


async def stand_of(db: Database) -> Stand:
    """Where this database stands; names its first epoch if nobody has yet."""
    stand = await db.read(stand_in)
    if stand is None:
        await db.write(_name_epoch)
        stand = await db.read(stand_in)
        assert stand is not None
    return stand


def _name_epoch(tx: Connection) -> None:
    if stand_in(tx) is None:
        tx.execute(insert(counters), {"name": EPOCH, "value": _drawn()})


def begin_epoch(tx: Connection) -> None:
    """Begin a new life after a restore: every client starts over."""
    named = tx.execute(update(counters).where(counters.c.name == EPOCH).values(value=_drawn()))
    if not named.rowcount:
        tx.execute(insert(counters), {"name": EPOCH, "value": _drawn()})


def _drawn() -> int:
    return secrets.randbits(62) + 1

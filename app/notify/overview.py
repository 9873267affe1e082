"""What those who run the service see of mails: counts, codes, hashed addresses; and to try them again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from app.core.clock import now
from app.core.seal import keyring
from app.notify.addressing import address_of
from app.notify.queue import mails

STUCK = ("dead", "unknown")


@dataclass(frozen=True)
class Stuck:
    """A mail that failed for good, or of which nobody knows whether it arrived."""

    kind: str
    state: str
    code: str
    tries: int
    since: datetime
    address_hash: str  # the same for all mails to one address, and good for nothing else


def counts(tx: Connection) -> dict[str, int]:
    """How many mails there are in each state."""
    rows = tx.execute(select(mails.c.state, func.count().label("many")).group_by(mails.c.state))
    return {row.state: row.many for row in rows}


def stuck(tx: Connection, limit: int = 200) -> Iterator[Stuck]:
    """What needs someone's eye, newest first."""
    ring = keyring(tx)
    rows = tx.execute(
        select(mails).where(mails.c.state.in_(STUCK)).order_by(mails.c.id.desc()).limit(limit)
    ).all()
    for row in rows:
        address = address_of(tx, row)
        hashed = ring.keyed_hash("mail overview", address)[:12] if address else "gone"
        yield Stuck(row.kind, row.state, row.last_code or "", row.attempts, row.created_at, hashed)


def try_again(tx: Connection) -> int:
    """Put what failed for good back in the queue, as on its first day. Returns how many.

    Mails in doubt stay where they are, since one of them may have arrived; so do sign-ins, long over.
    """
    moment = now()
    again = (
        update(mails)
        .where(mails.c.state == "dead", mails.c.kind != "sign_in")
        .values(state="queued", attempts=0, not_before=moment, created_at=moment)
    )
    return tx.execute(again).rowcount

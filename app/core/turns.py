"""Turns on PostgreSQL, where transactions run side by side; SQLite's one writer takes them anyway."""

import hashlib

from sqlalchemy import BigInteger, Connection, bindparam, func, select

_ALONE = select(func.pg_advisory_xact_lock(bindparam("what", type_=BigInteger)))
_TOGETHER = select(func.pg_advisory_xact_lock_shared(bindparam("what", type_=BigInteger)))


def take_turns(tx: Connection, what: str, *, shared: bool = False) -> None:
    """Wait until no other transaction does this, and keep others waiting until this one ends.

    Those that take it `shared` do not wait for each other.
    """
    if tx.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], signed=True)
        tx.execute(_TOGETHER if shared else _ALONE, {"what": number})

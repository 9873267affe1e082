"""A database on which nothing follows from what is written: no mail, no later work."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from app.core import outbox
from app.core.db import Database

T = TypeVar("T")


class Quietly(Database):
    """Another database's reads and writes; what a write records for later is dropped."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def write(self, fn: Callable[[Connection], T]) -> T:
        """As the database's own, with no facts left behind."""

        def and_no_more(tx: Connection) -> T:
            result = fn(tx)
            outbox.forget(tx)
            return result

        return await self._db.write(and_no_more)

    async def read(self, fn: Callable[[Connection], T], *, brief: bool = False) -> T:
        """As the database's own."""
        return await self._db.read(fn, brief=brief)

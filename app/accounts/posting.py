"""How much someone may post: less in the first days of her account."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from app.access import Me
from app.accounts.models import Person
from app.core.clock import now
from app.core.db import Database
from app.core.limits import Limits

NEW_FOR = timedelta(days=3)

people: Any = Person.__table__  # type: ignore[attr-defined]


async def count_post(limits: Limits, db: Database, me: Me) -> None:
    """Count one post of hers. Raises TooMany."""
    if limits.off:
        return

    def is_new(tx: Connection) -> bool:
        born = tx.execute(select(people.c.created_at).where(people.c.id == me.id)).scalar_one()
        return bool(born + NEW_FOR > now())

    limits.count_post(me.id, is_new=await db.read(is_new))

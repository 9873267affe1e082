"""Who did what to which object, without content: append-only, written with the act itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Connection, Integer, insert
from sqlmodel import Field, SQLModel

from app.core.clock import UTCDateTime, now
from app.core.prepared import Prepared


class AuditRow(SQLModel, table=True):
    """One act. The worker will chain these with hashes in batches, so that no commit waits for it."""

    __tablename__ = "audit"

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    )
    at: datetime = Field(sa_type=UTCDateTime)
    person_id: UUID | None = None
    act: str
    object_id: UUID | None = None


_INSERT = Prepared(insert(AuditRow))


def note(tx: Connection, act: str, *, person_id: UUID | None, object_id: UUID | None) -> None:
    """Record an act ("thread.claim") by a person on an object, in the act's own transaction."""
    _INSERT.run(tx, {"at": now(), "person_id": person_id, "act": act, "object_id": object_id})

"""What the screen refused: that it happened, to whom, under which id; never a word of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.clock import UTCDateTime


class Refusal(SQLModel, table=True):
    """Something a person wrote that was refused and may still be on her phone, under the id it made."""

    __tablename__ = "refusals"
    __table_args__ = (UniqueConstraint("person_id", "object_id"),)

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="people.id", ondelete="CASCADE")
    object_kind: str  # thread or message
    object_id: UUID
    at: datetime = Field(sa_type=UTCDateTime)

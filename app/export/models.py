"""Archives made for their owners, and the secret address of a calendar."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.core.clock import UTCDateTime


class Export(SQLModel, table=True):
    """Everything a person has written and said, as one sealed archive only she can fetch."""

    __tablename__ = "exports"

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="people.id", ondelete="CASCADE", index=True)
    key_id: UUID | None = Field(default=None, foreign_key="keys.id", ondelete="SET NULL")
    state: str = "preparing"  # preparing, ready, failed
    object_name: str | None = None
    size_bytes: int | None = None
    created_at: datetime = Field(sa_type=UTCDateTime)
    ready_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)

"""Circles, who belongs to them, and who has been asked to."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from app.core.clock import UTCDateTime


class Circle(SQLModel, table=True):
    """A group in which teachers ask and mentors answer."""

    __tablename__ = "circles"

    id: UUID = Field(primary_key=True)
    name: bytes  # sealed under the circle's key
    key_id: UUID = Field(foreign_key="keys.id")
    made_by: UUID | None = Field(default=None, foreign_key="people.id", ondelete="SET NULL")
    created_at: datetime = Field(sa_type=UTCDateTime)
    kept_count: int = 0  # how often a flagged word was kept on purpose, for the circle as a whole


class Membership(SQLModel, table=True):
    """A person's place in a circle; one person may be several things at once."""

    __tablename__ = "memberships"

    circle_id: UUID = Field(foreign_key="circles.id", ondelete="CASCADE", primary_key=True)
    person_id: UUID = Field(foreign_key="people.id", ondelete="CASCADE", primary_key=True, index=True)
    is_teacher: bool = False
    is_mentor: bool = False
    is_steward: bool = False
    topics: list[str] = Field(default_factory=list, sa_type=JSON)
    away_until: date | None = None
    joined_at: datetime = Field(sa_type=UTCDateTime)


class Invitation(SQLModel, table=True):
    """An address that may join; signing in with it accepts. Good for seven days and one use."""

    __tablename__ = "invitations"

    id: UUID = Field(primary_key=True)
    circle_id: UUID = Field(foreign_key="circles.id", ondelete="CASCADE", index=True)
    email_hash: str = Field(index=True)
    email: bytes  # sealed under the circle's key
    is_teacher: bool = False
    is_mentor: bool = False
    is_steward: bool = False
    invited_by: UUID | None = Field(default=None, foreign_key="people.id", ondelete="SET NULL")
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)

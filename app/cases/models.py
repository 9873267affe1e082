"""A case by its alias, the items work attaches to, and their dated entries."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.core.clock import UTCDateTime


class Case(SQLModel, table=True):
    """One student on a teacher's caseload, by alias. A deleted case keeps its row, emptied, to answer 410."""

    __tablename__ = "cases"

    id: UUID = Field(primary_key=True)
    owner_id: UUID = Field(foreign_key="people.id", ondelete="CASCADE", index=True)
    key_id: UUID | None = Field(default=None, foreign_key="keys.id", ondelete="SET NULL")
    alias: bytes | None = None  # sealed under the case's key
    notes: bytes | None = None  # sealed
    kept: bytes | None = None  # sealed: quotes the teacher said are no names
    made_as: bytes | None = None  # keyed fingerprint of what was sent first, to know a repeat after changes
    grade_band: str | None = None
    plan_type: str
    support: str | None = None
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Item(SQLModel, table=True):
    """A part of a case that work attaches to; a to-do or note may stand alone, under its owner's key."""

    __tablename__ = "items"

    id: UUID = Field(primary_key=True)
    owner_id: UUID = Field(foreign_key="people.id", ondelete="CASCADE", index=True)
    case_id: UUID | None = Field(default=None, foreign_key="cases.id", ondelete="CASCADE", index=True)
    kind: str
    title: bytes | None = None  # sealed, with `details`, under the case's (else the owner's) key
    details: bytes | None = None
    kept: bytes | None = None  # sealed, as in a case
    made_as: bytes | None = None
    due_on: date | None = None
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Entry(SQLModel, table=True):
    """One dated line in an item's log."""

    __tablename__ = "entries"

    id: UUID = Field(primary_key=True)
    item_id: UUID = Field(foreign_key="items.id", ondelete="CASCADE", index=True)
    on: date
    value: bytes | None = None  # sealed, as are `note` and `details`, under the item's key
    note: bytes | None = None
    details: bytes | None = None
    kept: bytes | None = None  # sealed, as in a case
    made_as: bytes | None = None
    created_at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)

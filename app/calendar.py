"""A person's meetings and deadlines as an iCalendar feed (RFC 5545), alias only, at a secret address."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from sqlmodel import Field, SQLModel

from app.core.clock import UTCDateTime
from app.core.http import StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["calendar"])


class CalendarAddress(SQLModel, table=True):
    """The one secret that stands in a URL: 256 bits, stored hashed, replaceable."""

    __tablename__ = "calendar_addresses"

    person_id: UUID = Field(foreign_key="people.id", ondelete="CASCADE", primary_key=True)
    secret_hash: str = Field(unique=True)
    created_at: datetime = Field(sa_type=UTCDateTime)

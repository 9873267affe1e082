"""A person's meetings and deadlines as an iCalendar feed (RFC 5545), alias only, at a secret address."""

import hashlib
import secrets
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel
from sqlalchemy import Connection, delete, insert, select
from sqlmodel import Field, SQLModel

from app import access
from app.access import ItemRow, Me, items, people
from app.accounts.signed_in import SignedIn
from app.cases.views import alias_of, details_of
from app.core import audit
from app.core.clock import UTCDateTime, now, today_in
from app.core.errors import NotFound
from app.core.http import PUBLIC, Config, Db, StrictRoute, answer, created, refusals

if TYPE_CHECKING:
    from icalendar import Calendar, Event

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["calendar"])

KEPT_BACK = timedelta(days=400)
USUAL_LENGTH = timedelta(hours=1)


class CalendarAddress(SQLModel, table=True):
    """The one secret that stands in a URL: 256 bits, stored hashed, replaceable."""

    __tablename__ = "calendar_addresses"

    person_id: UUID = Field(foreign_key="people.id", ondelete="CASCADE", primary_key=True)
    secret_hash: str = Field(unique=True)
    created_at: datetime = Field(sa_type=UTCDateTime)


addresses: Any = CalendarAddress.__table__  # type: ignore[attr-defined]


class CalendarUrl(BaseModel):
    """Where the feed is. Shown once: only a hash is kept."""

    url: str


class CalendarRead(BaseModel):
    """Whether there is an address, and since when."""

    created_at: datetime | None


Secret = Annotated[str, Path(description="The last part of the address that `POST /api/me/calendar` gave.")]


@router.post("/me/calendar", status_code=201, response_model=CalendarUrl)
async def make_address(me: SignedIn, db: Db, settings: Config) -> Response:
    """Make the secret address of the caller's calendar; an earlier one stops working."""
    secret = secrets.token_urlsafe(32)
    await db.write(lambda tx: replace_address(tx, me, secret))
    return created(CalendarUrl(url=f"{settings.base_url}/api/calendar/{secret}.ics"), is_new=True)


@router.get("/me/calendar", response_model=CalendarRead)
async def read_address(me: SignedIn, db: Db) -> Response:
    """Whether the caller's calendar has an address, and since when; the address itself is not kept."""
    return answer(await db.read(lambda tx: address_since(tx, me)))


@router.delete("/me/calendar", status_code=204, responses=refusals(404))
async def delete_address(me: SignedIn, db: Db) -> Response:
    """Make the address stop working. 404 when there is none."""
    await db.write(lambda tx: remove_address(tx, me))
    return Response(status_code=204)


@router.get(
    "/calendar/{secret}.ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}, "description": "The feed."}},
    openapi_extra=PUBLIC,
)
async def get_calendar(secret: Secret, db: Db) -> Response:
    """Meetings and deadlines with alias and day, nothing else, for whoever knows the address."""
    feed = await db.read(lambda tx: feed_of(tx, owner_of(tx, secret)))
    return Response(feed.to_ical(), media_type="text/calendar; charset=utf-8")


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def replace_address(tx: Connection, me: Me, secret: str) -> None:
    """Let this secret be the address, and no other."""
    tx.execute(delete(addresses).where(addresses.c.person_id == me.id))
    tx.execute(insert(addresses), {"person_id": me.id, "secret_hash": _hashed(secret), "created_at": now()})
    audit.note(tx, "calendar.make", person_id=me.id, object_id=None)


def address_since(tx: Connection, me: Me) -> CalendarRead:
    """When the address was made; null where there is none."""
    made = tx.execute(select(addresses.c.created_at).where(addresses.c.person_id == me.id))
    return CalendarRead(created_at=made.scalar_one_or_none())


def remove_address(tx: Connection, me: Me) -> None:
    """Let no secret be the address. Raises NotFound when none is."""
    if not tx.execute(delete(addresses).where(addresses.c.person_id == me.id)).rowcount:
        raise NotFound()
    audit.note(tx, "calendar.delete", person_id=me.id, object_id=None)


def owner_of(tx: Connection, secret: str) -> tuple[Me, str]:
    """Whose calendar it is, and her time zone. Raises NotFound for a wrong secret."""
    row = tx.execute(
        select(people.c.id, people.c.time_zone, addresses.c.created_at)
        .join(addresses, addresses.c.person_id == people.c.id)
        .where(addresses.c.secret_hash == _hashed(secret), people.c.deleted_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound()
    # The address stands for a session: it opens what its owner may see, and here only that.
    return Me(row.id, row.id, "calendar", row.created_at), row.time_zone


def feed_of(tx: Connection, owner: tuple[Me, str]) -> "Calendar":
    """The feed of someone's meetings and open deadlines, from a year ago on."""
    me, time_zone = owner
    since = today_in(time_zone) - KEPT_BACK
    from icalendar import Calendar  # a slow import, for the few who subscribe

    feed = Calendar()
    feed.add("prodid", "-//Pocket Colleague//Calendar//EN")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", "Pocket Colleague")
    feed.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    aliases = {case.id: alias_of(case) for case in access.own_cases(tx, me).values()}
    for item in access.own_items(
        tx,
        me,
        items.c.kind.in_(("meeting", "deadline")),
        items.c.due_on >= since,
        items.c.case_id.is_not(None),
    ):
        assert item.case_id
        details = details_of(item)
        if item.kind == "meeting" or details.get("status", "open") == "open":
            feed.add_component(_event(item, details, aliases[item.case_id], ZoneInfo(time_zone)))
    return feed


def _event(item: ItemRow, details: dict[str, Any], alias: str, zone: ZoneInfo) -> "Event":
    """One meeting or deadline: alias and time only, since calendars are shared and stored elsewhere."""
    assert item.due_on
    from icalendar import Event

    event = Event()
    event.add("uid", f"{item.id}@pocket-colleague")
    event.add("dtstamp", item.updated_at)
    event.add("last-modified", item.updated_at)
    event.add("summary", f"Meeting: {alias}" if item.kind == "meeting" else f"Due: {alias}")
    if clock := details.get("time"):
        begins = datetime.combine(item.due_on, time.fromisoformat(clock), zone)
        length = timedelta(minutes=details["minutes"]) if "minutes" in details else USUAL_LENGTH
        event.add("dtstart", begins.astimezone(UTC))
        event.add("dtend", begins.astimezone(UTC) + length)
    else:
        event.add("dtstart", item.due_on)
        event.add("dtend", item.due_on + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    return event

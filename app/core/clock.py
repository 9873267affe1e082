"""What time it is: every other module asks here, so that a test can move the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator

_ahead = timedelta(0)


def now() -> datetime:
    """The current moment, aware, in UTC, cut to the millisecond that clients see."""
    moment = datetime.now(UTC) + _ahead
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def today_in(time_zone: str) -> date:
    """The calendar day it is now for someone in this IANA time zone."""
    return now().astimezone(ZoneInfo(time_zone)).date()


def travel(ahead: timedelta) -> None:
    """Move the clock this far ahead of the machine's, until told otherwise; for tests and the demo."""
    global _ahead
    _ahead = ahead


def travel_to(moment: datetime) -> None:
    """Move the clock to this moment; it runs on from there."""
    travel(moment - datetime.now(UTC))


@contextmanager
def returning() -> Iterator[None]:
    """However the clock is moved inside, it goes back to where it was."""
    before = _ahead
    try:
        yield
    finally:
        travel(before)


class UTCDateTime(TypeDecorator[datetime]):
    """A moment that comes back aware on both databases; SQLite has no time zones of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)

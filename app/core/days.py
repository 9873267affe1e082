"""Days and times of day as people write them: `YYYY-MM-DD` in the owner's time zone, `HH:MM` on her clock."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def _only_a_day(value: Any) -> Any:
    # Pydantic would also take moments and seconds since 1970 for a day.
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("A day is written YYYY-MM-DD.")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError("There is no such day.") from error


def _within_reach(day: date) -> date:
    # Far enough from both ends of the calendar that counting days from it always works.
    if not EARLIEST <= day <= LATEST:
        raise ValueError("This day is too far away.")
    return day


def _on_the_clock(value: str) -> str:
    if not _CLOCK.fullmatch(value):
        raise ValueError("A time is written HH:MM, from 00:00 to 23:59.")
    return value


class DayMark:
    """Marks a type that holds a calendar day, so that what a mentor sees can leave days out by type."""


Day = Annotated[
    date,
    BeforeValidator(_only_a_day),
    AfterValidator(_within_reach),
    WithJsonSchema({"type": "string", "format": "date"}),
    DayMark(),
]
ClockTime = Annotated[
    str,
    AfterValidator(_on_the_clock),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}),
]

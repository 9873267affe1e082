"""Quiet hours: when a notice may leave, by the clock on the receiver's own wall.

A window belongs to the day it starts on (1 is Monday, as in ISO 8601) and runs into the next day when `to`
is not later than `from`. Where clocks jump and a time comes twice or never, the longer reading holds.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DEFAULT: list[dict[str, Any]] = [{"days": [1, 2, 3, 4, 5, 6, 7], "from": "20:00", "to": "07:00"}]
LOOK_AHEAD = timedelta(days=8)


def opens_at(
    moment: datetime, windows: Sequence[Mapping[str, Any]] | None, time_zone: str
) -> datetime | None:
    """The first moment from this one on that is not quiet, in UTC; None when a whole week is.

    `windows` are `{"days": [1..7], "from": "20:00", "to": "07:00"}`; None means the default, `[]` none.
    """
    zone = ZoneInfo(time_zone)
    windows = DEFAULT if windows is None else windows
    opening = moment.astimezone(UTC)
    while (end := _end_of_quiet(opening, windows, zone)) is not None:
        opening = end
        if opening > moment + LOOK_AHEAD:
            return None
    return opening


def _end_of_quiet(moment: datetime, windows: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> datetime | None:
    """The latest end of the windows this moment lies in, None outside all of them."""
    today = moment.astimezone(zone).date()
    ends = [
        end
        for day in (today - timedelta(days=1), today)
        for start, end in _on(day, windows, zone)
        if start <= moment < end
    ]
    return max(ends, default=None)


def _on(
    day: date, windows: Sequence[Mapping[str, Any]], zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    for window in windows:
        if day.isoweekday() not in window["days"]:
            continue
        start, end = time.fromisoformat(window["from"]), time.fromisoformat(window["to"])
        last = day if end > start else day + timedelta(days=1)
        yield min(_moments(day, start, zone)), max(_moments(last, end, zone))


def _moments(day: date, clock: time, zone: ZoneInfo) -> list[datetime]:
    """Both readings of a wall-clock time: the same but in the hours that come twice or never."""
    return [datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1)]

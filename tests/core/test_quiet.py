"""Nothing rings in anyone's quiet hours, wherever she lives and whatever her clocks do."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.quiet import LOOK_AHEAD, opens_at

ZONES = ["America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "Europe/Berlin", "UTC"]
SCHOOL_NIGHTS = [{"days": [1, 2, 3, 4, 7], "from": "20:00", "to": "07:00"}]


def at(text: str, zone: str = "America/New_York") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("moment", "windows", "opens"),
    [
        ("2026-11-18 12:07", None, "2026-11-18 12:07"),
        ("2026-11-18 20:00", None, "2026-11-19 07:00"),
        ("2026-11-18 19:59", None, "2026-11-18 19:59"),
        ("2026-11-19 06:59", None, "2026-11-19 07:00"),
        ("2026-11-19 07:00", None, "2026-11-19 07:00"),
        ("2026-11-18 23:00", [], "2026-11-18 23:00"),
        # Friday and Saturday evenings are open, Sunday evening is not.
        ("2026-11-20 23:00", SCHOOL_NIGHTS, "2026-11-20 23:00"),
        ("2026-11-22 23:00", SCHOOL_NIGHTS, "2026-11-23 07:00"),
        # Thursday's window still runs on Friday morning.
        ("2026-11-20 06:00", SCHOOL_NIGHTS, "2026-11-20 07:00"),
        # A whole day: from midnight to the next midnight.
        ("2026-11-21 09:00", [{"days": [6], "from": "00:00", "to": "00:00"}], "2026-11-22 00:00"),
        # Within one day.
        ("2026-11-18 10:00", [{"days": [3], "from": "09:00", "to": "15:30"}], "2026-11-18 15:30"),
        # Windows that touch are one quiet.
        (
            "2026-11-20 21:00",
            [
                {"days": [5], "from": "20:00", "to": "00:00"},
                {"days": [6, 7], "from": "00:00", "to": "00:00"},
                {"days": [1], "from": "00:00", "to": "06:30"},
            ],
            "2026-11-23 06:30",
        ),
        # The night in which clocks go forward, and the one in which they go back.
        ("2026-03-07 22:00", None, "2026-03-08 07:00"),
        ("2026-10-31 22:00", None, "2026-11-01 07:00"),
    ],
)
def test_a_notice_waits_for_the_end_of_quiet_hours(moment, windows, opens):
    assert opens_at(at(moment), windows, "America/New_York") == at(opens)


def test_an_hour_that_comes_twice_is_quiet_both_times():
    window = [{"days": [7], "from": "00:00", "to": "01:30"}]
    first, second = (at("2026-11-01 01:15").replace(fold=fold) for fold in (0, 1))
    end = at("2026-11-01 01:30").replace(fold=1)
    assert opens_at(first, window, "America/New_York") == end.astimezone(UTC)
    assert opens_at(second, window, "America/New_York") == end.astimezone(UTC)


def test_a_week_without_an_open_hour_never_opens():
    always = [{"days": [1, 2, 3, 4, 5, 6, 7], "from": "00:00", "to": "00:00"}]
    assert opens_at(at("2026-11-18 12:00"), always, "America/New_York") is None


clocks = st.times().map(lambda each: each.replace(second=0, microsecond=0))
windows = st.lists(
    st.builds(
        lambda days, start, end: {
            "days": sorted(days),
            "from": start.isoformat("minutes"),
            "to": end.isoformat("minutes"),
        },
        st.sets(st.integers(1, 7), min_size=1),
        clocks,
        clocks,
    ),
    max_size=4,
)
moments = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def is_quiet_on_the_wall(moment: datetime, quiet: list, zone: str) -> bool:
    """The same question answered by looking at the clock and the calendar only."""
    local = moment.astimezone(ZoneInfo(zone))
    clock = local.time().replace(fold=0)
    today, yesterday = local.isoweekday(), (local - timedelta(days=1)).isoweekday()
    for each in quiet:
        start, end = time.fromisoformat(each["from"]), time.fromisoformat(each["to"])
        if start < end:
            if today in each["days"] and start <= clock < end:
                return True
        elif (today in each["days"] and clock >= start) or (yesterday in each["days"] and clock < end):
            return True
    return False


def clocks_jump_near(moment: datetime, zone: str) -> bool:
    offsets = {
        (moment + timedelta(hours=hours)).astimezone(ZoneInfo(zone)).utcoffset() for hours in range(-30, 31)
    }
    return len(offsets) > 1


@given(moments, windows, st.sampled_from(ZONES))
def test_an_opening_is_never_quiet_and_nothing_before_it_was_open(moment, quiet, zone):
    opening = opens_at(moment, quiet, zone)
    if opening is None:
        assert all(
            opens_at(moment + timedelta(hours=hours), quiet, zone) is None for hours in range(0, 168, 5)
        )
        return
    assert moment <= opening <= moment + LOOK_AHEAD + timedelta(days=2)
    assert opens_at(opening, quiet, zone) == opening
    halfway = moment + (opening - moment) / 2
    assert opens_at(halfway, quiet, zone) == opening or halfway == opening


@given(moments, windows, st.sampled_from(ZONES))
def test_quiet_is_what_the_clock_on_the_wall_says(moment, quiet, zone):
    if clocks_jump_near(moment, zone):
        return
    is_open = opens_at(moment, quiet, zone) == moment
    assert is_open is not is_quiet_on_the_wall(moment, quiet, zone)

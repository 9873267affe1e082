"""Reads the story and puts it on the calendar, so that the week it tells is always the one just past."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]

HERE = Path(__file__).parent
VOICES = HERE / "voices"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_KEYS = frozenset({"day", "school", "school_day", "week", "weekday", "next", "weeks", "days"})
DAY_STARTS = frozenset({"day", "school_day", "week", "next"})
MOMENT_KEYS = ({"school_day", "time"}, {"minutes_ago"})
MONTH = re.compile(r"\{month (-?\d+)\}")


def told(now: datetime) -> Json:
    """The whole story as seen from `now` (aware); its shape is in this package's docstring."""
    story = read()
    today = now.astimezone(ZoneInfo(story["circle"]["time_zone"])).date()
    zones = {person["key"]: ZoneInfo(person["time_zone"]) for person in story["people"]}
    placed: Json = _Calendar(now, today, zones).place(story, ZoneInfo("UTC"))
    for thread in placed["threads"]:
        for draft in thread["drafts"]:
            _write_versions(draft)
    made = json.loads((VOICES / "made.json").read_text("utf-8"))
    for voice in placed["voices"]:
        voice |= made[voice["key"]] | {"file": VOICES / f"{voice['key']}.webm"}
    return placed


def read() -> Json:
    """The story as it is written, its files joined and nothing resolved."""
    story: Json = {}
    for path in sorted((HERE / "story").glob("*.json")):
        for name, part in json.loads(path.read_text("utf-8")).items():
            story[name] = [*story.get(name, []), *part] if isinstance(part, list) else part
    return story


def school_day(start: date, steps: int) -> date:
    """`steps` Mondays to Fridays from `start`; a weekend counts as the Friday before it."""
    day = start - timedelta(days=max(0, start.weekday() - 4))
    way = 1 if steps > 0 else -1
    for _ in range(abs(steps)):
        day += timedelta(days=way)
        while day.weekday() > 4:
            day += timedelta(days=way)
    return day


@dataclass(frozen=True)
class _Calendar:
    now: datetime
    today: date
    zones: Mapping[str, ZoneInfo]

    def place(self, value: Any, zone: ZoneInfo) -> Any:
        """`value` with every day, moment and month in it resolved; `zone` is of whoever acts there."""
        if isinstance(value, str):
            return MONTH.sub(lambda match: self.month(int(match[1])), value)
        if isinstance(value, list):
            return [self.place(part, zone) for part in value]
        if not isinstance(value, dict):
            return value
        if value.keys() in MOMENT_KEYS:
            return self.moment(value, zone).isoformat(timespec="seconds")
        if value.keys() <= DAY_KEYS and value.keys() & DAY_STARTS:
            return self.day(value).isoformat()
        zone = self.zones.get(value.get("by", ""), zone)
        return {name: self.place(part, zone) for name, part in value.items()}

    def day(self, spec: Json) -> date:
        if "school_day" in spec:
            return school_day(self.today, spec["school_day"])
        if "week" in spec:
            monday = self.today - timedelta(days=self.today.weekday())
            return monday + timedelta(weeks=spec["week"], days=WEEKDAYS.index(spec["weekday"]))
        if "next" in spec:
            ahead = (WEEKDAYS.index(spec["next"]) - self.today.weekday() - 1) % 7 + 1
            return self.today + timedelta(weeks=spec.get("weeks", 0), days=ahead + spec.get("days", 0))
        day = self.today + timedelta(days=spec["day"])
        return school_day(day, 0) if spec.get("school") else day

    def moment(self, spec: Json, zone: ZoneInfo) -> datetime:
        if "minutes_ago" in spec:
            return (self.now - timedelta(minutes=spec["minutes_ago"])).astimezone(UTC)
        clock = time.fromisoformat(spec["time"])
        day = school_day(self.today, spec["school_day"])
        return datetime.combine(day, clock, zone).astimezone(UTC)

    def month(self, weeks: int) -> str:
        return (self.today + timedelta(weeks=weeks)).strftime("%B")


def _write_versions(draft: Json) -> None:
    """Give each version its text and each comment its offsets."""
    comments = {comment["key"]: comment for comment in draft["comments"]}
    text = ""
    for version in draft["versions"]:
        changes = version.pop("changes", [])
        if accepted := version.get("accepts"):
            comment = comments[accepted]
            changes = [{"from": comment["quote"], "to": comment["suggestion"]}]
        for change in changes:
            text = _replaced(text, change["from"], change["to"])
        text = version.setdefault("text", text)
    for comment in draft["comments"]:
        said = draft["versions"][comment["version"] - 1]["text"]
        comment["start"] = _only(said, comment["quote"])
        comment["end"] = comment["start"] + len(comment["quote"])


def _replaced(text: str, old: str, new: str) -> str:
    start = _only(text, old)
    return text[:start] + new + text[start + len(old) :]


def _only(text: str, words: str) -> int:
    """Where `words` stand in `text`. Raises ValueError when they are not there exactly once."""
    if text.count(words) != 1:
        raise ValueError("a quoted passage of the demo story is not in its version exactly once")
    return text.index(words)

"""The brief on paper, set by Typst, which needs no system libraries; every word arrives as data."""

import json
from datetime import date
from pathlib import Path

from app.brief.chart import chart
from app.brief.shapes import Brief

TEMPLATE = Path(__file__).with_name("brief.typ")
USED = {"always": "always used", "sometimes": "used sometimes", "not": "not used"}
# Letter in the United States, A4 elsewhere.
LETTER_REGIONS = ("US", "CA-", "MX")


def pdf(brief: Brief, region: str) -> bytes:
    """The printed page as PDF. Takes some tens of milliseconds of CPU: call it in a thread."""
    meeting = brief.meeting
    # The weekday it was printed for; "in 3 days" would be wrong on paper.
    when = _when(meeting.on, meeting.time, region)
    data = brief.model_dump(mode="json")
    data |= {"when": when, "title": meeting.title, "alias": meeting.alias}
    for goal, drawn in zip(data["data"], brief.data, strict=True):
        goal["chart"] = chart(drawn)
    for line in data["tried"]:
        why = f", {line['why_not'].replace('_', ' ')}" if line["why_not"] else ""
        line["words"] = USED.get(line["used"] or "", "not checked yet") + why
    is_letter = region.startswith(LETTER_REGIONS) or not region
    # Ten megabytes that a process which prints nothing need not hold.
    import typst

    made = typst.compile(
        TEMPLATE,
        # Typst's own fonts only: the page is the same on every machine.
        ignore_system_fonts=True,
        sys_inputs={"brief": json.dumps(data, ensure_ascii=False), "paper": "letter" if is_letter else "a4"},
    )
    assert isinstance(made, bytes)
    return made


def _when(on: date | None, time: str | None, region: str) -> str:
    if on is None:
        return "No day yet"
    is_american = region.startswith("US") or not region
    day = f"{on:%B} {on.day}" if is_american else f"{on.day} {on:%B}"
    if time is None:
        return f"{on:%A}, {day}"
    hour, minute = int(time[:2]), time[3:]
    clock = f"{hour - 12}:{minute} pm" if is_american and hour > 12 else f"{hour}:{minute}"
    return f"{on:%A} {clock}, {day}"

"""The brief on paper, set by Typst, which needs no system libraries; every word arrives as data."""

import json
from functools import lru_cache
from pathlib import Path

import typst

from app.brief.chart import chart
from app.brief.shapes import Brief

TEMPLATE = Path(__file__).with_name("brief.typ")
USED = {"always": "always used", "sometimes": "used sometimes", "not": "not used"}
# Letter in the United States, A4 elsewhere.
LETTER_REGIONS = ("US", "CA-", "MX")


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def pdf(brief: Brief, region: str) -> bytes:
    """The printed page as PDF. Takes some tens of milliseconds of CPU: call it in a thread."""
    meeting = brief.meeting
    # The weekday it was printed for; "in 3 days" would be wrong on paper.
    when = f"{meeting.on:%A}, {meeting.on.day} {meeting.on:%B}" if meeting.on else "No day yet"
    if meeting.on and meeting.time:
        when = f"{meeting.on:%A} {meeting.time.lstrip('0')}, {meeting.on.day} {meeting.on:%B}"
    data = brief.model_dump(mode="json")
    data |= {"when": when, "title": meeting.title, "alias": meeting.alias}
    for goal, drawn in zip(data["data"], brief.data, strict=True):
        goal["chart"] = chart(drawn)
    for line in data["tried"]:
        why = f", {line['why_not'].replace('_', ' ')}" if line["why_not"] else ""
        line["words"] = USED.get(line["used"] or "", "not checked yet") + why
    is_letter = region.startswith(LETTER_REGIONS) or not region
    made = typst.compile(
        TEMPLATE,
        font_paths=[],
        sys_inputs={"brief": json.dumps(data, ensure_ascii=False), "paper": "letter" if is_letter else "a4"},
    )
    assert isinstance(made, bytes)
    return made

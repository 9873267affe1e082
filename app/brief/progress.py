"""A goal's data as a chart and a sentence: baseline, aim line, points by phase (domain words, no verdicts).

The baseline is the median of the first three baseline points, the aim line runs straight from there to the
target. "Worth a look" follows the four-point rule that state progress-monitoring guides write into their
sample plans: the last four points all on one side of the aim line. Never "failing".
"""

from datetime import date
from statistics import median
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

LAST = 4


class Point(BaseModel):
    """One day's measurement; `value` is null on a day that was missed, which is a gap and not a zero."""

    on: date
    value: float | None
    phase: str | None = None
    is_baseline: bool = False


class Progress(BaseModel):
    """One goal's line in the brief."""

    item_id: UUID
    title: str
    unit: str | None
    direction: Literal["increase", "decrease"]
    baseline: float | None
    baseline_on: date | None
    target: float | None
    target_on: date | None
    points: list[Point]
    look: Literal["below", "above", "mixed", "few"] = Field(
        description="How the last four points lie to the aim line, seen in the goal's direction."
    )
    sentence: str


def progress_of(
    item_id: UUID, title: str, details: dict[str, Any], entries: list[tuple[date, Any, dict[str, Any]]]
) -> Progress:
    """A goal's line from its details and its entries (day, value, details), oldest first."""
    points = [
        Point(
            on=on,
            value=float(value)
            if isinstance(value, int | float) and not isinstance(value, bool) and not said.get("absent")
            else None,
            phase=said.get("phase"),
            is_baseline=(said.get("phase") or "").casefold() == "baseline",
        )
        for on, value, said in entries
    ]
    before = [point for point in points if point.is_baseline and point.value is not None][:3]
    baseline, baseline_on = _number(details.get("baseline")), _day(details.get("baseline_on"))
    if baseline is None and before:
        baseline = median(point.value for point in before if point.value is not None)
        baseline_on = before[-1].on
    progress = Progress(
        item_id=item_id,
        title=title,
        unit=details.get("unit"),
        direction=details.get("direction") or "increase",
        baseline=baseline,
        baseline_on=baseline_on,
        target=_number(details.get("target")),
        target_on=_day(details.get("target_on")),
        points=points,
        look="few",
        sentence="",
    )
    progress.look = _look(progress)
    progress.sentence = _sentence(progress)
    return progress


def aim_at(progress: Progress, on: date) -> float | None:
    """Where the aim line is on a day; None before it begins or where an end is missing."""
    if (
        progress.baseline is None
        or progress.target is None
        or progress.baseline_on is None
        or progress.target_on is None
        or progress.target_on <= progress.baseline_on
        or on < progress.baseline_on
    ):
        return None
    share = (on - progress.baseline_on).days / (progress.target_on - progress.baseline_on).days
    return progress.baseline + (progress.target - progress.baseline) * min(share, 1.0)


def below_aim(progress: Progress, point: Point) -> bool:
    """Whether a point lies on the far side of the aim line from where the goal wants to go."""
    aim = aim_at(progress, point.on)
    if aim is None or point.value is None or point.is_baseline:
        return False
    return point.value < aim if progress.direction == "increase" else point.value > aim


def _look(progress: Progress) -> Literal["below", "above", "mixed", "few"]:
    taught = [p for p in progress.points if p.value is not None and not p.is_baseline]
    last = [p for p in taught if aim_at(progress, p.on) is not None][-LAST:]
    if len(last) < LAST:
        return "few"
    below = [below_aim(progress, point) for point in last]
    if all(below):
        return "below"
    on_line = [point.value == aim_at(progress, point.on) for point in last]
    return "above" if not any(below) and not any(on_line) else "mixed"


def _sentence(progress: Progress) -> str:
    measured = [point for point in progress.points if point.value is not None]
    unit = f" {progress.unit}" if progress.unit else ""
    parts = []
    if progress.baseline is not None:
        month = f" in {progress.baseline_on:%B}" if progress.baseline_on else " at the start"
        parts.append(f"{_plain(progress.baseline)}{unit}{month}")
        if measured and measured[-1].value is not None:
            parts[0] += f"; {_plain(measured[-1].value)} now"
    elif measured and measured[-1].value is not None:
        parts.append(f"{_plain(measured[-1].value)}{unit} now")
    if not parts:
        return "No data yet."
    line = {
        "below": "The last four are below the aim line.",
        "above": "The last four are above the aim line.",
        "mixed": "The last four lie around the aim line.",
        "few": "",
    }[progress.look]
    if progress.direction == "decrease" and progress.look in ("below", "above"):
        line = {
            "below": "The last four are above the aim line, and fewer is the aim.",
            "above": "The last four are under the aim line, and fewer is the aim.",
        }[progress.look]
    return " ".join([f"{parts[0]}.", line]).strip()


def _plain(value: float) -> str:
    return f"{value:g}"


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None

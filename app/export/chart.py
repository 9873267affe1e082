"""A goal's log as an inline drawing: baseline hollow, aim line dotted, a cross for a day that was missed."""

from datetime import date
from html import escape

from app.export.shapes import ItemBook

WIDTH, HEIGHT = 640, 180
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 24, 26


def chart_of(goal: ItemBook) -> str:
    """The drawing as SVG, or nothing when fewer than two days were measured."""
    details = goal.item.details
    points = [(each.on, each.value, each.details) for each in goal.entries]
    measured = [value for _, value, _ in points if value is not None]
    if len(measured) < 2:
        return ""
    baseline, target = details.get("baseline"), details.get("target")
    aim = [
        (date.fromisoformat(details[day]), value)
        for day, value in (("baseline_on", baseline), ("target_on", target))
        if value is not None and details.get(day)
    ]
    days = [on for on, _, _ in points] + [on for on, _ in aim]
    first, span = min(days), max((max(days) - min(days)).days, 1)
    top = float(max([*measured, *(value for _, value in aim), 1])) * 1.1

    def x(on: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (on - first).days / span, 1)

    def y(value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - max(value, 0) / top), 1)

    parts = [
        f'<line class="scale" x1="{LEFT}" y1="{y(0)}" x2="{WIDTH - RIGHT}" y2="{y(0)}"/>',
        f'<text x="{LEFT - 8}" y="{y(0) + 4}" text-anchor="end">0</text>',
        f'<text x="{LEFT - 8}" y="{y(max(measured)) + 4}" text-anchor="end">{max(measured):g}</text>',
        f'<text x="{LEFT}" y="12">{escape(str(details.get("unit", "")))}</text>',
        f'<text x="{LEFT}" y="{HEIGHT - 6}">{first:%b %Y}</text>',
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 6}" text-anchor="end">{max(days):%b %Y}</text>',
    ]
    if len(aim) == 2:
        (start, low), (end, high) = aim
        parts.append(f'<line class="aim" x1="{x(start)}" y1="{y(low)}" x2="{x(end)}" y2="{y(high)}"/>')
    # Points are joined within a phase only, and a missed day leaves a gap.
    run: list[str] = []
    phase = None
    lines: list[str] = []
    for on, value, more in points:
        if value is None or more.get("phase") != phase:
            lines.append(" ".join(run))
            run, phase = [], more.get("phase")
        if value is not None:
            run.append(f"{x(on)},{y(value)}")
    lines.append(" ".join(run))
    parts += [f'<polyline class="path" points="{line}"/>' for line in lines if " " in line]
    for on, value, more in points:
        if value is None:
            parts.append(f'<path class="missed" d="M{x(on) - 4} {y(0) - 12}l8 8m0-8l-8 8"/>')
        else:
            kind = "hollow" if more.get("phase") == "baseline" else "dot"
            parts.append(f'<circle class="{kind}" cx="{x(on)}" cy="{y(value)}" r="4"/>')
    label = escape(f"{len(measured)} measurements from {first:%B %Y} to {max(days):%B %Y}")
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
        + "".join(parts)
        + "</svg>"
    )

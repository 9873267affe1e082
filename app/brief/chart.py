"""A goal's chart as SVG in black, for print: hollow baseline, dotted aim line, diamonds below it, gaps."""

from collections.abc import Callable
from datetime import date
from html import escape

from app.brief.progress import Point, Progress, aim_at, below_aim

WIDTH, HEIGHT = 280, 104
# Above the plot: a line for the unit, and one for what changed in the teaching.
LEFT, RIGHT, TOP, BOTTOM = 26, 4, 26, 15
UNIT_AT, PHASE_AT = 9, 21
LETTER = 4.3  # the width of one, on average, at the size of the phase's name


def chart(progress: Progress) -> str | None:
    """The chart, or None when there is nothing to draw yet."""
    measured = [point for point in progress.points if point.value is not None]
    if not measured:
        return None
    days = [point.on for point in progress.points]
    first = min([*days, *([progress.baseline_on] if progress.baseline_on else [])])
    last = max([*days, *([progress.target_on] if progress.target_on else [])])
    top = max(
        [p.value for p in measured if p.value is not None] + [progress.target or 0, progress.baseline or 0]
    )
    top = top * 1.08 or 1.0
    span = max((last - first).days, 1)

    def x(on: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (on - first).days / span, 1)

    def y(value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="Libertinus Serif, serif" font-size="9.5">',
        f'<line x1="{LEFT}" y1="{y(0)}" x2="{WIDTH - RIGHT}" y2="{y(0)}" stroke="#999" stroke-width="0.75"/>',
        f'<text x="{LEFT - 4}" y="{y(0) + 3}" text-anchor="end" fill="#333">0</text>',
        f'<text x="{LEFT - 4}" y="{y(top / 1.08) + 3}" text-anchor="end" fill="#333">{top / 1.08:g}</text>',
        f'<text x="{LEFT}" y="{HEIGHT - 4}" fill="#333">{first:%b}</text>',
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 4}" text-anchor="end" fill="#333">{last:%b}</text>',
    ]
    if progress.unit:
        parts.append(f'<text x="{LEFT}" y="{UNIT_AT}" fill="#333">{escape(progress.unit)}</text>')
    if progress.baseline_on and progress.target_on and aim_at(progress, progress.target_on) is not None:
        assert progress.baseline is not None
        assert progress.target is not None
        parts.append(
            f'<line x1="{x(progress.baseline_on)}" y1="{y(progress.baseline)}" x2="{x(progress.target_on)}" '
            f'y2="{y(progress.target)}" stroke="#444" stroke-width="1.2" stroke-dasharray="1.5 3.5" '
            f'stroke-linecap="round"/>'
        )
    for run in _runs(progress.points):
        path = " ".join(f"{x(point.on)},{y(point.value)}" for point in run if point.value is not None)
        parts.append(f'<polyline points="{path}" fill="none" stroke="#000" stroke-width="1.4"/>')
    parts.extend(_signs(progress, x, y))
    parts.append("</svg>")
    return "".join(parts)


def _runs(points: list[Point]) -> list[list[Point]]:
    """Points joined within a phase only, and not across a missed day."""
    runs: list[list[Point]] = []
    before: Point | None = None
    for point in points:
        if point.value is not None:
            if before is not None and before.value is not None and before.phase == point.phase:
                runs[-1].append(point)
            else:
                runs.append([point])
        before = point
    return [run for run in runs if len(run) > 1]


def _signs(progress: Progress, x: Callable[[date], float], y: Callable[[float], float]) -> list[str]:
    signs = []
    phase: str | None = None
    written_to = 0.0
    for point in progress.points:
        at = x(point.on)
        if phase is not None and point.phase and point.phase != phase:
            begins, ends = at - 3, at - 3 + len(point.phase) * LETTER
            anchor = "start" if ends < WIDTH else "end"
            row = PHASE_AT
            if begins < written_to:
                # Two names close together: this one goes up beside the unit.
                begins, row = max(begins, LEFT + (len(progress.unit or "") + 2) * LETTER), UNIT_AT
            written_to = ends + LETTER
            signs.append(
                f'<line x1="{at - 3}" y1="{TOP - 3}" x2="{at - 3}" y2="{HEIGHT - BOTTOM}" stroke="#777" '
                f'stroke-width="0.75" stroke-dasharray="4 2"/>'
                f'<text x="{begins}" y="{row}" text-anchor="{anchor}" fill="#333">'
                f"{escape(point.phase)}</text>"
            )
        phase = point.phase or phase
        if point.value is None:
            foot = y(0) - 4
            signs.append(f'<path d="M{at - 2.5} {foot - 2.5}l5 5m0 -5l-5 5" stroke="#444" fill="none"/>')
            continue
        height = y(point.value)
        if point.is_baseline:
            signs.append(
                f'<circle cx="{at}" cy="{height}" r="2.8" fill="#fff" stroke="#000" stroke-width="1.2"/>'
            )
        elif below_aim(progress, point):
            signs.append(
                f'<path d="M{at} {height - 3.8}l3.8 3.8l-3.8 3.8l-3.8 -3.8z" fill="#fff" stroke="#000" '
                f'stroke-width="1.2"/>'
            )
        else:
            signs.append(f'<circle cx="{at}" cy="{height}" r="2.4" fill="#000"/>')
    return signs

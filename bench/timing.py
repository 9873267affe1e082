"""Timing calls: in turns, or by a crowd at once; and the table of what was found beside what must hold."""

import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.machine import Process


@dataclass
class Took:
    """Times of one kind of call in milliseconds, and processor time for each."""

    ms: list[float] = field(default_factory=list)
    cpu_ms: float = 0.0

    @property
    def p50(self) -> float:
        return statistics.median(self.ms)

    def p(self, hundredth: int) -> float:
        return statistics.quantiles(self.ms, n=100)[hundredth - 1]

    def steady(self, hundredth: int, each: int) -> float:
        """As `p` of each block of calls, and the median of those: a burst of other work spoils one block."""
        blocks = [sorted(self.ms[at : at + each]) for at in range(0, len(self.ms), each)]
        return statistics.median(block[len(block) * hundredth // 100] for block in blocks)


@dataclass
class Table:
    """Lines to print: what, its floor, ours, their ratio, what must hold, what is aimed at, and whether."""

    lines: list[tuple[str, ...]] = field(default_factory=list)

    def goal(
        self, what: str, floor: str, ours: str, value: float, unit: str, must: float, aim: float, **also: bool
    ) -> None:
        """A line that must hold: `value` is at most `must`, or at least where the aim is the higher one.

        Whatever else must be true comes by name (`no_errors=…`), and is named where it is not.
        """
        sign, holds = ("<=", value <= must) if aim < must else (">=", value >= must)
        reached = value <= aim if aim < must else value >= aim
        missed = [name.replace("_", " ") for name, is_so in also.items() if not is_so]
        ok = "aim" if holds and reached else "yes" if holds else "NO"
        if missed:
            ok = f"NO: {', '.join(missed)}"
        shown = f"{value:,.2f}".rstrip("0").rstrip(".")
        self.lines.append((what, floor, ours, f"{shown}{unit}", f"{sign} {must:g}{unit}", f"{aim:g}", ok))

    def note(self, what: str, floor: str, ours: str) -> None:
        """A line to know by; nothing is promised of it."""
        self.lines.append((what, floor, ours, "", "", "", ""))

    def show(self) -> bool:
        """Print; True if everything holds."""
        heads = ("what", "floor", "ours", "ratio", "must", "aim", "ok")
        widths = [max(len(line[at]) for line in [heads, *self.lines]) for at in range(len(heads))]
        for line in [heads, tuple("-" * width for width in widths), *self.lines]:
            print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
        return not any(line[-1].startswith("NO") for line in self.lines)


def timed(took: Took, what: Callable[[], object]) -> None:
    """Add one call's time."""
    at = time.perf_counter()
    what()
    took.ms.append((time.perf_counter() - at) * 1000)


Side = tuple[Process, Took, Callable[[], object]]


def in_turns(sides: list[Side], *, rounds: int = 8, each: int = 60) -> None:
    """Measure several calls block by block, so that a slow moment of the machine meets them all."""
    for _, _, call in sides:
        for _ in range(each):
            call()
    for _ in range(rounds):
        for server, took, call in sides:
            before = server.cpu_s
            for _ in range(each):
                timed(took, call)
            took.cpu_ms += (server.cpu_s - before) * 1000
    for _, took, _ in sides:
        took.cpu_ms /= len(took.ms)


@dataclass
class Crowd:
    """What many clients did at once."""

    took: Took = field(default_factory=Took)
    errors: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Calls a second."""
        return len(self.took.ms) / self.seconds


def crowd(made: Crowd, make: Callable[[], Callable[[], None]], clients: int, seconds: float = 2.0) -> None:
    """Add what so many clients do in some seconds, each as fast as it is answered."""
    stop, started = threading.Event(), threading.Barrier(clients + 1)

    def work() -> None:
        call = make()
        started.wait()
        while not stop.is_set():
            try:
                timed(made.took, call)
            except Exception:
                made.errors += 1

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    started.wait()
    at = time.perf_counter()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    made.seconds += time.perf_counter() - at

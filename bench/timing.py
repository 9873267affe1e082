"""Timing calls: one after the other in turns, by a crowd at once, and the table that says what must hold."""

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


@dataclass
class Table:
    """Lines to print: what, its floor, what we took, what must hold, and whether it does."""

    lines: list[tuple[str, str, str, str, str]] = field(default_factory=list)

    def add(self, what: str, floor: str, ours: str, must: str = "", holds: bool | None = None) -> None:
        said = "" if holds is None else "yes" if holds else "NO"
        self.lines.append((what, floor, ours, must, said))

    def show(self) -> bool:
        """Print; True if everything holds."""
        heads = ("what", "floor", "service", "must", "holds")
        widths = [max(len(line[at]) for line in [heads, *self.lines]) for at in range(5)]
        for line in [heads, tuple("-" * width for width in widths), *self.lines]:
            print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
        return all(line[4] != "NO" for line in self.lines)


def timed(took: Took, what: Callable[[], object]) -> None:
    """Add one call's time."""
    at = time.perf_counter()
    what()
    took.ms.append((time.perf_counter() - at) * 1000)


def in_turns(
    sides: list[tuple[Process, Took, Callable[[], None]]], *, rounds: int = 8, each: int = 60
) -> None:
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


def crowd(
    make: Callable[[int], Callable[[], None]], clients: int, seconds: float = 4.0
) -> tuple[float, Took]:
    """Calls a second and their times with so many clients at once."""
    took, stop = Took(), threading.Event()
    started = threading.Barrier(clients + 1)

    def work(number: int) -> None:
        call = make(number)
        started.wait()
        while not stop.is_set():
            timed(took, call)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    started.wait()
    at = time.perf_counter()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    return len(took.ms) / (time.perf_counter() - at), took

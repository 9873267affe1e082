"""Put the detectors together."""

from collections.abc import Iterable

from app.deid import dates, patterns, places
from app.deid.finding import Finding, Mark, Screened
from app.deid.people import People
from app.deid.reading import Reading


def find(text: str, kept: Iterable[str] = (), people: Iterable[str] = ()) -> Screened:
    shapes = settle([*dates.find(text), *places.addresses(text), *patterns.find(text)])
    reading = Reading(text, [(m.start, m.end) for m in shapes])
    located = list(places.Places(reading).find())
    reading._claim_spans([(m.start, m.end) for m in [*shapes, *located]])
    people_marks = list(People(reading).find())
    marks = settle([*shapes, *located, *people_marks])
    return Screened([Finding(m.start, m.end, m.label, "X", m.reason, m.band) for m in marks], [])


def settle(marks: list[Mark]) -> list[Mark]:
    """Sorted, and where two overlap the earlier in the list stays."""
    taken: list[Mark] = []
    for mark in marks:
        if all(mark.end <= other.start or mark.start >= other.end for other in taken):
            taken.append(mark)
    return sorted(taken, key=lambda m: m.start)

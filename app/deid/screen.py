"""Put the detectors together: shapes first, then places, then people; what is taken stays taken."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from app.deid import addresses, combine, dates, keep, patterns, people, replace
from app.deid.finding import Finding, Mark, Screened
from app.deid.orgs import Orgs
from app.deid.reading import Reading
from app.deid.towns import Towns


def read(text: str) -> list[Mark]:
    """Everything in one text that looks like an identifier, whatever was kept: the slow part of `screen`."""
    shapes = settle([*dates.find(text), *addresses.find(text), *patterns.find(text)])
    reading = Reading(text, shapes)
    located = list(_located(reading))
    reading.claim(located)
    return settle([*shapes, *located, *people.find(reading)])


def screen(text: str, marks: list[Mark], kept: Iterable[str], own: Iterable[str]) -> Screened:
    """All findings and cautions of one text, from what `read` found in it."""
    marks = keep.open_marks(text, marks, kept, own)
    stand_ins = replace.replacements(text, marks)
    findings = [
        Finding(m.start, m.end, m.label, stand_in, m.reason, m.band)
        for m, stand_in in zip(marks, stand_ins, strict=True)
    ]
    return Screened(findings, list(combine.find(text, marks)))


def _located(reading: Reading) -> Iterator[Mark]:
    taken: set[int] = set()
    for first, last, mark in (*Orgs(reading).find(), *Towns(reading).find()):
        words = range(first, last + 1)
        if taken.isdisjoint(words) and not any(reading.claimed[first : last + 1]):
            taken.update(words)
            yield mark


def settle(marks: list[Mark]) -> list[Mark]:
    """Sorted by place; where two overlap, the earlier in the list stays."""
    kept: list[Mark] = []
    starts: list[int] = []
    for mark in marks:
        at = bisect_left(starts, mark.end)
        if mark.start < mark.end and (at == 0 or kept[at - 1].end <= mark.start):
            at = bisect_left(starts, mark.start)
            starts.insert(at, mark.start)
            kept.insert(at, mark)
    return kept

"""Put the detectors together: shapes first, then places, then people; what is taken stays taken."""

import dataclasses
from bisect import bisect_left
from collections.abc import Iterable

from app.deid import addresses, combine, contacts, dates, keep, names, records, replace
from app.deid.finding import Finding, Mark, Screened
from app.deid.reading import Reading
from app.deid.shapes import Signs


def read(text: str) -> list[Mark]:
    """Everything in one text that looks like an identifier, whatever was kept: the slow part of `screen`."""
    shapes = shapes_of(text)
    reading = Reading(text, shapes)
    return settle([*shapes, *names.find(reading)])


def shapes_of(text: str) -> list[Mark]:
    """What shape alone gives away: dates, addresses, contacts, numbers of records."""
    signs = Signs(text)
    return united([*dates.find(signs), *addresses.find(signs), *contacts.find(signs), *records.find(signs)])


def screen(text: str, marks: list[Mark], kept: Iterable[str], own: Iterable[str]) -> Screened:
    """All findings and cautions of one text, from what `read` found in it."""
    marks = keep.open_marks(text, marks, kept, own)
    stand_ins = replace.replacements(text, marks)
    findings = [
        Finding(m.start, m.end, m.label, stand_in, m.reason, m.band)
        for m, stand_in in zip(marks, stand_ins, strict=True)
    ]
    return Screened(findings, list(combine.find(text, marks)))


def united(marks: list[Mark]) -> list[Mark]:
    """Sorted by place; where shapes overlap they become one mark, named as the earliest in the list."""
    result: list[Mark] = []
    rank: dict[int, int] = {}
    for order, mark in sorted(enumerate(marks), key=lambda pair: (pair[1].start, pair[0])):
        if result and mark.start < result[-1].end:
            first = min((rank[id(result[-1])], result[-1]), (order, mark), key=lambda pair: pair[0])
            grown = dataclasses.replace(first[1], start=result[-1].start, end=max(result[-1].end, mark.end))
            result[-1] = grown
            rank[id(grown)] = first[0]
        else:
            result.append(mark)
            rank[id(mark)] = order
    return result


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

"""What the screen finds in a document's text, helped by the words beside it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app import deid
from app.deid.screen import settle
from app.documents.reading import Document
from app.screening import ahead

_WORD = re.compile(r"[^\W\d_]{2,}")
# What computers are called after where they are not called after people.
OFFICES = set(
    "Special Education Department District School Office Teacher User Staff Team Dept Owner".split()
)
REASON = "is a name in the document’s margins or properties"


@dataclass(frozen=True)
class Seen:
    """Findings and cautions of the text; `told` are those that only the words beside it gave away."""

    found: deid.Screened
    told: list[deid.Finding]


def screened(text: str, document: Document) -> Seen:
    """Read the text alone, and once more behind the words beside it: a name there is a name here too."""
    own = ahead.marks_of(text)
    told = list(_told_beside(document, text))
    found = deid.find(text, marks=settle([*told, *own]))
    known = {(mark.start, mark.end) for mark in own}
    return Seen(found, [each for each in found.findings if (each.start, each.end) not in known])


def beside(document: Document) -> str:
    """The words beside a text; people whom the file names are introduced as such."""
    people = [f"Teacher: {name}." for name in document.people]
    return "\n".join([*people, document.aside])


def _told_beside(document: Document, text: str) -> Iterator[deid.Mark]:
    words = beside(document)
    if not words.strip():
        return
    before = f"{words}\n\n"
    at = len(before)
    marks = deid.read(before + text)
    yield from (_moved(mark, -at) for mark in marks if mark.start >= at)
    people = [before[slice(*_core(mark))] for mark in marks if mark.label == "PERSON" and mark.end <= at]
    names = {word for person in [*people, *document.people] for word in _WORD.findall(person)}
    yield from _namesakes({name for name in names if name[0].isupper()} - OFFICES, text)


def _namesakes(names: set[str], text: str) -> Iterator[deid.Mark]:
    """Names that are words as well: with a capital they are asked about, without one they are words."""
    wanted = {form for name in names for form in (name, name.upper())}
    for word in _WORD.finditer(text):
        if word[0] in wanted:
            yield deid.Mark(word.start(), word.end(), "PERSON", REASON, "ask", word.span())


def _core(mark: deid.Mark) -> tuple[int, int]:
    return mark.core if mark.core[1] else (mark.start, mark.end)


def _moved(mark: deid.Mark, by: int) -> deid.Mark:
    core = (mark.core[0] + by, mark.core[1] + by) if mark.core[1] else mark.core
    return replace(mark, start=mark.start + by, end=mark.end + by, core=core)

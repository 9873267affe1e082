"""How well findings fit what is known of a text: the rules of scoring, the same for every tool.

A must span is caught when each of its letters and digits is covered, whatever the label. A flag is false when
it touches no identifier. A title, a word of kinship, a possessive, a state or a ZIP code counts neither way
inside a flag that touches an identifier; in any other it is a word wrongly covered like all else.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

_TITLES = (
    "mr|mrs|ms|mx|fr|deacon|miss|mister|missus|dr|dre|doctor|prof|professor|rev|reverend|pastor|sister|sr|sra|señora|señor|doña"
    "|don|father|coach|nurse|principal|supt|superintendent|officer|registrar|teacher|licda|frau|herr|khun|paní|bpk|ato"
    "|kum|ma'am|col|sheikha|mme|madame|madam|monsieur"
)
_KIN = (
    "mom|mum|dad|mother|parent|guardian|grandma|grandpa|grandmother|grandfather|nana|uncle|aunt|auntie|aunty|tante"
    "|cousin|sister|brother|abuela|abuelo|nanny"
)
_STATES = (
    "A[LKZR]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]"
    "|W[AIVY]"
)
TITLE = re.compile(rf"(?:(?:{_TITLES}|{_KIN})\b\.?\s+(?:and\s+)?)+(?=\S)", re.I)
NEUTRAL = re.compile(rf"(?:{_TITLES}|{_KIN}|s|the|and|(?-i:{_STATES})|\d{{5}})", re.I)
WORD = re.compile(r"\w+")


class Span(NamedTuple):
    """An identifier: text[start:end]. `origin`, `ordinary` (a word too) and `form` are known of made ones."""

    start: int
    end: int
    label: str
    must: bool
    origin: str = ""
    ordinary: bool = False
    form: str = ""


class Flag(NamedTuple):
    """What a tool says: text[start:end] is an identifier; `sure`, or to be asked about."""

    start: int
    end: int
    label: str
    sure: bool = True


@dataclass(frozen=True)
class Document:
    """A text and the spans that a screen must (or should) find; `kind` says how hard it was meant to be."""

    id: str
    style: str
    text: str
    spans: tuple[Span, ...]
    kind: str = ""


class Miss(NamedTuple):
    """A must span that got through, or a false flag, with its document."""

    document: Document
    start: int
    end: int


@dataclass
class Score:
    """Counts over documents; `must` and `caught` for every group a span is in, such as ("style", "phone")."""

    documents: int = 0
    words: int = 0
    leak_free: int = 0
    sorts: Counter[str] = field(default_factory=Counter)
    leaky: Counter[str] = field(default_factory=Counter)
    must: Counter[tuple[str, str]] = field(default_factory=Counter)
    caught: Counter[tuple[str, str]] = field(default_factory=Counter)
    false_flags: int = 0
    questions: int = 0
    words_covered: int = 0
    letters: int = 0
    letters_right: int = 0
    labelled: int = 0
    agreed: int = 0
    missed: list[Miss] = field(default_factory=list)
    false: list[Miss] = field(default_factory=list)

    def add(self, document: Document, flags: Iterable[Flag]) -> None:
        """Count one document and what a tool said of it."""
        flags = list(flags)
        text = document.text
        covered = {place for flag in flags for place in range(flag.start, flag.end)}
        truth = {place for span in document.spans for place in range(span.start, span.end)}
        touching = [flag for flag in flags if not truth.isdisjoint(range(flag.start, flag.end))]
        leaks = sum(self._span(document, span, covered, touching) for span in document.spans)
        self.documents += 1
        self.words += len(text.split())
        self.leak_free += not leaks
        for sort in filter(None, (document.style, document.kind)):
            self.sorts[sort] += 1
            self.leaky[sort] += bool(leaks)
        self.questions += sum(not flag.sure for flag in flags)
        wrong = [Miss(document, flag.start, flag.end) for flag in flags if flag not in touching]
        self.false_flags += len(wrong)
        self.false += wrong
        self._words(text, covered, truth, {p for flag in touching for p in range(flag.start, flag.end)})

    def _span(self, document: Document, span: Span, covered: set[int], flags: list[Flag]) -> bool:
        """Count one span; True if it leaks."""
        letters = _letters(document.text, span)
        caught = bool(letters) and covered.issuperset(letters)
        if span.must:
            for group in _groups(document, span):
                self.must[group] += 1
                self.caught[group] += caught
            if not caught:
                self.missed.append(Miss(document, span.start, span.end))
        if caught:
            self.labelled += 1
            self.agreed += any(
                f.label == span.label and f.start < span.end and span.start < f.end for f in flags
            )
        return span.must and not caught

    def _words(self, text: str, covered: set[int], truth: set[int], near: set[int]) -> None:
        for word in WORD.finditer(text):
            every = set(range(*word.span()))
            places = every & covered
            if NEUTRAL.fullmatch(word[0]) and not (places - near) and not (every & truth):
                continue
            self.words_covered += bool(places) and truth.isdisjoint(every)
            self.letters += len(places)
            self.letters_right += len(places & truth)

    def __iadd__(self, other: "Score") -> "Score":
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)
        return self


ALL = ("all", "")


def _groups(document: Document, span: Span) -> list[tuple[str, str]]:
    groups = [ALL, ("label", span.label), ("style", document.style)]
    if document.kind:
        groups.append(("texts", document.kind))
    if span.label == "PERSON" and span.origin:
        groups.append(("origin", span.origin))
        groups.append(("kind", "also an ordinary word" if span.ordinary else "no ordinary word"))
        case = "lower case" if document.text[span.start : span.end].islower() else "with capitals"
        groups.append(("kind", f"{'ordinary word' if span.ordinary else 'other'}, {case}"))
        if span.form:
            groups.append(("kind", span.form))
    return groups


def _letters(text: str, span: Span) -> list[int]:
    """The letters and digits that must be covered; a leading title need not be, if something follows it."""
    title = TITLE.match(text[span.start : span.end]) if span.label == "PERSON" else None
    start = span.start + (title.end() if title else 0)
    return [place for place in range(start, span.end) if text[place].isalnum()]

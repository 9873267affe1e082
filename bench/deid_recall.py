"""How much the screen finds, and how often it errs, on marked documents.

    python bench/deid_recall.py path/to/documents.jsonl [more.jsonl ...]

One JSON object a line: id, style, text, spans [{start, end, label, must}]. The floor beside each figure
is what the first engine must reach.
"""

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app import deid

# Words that touch an identifier without being one: titles, kin, the possessive. They count neither way.
NEUTRAL = re.compile(
    r"(?:mr|mrs|ms|mx|miss|mister|missus|dr|prof|rev|reverend|sr|sra|dona|father|coach|nurse|principal|licda"
    r"|mom|dad|mother|parent|guardian|grandma|grandpa|grandmother|grandfather|uncle|aunt|auntie|aunty|cousin"
    r"|sister|brother|abuela|nanny|s|the)",
    re.I,
)
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Document:
    """A text and the spans that the screen must (or should) find."""

    id: str
    style: str
    text: str
    spans: list[tuple[int, int, str, bool]]


@dataclass
class Score:
    """Counts over some documents; `bands` is what was predicted with ("sure", or both)."""

    documents: int = 0
    words: int = 0
    must: int = 0
    caught: int = 0
    leak_free: int = 0
    false_flags: int = 0
    words_covered: int = 0
    letters: int = 0
    letters_right: int = 0
    labelled: int = 0
    agreed: int = 0
    missed: Counter[str] = field(default_factory=Counter)


def read(path: Path) -> Iterator[Document]:
    """The documents of a file in the shared format."""
    for line in path.read_text("utf-8").splitlines():
        raw = json.loads(line)
        spans = [(s["start"], s["end"], s["label"], s["must"]) for s in raw["spans"]]
        yield Document(raw["id"], raw["style"], raw["text"], spans)


def score(documents: Iterable[Document], bands: tuple[str, ...] = ("sure", "ask")) -> Score:
    """Screen every document and count, as the format's rules of scoring say."""
    total = Score()
    for document in documents:
        found = [f for f in deid.find(document.text).findings if f.band in bands]
        _add(total, document, found)
    return total


def _add(total: Score, document: Document, found: list[deid.Finding]) -> None:
    text = document.text
    covered = {place for f in found for place in range(f.start, f.end)}
    truth = {place for start, end, _, _ in document.spans for place in range(start, end)}
    leaks = 0
    for start, end, label, must in document.spans:
        places = [p for p in _letters(text, start, end) if not must or p not in _neutral(text, start, end)]
        caught = bool(places) and covered.issuperset(places)
        if must:
            total.must += 1
            total.caught += caught
            leaks += not caught
            total.missed[label] += not caught
        if caught:
            total.labelled += 1
            total.agreed += any(f.label == label and f.start < end and start < f.end for f in found)
    total.documents += 1
    total.words += len(text.split())
    total.leak_free += not leaks
    total.false_flags += sum(1 for f in found if truth.isdisjoint(range(f.start, f.end)))
    for word in WORD.finditer(text):
        places = set(range(*word.span())) & covered
        if places and truth.isdisjoint(range(*word.span())) and not NEUTRAL.fullmatch(word[0]):
            total.words_covered += 1
        if not NEUTRAL.fullmatch(word[0]):
            total.letters += len(places)
            total.letters_right += len(places & truth)


def _letters(text: str, start: int, end: int) -> list[int]:
    return [place for place in range(start, end) if text[place].isalnum()]


def _neutral(text: str, start: int, end: int) -> set[int]:
    words = [w for w in WORD.finditer(text, start, end) if NEUTRAL.fullmatch(w[0])]
    return {place for w in words for place in range(*w.span())}


def speed(documents: list[Document]) -> float:
    """Milliseconds of one core for 300 words, the best of five rounds."""
    words = sum(len(d.text.split()) for d in documents)
    best = float("inf")
    for _ in range(5):
        began = time.process_time()
        for document in documents:
            deid.find(document.text)
        best = min(best, time.process_time() - began)
    return best * 1000 / max(1, words) * 300


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


def table(documents: list[Document]) -> str:
    """The figures for both bands and for the sure band alone, with the floor beside them."""
    both, sure = score(documents), score(documents, ("sure",))
    rows = [("", "both bands", "sure alone", "floor")]

    def row(name: str, figure: str, floor: str = "") -> None:
        rows.append((name, _figure(both, figure), _figure(sure, figure), floor))

    row("recall on must spans", "recall", ">= 97 %")
    row("documents without a leak", "leak_free")
    row("false flags per 1,000 words", "false", "<= 10")
    row("words wrongly covered per 1,000 words", "covered")
    row("character precision", "precision")
    row("label agreement", "agreement")
    rows.append(("ms for 300 words", f"{speed(documents):.1f}", "", "< 20"))
    for style in sorted({d.style for d in documents}):
        of_style = [d for d in documents if d.style == style]
        a, b = score(of_style), score(of_style, ("sure",))
        rows.append((f"recall, {style}", percent(a.caught, a.must), percent(b.caught, b.must), ""))
    missed = ", ".join(f"{label} {n}" for label, n in sorted(both.missed.items()) if n)
    rows.append(("missed, by label", missed or "none", "", ""))
    head = f"{both.documents} documents, {both.words} words, {both.must} must spans"
    return "\n".join([head, *(f"{a:40}{b:>14}{c:>14}  {d}".rstrip() for a, b, c, d in rows)])


def _figure(total: Score, figure: str) -> str:
    per_thousand = 1000 / max(1, total.words)
    return {
        "recall": percent(total.caught, total.must),
        "leak_free": percent(total.leak_free, total.documents),
        "false": f"{total.false_flags * per_thousand:.1f}",
        "covered": f"{total.words_covered * per_thousand:.1f}",
        "precision": percent(total.letters_right, total.letters),
        "agreement": percent(total.agreed, total.labelled),
    }[figure]


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print(table([document for name in sys.argv[1:] for document in read(Path(name))]))

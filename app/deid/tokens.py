"""Cut a text into words with their place, casing and neighbours. Nothing here knows what a name is."""

import re
import sys
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

# Marks that ride on a letter belong to the word, so that composed and decomposed text read alike.
_MARKS = "\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0981-\u0983\u09bc-\u09cd"
_MARKS += (
    "\u0a3c-\u0a4d\u0b3c-\u0b4d\u0bbe-\u0bcd\u0c3e-\u0c4d\u0cbc-\u0ccd\u0d3e-\u0d4d\u0e31-\u0e3a\u0e47-\u0e4e"
)
_MARKS += "\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
WORD = re.compile(
    rf"[Kk]-(?:5|6|8|12)(?!\w)|[^\W\d_][^\W\d_{_MARKS}]*(?:[{_MARKS}]+[^\W\d_]*)*(?:['’ʼ][^\W\d_]+(?:[{_MARKS}]+[^\W\d_]*)*)*"
)
_SUFFIX = re.compile(r"['’ʼ](?:s|ll|re|ve|d|m)$", re.IGNORECASE)
_STOP = re.compile(r"[.!?:;\n\r•·]|\s[-–—*]\s|[-–—]{2}")
_TIGHT = re.compile(r"[ \t\u00a0]{1,3}|[-‐‑]|\.[ \t\u00a0]{0,2}|")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_FILE = re.compile(
    r"[\w.()&-]{1,80}\.(?:docx?|pdf|xlsx?|pptx?|txt|csv|jpe?g|png|heic|m4a|mp3|mp4|mov|wav)\b", re.I
)


def inside(spans: list[tuple[int, int]], place: int) -> bool:
    """Whether a place lies in one of the spans, which are sorted and never overlap."""
    at = bisect_right(spans, (place, sys.maxsize)) - 1
    return at >= 0 and place < spans[at][1]


def word_set(words: str) -> frozenset[str]:
    """A small set of words, written as one string because that reads best."""
    return frozenset(words.split())


def fold(text: str) -> str:
    """Lower case without diacritics and with plain apostrophes: how words are compared everywhere."""
    if text.isascii():
        return text.lower()
    text = text.replace("’", "'").replace("ʼ", "'").replace("ł", "l").replace("ø", "o").replace("đ", "d")
    text = text.replace("Ł", "L").replace("Ø", "O").replace("Đ", "D")
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


ABBREVIATED = word_set("mr mrs ms mx dr prof rev sr sra srta dra lic licda sgt lt capt st mt ft jr no gr vs")


@dataclass(slots=True)
class Word:
    """One word. `end` is where its core ends, `full_end` where a possessive or contraction ends.

    `link` says what stands between it and the word before: "space", "hyphen", "dot" (after an
    abbreviation), "comma", "other" or "stop" (a new sentence or line).
    """

    start: int
    end: int
    full_end: int
    text: str
    low: str
    link: str
    gap: str
    possessive: bool
    contracted: bool
    shape: str

    @property
    def capital(self) -> bool:
        return self.shape != "lower"


def words_of(text: str) -> list[Word]:
    """All words in order. File names in camel case fall apart, so that MayaGoals.docx is two words."""
    files = [m.span() for m in _FILE.finditer(text)]
    found: list[Word] = []
    end = 0
    for match in WORD.finditer(text):
        cuts = [0, len(match[0])]
        if files and inside(files, match.start()):
            cuts[1:1] = [m.start() for m in _CAMEL.finditer(match[0])]
        for a, b in pairwise(cuts):
            word = _word(text, match.start() + a, match.start() + b, end, found[-1] if found else None)
            found.append(word)
            end = word.full_end
    return found


def _word(text: str, start: int, stop: int, gap_start: int, before: Word | None) -> Word:
    whole = text[start:stop]
    suffix = _SUFFIX.search(whole) if "'" in whole or "’" in whole or "ʼ" in whole else None
    core = whole[: suffix.start()] if suffix else whole
    possessive = bool(suffix) and fold(whole[suffix.start() + 1 :]) == "s" if suffix else False
    gap = text[gap_start:start]
    return Word(
        start, start + len(core), stop, core, fold(core), _link(gap, before), gap, possessive,
        bool(suffix) and not possessive, _shape(core),
    )  # fmt: skip


def _shape(core: str) -> str:
    if core.islower() or not core[:1].isupper():
        return "lower" if not any(c.isupper() for c in core[1:]) else "mixed"
    rest = core[1:]
    if not rest or rest.islower() or not any(c.isupper() for c in rest):
        return "title"
    return "upper" if core.isupper() else "mixed"


def _link(gap: str, before: Word | None) -> str:
    if before is None:
        return "stop"
    if gap == " ":
        return "space"
    if _TIGHT.fullmatch(gap):
        if "." in gap:
            short = before.low in ABBREVIATED or (len(before.text) == 1 and before.capital)
            return "dot" if short else "stop"
        return "hyphen" if gap and gap in "-‐‑" else "space" if gap else "other"
    if _STOP.search(gap):
        return "stop"
    return "comma" if gap.strip() == "," else "other"

"""One text type for all that people type: what comes in is made the same everywhere, then measured.

CRLF becomes LF, control and bidi marks go, the rest is NFC (`reliability.md` has the list in its rules on
text). Offsets anywhere in the product are Unicode code points of the result.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

MESSAGE_MAX = 20_000
DRAFT_MAX = 60_000
TITLE_MAX = 200

_CONTROL = re.compile(r"[\x01-\x08\x0b-\x1f\x7f-\x9f]")
# Embeddings, overrides and isolates can make a text read differently from what is stored.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ZERO_WIDTH = re.compile("[\u200b-\u200f\u2060\ufeff]")
_JOINERS = "\u200c\u200d"
_SURROGATE = re.compile("[\ud800-\udfff]")
_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")


def _joins(before: str, after: str) -> bool:
    """Whether a joiner between these two does work: emoji sequences, Indic, Arabic and kin."""
    for side in (before, after):
        if not side:
            return False
        if unicodedata.category(side) in ("So", "Sk", "Mn", "Mc"):
            continue
        if unicodedata.bidirectional(side) == "AL" or 0x0900 <= ord(side) <= 0x0DFF:
            continue
        return False
    return True


def normalise(text: str) -> str:
    """The stored form of a typed text. Raises ValueError for NUL and lone surrogates."""
    if text.isascii() and text.isprintable():
        return text
    if "\x00" in text or _SURROGATE.search(text):
        raise ValueError("The text has a character that cannot be kept.")
    text = _BREAKS.sub("\n", text)
    text = _BIDI.sub("", _CONTROL.sub("", text))
    if _ZERO_WIDTH.search(text):
        kept = []
        for at, char in enumerate(text):
            if _ZERO_WIDTH.match(char):
                around = text[at - 1 : at], text[at + 1 : at + 2]
                if char not in _JOINERS or not _joins(*around):
                    continue
            kept.append(char)
        text = "".join(kept)
    return unicodedata.normalize("NFC", text)


def single_line(text: str) -> str:
    """A name or title: normalised, white space folded to single spaces, ends trimmed."""
    return " ".join(normalise(text).split())


class FreeText:
    """Marks a type whose words a person typed about the work, so that the screening gate reads it."""


FREE = FreeText()
Prose = Annotated[str, AfterValidator(normalise)]
Line = Annotated[str, AfterValidator(single_line)]


def within(least: int, most: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        if len(text) > most:
            raise ValueError(f"At most {most} characters.")
        if len(text.strip()) < least:
            raise ValueError("Some words are needed here.")
        return text

    return check


def _shown(most: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "maxLength": most})


MessageText = Annotated[Prose, AfterValidator(within(1, MESSAGE_MAX)), _shown(MESSAGE_MAX), FREE]
DraftText = Annotated[Prose, AfterValidator(within(1, DRAFT_MAX)), _shown(DRAFT_MAX), FREE]
Note = Annotated[Prose, AfterValidator(within(0, MESSAGE_MAX)), _shown(MESSAGE_MAX), FREE]
Title = Annotated[Line, AfterValidator(within(1, TITLE_MAX)), _shown(TITLE_MAX), FREE]
MaybeTitle = Annotated[Line, AfterValidator(within(0, TITLE_MAX)), _shown(TITLE_MAX), FREE]
# Names of people and circles, and a comment's quote: normalised and measured, but not screened.
Name = Annotated[Line, AfterValidator(within(1, TITLE_MAX)), _shown(TITLE_MAX)]
Quote = Annotated[Prose, AfterValidator(within(1, DRAFT_MAX)), _shown(DRAFT_MAX)]

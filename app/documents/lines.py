"""Lines as they were set on a page, made into paragraphs again."""

import re
from collections.abc import Iterable
from statistics import quantiles

_ITEM = re.compile(r"\s*(?:[-–—•●▪◦‣*]\s+|\(?\d{1,2}[.)]\s+|\(?[a-zA-Z][.)]\s+|[☐☑☒✓]\s*)\S")
_END = re.compile(r"[.!?:;…][\"”’)]*$")
# A line this much of the usual full width was ended by the margin, not by its writer.
FULL = 0.75


def flowing(lines: Iterable[str]) -> list[tuple[bool, str]]:
    """Paragraphs in order; True marks an item of a list.

    A line goes on with the one before it if that one is full, or ends in mid-sentence before a small letter.
    """
    lines = [" ".join(line.split()) for line in lines]
    width = _width(lines)
    found: list[tuple[bool, str]] = []
    above = ""
    for line in lines:
        is_item = bool(_ITEM.match(line))
        if line and above and not is_item and _goes_on(above, line, width):
            was_item, text = found[-1]
            found[-1] = was_item, f"{text} {line}"
        elif line:
            found.append((is_item, line))
        above = line
    return found


def _width(lines: list[str]) -> float:
    """How many characters a full line holds here."""
    lengths = [len(line) for line in lines if line]
    return quantiles(lengths, n=10)[-1] if len(lengths) > 1 else 80.0


def _goes_on(above: str, line: str, width: float) -> bool:
    if not _END.search(above) and line[0].islower():
        return True
    return len(above) >= FULL * max(width, 40) and not line[0].isspace()

"""Street addresses with a number, and post boxes: each found in one piece with unit, town and ZIP."""

import re
from collections.abc import Iterator

from app.deid.finding import Mark
from app.deid.tokens import word_set

_WORD = r"(?:[^\W\d_][\w.'’-]{0,24}|\d{1,3}(?:st|nd|rd|th))"
_STREET = re.compile(
    rf"(?<![\w.$#/-])(?P<number>\d{{1,6}}(?:-?[A-Z])?)\s(?P<words>{_WORD}(?:\s{_WORD}){{0,3}}?)\s"
    r"(?P<kind>street|st|avenue|ave|av|road|rd|boulevard|blvd|highway|hwy|drive|dr|lane|ln|court|ct|way"
    r"|terrace|ter"
    r"|circle|cir|parkway|pkwy|trail|trl|loop|square|sq|place|pl|alley|pike|route|crescent|close)\b\.?"
    r"(?:,?\s(?:apt|apartment|unit|suite|ste|lot|trlr|space|bldg|floor|fl|no|#)\.?\s?#?\s?[\w-]{1,6}\b"
    r"|,?\s#\s?\w{1,5})?"
    r"(?:,\s[A-Z][\w.'-]{1,20}(?:\s[A-Z][\w.'-]{1,20}){0,2}(?=,\s[A-Z]{2}\b))?(?:,?\s[A-Z]{2}\b)?"
    r"(?:,?\s\d{5}(?:-\d{4})?\b)?",
    re.I,
)
_BOX = re.compile(r"\bp\.?\s?o\.?\s?box\s\d{1,6}", re.I)
_ROAD = re.compile(
    r"\b(?:on|off|along|down|near)\s(?P<core>(?:state |county |us )?(?:route|highway|hwy|county road"
    r"|interstate)\s"
    r"(?:\d{1,4}[a-z]?|one|two|three|four|five|six|seven|eight|nine|ten)\b)",
    re.I,
)
_REASON = "looks like a street address"
# "4 minutes each way", "2 points out of": words that a street's name does not hold.
_NOT_STREET = word_set(
    "minute minutes min hour hours day days week weeks month months year years times time of a an the "
    "each per in on to more points step steps students kids block page out and or is was for with "
    "from at by percent word words other one two three feet mile miles inch grade grades"
)
_LOOSE = word_set("way place pl court ct close loop circle square trail route drive pike dr alley lane")


def find(text: str) -> Iterator[Mark]:
    """Marks of whole addresses, in order of their place in the text."""
    for match in _STREET.finditer(text):
        words = match["words"].split()
        capital = any(w[:1].isupper() for w in words)
        doubtful = match["kind"].lower() in _LOOSE and not capital and len(match["number"]) < 2
        if not doubtful and _NOT_STREET.isdisjoint(w.lower() for w in words):
            yield Mark(match.start(), match.end() - match[0].endswith("."), "ADDRESS", _REASON)
    for match in _ROAD.finditer(text):
        yield Mark(match.start("core"), match.end("core"), "PLACE", "looks like a road", hint="street")
    for match in _BOX.finditer(text):
        yield Mark(match.start(), match.end(), "ADDRESS", _REASON)

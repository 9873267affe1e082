"""Street addresses with a number, and post boxes: each found in one piece with unit, town and ZIP."""

import re
from collections.abc import Iterator

from app.deid.finding import Mark
from app.deid.shapes import Signs
from app.deid.tokens import word_set

_WORD = r"(?:[^\W\d_][\w.'’-]{0,24}|\d{1,3}(?:st|nd|rd|th))"
_KIND = (
    r"street|st|avenue|ave|av|road|rd|boulevard|blvd|highway|hwy|drive|dr|lane|ln|court|ct|way|terrace|ter"
    r"|circle|cir|parkway|pkwy|trail|trl|loop|square|sq|place|plaza|pl|alley|pike|route|crescent|close|bend|palms"
    r"|gardens|mews|row|run|walk|compound|estate"
)
_UNIT = r"(?:apt|apartment|unit|suite|ste|lot|trlr|space|bldg|building|floor|fl|no|level|room|flat|house|#)"
_STATE = (
    r"(?:[A-Z]{2}\b|(?:Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho"
    r"|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi"
    r"|Missouri|Montana|Nebraska|Nevada|New [A-Z][a-z]+|North [A-Z][a-z]+|South [A-Z][a-z]+"
    r"|Ohio|Oklahoma|Oregon"
    r"|Pennsylvania|Rhode Island|Tennessee|Texas|Utah|Vermont|Virginia|Washington"
    r"|West Virginia|Wisconsin|Wyoming)\b)"
)
_TOWN = r"[A-Z][\w.'-]{1,20}(?:\s[A-Z][\w.'-]{1,20}){0,2}"
# What may follow a street: a unit, a town, a state, a code.
_REST = (
    rf"(?:,?\s{_UNIT}\.?\s?#?\s?[\w-]{{1,6}}\b|,?\s#\s?\w{{1,5}})?"
    rf"(?-i:,\s{_TOWN}(?=,\s{_STATE}|\s{_STATE}|\s\d{{5}}\b|[.;)\n]|$))?(?-i:,?\s{_STATE})?(?:,?\s\d{{5}}(?:-\d{{4}})?\b)?"
)
_STREET = re.compile(
    rf"(?:\b{_UNIT}\s\w{{1,5}},\s)?(?<![\w.$#/:-])(?P<number>\d{{1,6}}(?:-?[A-Z])?)\s(?P<words>{_WORD}(?:\s{_WORD}){{0,3}}?)\s"
    rf"(?P<kind>{_KIND})\b\.?{_REST}",
    re.I,
)
_BOX = re.compile(rf"\bp\.?\s?o\.?\s?box\s\d{{1,6}}{_REST}", re.I)
_DIGIT = "zero|oh|one|two|three|four|five|six|seven|eight|nine"
_SPOKEN_NUMBER = (
    rf"(?:(?:{_DIGIT}|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty"
    rf"|forty|fifty|sixty|seventy|eighty|ninety|hundred)[ -])"
)
_SPOKEN_UNIT = (
    r"(?:\s(?:unit|apartment|apt|space|number|lot)"
    rf"(?:\s(?:{_SPOKEN_NUMBER.replace('[ -]', '')}|\d{{1,4}}|[a-f]\b)){{1,2}})"
)
_SPOKEN_STREET = re.compile(
    rf"\b{_SPOKEN_NUMBER}{{2,5}}(?:{_WORD}\s){{1,3}}?(?:(?:{_KIND})\b{_SPOKEN_UNIT}?|(?<=[a-z]\s){_WORD}{_SPOKEN_UNIT})",
    re.I,
)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d{1,2}[A-Z]?\s\d[A-Z]{2}\b|\b\d{4}\s[A-Z]{2}\b(?=\s[A-Z][a-z])")
_ABROAD = re.compile(
    r"\b(?:Plot|Villa|Flat|House|Unit|Block|Building|Apartment)\s\d{1,4}[A-Z]?,\s(?:[A-Z][\w'.-]{0,30}|\d{1,5})(?:,?\s(?:[A-Z][\w'.-]{0,30}|\d{1,5}\b)){0,8}"
    r"|(?:[A-Z][\w'-]{1,30},\s)?(?<![\w'-])[A-Z][\w'-]{1,30}\s(?:Road|Street|Lane|Avenue|Close|Way|Drive),\s(?:House|Flat|Unit|Plot)\s\d{1,4}"
    r"|\b[A-ZÄÖÜÅØ]\w{2,30}(?:straat|laan|weg|plein|gracht|tie|katu|gatan|vägen|strasse|straße|gasse|platz|vej|gade|gata)\s\d{1,4}[^\n.;]{0,12}"
    r"(?:,\s\d{4,5}\s?(?:[A-Z]{2}\s)?[A-Z]\w{1,30})?"
)
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
_LOOSE = word_set(
    "bend palms gardens mews row run walk compound estate plaza way place pl court ct close loop circle "
    "square trail route drive pike dr alley lane"
)


def find(signs: Signs) -> Iterator[Mark]:
    """Marks of whole addresses, in order of their place in the text."""
    for match in signs.matches(_STREET, 1):
        words = match["words"].split()
        capital = any(w[:1].isupper() for w in words)
        doubtful = match["kind"].lower() in _LOOSE and not capital and len(match["number"]) < 2
        if not doubtful and _NOT_STREET.isdisjoint(w.lower() for w in words):
            yield Mark(match.start(), match.end() - match[0].endswith("."), "ADDRESS", _REASON)
    for pattern, digits in ((_SPOKEN_STREET, 0), (_ABROAD, 1), (_POSTCODE, 2)):
        for match in signs.matches(pattern, digits):
            if pattern is not _SPOKEN_STREET or _NOT_STREET.isdisjoint(match[0].lower().split()[2:-1]):
                yield Mark(*match.span(), "ADDRESS", _REASON)
    for match in signs.matches(_ROAD, 0, ("route", "highway", "hwy", "county", "interstate")):
        yield Mark(match.start("core"), match.end("core"), "PLACE", "looks like a road", hint="street")
    for match in signs.matches(_BOX, 1, ("box",)):
        yield Mark(match.start(), match.end(), "ADDRESS", _REASON)

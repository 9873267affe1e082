"""Identifiers that their shape gives away: addresses of mail and web, telephones, numbers of records."""

import re
from collections.abc import Iterator

from app.deid.finding import Label, Mark
from app.deid.lexicon import lexicon

# Every quantifier here is bounded, so that no text can make a search take more than linear time.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+%-]{1,64}\s?@\s?(?:[\w-]{1,63}\.){1,5}[a-z]{2,24}\b", re.I)
_SPOKEN_EMAIL = re.compile(
    r"\b[\w.]{2,40} at (?:[\w-]{2,30} dot ){1,3}(?:com|org|net|edu|gov|us|example)\b", re.I
)
_URL = re.compile(
    r"(?:\bhttps?://|\bwww\.)[^\s<>\"'“”()]{2,400}"
    r"|\b(?:[a-z0-9-]{1,40}\.){1,4}(?:com|org|net|edu|gov|us|io|uk|ca|example)/[^\s<>\"'()]{1,300}"
    r"|\b(?:[a-z0-9-]{1,40}\.){1,4}(?:k12\.[a-z]{2}\.us|edu|sch\.[a-z]{2}|ac\.[a-z]{2})\b",
    re.I,
)
_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z_][\w.]{2,29}")
_LOGIN = re.compile(
    r"\b(?:user ?name|log ?in|user ?id|handle|insta(?:gram)?|snap(?:chat)?|discord)\b(?: name)?"
    r"(?:\s?[:=]\s?|\s(?:is|was)\s)@?(?P<core>[A-Za-z][\w.#-]{2,30})",
    re.I,
)
_MADE_LOGIN = re.compile(
    r"(?<![\w.@/#-])(?P<core>[a-z]{4,20}\d{2,6}|[a-z]{2,20}_[a-z0-9_]{2,20}"
    r"|[a-z]{2,12}\.[a-z]{2,14}\d{0,4}(?=\s*(?:on|@)))(?![\w@/-])",
)
_PHONE = re.compile(
    r"(?<![\w./-])(?:"
    r"\+\d{1,3}[ .-]?(?:\(?\d{1,4}\)?[ .-]?){2,5}\d{2,4}"
    r"|(?:1[ .-])?\(\d{3}\)[ .-]{0,2}\d{3}[ .–-]\d{4}"
    r"|(?:1[ .-])?\d{3}[ .–-]\d{3}[ .–-]\d{4}"
    r"|\d{3}[.–-]\d{4}"
    r"|(?<=[a-z] )0\d{2,4}[ -]\d{3,4}[ -]?\d{3,4}"
    r"|[2-9]\d{9}"
    r")(?:,?\s?(?:x|ext\.?|extension)\s?\d{1,6})?(?![\w/]|[.-]\d)",
    re.I,
)
_DIGIT = r"(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine|double|triple|\d{1,4})"
_SPOKEN_PHONE = re.compile(
    rf"\b(?:(?:{_DIGIT}|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    rf"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred)(?:[ -]|, )){{5,14}}{_DIGIT}\b",
    re.I,
)
_COUNTED = re.compile(r"(?:\d|[a-z])+", re.I)
_SSN = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
_OWNERS = (
    r"(?:(?:student|state|case|school|record|chart|member|group|policy|insurance|medicaid|medicare"
    r"|medical|health|patient|client|"
    r"account|acct|claim|passport|visa|license|licence|serial|device|meeting|zoom|webinar|confirmation"
    r"|ticket|badge|employee|"
    r"staff|teacher|lunch|locker|file|permit|tracking|reference|ref|docket|invoice|local|district"
    r"|national|residence|emirates|"
    r"resident|alien|asset|tag|inventory|access|join|entry|door|security)[ -]{1,2}){0,3}"
)
_VALUE = (
    r"(?P<core>\d{3,4} \d{3,4} \d{3,5}|[A-Z]{0,5}[- ]?\d(?:[\d-]|(?<=[\d-])[A-Z](?=[\dA-Z-]|\b)){2,18}"
    r"|[A-Z]{1,4}\d[A-Z\d]{3,14})(?![\w%]|\.\d)"
)
_LABELLED = re.compile(
    rf"\b{_OWNERS}(?:id|ssid|sid|iep id|number|num|no\.?|nr\.?|#|ssn|mrn|pin|passcode|password|s/n|sn"
    rf"|combo|combination)"
    rf"\s?(?:is|was|of)?\s?[:#=]?\s?(?:is\s|#\s?)?{_VALUE}",
    re.I,
)
_NAMED_RECORD = re.compile(
    rf"\b(?:code|serial|case|policy|medicaid|medicare|passport|record|tag|docket|file|claim|ticket|visa"
    rf"|account|confirmation)"
    rf"(?:\s?[:#=]\s?|\s(?:is|was)\s|\s(?=[A-Z]{{0,4}}-?\d[\d-]{{4}})){_VALUE}",
    re.I,
)
_CODE = re.compile(
    r"(?<![\w./-])(?P<core>[A-Z]{1,4}-?\d{5,14}[A-Z]?|[A-Z]{1,4}-\d{2,6}-\d{2,10}|\d{7,18}"
    r"|\d{6}(?![\d,.]))(?![\w/%-]|\.\d)"
)
_PLATE = re.compile(
    r"\b(?:licen[cs]e )?plates?\b(?: number| no\.?| is|:"
    r"| #){0,2}\s{0,2}(?P<core>(?=[A-Z \d-]{0,8}\d)[A-Z\d]{2,4}[ -]?[A-Z\d]{2,5})(?!\w)",
    re.I,
)
_UNIT_AFTER = re.compile(r"\s?(?:%|percent|words?|points?|minutes?|students?|dollars?|steps?|times?)\b", re.I)

_SHAPES: tuple[tuple[re.Pattern[str], Label, str], ...] = (
    (_EMAIL, "EMAIL", "looks like an e-mail address"),
    (_SPOKEN_EMAIL, "EMAIL", "sounds like an e-mail address"),
    (_URL, "URL", "looks like a link"),
    (_HANDLE, "URL", "looks like someone's handle"),
    (_LOGIN, "URL", "looks like a login name"),
    (_SSN, "ID", "looks like a social security number"),
    (_PLATE, "OTHER", "looks like a licence plate"),
    (_LABELLED, "ID", "looks like a number that belongs to one person"),
    (_NAMED_RECORD, "ID", "looks like the number of one record"),
    (_PHONE, "PHONE", "looks like a telephone number"),
    (_CODE, "ID", "looks like a number that belongs to one person"),
    (_MADE_LOGIN, "URL", "looks like a login name"),
)


def find(text: str) -> Iterator[Mark]:
    """Marks in the order of trust: where two overlap, the earlier one counts."""
    for pattern, label, reason in _SHAPES:
        for match in pattern.finditer(text):
            start, end = match.span("core") if "core" in pattern.groupindex else match.span()
            if label in ("ID", "PHONE") and _UNIT_AFTER.match(text, end):
                continue
            if pattern is _MADE_LOGIN and all(map(lexicon().is_word, re.findall("[a-z]+", text[start:end]))):
                continue  # "plan_type", "grade5": words glued together by whoever typed them.
            yield Mark(start, _trim(text, start, end), label, reason)
    for match in _SPOKEN_PHONE.finditer(text):
        if _digits(match[0]) >= 7 and len(re.findall("[a-z]{3,}", match[0])) > 3:
            yield Mark(*match.span(), "PHONE", "sounds like a telephone number")


def _trim(text: str, start: int, end: int) -> int:
    """Punctuation that ends the sentence is no part of a link or number."""
    while end > start + 1 and text[end - 1] in ".,;:!?-":
        end -= 1
    return end


def _digits(spoken: str) -> int:
    return sum(len(part) if part.isdigit() else 1 for part in _COUNTED.findall(spoken))

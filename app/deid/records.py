"""Numbers that belong to one person or one record: student and case numbers, passcodes, licence plates."""

import re
from collections.abc import Iterator

from app.deid.contacts import trimmed
from app.deid.finding import Mark
from app.deid.shapes import Shape, Signs

# Every quantifier here is bounded, so that no text can make a search take more than linear time.
_SSN = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
_OWNERS = (
    r"(?:(?:student|state|case|school|record|chart|member|group|policy|insurance|medicaid|medicare|medical"
    r"|health|patient|client|account|acct|claim|passport|visa|license|licence|serial|device|meeting|zoom"
    r"|webinar|confirmation|roll|candidate|register|ticket|badge|employee|staff|teacher|lunch|locker|file"
    r"|permit|tracking|reference|ref|docket|invoice|local|district|national|residence|emirates|resident"
    r"|alien|asset|tag|inventory|access|join|entry|door|security)[ -]{1,2}){0,3}"
)
_VALUE = (
    r"(?P<core>\d{3,4} \d{3,4} \d{3,5}|[A-Z]{0,5}[- ]?\d(?:[\d-]|(?<=[\d-])[A-Z](?=[\dA-Z-]|\b)){2,18}"
    r"|[A-Z]{1,4}\d[A-Z\d]{3,14})(?![\w%]|\.\d)"
)
_LABELLED = re.compile(
    rf"\b{_OWNERS}(?:id|ssid|sid|iep id|number|num|no\.?|nr\.?|#|ssn|mrn|pin|passcode|password|s/n|sn"
    rf"|combo|combination)\s?(?:is|was|of)?\s?[:#=]?\s?(?:is\s|#\s?)?{_VALUE}",
    re.I,
)
_NAMED_RECORD = re.compile(
    rf"\b(?:code|serials?|case|policy|medicaid|medicare|passport|records?|tag|docket|file|claim|ticket|visa"
    rf"|account|confirmation|group|lot|tracking|registry|register|ref\.?|reference|roll no\.?|index number)"
    rf"(?:\s?[:#=]\s?|\s(?:is|was|starting|number)\s|\s(?=#?[A-Z]{{0,4}}-?\d[\d/-]{{3}})){_VALUE}",
    re.I,
)
_ROLL = re.compile(
    r"\b(?:roll|candidate|register|locker|badge) (?:no\.?|number|#)\s?(?P<core>\d{1,8})\b", re.I
)
_SECRET = re.compile(
    r"\b(?:pass(?:code|word)|pass(?=\s[a-z]{1,12}\d)|pin|door code|gate code|access code|entry code|combo)\b"
    r"(?:\s?[:=]\s?|\s(?:is|was)\s|\s)(?P<core>(?=[^\s,;%/]{0,12}\d)[^\s,;%/]{3,20}|\d{3} \d{3}\b)",
    re.I,
)
_GIVEN_CODE = re.compile(r"\bcode\b[^.\n]{0,24}\b(?:is|was|:)\s(?P<core>\d{3} ?\d{3,4})\b", re.I)
_HASHED = re.compile(r"(?<![\w&])#(?P<core>\d{4,12}|[A-Z]{1,5}-?\d{3,10})\b")
_CODE = re.compile(
    r"(?<![\w./-])(?P<core>[A-ZЀ-Я]{1,4}-?\d{5,14}[A-Z]?|[A-Z]{1,4}-\d{2,6}-\d{2,10}|\d{7,18}"
    r"|\d{6}(?![\d,.]))(?![\w/%-]|\.\d)"
)
# Anything else that mixes digits, capitals and signs; `_telling` decides whether there is enough of it.
_MIXED = re.compile(r"(?<![\w.§$+])[A-Z0-9]{1,20}(?:[-/.][A-Z0-9]{1,20}){0,5}(?:\(\d\))?(?![\w%])")
_GROUPED = re.compile(r"(?<![\w./-])[A-Z]{0,2}\d{3,5}(?: \d{3,5}){1,5}(?: \d{1,4})?(?![\w/%-]|\.\d)")
_BILLS = re.compile(
    r"(?:AB|SB|HB|HR|HF|SF|PL|FY|SY|LD|LB|CFR|USC|RSA|NAC|WAC|SEC|OSEP)-?\d|(?:19|20)\d\d-(?:19|20)?\d\d$"
)
_NEAR_WORD = re.compile(
    r"\b(?:ids?|ssid|sid|pin|badge|lunch (?:number|code|pin)|locker|combo|cases?|policy|accounts?|acct"
    r"|pass ?code|code|medicaid|medi-?cal|insurance|member|claim|docket|serial|records?|mrn|ssn|passport|visa"
    r"|licen[cs]e|ticket|confirmation|tracking|asset|tag|numbers?|file|permit|referral|invoice|group"
    r"|reference|ref)\b[^.\d\n]{0,26}?"
    r"(?<![\w./$-])(?P<core>\d{4,12}(?:-\d{1,6}){0,3}[A-Z]?)(?![\w/%]|[.,]\d|-\d)",
    re.I,
)
_LONG = re.compile(r"(?<![\w.,/$#-])\d{5}(?![\w/%-]|[.,]\d)")
_CITED = re.compile(
    r"(?:\b(?:sections?|sec|code|ec|statute|rules?|form|title|reg|regulation|act|cfr|usc|wac|step|room|zip)\b"
    r"\.?|§+)\s?$",
    re.I,
)
_YEARS = re.compile(r"(?:19|20)\d\d(?:-(?:19|20)?\d\d)?")
_DIGIT = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)"
_SPOKEN = re.compile(
    r"\b(?:number|id|case|ssid|medicaid|medi cal|policy|code|pin)\b[^.\n]{0,30}?\b"
    rf"(?P<core>(?:{_DIGIT}|[a-z])(?:[ -](?:{_DIGIT}|dash|[a-z](?= ))){{2,14}}(?:[ -](?:{_DIGIT}|[a-z]))\b)",
    re.I,
)
_PLATE = re.compile(
    r"\b(?:licen[cs]e )?plates?\b(?: number| no\.?| is|:| #){0,2}\s{0,2}"
    r"(?P<core>(?=[A-Z \d-]{0,8}\d)[A-Z\d]{2,4}[ -]?[A-Z\d]{2,5})(?!\w)",
    re.I,
)
_LOOSE_PLATE = re.compile(
    r"\b[Pp]lates?\b[^.\n]{0,24}?\b(?P<core>(?=[A-Z\d -]{0,9}\d)(?=[A-Z\d -]{0,9}[A-Z])"
    r"[A-Z\d]{1,7}(?:[ -][A-Z\d]{1,5}){0,2})(?!\w)"
)
_LOWER_PLATE = re.compile(r"\bplates?\b[^.\n]{0,24}?\b(?P<core>(?=[a-z]{0,3}\d)[a-z\d]{5,8})(?!\w)")
_BARE_PLATE = re.compile(r"\b\d[A-Z]{3}\d{3}\b")
_SPOKEN_PLATE = re.compile(
    r"\b(?:plates?|van|car|truck|suv)\b[^.\n]{0,60}?\b(?P<core>(?:(?:alpha|bravo|charlie|delta|echo|foxtrot"
    r"|golf|hotel|india|juliet|kilo|lima|mike|november|oscar|papa|quebec|romeo|sierra|tango|uniform|victor"
    rf"|whiskey|xray|yankee|zulu|{_DIGIT})\b[ -]?){{5,8}})",
    re.I,
)
_UNIT_AFTER = re.compile(r"\s?(?:%|percent|words?|points?|minutes?|students?|dollars?|steps?|times?)\b", re.I)

_PERSONAL = "looks like a number that belongs to one person"
_RECORD = "looks like the number of one record"
_RECORDS = (
    *("code", "serial", "case", "policy", "medica", "passport", "record", "tag", "docket", "file", "claim"),
    *(
        "ticket",
        "visa",
        "account",
        "confirmation",
        "group",
        "lot",
        "tracking",
        "regist",
        "ref",
        "roll",
        "index",
    ),
)
_SAID = ("number", "id", "case", "medi cal", "policy", "code", "pin")
_PLATED = ("plate",)
_MOVING = ("plate", "van", "car", "truck", "suv")
_SHAPES = (
    Shape(_SSN, "ID", "looks like a social security number", 9),
    Shape(_PLATE, "OTHER", "looks like a licence plate", 1, _PLATED),
    Shape(_BARE_PLATE, "OTHER", "looks like a licence plate", 4),
    Shape(_SPOKEN_PLATE, "OTHER", "sounds like a licence plate", 0, _MOVING),
    Shape(_LOOSE_PLATE, "OTHER", "looks like a licence plate", 1, _PLATED),
    Shape(_LOWER_PLATE, "OTHER", "looks like a licence plate", 1, _PLATED),
    Shape(_SECRET, "ID", "looks like a passcode", 1, ("pass", "pin", "code", "combo")),
    Shape(_GIVEN_CODE, "ID", "looks like a passcode", 6, ("code",)),
    Shape(_LABELLED, "ID", _PERSONAL, 1),
    Shape(_NAMED_RECORD, "ID", _RECORD, 1, _RECORDS),
    Shape(_ROLL, "ID", _RECORD, 1, ("roll", "candidate", "register", "locker", "badge")),
    Shape(_HASHED, "ID", _RECORD, 3, ("#",)),
    Shape(_SPOKEN, "ID", "sounds like a number that belongs to one person", 0, _SAID),
    Shape(_CODE, "ID", _PERSONAL, 4),
    Shape(_GROUPED, "ID", _PERSONAL, 6),
    Shape(_MIXED, "ID", _PERSONAL, 4),
    Shape(_NEAR_WORD, "ID", _PERSONAL, 4),
    Shape(_LONG, "ID", _PERSONAL, 5),
)


def find(signs: Signs) -> Iterator[Mark]:
    """Marks in the order of trust: where two overlap, the earlier one names them both."""
    text = signs.text
    for shape in _SHAPES:
        for start, end in shape.found(signs):
            if not _UNIT_AFTER.match(text, end) and _counts(shape.pattern, text, start, end):
                yield Mark(start, trimmed(text, start, end), shape.label, shape.reason)


def _counts(pattern: re.Pattern[str], text: str, start: int, end: int) -> bool:
    """Whether a loose pattern found a record's number and not a citation, a year or a score."""
    if pattern in (_MIXED, _GROUPED):
        return _telling(text[start:end])
    if pattern in (_NEAR_WORD, _LONG):
        cited = _CITED.search(text, max(0, start - 14), start)
        return not cited and not _YEARS.fullmatch(text, start, end)
    return True


def _telling(code: str) -> bool:
    """Enough digits for one person's number, and neither a range of years, a bill, a decimal nor a score."""
    digits = sum(map(str.isdigit, code))
    if _BILLS.match(code) or digits < 4:
        return False
    if any(map(str.isalpha, code)):
        runs = re.findall(r"\d+", code)
        return digits > 4 or max(map(len, runs)) > 3 or bool(re.search(r"\d[A-Z]+\d", code))
    signs = sum(not c.isalnum() for c in code)
    return digits > 7 and (signs > 1 or digits > 8) and not re.fullmatch(r"\d{1,3}(?:[., ]\d{3}){1,2}", code)

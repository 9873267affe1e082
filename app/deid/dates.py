"""Dates that name a day. A month, a year, a weekday or a season alone says little and stays."""

import re
from collections.abc import Iterator

from app.deid.finding import Mark

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_TEENS = (
    "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty"
    "|sixty|seventy|eighty|ninety"
)
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_DAY_WORD = (
    r"(?:(?:twenty|thirty)[ -])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth"
    r"|eleventh|twelfth|thirteenth|fourteenth|"
    rf"fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth|(?:twenty|thirty)[ -]"
    rf"(?:{_ONES})"
)
_YEAR = r"(?:(?:19|20)\d\d|['’]\d\d)"
_YEAR_WORD = rf"(?:(?:two thousand|twenty|nineteen|oh)(?: and)?(?: (?:oh|{_ONES}|{_TEENS})){{1,2}})"
_NO_SCORE = (
    r"(?!\s?(?:%|percent\b|out of\b|of \d|min(?:ute)?s?\b|hours?\b|hrs?\b|points?\b|trials\b|times\b"
    r"|students?\b|kids\b|x\b|/\d|:\d|\.\d)|\d|[a-z])"
)

_MONTH_DAY = re.compile(
    rf"\b{_MONTH}\.?,?\s(?:the\s)?{_DAY}(?:\s?(?:[-–]|to|and|through)\s?{_DAY})?(?:,?\s(?P<year>{_YEAR}"
    rf"|\d\d(?=[\s,.;)]|$)))?{_NO_SCORE}",
    re.I,
)
_DAY_MONTH = re.compile(
    rf"(?<![\d/.:-])(?:{_DAY}\s?(?:[-–]|to|and)\s?)?{_DAY}\s?(?:of\s)?[-.]?{_MONTH}\b"
    rf"(?:[.,]?[\s-](?P<year>{_YEAR}))?(?!\s?\d)",
    re.I,
)
_SPOKEN = re.compile(
    rf"\b(?:{_MONTH}\s(?:the\s)?(?:{_DAY_WORD})|(?:the\s)?"
    rf"(?:{_DAY_WORD})\sof\s{_MONTH.replace('month', 'month2')})\b(?P<year>,?\s(?:of\s)?(?:{_YEAR_WORD}"
    rf"|{_YEAR}))?",
    re.I,
)
_NUMBERS = re.compile(
    r"(?<![\w/.-])(?:(?P<y1>(?:19|20)\d\d)[-/.](?P<m1>0?[1-9]|1[0-2])[-/.](?P<d1>0?[1-9]|[12]\d|3[01])"
    r"|(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<y2>(?:19|20)\d\d|\d\d))(?![\w/]|[.-]\d)"
)
_SHORT = re.compile(
    r"\b(?:on|since|by|until|till|due|dated|through|thru|starting|effective|as of|week of)"
    r"\s(?P<core>(?P<m>0?[1-9]|1[0-2])[/](?P<d>0?[1-9]|[12]\d|3[01]))"
    r"(?!\s?(?:%|of\b|opp|trial|time|correct|day|session|attempt|question|problem|week|period|of|point"
    r"|student|prompt|probe|step|in\b)|[\w/])",
    re.I,
)
_BIRTH = re.compile(
    r"\b(?:dob|d\.o\.b\.?|born|birth ?date|date of birth|birth ?day|b-?day|turn(?:s|ed"
    r"|ing)? \w{1,12} on)\b[^.\n]{0,24}$",
    re.I,
)
_DUE = re.compile(r"\b(?:by|before|until|till|since|due|from|after)\s(?:the\s)?$", re.I)
_BIRTH_SHORT = re.compile(
    r"\b(?:dob|date of birth|birth ?date|birth ?day|b-?day|born)\b(?:\s(?:is|on|was)|:){0,2}\s{0,3}"
    r"(?:the\s)?(?P<core>\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?|\d{1,2}(?:st|nd|rd|th)\b)",
    re.I,
)
_DAY_REASON, _BIRTH_REASON = "looks like an exact date; a month is enough", "looks like a date of birth"


def find(text: str) -> Iterator[Mark]:
    """Marks whose hint is the readable stand-in, for instance "a day in October 2027"."""
    for match in _BIRTH_SHORT.finditer(text):
        yield Mark(*match.span("core"), "DATE_EXACT", _BIRTH_REASON, hint="birth")
    for match in _NUMBERS.finditer(text):
        if month_year := _numeric(match, text):
            yield _mark(text, *match.span(), month_year)
    for pattern in (_SPOKEN, _MONTH_DAY, _DAY_MONTH):
        for match in pattern.finditer(text):
            name = match["month"] or match.groupdict().get("month2") or ""
            if name.lower() in ("may", "march", "mar") and not _is_month(text, match):
                continue
            year = (match["year"] or "").strip(" ,")
            month = next(m for m in _MONTHS if m.startswith(name.lower()[:3])).capitalize()
            yield _mark(
                text, *match.span(), f"{month} {year}" if year.isdigit() and len(year) == 4 else month
            )
    for match in _SHORT.finditer(text):
        yield _mark(text, *match.span("core"), _MONTHS[int(match["m"]) - 1].capitalize())


def _is_month(text: str, match: re.Match[str]) -> bool:
    """May and march are words too ("you may 2"): they need a capital, a year, an ordinal or a preposition."""
    if match["year"] or re.search(r"\d(?:st|nd|rd|th)", match[0], re.I) or not match[0][:1].islower():
        return True
    return bool(
        re.search(
            r"\b(?:on|by|since|until|from|after|before|due|in|is|for|was|and)\s$",
            text[max(0, match.start() - 8) : match.start()],
            re.I,
        )
    )


def _numeric(match: re.Match[str], text: str) -> str:
    """Month and year of a date in digits, month first unless that cannot be; "" when it is none."""
    if match["y1"]:
        month, year = int(match["m1"]), match["y1"]
    else:
        a, b, year = int(match["a"]), int(match["b"]), match["y2"]
        if not 1 <= min(a, b) <= 12 or not max(a, b) <= 31 or min(a, b) == 0:
            return ""
        if match["sep"] != "/" and len(year) == 2 and (a <= b <= int(year) or match["sep"] == "."):
            return ""  # "5-10-15 minutes", "section 3.2.10"
        month = a if a <= 12 else b
        year = year if len(year) == 4 else ("20" if int(year) < 60 else "19") + year
    return f"{_MONTHS[month - 1].capitalize()} {year}"


def _mark(text: str, start: int, end: int, month_year: str) -> Mark:
    lead = text[max(0, start - 40) : start]
    if _BIRTH.search(lead):
        return Mark(start, end, "DATE_EXACT", _BIRTH_REASON, hint="birth")
    return Mark(
        start,
        end,
        "DATE_EXACT",
        _DAY_REASON,
        hint=month_year if _DUE.search(lead) else f"a day in {month_year}",
    )

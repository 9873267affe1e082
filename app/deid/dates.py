"""Dates that name a day. A month, a year, a weekday or a season alone says little and stays."""

import re
from collections.abc import Iterator

from app.deid.finding import Mark
from app.deid.shapes import Signs

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = r"(?:\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[.,]{0,2}\s(?:the\s)?)?"
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
    rf"{_WEEKDAY}\b{_MONTH}\.?,?\s(?:the\s)?{_DAY}(?:\s?(?:[-–]|to|and|through)\s?{_DAY})?(?:,?\s(?P<year>{_YEAR}"
    rf"|\d\d(?=[\s,.;)]|$)))?{_NO_SCORE}",
    re.I,
)
_DAY_MONTH = re.compile(
    rf"{_WEEKDAY}(?:\bthe\s)?(?<![\d/.:-])(?:{_DAY}\s?(?:[-–]|to|and)\s?)?{_DAY}\s?(?:of\s)?[-.]?{_MONTH}\b"
    rf"(?:[.,]{{0,2}}[\s-](?P<year>{_YEAR}))?(?![ ]?\d)",
    re.I,
)
_SPOKEN = re.compile(
    rf"\b(?:{_MONTH}\s(?:the\s)?(?:{_DAY_WORD})|(?:the\s)?"
    rf"(?:{_DAY_WORD})\sof\s{_MONTH.replace('month', 'month2')})\b(?P<year>,?\s(?:of\s)?(?:{_YEAR_WORD}"
    rf"|{_YEAR}))?",
    re.I,
)
# Months of other languages and calendars, as families and schools abroad write birthdays.
_OTHER_MONTHS = (
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre"
    "|janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre"
    "|januar|februar|m[äa]rz|juni|juli|oktober|dezember|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre"
    "|ottobre|dicembre|janeiro|fevereiro|mar[çc]o|maio|junho|julho|setembro|outubro|novembro|dezembro"
    "|augusti|maj|maart|mei|augustus|stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|wrze[śs]nia"
    "|pa[źz]dziernika|listopada|grudnia|ocak|[şs]ubat|nisan|may[ıi]s|haziran|temmuz|a[ğg]ustos|eyl[üu]l|ekim"
    "|kas[ıi]m|aral[ıi]k|januari|februari|maret|agustus|desember"
    "|muharram|safar|rabi|jumada|rajab|sha'?ban|ramadan|shawwal|dhu|meskerem|tikimt|hidar|tahsas|ter|yekatit"
    "|megabit|miyazya|ginbot|sene|hamle|nehase|pagumen|farvardin|ordibehesht|khordad|tir|mordad|shahrivar|mehr"
    "|aban|azar|dey|bahman|esfand|tishrei?|cheshvan|kislev|tevet|shevat|adar|iyar|sivan|tammuz|elul"
    "|baisakh|jestha|ashadh|shrawan|bhadra|ashwin|kartik|mangsir|poush|magh|falgun|chaitra"
)
_FOREIGN = re.compile(
    rf"\b\d{{1,2}}(?:er|\.|º)?\s(?:de\s|al-)?(?:{_OTHER_MONTHS})\b(?:(?:\s(?:de|del))?\s\d{{4}}\b)?", re.I
)
_DAY_YEAR = re.compile(r"(?<=[a-z] )\d{1,2}, \d{4}\b(?: E\.?C\.?)?")
_MONTH_BEFORE = re.compile(rf"\b(?:{_OTHER_MONTHS})\s$", re.I)
_ARTICLE = re.compile(r"\b(?:el|le|am|den|em|il|op)\s$", re.I)
_EASTERN = re.compile(
    r"(?:[\u3400-\u9fff]{2})?\d{1,4}\s?[年년]\s?\d{1,2}\s?[月월](?:\s?\d{1,2}\s?[日일])?"
    r"|\bng[àa]y \d{1,2} th[áa]ng \d{1,2}(?: n[ăa]m \d{4})?|\b(?:19|20)\d\d\. \d{1,2}\. \d{1,2}\.?"
)
_CARDINAL = rf"(?:(?:oh|{_ONES}|{_TEENS})(?:[ -](?:oh|{_ONES}))?)"
_SPOKEN_BIRTH = re.compile(
    rf"\b(?:birth ?day|b ?day|d ?o ?b|date of birth|born|birth ?date)\b[^.\n]{{0,50}}?\b"
    rf"(?P<core>{_CARDINAL}(?:[ /-]{_CARDINAL}){{1,5}})\b",
    re.I,
)
_SPOKEN_DAY = re.compile(rf"\b(?:{_ONES}|{_TEENS}) {_MONTH}\b", re.I)
_DATED = re.compile(
    r"\b(?:dob|d\.o\.b\.?|born|birth\w*|b-?day|dated?|consent|met|on|by|since|until|due|was|review\w*|effective|signed|held)\b[^.\n]{0,30}$",
    re.I,
)
_NUMBERED = re.compile(
    r"\b(?:sections?|sec|version|v|ver|goals?|objectives?|step|unit|lesson|standards?|item|cfr|chapter|ch|part|page|pp?|level|minutes?|every)\.?\s?$|§\s?$",
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
_BIRTHS = ("birth", "bday", "b-day", "b day", "dob", "d.o.b", "d ob", "do b", "d o b", "born")
_MONTH_STARTS = tuple(month[:3] for month in _MONTHS)
_DAY_REASON, _BIRTH_REASON = "looks like an exact date; a month is enough", "looks like a date of birth"


def find(signs: Signs) -> Iterator[Mark]:
    """Marks whose hint is the readable stand-in, for instance "a day in October 2027"."""
    text = signs.text
    for match in signs.matches(_BIRTH_SHORT, 1, _BIRTHS):
        yield Mark(*match.span("core"), "DATE_EXACT", _BIRTH_REASON, hint="birth")
    for match in signs.matches(_NUMBERS, 4):
        if month_year := _numeric(match, text):
            yield _mark(text, *match.span(), month_year)
    for pattern, digits in ((_SPOKEN, 0), (_MONTH_DAY, 1), (_DAY_MONTH, 1)):
        for match in signs.matches(pattern, digits, _MONTH_STARTS):
            name = match["month"] or match.groupdict().get("month2") or ""
            if name.lower() in ("may", "march", "mar") and not _is_month(text, match):
                continue
            year = (match["year"] or "").strip(" ,")
            month = next(m for m in _MONTHS if m.startswith(name.lower()[:3])).capitalize()
            yield _mark(
                text, *match.span(), f"{month} {year}" if year.isdigit() and len(year) == 4 else month
            )
    for pattern in (_FOREIGN, _EASTERN):
        for match in signs.matches(pattern, 1):
            article = _ARTICLE.search(text, max(0, match.start() - 4), match.start())
            start = article.start() if article else match.start()
            yield Mark(start, match.end(), "DATE_EXACT", _DAY_REASON, hint="[date]")
    for match in signs.matches(_DAY_YEAR, 5):
        if spelt := _MONTH_BEFORE.search(text, max(0, match.start() - 14), match.start()):
            yield Mark(spelt.start(), match.end(), "DATE_EXACT", _DAY_REASON, hint="[date]")
    for match in signs.matches(_SPOKEN_BIRTH, 0, _BIRTHS):
        yield Mark(*match.span("core"), "DATE_EXACT", "sounds like a date of birth", hint="birth")
    for match in signs.matches(_SPOKEN_DAY, 0, _MONTH_STARTS):
        if match["month"].lower() not in ("may", "march", "mar", "dec", "jan", "sep", "oct", "nov", "jun"):
            yield _mark(text, *match.span(), match["month"].capitalize())
    for match in signs.matches(_SHORT, 2, ("/",)):
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
        if match["sep"] != "/" and len(year) == 2:
            lead = text[max(0, match.start() - 44) : match.start()]
            counted = a <= b <= int(year) and not _DATED.search(lead)
            if (counted and match["sep"] == "-") or _NUMBERED.search(lead) or not 5 <= int(year) <= 40:
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

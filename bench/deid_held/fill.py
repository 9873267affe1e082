"""Puts other names, places, numbers and dates where a template has its own."""

import datetime
import random
import re
import string

from bench.deid_held.people import Cast, Name, Person, plain, table
from bench.deid_marked import Piece

TAIL = re.compile(
    r"(?i)(?:\s+(?:elementary|elem|middle|ms|high|school|junior|academy|intermediate|k-8|college|prep|primary|bilingual"
    r"|unified|district|cooperative|children's|hospital|clinic|church|annex|newcomer|international|grocery|early|learning|behavioral|therapy|audiology|center|therap\w+|speech|&|language"
    r"|st|street|ave|avenue|rd|road|dr|drive|lane|way|terrace|county))+$"
)
PLAIN_NAME = re.compile(r"[^\W\d_]{3,}(?: [^\W\d_]{3,})?")
KEPT = 0.25  # of the names without a role stay as they are: the nicknames and the puns
STREET = re.compile(r"(?i)^(\d+ (?:[nsew]\. )?)[^,]+?( (?:st|rd|road|dr|way|terrace)\b)")
DIGITS = "zero one two three four five six seven eight nine oh".split()
TENS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth".split()
WITH_YEAR = {
    "phone": ["{m}/{d}/{y}", "{m}/{d}/{yy}", "{mon} {d} {y}", "{month} {d}th {y}"],
    "iep": ["{mm}/{dd}/{y}", "{Month} {d}, {y}", "{m}/{d}/{yy}", "{d} {Month} {y}", "{y}-{mm}-{dd}"],
    "email": ["{mm}/{dd}/{y}", "{Month} {d}, {y}", "{Mon} {d}, {y}", "{m}-{d}-{yy}", "{d} {Month} {y}"],
    "intl": ["{d} {Month} {y}", "{dd}.{mm}.{y}", "{y}-{mm}-{dd}", "{dd}/{mm}/{y}", "{Month} {d}, {y}"],
    "voice": ["{month} {spoken} two thousand {teen}"],
}
WITHOUT_YEAR = {
    "phone": ["{mon} {d}", "{m}/{d}", "{month} {d}th"],
    "voice": ["{month} {spoken}"],
}
AREAS = (
    "205 213 303 312 313 404 415 503 505 512 559 602 612 615 617 702 713 801 808 901 904 907 918 956".split()
)
PHONES = [
    "({a}) 555-01{n}",
    "{a}-555-01{n}",
    "{a}.555.01{n}",
    "{a} 555 01{n}",
    "+1 {a} 555 01{n}",
    "1-{a}-555-01{n}",
]


def filled(piece: Piece, style: str, cast: Cast) -> Piece:
    """The same kind of identifier with another value; as it was where there is neither a role nor a shape."""
    if not piece.label:
        return piece
    key, _, part = piece.role.partition(".")
    rng = cast.rng
    if piece.label == "PERSON":
        return (
            _person(piece, cast.person(key), part or "first") if key else piece._replace(origin="as written")
        )
    if piece.label in ("ORG", "PLACE"):
        key = key or _place_key(piece, style, rng)
        return _place(piece, cast.place(key)) if key else piece
    if piece.label == "EMAIL" and key:
        person = cast.person(key)
        local = re.sub(r"[^a-z.]", "", plain(f"{person.first.text}.{person.last.text}").lower())
        return piece._replace(text=f"{local}@{piece.text.partition('@')[2]}")
    if piece.label == "DATE_EXACT":
        return piece._replace(text=_date(piece, style, rng))
    shaped = {"PHONE": _phone, "ADDRESS": _address}
    return piece._replace(text=shaped.get(piece.label, _digits)(piece.text, rng))


def _person(piece: Piece, person: Person, part: str) -> Piece:
    first, last = person.first, person.last
    old = piece.text
    if part == "full" and " " not in old.replace(". ", ""):
        part = "last"  # What stood before it was a title.
    text, parts = _parts(old, first.text, last.text)[part], [first, last]
    if part in ("first", "spelled"):
        parts = [first]
    elif part in ("last", "last_spelled", "il"):
        parts = [last]
    if old.islower():
        text = text.lower()
    elif old.isupper() and len(old) > 3:
        text = text.upper()
    ordinary = part not in ("ini",) and all(name.ordinary for name in parts)
    return piece._replace(text=text, origin=parts[0].origin, ordinary=ordinary, form=_form(part))


def _parts(old: str, first: str, last: str) -> dict[str, str]:
    stop = "." if "." in old else ""
    initials = f"{first[0]}{stop}{last.split()[-1][0].upper()}{stop}"
    return {
        "first": first,
        "last": last,
        "full": f"{first} {last}",
        "fi": f"{first} {last[0].upper()}{stop}",
        "il": f"{first[0]}. {last}",
        "ini": initials,
        "spelled": " ".join(c for c in plain(first).lower() if c.isalpha()),
        "last_spelled": " ".join(c for c in plain(last).lower() if c.isalpha()),
    }


def _form(part: str) -> str:
    return {"ini": "initials", "spelled": "spelled out", "last_spelled": "spelled out"}.get(part, "")


def _place(piece: Piece, name: Name) -> Piece:
    tail = TAIL.search(piece.text)
    text = name.text + (tail[0] if tail else "")
    return piece._replace(text=text.lower() if piece.text.islower() else text)


def _place_key(piece: Piece, style: str, rng: random.Random) -> str:
    """A key for most of the places that have no role and are shaped like a school or a town."""
    if rng.random() < KEPT or not piece.must or any(c.isdigit() for c in piece.text):
        return ""
    if piece.label == "PLACE":
        return f"{'w' if style == 'intl' else 't'} {piece.text}"
    return f"s {piece.text}" if TAIL.search(piece.text) else ""


def _date(piece: Piece, style: str, rng: random.Random) -> str:
    """Another day in one of the forms of its style; with a year if it must be found."""
    day = datetime.date(rng.randint(2009, 2027), 1, 1) + datetime.timedelta(rng.randrange(365))
    month = day.strftime("%B")
    forms = WITH_YEAR if piece.must else WITHOUT_YEAR
    form = rng.choice(forms.get(style) or ["{Month} {d}", "{m}/{d}", "{Mon} {d}"])
    if day.day > 13 or day.day in (1, 2, 3):
        form = form.replace("{d}th", "{d}")
    return form.format(
        m=day.month,
        mm=f"{day.month:02}",
        d=day.day,
        dd=f"{day.day:02}",
        y=day.year,
        yy=f"{day.year % 100:02}",
        Month=month,
        month=month.lower(),
        Mon=month[:3],
        mon=month[:3].lower(),
        spoken=TENS[(day.day - 1) % len(TENS)],
        teen=rng.choice(["nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "twenty six"]),
    )


def _phone(text: str, rng: random.Random) -> str:
    if not any(c.isdigit() for c in text):
        return " ".join(
            rng.choice(DIGITS) if word in DIGITS and word != "five" else word for word in text.split()
        )
    if len(re.sub(r"\D", "", text)) < 10 or (text.startswith("+") and not text.startswith("+1")):
        return _digits(text, rng)
    return rng.choice(PHONES).format(a=rng.choice(AREAS), n=f"{rng.randrange(100):02}")


def _digits(text: str, rng: random.Random) -> str:
    """Other digits, and other capitals, where they stood."""
    head, slash, rest = text.rpartition("/") if "://" in text else ("", "", text)
    swap = {
        **dict.fromkeys(string.digits, string.digits),
        **dict.fromkeys(string.ascii_uppercase, "BCDFGHKLMNPRT"),
    }
    return head + slash + "".join(rng.choice(swap[c]) if c in swap else c for c in rest)


def _address(text: str, rng: random.Random) -> str:
    """Another number, and another street where its kind is said; town, state and ZIP stay as they fit."""
    street = rng.choice(table("places.txt")["street"][""]).text
    street = street.lower() if text.islower() else street
    moved = re.sub(r"^\d+", f"{rng.randint(2, 9800)}", text)
    return STREET.sub(rf"\g<1>{street}\g<2>", moved)

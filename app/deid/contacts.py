"""Ways to reach a person that their shape gives away: addresses of mail and web, logins, telephones."""

import re
from collections.abc import Iterator

from app.deid.finding import Mark
from app.deid.lexicon import lexicon
from app.deid.shapes import Shape, Signs

# Every quantifier here is bounded, so that no text can make a search take more than linear time.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+%-]{1,64}\s?@\s?(?:[\w-]{1,63}\.){1,5}[a-z]{2,24}\b", re.I)
_ENDINGS = r"(?:com|org|net|edu|gov|us|example)"
_SPOKEN_EMAIL = re.compile(
    r"\b(?:(?!(?:is|e?mail|my|the|her|his|our|address|uh|um|for|at|to|and)\b)[\w-]{1,20}[ ]){0,5}"
    r"(?:dot |underscore |dash )?[\w.-]{1,40} at (?:[\w-]{1,30} ){1,4}dot (?:[\w-]{1,20} dot )?"
    rf"{_ENDINGS}\b",
    re.I,
)
_URL = re.compile(
    r"(?:\bhttps?://|\bwww\.)[^\s<>\"'“”()]{2,400}"
    r"|\b(?:[a-z0-9-]{1,40}\.){1,4}(?:com|org|net|edu|gov|us|io|uk|ca|example)/[^\s<>\"'()]{1,300}"
    r"|\b(?:[a-z0-9-]{1,40}\.){1,4}(?:k12\.[a-z]{2}\.us|edu|sch\.[a-z]{2}|ac\.[a-z]{2})\b",
    re.I,
)
_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z_][\w.]{2,29}")
_LOGIN = re.compile(
    r"\b(?:user ?name|user|log ?in|user ?id|handle|screen ?name|insta(?:gram)?|snap(?:chat)?|discord|owner)\b"
    r"(?: name)?(?: for (?:\w+ ){1,3}account)?"
    r"(?:\s?[:=]\s?|\s(?:is|was)\s|\s(?=[a-z]{0,20}(?:[a-z]\.[a-z]|\d|_)))@?"
    r"(?P<core>[A-Za-z][\w.#-]{2,30})",
    re.I,
)
_SPOKEN_LOGIN = re.compile(
    r"\b(?:user ?name|log ?in|user ?id|handle)\b[^.\n]{0,40}?\b"
    r"(?P<core>(?:\w{1,20} ){0,2}(?:underscore|dot) \w{2,20}"
    r"(?: (?:one|two|three|four|five|six|seven|eight|nine|zero|oh|\d{1,4})){0,4})",
    re.I,
)
_MADE_LOGIN = re.compile(
    r"(?<![\w.@/#-])(?P<core>[a-z]{4,20}\d{2,6}|[A-Za-z]{2,20}_[A-Za-z0-9_]{2,20}"
    r"|[a-z]{2,12}\.[a-z]{2,14}\d{1,4}|[a-z]{2,12}\.[a-z]{2,14}(?=\s*(?:on|@)))(?![\w@/-]|\.[a-z])",
)
_PHONE = re.compile(
    r"(?<![\w./-])(?:"
    r"\+\d{1,3}[ .-]?(?:\(?\d{1,4}\)?[ .-]?){2,5}\d{2,4}"
    r"|(?:1[ .-])?\(\d{3}\)[ .-]{0,2}\d{3}[ .–-]\d{4}"
    r"|(?:1[ .-])?\d{3}[ .·–-]\d{3}[ .·–-]\d{4}"
    r"|\d{3}[.–-]\d{4}|[2-9]\d\d \d{4}(?=\W*(?:$|[.?!,;)\n]|or\b|and\b))"
    r"|0\d{1,4}[ -]\d{3,4}[ -]?\d{3,4}"
    r"|(?<=tel\. )\d{4} \d{4}|(?<=tel )\d{4} \d{4}"
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
_UNIT_AFTER = re.compile(r"\s?(?:%|percent|words?|points?|minutes?|students?|dollars?|steps?|times?)\b", re.I)

_LOGINS = ("user", "log", "handle", "screen", "insta", "snap", "discord", "owner")
_LINKS = ("http", "www.", "/", ".k12.", ".edu", ".sch.", ".ac.")
_SHAPES = (
    Shape(_EMAIL, "EMAIL", "looks like an e-mail address", 0, ("@",)),
    Shape(_URL, "URL", "looks like a link", 0, _LINKS),
    Shape(_HANDLE, "URL", "looks like someone's handle", 0, ("@",)),
    Shape(_LOGIN, "URL", "looks like a login name", 0, _LOGINS),
    Shape(_SPOKEN_LOGIN, "URL", "sounds like a login name", 0, ("user", "log", "handle")),
    Shape(_PHONE, "PHONE", "looks like a telephone number", 5),
    Shape(_MADE_LOGIN, "URL", "looks like a login name"),
)


def find(signs: Signs) -> Iterator[Mark]:
    """Marks in the order of trust: where two overlap, the earlier one names them both."""
    text = signs.text
    for shape in _SHAPES:
        for start, end in shape.found(signs):
            if shape.label == "PHONE" and _UNIT_AFTER.match(text, end):
                continue
            if shape.pattern is _MADE_LOGIN and _plain_words(text[start:end]):
                continue
            yield Mark(start, trimmed(text, start, end), shape.label, shape.reason)
    for match in signs.matches(_SPOKEN_EMAIL, 0, (" dot ",)):
        yield Mark(*match.span(), "EMAIL", "sounds like an e-mail address")
    for match in signs.matches(_SPOKEN_PHONE):
        if _digits(match[0]) >= 7 and len(re.findall("[a-z]{3,}", match[0])) > 3:
            yield Mark(*match.span(), "PHONE", "sounds like a telephone number")


def _plain_words(glued: str) -> bool:
    """ "plan_type", "grade5": words glued together by whoever typed them."""
    return all(map(lexicon().is_word, re.findall("[a-z]+", glued)))


def trimmed(text: str, start: int, end: int) -> int:
    """Where a link or number ends without the punctuation of its sentence."""
    while end > start + 1 and text[end - 1] in ".,;:!?-":
        end -= 1
    return end


def _digits(spoken: str) -> int:
    return sum(len(part) if part.isdigit() else 1 for part in _COUNTED.findall(spoken))

"""Details harmless alone: a grade, a rare need, a place, a striking event. Two together are a caution."""

import re
from collections.abc import Iterable, Iterator

from app.deid.finding import Caution, Mark

_GRADE = re.compile(
    r"\b(?:(?:[1-9]|1[0-2])(?:st|nd|rd|th)[ -](?:grade|grader|gr)\b|(?:first|second|third|fourth|fifth"
    r"|sixth|seventh|eighth|ninth|"
    r"tenth|eleventh|twelfth)[ -]grade(?:r|rs)?\b|(?:grade|year|g)[ ]?(?:[1-9]|1[0-3])\b|kindergart(?:en"
    r"|ner|ener)\b|"
    r"freshman\b|sophomore\b)(?![ -](?:level|text|texts|passage|passages|standard|standards|word|words"
    r"|material|teachers?|team)\b)",
    re.I,
)
_NEED = re.compile(
    r"\b(?:deaf-?blind(?:ness)?|deafness|deaf|blind|blindness|low vision|braille|visual impairment"
    r"|traumatic brain injury|tbi|"
    r"orthopedic impairment|multiple disabilities|rett|prader[ -]willi|angelman|fragile x"
    r"|williams syndrome|noonan|"
    r"tuberous sclerosis|muscular dystrophy|duchenne|spina bifida|hydrocephalus|shunt|cochlear implants?"
    r"|selective mutism|"
    r"wheelchair|feeding tube|g-?tube|trach(?:eostomy)?|ventilator|cerebral palsy|tourette'?s?"
    r"|cystic fibrosis|sickle cell|"
    r"leuk(?:a)?emia|cancer|transplant|albinism|dwarfism|cleft palate|fetal alcohol|brittle bone"
    r"|osteogenesis|amput\w{2,8}|"
    r"prosthe(?:sis|tic)|schizophrenia|anorexia|gender transition|transgender)\b",
    re.I,
)
_PLACE = re.compile(
    r"\b(?:alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|hawaii|idaho"
    r"|illinois|indiana|iowa|"
    r"kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan|minnesota|mississippi|missouri"
    r"|montana|nebraska|nevada|"
    r"new hampshire|new jersey|new mexico|new york|north carolina|north dakota|ohio|oklahoma|oregon"
    r"|pennsylvania|rhode island|"
    r"south carolina|south dakota|tennessee|texas|utah|vermont|west virginia|wisconsin|wyoming|reservation|"
    r"only school|small town|tiny town|rural (?:school|district|county)|small island|fishing village"
    r"|military base)\b",
    re.I,
)
_EVENT = re.compile(
    r"\b(?:arrest(?:ed|s)?|police|ambulance|lock-?down|hospitali[sz]ed|car (?:crash|accident)|house fire"
    r"|set (?:a |the )?fire|"
    r"died|death of|funeral|suicid(?:e|al)|overdos(?:e|ed)|shooting|stabb(?:ed|ing)|gun|weapon|deport"
    r"(?:ed|ation)|detained|refugee|"
    r"asylum|custody|foster (?:care|home|mom|dad|family|parents?)|adopted|homeless(?:ness)?|evict(?:ed"
    r"|ion)|shelter|expelled|"
    r"pregnan(?:t|cy)|ran away|run(?:s|ning)? away|missing for|kidnapp\w{2,4}|abus(?:e|ed)|assault"
    r"(?:ed)?|molest\w{2,4}|"
    r"on the news|in the news|in the paper|lawsuit|sued|flood|tornado|wildfire|hurricane|drowned"
    r"|murder(?:ed)?|prison|jail|incarcerated)\b",
    re.I,
)
_KINDS = (("a grade", _GRADE), ("a rare need", _NEED), ("a place", _PLACE), ("a striking event", _EVENT))


_UNREAD = "Most of this is in a script that the screen cannot read. Look for names yourself."


def _is_other_script(letter: str) -> bool:
    return letter > "\u024f" and not "\u1e00" <= letter <= "\u1eff"


def find(text: str, marks: Iterable[Mark]) -> Iterator[Caution]:
    """At most one caution for a text: its kind is "together" for two details and "stop_and_think" for more.

    Places that are findings count as a place too, as they may be kept. A text mostly in another script gets
    the one that says so ("unread"): names in it are not looked for.
    """
    letters = [c for c in text if c.isalpha()]
    if 2 * sum(map(_is_other_script, letters)) > len(letters):
        yield Caution("unread", 0, len(text), _UNREAD)
        return
    seen: dict[str, tuple[int, int]] = {}
    for name, pattern in _KINDS:
        if match := pattern.search(text):
            seen[name] = match.span()
    place = next(((m.start, m.end) for m in marks if m.label in ("PLACE", "ORG", "ADDRESS")), None)
    if place and "a place" not in seen:
        seen["a place"] = place
    if len(seen) > 1:
        names = [name for name, _ in _KINDS if name in seen]
        listed = ", ".join(names[:-1]) + f" and {names[-1]}"
        yield Caution(
            "together" if len(names) == 2 else "stop_and_think",
            min(start for start, _ in seen.values()),
            max(end for _, end in seen.values()),
            f"{listed.capitalize()}: together they could point to one student. Leave one out?",
        )

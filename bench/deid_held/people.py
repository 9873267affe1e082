"""People from the hand-written tables: not from the packages that the screen's own lists are made of."""

import random
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLES = Path(__file__).parent / "tables"
ORDINARY = "word"  # the origin of names that are words: Grace, Chase, Stone
ORDINARY_SHARE = 0.1
FAMILY_SHARE = 0.55  # of the people in a text, as many share the origin of its first one


@dataclass(frozen=True)
class Name:
    """One name out of a table; `ordinary` if it is also an English word."""

    text: str
    origin: str = ""
    ordinary: bool = False


@dataclass(frozen=True)
class Person:
    """A given and a family name."""

    first: Name
    last: Name


@cache
def table(name: str) -> dict[str, dict[str, list[Name]]]:
    """names.txt as origin, then "f", "m" or "last"; places.txt as kind, then "" for all of its names."""
    out: dict[str, dict[str, list[Name]]] = {}
    origin = ""
    for line in (TABLES / name).read_text("utf-8").splitlines():
        if line.startswith("["):
            origin = line.strip("[]")
            out[origin] = {}
        elif line and not line.startswith("#"):
            kind, _, rest = line.rpartition(": ")
            words = [word.strip() for word in rest.split(",")]
            out[origin][kind] = [Name(word.rstrip("*"), origin, word.endswith("*")) for word in words]
    return out


class Cast:
    """Who and where in one text: the same key always means the same person or place."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.people: dict[str, Person] = {}
        self.places: dict[str, Name] = {}
        self.taken: set[Name] = set()
        self.origins = [origin for origin in table("names.txt") if origin != ORDINARY]
        self.main = rng.choice(self.origins)

    def person(self, key: str) -> Person:
        if key not in self.people:
            sex = key[0] if key[0] in "fm" else self.rng.choice("fm")
            origin = self.main if self.rng.random() < FAMILY_SHARE else self.rng.choice(self.origins)
            self.people[key] = Person(self._name(origin, sex), self._name(origin, "last"))
        return self.people[key]

    def place(self, key: str) -> Name:
        """A town at home (t) or abroad (w), the head of a school's (s) or a street's (r) name."""
        kind = {"t": "town", "w": "world", "s": "school", "r": "street"}[key[0]]
        if key not in self.places:
            self.places[key] = self.rng.choice(table("places.txt")[kind][""])
        return self.places[key]

    def _name(self, origin: str, part: str) -> Name:
        if self.rng.random() < ORDINARY_SHARE:
            origin = ORDINARY
        free = [name for name in table("names.txt")[origin][part] if name not in self.taken]
        name = self.rng.choice(free)
        self.taken.add(name)
        return name


def plain(text: str) -> str:
    """Without the marks on letters, as one types who has no time for them."""
    for letter, stand_in in {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i"}.items():
        text = text.replace(letter, stand_in)
    text = text.replace("þ", "th").replace("Þ", "Th").replace("ð", "d").replace("ß", "ss")
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))

"""Make many texts of one: other names, schools and towns in the same sentences, other casing, slips.

The texts that scripts/deid_train.py learns from were written by hand for this project: the short ones beside
this file (a name in <angle brackets>, a school after <@, a town after <#) and the marked ones of tests/deid.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from app.deid.lexicon import Lexicon, lexicon
from app.deid.tokens import fold

SHORT = Path(__file__).parent / "deid_texts"
_MARK = re.compile(r"<([@#]?)([^<>\n]+?)(\??)>")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LABELS = {"": "PERSON", "@": "ORG", "#": "PLACE"}
_SPOKEN_OF = frozenset({"PERSON", "ORG", "PLACE"})
PARTICLES = frozenset(
    "van der de den del della di da dos das du la le el al bin ibn von zu ten ter y st".split()
)


def _pools() -> dict[str, list[str]]:
    pools: dict[str, list[str]] = {}
    section = ""
    for line in Path(__file__).with_name("deid_names.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif not line.startswith("#"):
            pools.setdefault(section, []).extend(line.split())
    return pools


POOLS = _pools()
PARTED = sorted(name for name in POOLS if name.startswith("parts "))
SLIPS = dict(zip("qwertyuiopasdfghjklzxcvbnm", "wqeytruioplsadfgjhklxzvcbn", strict=False))


@dataclass(frozen=True)
class Text:
    """A text and its identifiers: start, end, label."""

    id: str
    style: str
    text: str
    spans: tuple[tuple[int, int, str], ...]
    parts: tuple[tuple[int, str], ...] = ()  # of a joined text: where each part ends, and its id


def short_texts() -> Iterator[Text]:
    """The hand-written texts beside this file, one for each paragraph."""
    for path in sorted(SHORT.glob("*.txt")):
        for n, body in enumerate(re.split(r"\n\s*\n", path.read_text("utf-8").strip())):
            text, spans, place = "", [], 0
            for mark in _MARK.finditer(body):
                text += body[place : mark.start()]
                spans.append((len(text), len(text) + len(mark[2]), _LABELS[mark[1]]))
                text, place = text + mark[2], mark.end()
            yield Text(f"{path.stem}{n}", path.stem, text + body[place:], tuple(spans))


def joined(texts: list[Text], glue: str) -> Text:
    """Several texts as one."""
    text, spans, parts = "", [], []
    for one in texts:
        text += glue if text else ""
        spans += [(a + len(text), b + len(text), label) for a, b, label in one.spans]
        text += one.text
        parts.append((len(text), one.id))
    return Text(texts[0].id, texts[0].style, text, tuple(spans), tuple(parts))


def rewritten(text: Text, change) -> Text:
    """The text with every identifier replaced by `change(words, label, before)`, offsets kept true."""
    out, place, spans = "", 0, []
    for start, end, label in text.spans:
        out += text.text[place:start]
        new, kept = change(text.text[start:end], label, text.text[max(0, start - 24) : start])
        if kept:
            spans.append((len(out), len(out) + len(new), label))
        out, place = out + new, end
    return Text(text.id, text.style, out + text.text[place:], tuple(spans))


class Names:
    """Where new names come from; every choice is the seeded generator's."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.known: Lexicon = lexicon()

    @cached_property
    def _pools(self) -> dict[str, list[str]]:
        pools: dict[str, list[str]] = {
            key: [] for key in ("g1", "g2", "g3", "s1", "s2", "s3", "town1", "town2", "town3")
        }
        for name, (given, surname) in sorted(self.known.names.items()):
            if given != "0" and self.known.words.get(name, "9") > "3":
                pools["g" + given].append(name)
            if surname != "0":
                pools["s" + surname].append(name)
        for town, tier in sorted(self.known.places.items()):
            pools["town" + tier].append(town)
        pools["modern"] = sorted(self.known.context["extra_first"])
        return pools

    @cached_property
    def _chains(self) -> dict[str, dict[str, list[str]]]:
        """After three letters, which letters follow in names: makes names that nobody has listed."""
        chains: dict[str, dict[str, list[str]]] = {}
        for kind in "gs":
            follow: dict[str, list[str]] = {}
            for name in self._pools[kind + "2"] + self._pools[kind + "3"]:
                padded = "^^" + name + "$"
                for i in range(len(padded) - 2):
                    follow.setdefault(padded[i : i + 2], []).append(padded[i + 2])
            chains[kind] = follow
        return chains

    def made(self, kind: str) -> str:
        """A name that sounds like one and is on no list."""
        while True:
            name = "^^"
            while not name.endswith("$") and len(name) < 14:
                name += self.rng.choice(self._chains[kind][name[-2:]])
            name = name.strip("^$")
            if 3 < len(name) < 12 and "'" not in name and self.known.kind(name) == "unknown":
                return name

    def slipped(self, name: str) -> str:
        """The name with one slip of the thumb."""
        if len(name) < 4:
            return name
        i, how = self.rng.randrange(1, len(name) - 1), self.rng.randrange(4)
        if how == 0:
            return name[:i] + name[i + 1 :]
        if how == 1:
            return name[:i] + name[i] + name[i:]
        if how == 2:
            return name[:i] + name[i + 1] + name[i] + name[i + 2 :]
        return name[:i] + SLIPS.get(name[i], "e") + name[i + 1 :]

    def given(self) -> str:
        return self._one(
            (22, "g1"), (18, "g2"), (15, "g3"), (10, "modern"), (18, POOLS["word_names"]),
            (12, "made g"), (5, "slip g1"), (5, POOLS["nicknames"]), (9, "parts"),
        )  # fmt: skip

    def surname(self) -> str:
        return self._one(
            (28, "s1"), (16, "s2"), (18, "s3"), (16, POOLS["word_surnames"]),
            (14, "made s"), (4, "slip s1"), (4, "pair"),
        )  # fmt: skip

    def _one(self, *options: tuple[int, str | list[str]]) -> str:
        pick = self.rng.choices([o for _, o in options], [w for w, _ in options])[0]
        if isinstance(pick, list):
            return self.rng.choice(pick)
        if pick == "parts":
            parts = POOLS[self.rng.choice(PARTED)]
            count = 3 if "thi" in parts and self.rng.random() < 0.4 else 2
            return self.rng.choice((" ", " ", "-")).join(self.rng.choice(parts) for _ in range(count))
        if pick == "pair":
            return f"{self.surname()}-{self.surname()}"
        if pick.startswith("made"):
            return self.made(pick[-1])
        if pick.startswith("slip"):
            return self.slipped(self.rng.choice(self._pools[pick[5:]]))
        return self.rng.choice(self._pools[pick])

    def town(self) -> str:
        return self._one((30, "town1"), (30, "town2"), (30, "town3"), (10, [self.landscape()]))

    def landscape(self) -> str:
        first = sorted(self.known.context["placeword"] - {"a"})
        last = sorted(self.known.context["landform"])
        return f"{self.rng.choice(first)} {self.rng.choice(last)}"

    def school(self) -> str:
        """The telling part of a school's or clinic's name."""
        choice = self.rng.random()
        if choice < 0.3:
            return self.landscape()
        if choice < 0.45:
            return self.rng.choice(POOLS["presidents"])
        if choice < 0.6:
            return self.surname()
        if choice < 0.7:
            return self.town()
        if choice < 0.78:
            return f"{self.given()} {self.surname()}"
        if choice < 0.85:
            return f"{self.rng.choice(('st', 'st.', 'saint'))} {self.rng.choice(POOLS['saints'])}"
        words = sorted(self.known.context["placeword"])
        return (
            self.rng.choice(words) if choice < 0.88 else f"{self.rng.choice(words)} {self.rng.choice(words)}"
        )


class Variants:
    """Other texts of the same shape."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.names = Names(self.rng)
        context = self.names.known.context
        self._aliases = sorted(context["alias"])
        self._titles = context["title"] | context["honorific"] | context["kin"]
        self._heads = (
            context["orghead"] | context["orgstart"] | {"of", "the", "for", "and", "at", "co", "county"}
        )
        self._place_heads = context["street"] | word_set_of(
            "county parish reservation borough township river the of"
        )

    def of(self, text: Text) -> Text:
        """One variant."""
        rng = self.rng
        made: dict[str, str] = {}

        def change(words: str, label: str, before: str) -> tuple[str, bool]:
            if label not in _SPOKEN_OF:
                return words, True
            return self._other(words, label, before, made), True

        if rng.random() < 0.75:
            text = rewritten(text, change)
        if rng.random() < 0.06:
            text = rewritten(text, self._masked)
        elif rng.random() < 0.06:
            text = rewritten(text, self._as_alias)
        return self._retyped(text)

    def _masked(self, words: str, label: str, before: str) -> tuple[str, bool]:
        """What the screen itself puts in the place of a name."""
        lead = before.rstrip().rpartition(" ")[2].lower()
        roles = ("student", "teacher", "parent", "colleague", "classmate")
        role = self.rng.choice(roles)
        people = (
            f"the {role}",
            f"{role.capitalize()} {self.rng.choice('ABC')}",
            "[name]",
            f"a {role}",
            f"[{role.capitalize()}]",
        )
        if lead in ("my", "our", "his", "her", "the", "a", "their"):
            people = (role,)
        things = {
            "ORG": ("the school", "a clinic", "School A", "the district"),
            "PLACE": ("a town", "a place", "Place A", "a street"),
        }
        return (self.rng.choice(things.get(label, people)), False) if label in _SPOKEN_OF else (words, True)

    def _as_alias(self, words: str, label: str, before: str) -> tuple[str, bool]:
        """An animal or a plant, as the product proposes for a student's name."""
        titled = fold(before.rstrip(" .").rpartition(" ")[2]) in self._titles
        if label != "PERSON" or titled or not words.isalpha():
            return words, True
        return self.rng.choice(self._aliases).capitalize(), False

    def _other(self, words: str, label: str, before: str, made: dict[str, str]) -> str:
        if label == "PERSON":
            return self._person(words, before, made)
        key = label + fold(words)
        if key not in made:
            made[key] = self._thing(words, label)
        return _cased(made[key], words)

    def _person(self, words: str, before: str, made: dict[str, str]) -> str:
        tokens = list(_TOKEN.finditer(words))
        lead = re.findall(r"[^\W\d_]+", before)[-1:] or [""]
        titled = fold(lead[0]) in self._titles - self.names.known.context["kin"]
        out, place = "", 0
        comma = "," in words
        for n, token in enumerate(tokens):
            low = fold(token[0])
            out += words[place : token.start()]
            place = token.end()
            last = n == len(tokens) - 1
            if low in self._titles and not last:
                titled = True
                out += token[0]
            elif low in PARTICLES and len(tokens) > 1 and not last:
                out += token[0]
            elif len(low) == 1 or (len(low) == 2 and token[0].isupper() and token[0].isascii()):
                fresh = "".join(self.rng.choice("abcdefghjklmnprstvwyz") for _ in low)
                new = made.setdefault(low, fresh)
                out += new.upper() if token[0].isupper() else new
            elif low in ("big", "lil", "little", "baby", "sweet", "man"):
                out += token[0]
            else:
                surname = titled or (n > 0 and not comma) or (comma and n == 0)
                new = made.setdefault(low, self.names.surname() if surname else self.names.given())
                out += _cased(new, token[0])
        return out + words[place:]

    def _thing(self, words: str, label: str) -> str:
        """Heads stay ("middle", "county"), what tells them apart is replaced once."""
        heads = self._heads if label == "ORG" else self._place_heads
        tokens = words.split(" ")
        core = [t for t in tokens if fold(t.strip(".,'’s")) not in heads]
        fresh = self.names.school() if label == "ORG" else self.names.town()
        if len(core) == len(tokens):
            if label == "ORG" and self.rng.random() < 0.25:
                fresh += " " + self.rng.choice(
                    ("elem", "middle", "hs", "high", "elementary", "unified", "academy")
                )
            return fresh
        out, done = [], False
        for token in tokens:
            if token not in core:
                out.append(token)
            elif not done:
                out.append(fresh)
                done = True
        return " ".join(out)

    def _retyped(self, text: Text) -> Text:
        rng = self.rng
        body = text.text
        typed = text.style in ("phone", "clean", "voice")
        choice = rng.random()
        if choice < 0.2:
            body = _same_length(str.lower, body)
        elif choice < 0.22:
            body = _same_length(str.upper, body)
        elif choice < 0.30 and typed:
            body = re.sub(r"(?:^|[.!?]\s+)[a-z]", lambda m: m[0].upper(), body)
            for start, end, _ in text.spans:
                body = body[:start] + _same_length(str.title, body[start:end]) + body[end:]
        elif choice < 0.34 and typed:
            body = re.sub(r"(?:^|[.!?]\s+)[a-z]", lambda m: m[0].upper(), body)
        text = Text(text.id, text.style, body, text.spans)
        if rng.random() < 0.3:
            text = self._thumbed(text, 0.04 if typed else 0.015)
        return text

    def _thumbed(self, text: Text, rate: float) -> Text:
        """Slips in plain words, apostrophes left out."""
        out, place, spans = "", 0, list(text.spans)
        shifts: list[tuple[int, int]] = []
        inside = {i for a, b, _ in spans for i in range(a, b)}
        for token in _TOKEN.finditer(text.text):
            if token.start() in inside or len(token[0]) < 5 or self.rng.random() > rate:
                continue
            new = token[0].replace("'", "") if "'" in token[0] else self.names.slipped(token[0])
            out += text.text[place : token.start()] + new
            place = token.end()
            shifts.append((token.end(), len(new) - len(token[0])))
        moved = [
            (a + sum(d for at, d in shifts if at <= a), b + sum(d for at, d in shifts if at <= a), label)
            for a, b, label in spans
        ]
        return Text(text.id, text.style, out + text.text[place:], tuple(moved))


def word_set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _same_length(change, text: str) -> str:
    new = change(text)
    return new if len(new) == len(text) else text


def _cased(new: str, like: str) -> str:
    if like.islower():
        return new
    if like.isupper() and len(like) > 1:
        return new.upper()
    return re.sub(r"(?<![^\W\d_])[^\W\d_]", lambda m: m[0].upper(), new) if like[:1].isupper() else new

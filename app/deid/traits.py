"""What the tagger knows of each word: the word itself, its casing, its neighbours, and its other mentions.

Training (scripts/deid_train.py) and screening ask the same functions, so that a weight learnt for a trait
meets the same trait again. A trait is a short string; which ones matter is learnt, not decided here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from app.deid.lexicon import lexicon
from app.deid.reading import Reading
from app.deid.tokens import Word, word_set

_CLASSES = (
    *("title", "honorific", "kin", "role", "label", "greeting", "closing", "verb", "finite", "modal"),
    *(
        "determiner",
        "owner",
        "subject",
        "object",
        "personal",
        "place_before",
        "attend",
        "orghead",
        "orgstart",
    ),
    *("generic", "landform", "street", "placeword", "school_alone", "strong", "live_verb", "live_noun"),
    *("not_names", "alias"),
)
# The one class that stands for a word in patterns of neighbours; the first that fits.
_COARSE = (
    *("title", "honorific", "kin", "role", "orghead", "greeting", "street", "finite", "modal"),
    *("owner", "determiner", "personal", "subject", "object", "verb", "closing", "landform", "placeword"),
)
_MONTHS = word_set(
    "january february march april may june july august september october november december jan feb mar "
    "apr jun jul aug sep sept oct nov dec"
)
_DAYS = word_set(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun today "
    "tomorrow yesterday tmrw tonight week spring summer fall autumn winter"
)
EDGE = "#"


@dataclass(frozen=True, slots=True, eq=False)
class Trait:
    """What a word is, wherever it stands. Compared by identity, as each is made once."""

    kind: str
    bearer: (
        str  # tiers as given name, surname and word: "130" is a common given name, a known surname, no word
    )
    same: str  # the word itself where it is a frequent plain word, else its kind
    coarse: str
    classes: tuple[str, ...]
    ending: str


@lru_cache(maxsize=12_000)
def trait(low: str, kind: str) -> Trait:
    """The trait of a folded word that a text reads as `kind`."""
    known = lexicon()
    tier = known.words.get(low, "0")
    classes = [name for name in _CLASSES if low in known.context[name]]
    if low in _MONTHS:
        classes.append("month")
    if low in _DAYS:
        classes.append("day")
    if "verb" not in classes and known.acts(low):
        classes.append("acts")
    if kind == "unknown" and known.misspelt(low):
        classes.append("slip")
    if kind in ("function", "letter", "stand-in", "phrase", "site", "foreign", "brand", "acronym"):
        coarse = next((c for c in _COARSE if c in classes), kind)
    else:
        coarse = next((c for c in _COARSE if c in classes), "acts" if "acts" in classes else kind)
        if coarse in ("word", "safe"):
            coarse = _part_of_speech(low)
            classes.append(coarse)
    own = kind == "function" or (tier in "123" and kind in ("word", "safe")) or "modal" in classes
    own = own or "title" in classes or "month" in classes
    ending = low[-3:] if kind in ("unknown", "name", "live", "short", "word") else ""
    bearer = known.names.get(low, "00") + tier
    return Trait(kind, bearer, low if own else kind, coarse, tuple(classes), ending)


def _part_of_speech(low: str) -> str:
    """What a plain word can be in a sentence, judged by the forms that the word list has of it."""
    words = lexicon().words
    stem = low.removesuffix("e")
    if low.endswith("ing") and len(low) > 5:
        return "ing"
    if low.endswith("ly"):
        return "adverb"
    if stem + "ing" in words or stem + stem[-1:] + "ing" in words:
        return "base"
    if low + "ly" in words or (stem + "er" in words and stem + "est" in words):
        return "adjective"
    if low.endswith("s") and low[:-1] in words:
        return "plural"
    return "noun" if low + "s" in words or low + "es" in words else "other"


def case_of(reading: Reading, i: int) -> str:
    """How the word is written, inside or first in its sentence, in a text with capitals or without."""
    word = reading.words[i]
    shape = word.shape
    if shape == "lower":
        return "low" if reading.typed_lower else "low in cased"
    if shape == "title":
        if reading.headline[i]:
            return "title in headline"
        if word.link == "stop" or word.gap.endswith(('"', "“", '("', "‘")):
            return "title first"
        return "title in lower" if reading.typed_lower else "title"
    return shape


def gap_of(word: Word) -> str:
    """What stands before a word, as one sign."""
    gap = word.gap
    if gap == " ":
        return " "
    bare = gap.strip(" \t\u00a0")
    if not bare:
        return " " if gap else "^"
    if "\n" in bare:
        return "n"
    if any(c.isdigit() for c in bare):
        return "d" + bare[0] if not bare[0].isdigit() else "d"
    return bare[0] if bare[0] not in "’ʼ" else "'"


def own_traits(t: Trait, case: str, owned: str, town: str) -> Iterator[str]:
    """Traits of the word itself, for every place it may stand in."""
    yield "k=" + t.kind
    yield "c=" + case
    yield f"kc={t.kind}|{case}"
    yield "b=" + t.bearer
    yield f"bc={t.bearer}|{case}"
    yield "g=" + t.bearer[0] + t.bearer[2]
    yield "s=" + t.bearer[1] + t.bearer[2]
    yield "w=" + t.same
    yield f"wc={t.same}|{case}"
    for name in t.classes:
        yield "l=" + name
        yield f"lc={name}|{case}"
    if t.ending:
        yield "e=" + t.ending
        yield f"e2={t.ending[-2:]}|{t.kind}"
    if owned:
        yield f"o={owned}|{t.kind}"
    if town:
        yield "t=" + town
        yield f"tc={town}|{case}|{t.kind}"


def near_traits(t: Trait, case: str, owned: str) -> Iterator[str]:
    """Traits of a direct neighbour."""
    yield "k=" + t.kind
    yield f"kc={t.kind}|{case[:5]}"
    yield "w=" + t.same
    yield "b=" + t.bearer[0] + t.bearer[2]
    yield "a=" + t.coarse
    for name in t.classes:
        yield "l=" + name
    if owned:
        yield "o=" + owned


def far_traits(t: Trait, case: str) -> Iterator[str]:
    """Traits of a neighbour at two words' distance."""
    yield "w=" + t.same
    yield f"a={t.coarse}|{case[:5]}"


class Profile(NamedTuple):
    """All words of one text, each with what the traits are made of; `EDGE` words stand around it."""

    traits: list[Trait]
    cases: list[str]
    gaps: list[str]
    owned: list[str]
    towns: list[str]
    hints: list[str]


_NONE = Trait(EDGE, "000", EDGE, EDGE, (), "")


def profile(reading: Reading) -> Profile:
    """The words of a text with two empty words before and after."""
    words, claimed = reading.words, reading.claimed
    kinds = ["taken" if claimed[i] else kind for i, kind in enumerate(reading.kinds)]
    traits = [trait(word.low, kind) for word, kind in zip(words, kinds, strict=True)]
    edge, blank = [_NONE, _NONE], ["", ""]
    return Profile(
        edge + traits + edge,
        blank + [case_of(reading, i) for i in range(len(words))] + blank,
        blank + [gap_of(word) for word in words] + ["end", "end"],
        blank + ["'s" if w.possessive else "'" if w.contracted else "" for w in words] + blank,
        blank + reading.towns + blank,
        blank + _other_mentions(reading, traits) + blank,
    )


def _other_mentions(reading: Reading, traits: list[Trait]) -> list[str]:
    """What the mentions of a word tell together: a capital here, a title there. "" for a single mention."""
    found: dict[str, set[str]] = {}
    words = reading.words
    for i, word in enumerate(words):
        if reading.counts[word.low] < 2 or traits[i].kind == "function":
            continue
        told = found.setdefault(word.low, set())
        if word.capital and word.link != "stop" and not reading.headline[i]:
            told.add("C")
        if word.shape == "lower" and not reading.typed_lower:
            told.add("l")
        if word.possessive:
            told.add("'")
        if i and word.link in ("space", "dot"):
            before = traits[i - 1]
            if before.coarse in ("title", "honorific", "kin"):
                told.add("T")
            if before.coarse in ("determiner",):
                told.add("d")
        if i + 1 < len(words) and words[i + 1].link == "space" and "finite" in traits[i + 1].classes:
            told.add("f")
    return ["".join(sorted(found[w.low])) + "+" if w.low in found else "" for w in words]


def met_traits(p: Profile, i: int) -> Iterator[str]:
    """Traits of a word among its neighbours; `i` counts the empty words in front."""
    t, case, gap, after = p.traits[i], p.cases[i], p.gaps[i], p.gaps[i + 1]
    t1, t2, u1, u2 = p.traits[i - 1], p.traits[i - 2], p.traits[i + 1], p.traits[i + 2]
    me = f"{t.kind}|{case[:5]}{p.owned[i]}"
    left, right = gap + t1.same, after + u1.same
    a1, b1 = gap + t1.coarse, after + u1.coarse
    yield "gl" + gap + me
    yield "gr" + after + me
    yield f"L{left}|{me}"
    yield f"R{right}|{me}"
    yield f"l{a1}|{me}"
    yield f"r{b1}|{me}"
    yield f"LR{left}|{right}"
    yield f"lr{a1}|{b1}|{t.kind}"
    yield f"LL{p.gaps[i - 1]}{t2.same}|{left}|{t.kind}"
    yield f"RR{right}|{p.gaps[i + 2]}{u2.same}|{t.kind}"
    yield f"ll{t2.coarse}|{a1}|{t.kind}"
    yield f"rr{b1}|{u2.coarse}|{t.kind}"
    yield f"kk{t1.kind}|{p.cases[i - 1][:5]}|{gap}|{me}"
    yield f"mm{u1.kind}|{p.cases[i + 1][:5]}|{after}|{me}"
    yield f"Lb{left}|{t.bearer[0]}{t.bearer[2]}"
    yield f"Rb{right}|{t.bearer[0]}{t.bearer[2]}"
    if t.kind in ("live", "eponym") or t.same == "will":
        yield f"Lw{left}|{t.ending}"
        yield f"Rw{right}|{t.ending}"
    hint = p.hints[i]
    if hint:
        yield f"h{hint}|{t.kind}"
        yield f"hc{hint}|{case}"
        for sign in hint:
            yield f"h1{sign}|{t.kind}"

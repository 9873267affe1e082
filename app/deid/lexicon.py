"""The words the screen knows: plain words, names, places, and the trade's own vocabulary.

Everything is read once, on first use, from the files under data/ (docs/deid-sources.md says where
they come from), and never changes afterwards.
"""

import gzip
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from sys import intern

from app.deid.tokens import word_set

_DATA = Path(__file__).parent / "data"
_PREFIXES = tuple(word_set("non pre re un mis over under multi co sub self anti mid hyper hypo"))
_ENDINGS = tuple(sorted(word_set("s es ed d ing er ers ly y ness able ish ful less wise like ies ied")))
_SURNAME_ENDINGS = tuple(
    word_set(
        "field wood crest side dale brook ville ton land ridge ford port view hill man well worth bury "
        "burg haven more son stone smith berg stein bridge"
    )
)


class Sections:
    """A hand-written file of named word lists."""

    def __init__(self, name: str) -> None:
        self.lists: dict[str, frozenset[str]] = {}
        section, entries = "", set[str]()
        for line in (_DATA / name).read_text("utf-8").splitlines():
            if line.startswith("["):
                self.lists[section] = frozenset(entries)
                section, entries = line.strip("[] \n"), set()
            elif not line.startswith("#"):
                entries.update(e.strip() for e in line.split(",") if e.strip())
        self.lists[section] = frozenset(entries)

    def __getitem__(self, section: str) -> frozenset[str]:
        return self.lists[section]


class Lexicon:
    """How common each known word is, who bears it, where it lies, and the hand-written lists by name.

    `words` gives a word's tier from "1" (a primer) to "5" (a large dictionary). `names` gives two digits, for
    given names and surnames, each from "1" (very common) to "3" (known somewhere) or "0" (none). `places`
    gives a town's tier from "1" (large) to "3" (small).
    """

    def __init__(self) -> None:
        self.context, self.domain = Sections("context.txt"), Sections("domain.txt")
        self.words: dict[str, str] = _table("words.txt.gz", " ")
        self.names: dict[str, str] = _table("names.txt.gz", " ")
        for name in self.context["extra_first"]:
            self.names[name] = min("2", self.given(name) if name in self.names else "2") + self.surname(name)
        for name in self.context["extra_last"]:
            self.names[name] = self.given(name) + min("2", self.surname(name) if name in self.names else "2")
        self.places: dict[str, str] = _table("places.txt.gz", "=")
        self.phrases = self._phrases()
        self.towns = self._towns()
        self.kinds: dict[str, str] = self._kinds()

    def given(self, low: str) -> str:
        """The tier of a given name, "0" for none."""
        return self.names.get(low, "00")[0]

    def surname(self, low: str) -> str:
        """The tier of a surname, "0" for none."""
        return self.names.get(low, "00")[1]

    def _towns(self) -> dict[str, list[tuple[str, ...]]]:
        """Names of towns of two words or more by their first word, the longest first."""
        found: dict[str, list[tuple[str, ...]]] = {}
        for name in self.places:
            words = tuple(re.split("[ -]+", name.replace(".", "")))
            if len(words) > 1:
                found.setdefault(words[0], []).append(words)
        for options in found.values():
            options.sort(key=len, reverse=True)
        return found

    def _phrases(self) -> dict[str, list[tuple[str, ...]]]:
        """Safe phrases of two words or more by their first word, the longest first."""
        found: dict[str, list[tuple[str, ...]]] = {}
        for phrase in self.domain["phrases"]:
            words = tuple(w.removesuffix("'s") for w in re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", phrase))
            if len(words) > 1:
                found.setdefault(words[0], []).append(words)
        for options in found.values():
            options.sort(key=len, reverse=True)
        return found

    def _kinds(self) -> dict[str, str]:
        """Hand-written kinds; the last one given wins, so a word name beats a safe word."""
        kinds = dict.fromkeys(self.domain["safe"], "safe")
        for section in ("kin", "role", "title", "honorific"):
            kinds |= dict.fromkeys(
                (w for w in self.context[section] if w not in self.context["live_verb"]), "safe"
            )
        for word in self.domain["safe"]:
            if self.given(word) in "12" or self.surname(word) in "12":
                kinds[word] = "live" if self.common(word) else "eponym"  # A trap that is also someone's name.
        kinds |= dict.fromkeys(self.context["strong"], "name")
        live = self.context["live_verb"] | self.context["live_noun"]
        kinds |= {w: "live" for w in live - self.context["strong"] if w in self.words or w in kinds}
        kinds |= dict.fromkeys(self.domain["eponym"], "eponym")
        return kinds | dict.fromkeys(self.domain["function"], "function")

    @lru_cache(maxsize=8_000)  # noqa: B019  (one lexicon lives as long as the process)
    def kind(self, low: str) -> str:
        """function, safe, word, live (a word that is also a name), eponym, name, short or unknown."""
        if (known := self.kinds.get(low) or self.kinds.get(low.replace("'", ""))) is not None:
            return known
        if low in self.words:
            return "live" if self.given(low) in "12" and low not in self.context["not_names"] else "word"
        if low in self.names:
            return "short" if low in self.context["not_names"] else "name"
        if low in self.context["orghead"] or low in self.context["landform"]:
            return "word"
        if low.startswith(("o'", "d'", "mc")) and len(low) > 4:
            return "name"
        if low.endswith("s") and low[:-1] not in self.words and self.names.get(low[:-1], "00")[0] in "12":
            return "name"
        return "short" if self._abbreviation(low) else "word" if self._made(low) else "unknown"

    def is_word(self, low: str) -> bool:
        return low in self.words or self.kinds.get(low) in ("safe", "function", "live")

    def is_name(self, low: str) -> bool:
        return low in self.names

    def common(self, low: str) -> bool:
        """Whether anyone who reads knows the word."""
        return self.words.get(low, "9") < "4"

    def _abbreviation(self, low: str) -> bool:
        """Typed short forms ("tchr", "assgn"): no vowel, or two letters at most."""
        return (
            len(low) <= 2
            or (len(low) <= 5 and not re.search("[aeiouy]", low))
            or (not low.isascii() and len(low) < 2)
        )

    def _made(self, low: str) -> bool:
        """Made of known words: an ending or beginning added, stretched letters, two words in one."""
        if not low.isascii():
            return False
        if (short := re.sub(r"(.)\1{2,}", r"\1", low)) != low and (self.is_word(short) or len(short) < 4):
            return True
        if "'" in low:
            return all(self.is_word(part) or len(part) < 3 for part in low.split("'"))
        for ending in _ENDINGS:
            stem = low[: -len(ending)]
            if low.endswith(ending) and len(stem) > 2 and self._stem(stem, ending):
                return True
        if any(
            low.startswith(p) and len(low) > len(p) + 3 and self.is_word(low[len(p) :]) for p in _PREFIXES
        ):
            return True
        if len(low) < 8 or low.endswith(_SURNAME_ENDINGS):
            return False
        halves = ((low[:i], low[i:]) for i in range(4, len(low) - 3))
        return any(self.common(a) and self.common(b) for a, b in halves)

    def _stem(self, stem: str, ending: str) -> bool:
        if ending in ("ies", "ied"):
            return self.is_word(stem + "y")
        doubled = len(stem) > 3 and stem[-1] == stem[-2] and ending in ("ed", "ing", "er", "ers", "y")
        return (
            self.is_word(stem)
            or (ending != "s" and self.is_word(stem + "e"))
            or (doubled and self.is_word(stem[:-1]))
        )

    @lru_cache(maxsize=8_000)  # noqa: B019
    def misspelt(self, low: str) -> bool:
        """One slip away from a common word of six letters or more, and not a name as it stands."""
        if len(low) < 6 or not low.isascii() or not low.isalpha() or low.endswith(("a", "o", "i", "u")):
            return False
        letters = "abcdefghijklmnopqrstuvwxyz"
        for i in range(len(low) + 1):
            head, tail = low[:i], low[i:]
            slips = [head + tail[1:]] if tail else []
            slips += [head + tail[1] + tail[0] + tail[2:]] if len(tail) > 1 else []
            slips += [head + c + tail for c in letters]
            slips += [head + c + tail[1:] for c in letters] if tail and i else []
            if any(self.common(slip) and self.given(slip) not in "12" for slip in slips):
                return True
        return False

    @lru_cache(maxsize=8_000)  # noqa: B019
    def acts(self, low: str) -> bool:
        """Whether the word reads as a verb in the third person or the past ("reads", "refused")."""
        if low in self.context["verb"]:
            return True
        if low.endswith("s") and not low.endswith("ss"):
            stems = (
                [low[:-1]]
                + ([low[:-2]] if low.endswith("es") else [])
                + ([low[:-3] + "y"] if low.endswith("ies") else [])
            )
        elif low.endswith("ed"):
            stems = [low[:-2], low[:-1], low[:-3], low[:-3] + "y"]
        else:
            return False
        return any(len(s) > 2 and self.common(s) and self._conjugates(s) for s in stems)

    def _conjugates(self, stem: str) -> bool:
        forms = (stem + "ing", stem.removesuffix("e") + "ing", stem + stem[-1] + "ing")
        past = (stem + "ed", stem + "d", stem + stem[-1] + "ed", stem[:-1] + "ied")
        return any(f in self.words for f in forms) and (any(p in self.words for p in past) or len(stem) < 6)


def lines(name: str) -> Iterator[str]:
    """The lines of one packed data file, read as they are asked for: all at once take twice the memory."""
    with gzip.open(_DATA / name, "rt", encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n")


def _table(name: str, mark: str) -> dict[str, str]:
    """Word to marks; the marks are few, so that each is kept once."""
    table: dict[str, str] = {}
    for line in lines(name):
        word, _, marks = line.partition(mark)
        table[word] = intern(marks)
    return table


@cache
def lexicon() -> Lexicon:
    """The one lexicon of this process; the first call takes about a fifth of a second."""
    return Lexicon()

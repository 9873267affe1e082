"""The words the screen knows: plain words, names, places, and the trade's own vocabulary.

Everything is read once, on first use, from the files under data/ (docs/deid-sources.md says where
they come from), and never changes afterwards.
"""

import gzip
import re
from functools import cache, lru_cache
from pathlib import Path

from app.deid.tokens import word_set

_DATA = Path(__file__).parent / "data"
COMMON, RARE, FIRST, FIRST_FOREIGN, LAST, LAST_RARE, PLACE = 1, 2, 4, 8, 16, 32, 64
_NAME_BITS = {"F": FIRST, "f": FIRST_FOREIGN, "L": LAST, "l": LAST_RARE}
ANY_NAME = FIRST | FIRST_FOREIGN | LAST | LAST_RARE
ANY_WORD = COMMON | RARE
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
    """Bits for each known word, and the hand-written lists by name."""

    def __init__(self) -> None:
        self.context, self.domain = Sections("context.txt"), Sections("domain.txt")
        self.bits: dict[str, int] = {}
        for entry in _lines("words.txt.gz"):
            word = entry.removesuffix("~")
            self.bits[word] = COMMON if word == entry else RARE
        for entry in _lines("names.txt.gz"):
            name, _, marks = entry.partition(" ")
            self._add(name, sum(_NAME_BITS[m] for m in marks))
        for name in self.context["extra_first"]:
            self._add(name, FIRST)
        for name in self.context["extra_last"]:
            self._add(name, LAST)
        self.places = frozenset(_lines("places.txt.gz"))
        self.place_starts = frozenset(re.split("[ -]", name)[0] for name in self.places)
        self.phrases = self._phrases()
        self.kinds: dict[str, str] = self._kinds()

    def _add(self, word: str, bits: int) -> None:
        self.bits[word] = self.bits.get(word, 0) | bits

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
        kinds |= dict.fromkeys(self.context["strong"], "name")
        live = self.context["live_verb"] | self.context["live_noun"]
        kinds |= {
            w: "live" for w in live - self.context["strong"] if self.bits.get(w, 0) & ANY_WORD or w in kinds
        }
        kinds |= dict.fromkeys(self.domain["eponym"], "eponym")
        kinds |= dict.fromkeys(
            self.context["alias"], "safe"
        )  # The product proposes them, so they are nobody.
        return kinds | dict.fromkeys(self.domain["function"], "function")

    @lru_cache(maxsize=20_000)  # noqa: B019  (one lexicon lives as long as the process)
    def kind(self, low: str) -> str:
        """function, safe, word, live (a word that is also a name), eponym, name, short or unknown."""
        if (known := self.kinds.get(low) or self.kinds.get(low.replace("'", ""))) is not None:
            return known
        bits = self.bits.get(low, 0)
        if bits & ANY_WORD:
            return "live" if bits & FIRST and low not in self.context["not_names"] else "word"
        if bits & ANY_NAME:
            return "short" if low in self.context["not_names"] else "name"
        if low in self.context["orghead"] or low in self.context["landform"]:
            return "word"
        if low.startswith(("o'", "d'", "mc")) and len(low) > 4:
            return "name"
        if (
            low.endswith("s")
            and self.bits.get(low[:-1], 0) & (FIRST | LAST)
            and not self.bits[low[:-1]] & ANY_WORD
        ):
            return "name"
        return "short" if self._abbreviation(low) else "word" if self._made(low) else "unknown"

    def is_word(self, low: str) -> bool:
        return bool(self.bits.get(low, 0) & ANY_WORD) or self.kinds.get(low) in ("safe", "function", "live")

    def is_name(self, low: str, bits: int = ANY_NAME) -> bool:
        return bool(self.bits.get(low, 0) & bits)

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
        return any(self.bits.get(a, 0) & self.bits.get(b, 0) & COMMON for a, b in halves)

    def _stem(self, stem: str, ending: str) -> bool:
        if ending in ("ies", "ied"):
            return self.is_word(stem + "y")
        doubled = len(stem) > 3 and stem[-1] == stem[-2] and ending in ("ed", "ing", "er", "ers", "y")
        return (
            self.is_word(stem)
            or (ending != "s" and self.is_word(stem + "e"))
            or (doubled and self.is_word(stem[:-1]))
        )

    @lru_cache(maxsize=20_000)  # noqa: B019
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
            if any(self.bits.get(slip, 0) & COMMON and not self.bits.get(slip, 0) & FIRST for slip in slips):
                return True
        return False

    @lru_cache(maxsize=20_000)  # noqa: B019
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
        return any(len(s) > 2 and self.bits.get(s, 0) & COMMON and self._conjugates(s) for s in stems)

    def _conjugates(self, stem: str) -> bool:
        forms = (stem + "ing", stem.removesuffix("e") + "ing", stem + stem[-1] + "ing")
        past = (stem + "ed", stem + "d", stem + stem[-1] + "ed", stem[:-1] + "ied")
        return any(f in self.bits for f in forms) and (any(p in self.bits for p in past) or len(stem) < 6)


def _lines(name: str) -> list[str]:
    return gzip.decompress((_DATA / name).read_bytes()).decode().split("\n")


@cache
def lexicon() -> Lexicon:
    """The one lexicon of this process; the first call takes about a fifth of a second."""
    return Lexicon()

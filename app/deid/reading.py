"""A text as the detectors see it: words with their kinds, and short questions about what stands around."""

import re
from collections import Counter
from collections.abc import Iterable

from app.deid.finding import Mark
from app.deid.lexicon import ANY_NAME, ANY_WORD, LAST, Lexicon, lexicon
from app.deid.tokens import Word, inside, word_set, words_of

CLOSE = frozenset({"space", "hyphen", "dot"})
SPACE = frozenset({"space"})


_SMALL = word_set("a an the of and or for in to with on by at from")
_NAME_HEADS = word_set("mc mac de di la le da du van o ja ke ty sha ra ta mar tre jo")
_SITE = re.compile(r"\b(?:[a-z0-9-]{1,40}\.){1,4}(?:com|org|net|gov|us|io|edu|uk|ca)\b", re.I)


class Reading:
    """Words, their kinds, and which of them a pattern (a number, a link) has already taken."""

    def __init__(self, text: str, taken: Iterable[Mark] = ()) -> None:
        self.text = text
        self.lexicon: Lexicon = lexicon()
        self.words: list[Word] = words_of(text)
        if _shouted(self.words):
            for word in self.words:
                word.shape = "lower"  # Capitals everywhere say as little as capitals nowhere.
        self.kinds: list[str] = [self._kind(word) for word in self.words]
        self.claimed = [False] * len(self.words)
        self._counts = Counter(word.low for word in self.words)
        self.claim(taken)
        self._settle_phrases()
        self._settle_sites()
        capitals = sum(1 for w in self.words if w.shape == "title" and w.link != "stop")
        starts = sum(1 for w in self.words if w.link == "stop")
        lower_starts = sum(1 for w in self.words if w.link == "stop" and w.shape == "lower")
        self.typed_lower = lower_starts * 2 > starts or not capitals
        self.headline = self._headlines()
        self._kind_counts = Counter(self.kinds)

    def _kind(self, word: Word) -> str:
        if len(word.text) == 1 and word.text.isascii():
            return "function" if word.low in "ai" and not (word.capital and word.low == "a") else "letter"
        if not _latin(word.text):
            return "foreign"
        kind = self.lexicon.kind(word.low)
        if kind == "word" and not word.text.isascii() and self.lexicon.is_name(word.low):
            return "name"  # Martín: the accent tells the name from the bird.
        if kind == "live" and word.shape == "upper" and len(word.text) > 2:
            return "acronym"
        if kind == "unknown" and word.low.isascii():
            return self._shape_kind(word)
        return kind

    def _shape_kind(self, word: Word) -> str:
        """What casing tells about a word that no list knows: a brand in camel case, an acronym."""
        if word.shape == "upper" and len(word.text) <= 5:
            return "acronym"
        if word.shape == "mixed":
            return "brand" if not _name_case(word.text, self.lexicon) else "unknown"
        return "unknown"

    def claim(self, marks: Iterable[Mark]) -> None:
        """Take the words under these marks out of the reach of later detectors."""
        edges = iter(sorted((mark.start, mark.end) for mark in marks))
        edge = next(edges, None)
        for i, word in enumerate(self.words):
            while edge is not None and edge[1] <= word.start:
                edge = next(edges, None)
            if edge is not None and edge[0] < word.full_end:
                self.claimed[i] = True

    def count(self, low: str) -> int:
        """How often the text has this word."""
        return self._counts[low]

    def share(self, kind: str) -> float:
        """The part of the words that are of one kind, from 0 to 1."""
        return self._kind_counts[kind] / max(1, len(self.words))

    def _settle_phrases(self) -> None:
        """Words inside a known safe phrase ("Down syndrome", "Dog Man") are safe together."""
        phrases, lows, i = self.lexicon.phrases, [w.low for w in self.words], 0
        while i < len(lows):
            for phrase in phrases.get(lows[i], ()):
                stop = i + len(phrase)
                if tuple(lows[i:stop]) == phrase and all(w.link != "stop" for w in self.words[i + 1 : stop]):
                    self.kinds[i:stop] = ["phrase"] * len(phrase)
                    i = stop - 1
                    break
            i += 1

    def _settle_sites(self) -> None:
        """The name of a site (ecfr.gov) identifies nobody; links to a page are found as patterns before."""
        if "." not in self.text:
            return
        sites = [match.span() for match in _SITE.finditer(self.text)]
        for i, word in enumerate(self.words):
            if inside(sites, word.start):
                self.kinds[i] = "brand"

    def _headlines(self) -> list[bool]:
        """For each word, whether its sentence or line is in title case, where capitals say nothing."""
        result, start = [False] * len(self.words), 0
        for stop in range(1, len(self.words) + 1):
            if stop == len(self.words) or self.words[stop].link == "stop":
                content = [w for w in self.words[start:stop] if w.low not in _SMALL]
                plain = sum(1 for w in content if not w.capital)
                if len(content) > 1 and plain * 5 <= len(content):
                    result[start:stop] = [True] * (stop - start)
                start = stop
        return result

    def before(self, i: int, links: frozenset[str] = CLOSE) -> str:
        """The folded word just before, or "" when something stands between."""
        return self.words[i - 1].low if i > 0 and self.words[i].link in links else ""

    def after(self, i: int, links: frozenset[str] = CLOSE) -> str:
        """The folded word just after, or "" when something stands between."""
        return self.words[i + 1].low if i + 1 < len(self.words) and self.words[i + 1].link in links else ""

    def next_to(self, i: int) -> bool:
        """Whether word i follows the one before with nothing but a space, a hyphen or an abbreviation dot."""
        return i > 0 and self.words[i].link in CLOSE

    def capital_inside(self, i: int) -> bool:
        """A capital that the place in the sentence does not explain."""
        word = self.words[i]
        return word.capital and word.link != "stop" and not self.opens_quote(i) and not self.headline[i]

    def opens_quote(self, i: int) -> bool:
        return self.words[i].gap.endswith(('"', "“", '("', "‘"))

    def acts_after(self, i: int) -> bool:
        """Whether a verb follows, an adverb between allowed: how a person is spoken of."""
        after = self.after(i)
        if after in (
            "just",
            "also",
            "still",
            "never",
            "always",
            "already",
            "really",
            "only",
            "barely",
            "usually",
            "often",
        ):
            return i + 2 < len(self.words) and (
                self.lexicon.acts(self.words[i + 2].low) or self.words[i + 2].shape == "lower"
            )
        return (
            bool(after)
            and self.words[i + 1].link == "space"
            and self.lexicon.acts(after)
            and self.words[i + 1].shape == "lower"
        )

    def noun_after(self, i: int) -> bool:
        """Whether a plain word follows that is no verb, so that word i may only describe it."""
        if i + 1 >= len(self.words) or self.words[i + 1].link not in ("space", "hyphen"):
            return False
        return self.kinds[i + 1] in ("word", "safe") and not self.acts_after(i)

    def is_surname(self, i: int) -> bool:
        return self.lexicon.is_name(self.words[i].low, LAST)

    def is_name(self, i: int) -> bool:
        return self.lexicon.is_name(self.words[i].low, ANY_NAME)

    def is_plain(self, i: int) -> bool:
        return bool(self.lexicon.bits.get(self.words[i].low, 0) & ANY_WORD)


def _shouted(words: list[Word]) -> bool:
    """Whether nearly all words of a text are in capitals."""
    upper = sum(1 for w in words if w.shape == "upper")
    return upper > 3 and upper * 10 > 7 * sum(1 for w in words if len(w.text) > 1)


def _latin(text: str) -> bool:
    return all(
        c < "\u0250" or "\u1e00" <= c < "\u1f00" or not c.isalpha() or "\u02b0" <= c < "\u0370" for c in text
    )


def _name_case(text: str, lexicon: Lexicon) -> bool:
    """DeShawn, McDaniel, LaToya: a short beginning and a second capital; other camel case is a brand."""
    cut = next((i for i, c in enumerate(text) if i and c.isupper()), 0)
    head, rest = text[:cut].lower(), text[cut:].lower()
    if not text[:1].isupper() or not text[cut:][1:].islower():
        return False
    if lexicon.is_word(head) and lexicon.is_word(rest) and len(head) > 3:
        return False
    return head in _NAME_HEADS or lexicon.is_name(head) or lexicon.is_name(rest)

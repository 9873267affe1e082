"""A text as the tagger sees it: words with their kinds and casing, and what patterns have already taken."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from app.deid.finding import Mark
from app.deid.lexicon import Lexicon, lexicon
from app.deid.tokens import Word, inside, word_set, words_of

_SMALL = word_set("a an the of and or for in to with on by at from")
_NAME_HEADS = word_set("mc mac de di la le da du van o ja ke ty sha ra ta mar tre jo")
_SITE = re.compile(r"\b(?:[a-z0-9-]{1,40}\.){1,4}(?:com|org|net|gov|us|io|edu|uk|ca)\b", re.I)
_BRACKETED = re.compile(r"\[[A-Za-z -]{3,24}\]")
_LETTERED = re.compile(r"\b([A-Z][a-z]+) [A-Z]\b")
_THINGS = word_set("school clinic church district center town street place name")
_MONTH_YEAR = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december)"
    r"(?=,? (?:of )?(?:19|20)\d\d\b)|(?<=\bday in )[A-Z][a-z]+\b",
    re.I,
)


class Reading:
    """Words, their kinds, and which of them a pattern (a number, a link) has already taken."""

    def __init__(self, text: str, taken: Iterable[Mark] = ()) -> None:
        self.text = text
        self.lexicon: Lexicon = lexicon()
        self.words: list[Word] = words_of(text)
        self.shouted = _shouted(self.words)
        if self.shouted:
            for word in self.words:
                word.shape = "lower"  # Capitals everywhere say as little as capitals nowhere.
        self.kinds: list[str] = [self._kind(word) for word in self.words]
        self.claimed = [False] * len(self.words)
        self.counts = Counter(word.low for word in self.words)
        self.claim(taken)
        self._settle_phrases()
        self.towns = self._towns()
        self._settle_sites()
        capitals = sum(1 for w in self.words if w.shape == "title" and w.link != "stop")
        starts = sum(1 for w in self.words if w.link == "stop")
        lower_starts = sum(1 for w in self.words if w.link == "stop" and w.shape == "lower")
        self.typed_lower = lower_starts * 2 > starts or not capitals
        self.headline = self._headlines()
        self.other_script = 2 * self.kinds.count("foreign") > len(self.words)

    def _kind(self, word: Word) -> str:
        if word.gap[-1:].isdigit():
            return "unit"  # "610L", "10th", "4x".
        if len(word.text) == 1 and self.text[word.full_end : word.full_end + 1].isdigit():
            return "unit"  # "G3".
        if len(word.low) > 30 or (len(word.low) > 2 and len(set(word.low)) == 1):
            return "unit"  # "xxxx", a line typed without spaces: nobody is called that.
        if len(word.low) == 1 and word.low.isascii():
            before = self.text[max(0, word.start - 60) : word.start].rpartition(")")[2]
            if self.text[word.full_end : word.full_end + 1] == ")" and "(" not in before:
                return "unit"  # "c)" counts.
            return "function" if word.low == "i" or word.text == "a" else "letter"
        if not word.text.isascii() and not _latin(word.text):
            return "foreign"
        kind = self.lexicon.kind(word.low)
        if kind == "word" and not word.text.isascii() and self.lexicon.is_name(word.low):
            return "name"  # Martín: the accent tells the name from the bird.
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
        """Take the words under these marks out of the tagger's reach."""
        edges = iter(sorted((mark.start, mark.end) for mark in marks))
        edge = next(edges, None)
        for i, word in enumerate(self.words):
            while edge is not None and edge[1] <= word.start:
                edge = next(edges, None)
            if edge is not None and edge[0] < word.full_end:
                self.claimed[i] = True

    def _settle_phrases(self) -> None:
        """Words inside a known safe phrase ("Down syndrome", "Dog Man") are safe together."""
        for first, stop in self._matches(self.lexicon.phrases):
            self.kinds[first:stop] = ["phrase"] * (stop - first)
        spans = sorted(self._stand_ins())
        for i, word in enumerate(self.words):
            if spans and inside(spans, word.start):
                self.kinds[i] = "stand-in"

    def _stand_ins(self) -> Iterator[tuple[int, int]]:
        """What stands for names and dates already: "[Student]", "Teacher B", "a day in May", "June 2027"."""
        context = self.lexicon.context
        for match in _BRACKETED.finditer(self.text):
            yield match.span()
        for match in _LETTERED.finditer(self.text):
            low = match[1].lower()
            if low in _THINGS or low in context["role"] or low in context["kin"]:
                yield match.span()
        for match in _MONTH_YEAR.finditer(self.text):
            yield match.span()

    def _towns(self) -> list[str]:
        """For each word the tier of the town it names, alone or with its neighbours; "" for none."""
        places = self.lexicon.places
        tiers = [places.get(word.low, "") for word in self.words]
        for first, stop in self._matches(self.lexicon.towns):
            name = " ".join(w.low for w in self.words[first:stop])
            tiers[first:stop] = ["m" + places.get(name, "2")] * (stop - first)
        return tiers

    def _matches(self, phrases: dict[str, list[tuple[str, ...]]]) -> Iterable[tuple[int, int]]:
        lows, i = [w.low for w in self.words], 0
        while i < len(lows):
            for phrase in phrases.get(lows[i], ()):
                stop = i + len(phrase)
                if tuple(lows[i:stop]) == phrase and all(w.link != "stop" for w in self.words[i + 1 : stop]):
                    yield i, stop
                    i = stop - 1
                    break
            i += 1

    def _settle_sites(self) -> None:
        """The name of a site (ecfr.gov) identifies nobody; links to a page are found as patterns before."""
        if "." not in self.text:
            return
        sites = [match.span() for match in _SITE.finditer(self.text)]
        if sites:
            for i, word in enumerate(self.words):
                if inside(sites, word.start):
                    self.kinds[i] = "site"

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

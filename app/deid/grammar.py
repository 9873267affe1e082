"""Is this word used as a person's name here? Questions about one word and its neighbours."""

from app.deid.reading import Reading

_MONTHS = frozenset("april may june august january march july september october november december".split())
_SEASONS = frozenset("summer winter autumn spring art song music".split())
_STRICT = frozenset("for with about told tell tells gave ask asked help helped emailed called named texted met moved let than between against".split())
_PREPOSITIONS = frozenset("at in on to for with about from by during after before because when if and but or so is was has does as of again".split())


class Grammar:
    """Answers for words that are names in one sentence and plain words in the next ("will", "hope", "rich")."""

    def __init__(self, reading: Reading) -> None:
        self.r = reading
        self.ctx = reading.lexicon.context

    def used_as_word(self, i: int) -> bool:
        """Neighbours that only a plain word has: "i hope", "the major", "mark it", "hope that"."""
        word, p, n = self.r.words[i], self.r.before(i), self.r.after(i)
        if word.possessive:
            return p in self.ctx["determiner"]
        if word.contracted and word.low not in ("will", "may"):
            return p in self.ctx["determiner"] or p in self.ctx["subject"]
        if p in self.ctx["determiner"] or (p in self.ctx["owner"] and not self._finite(i)):
            return True
        if word.low in self.ctx["modal"] and not self._finite(i) and self._can_be_modal(i):
            return True
        if p in self.ctx["subject"] and not (p == "to" and word.low in self.ctx["live_noun"] and n not in self.ctx["object"]):
            return not self._finite(i) or word.low in self.ctx["modal"]
        if n in self.ctx["object"] and not (p in _STRICT and n not in ("of", "that", "a", "the")):
            return True
        if word.low in _MONTHS | _SEASONS and p in ("in", "since", "by", "until", "till", "last", "over", "during", "this", "next", "early", "late", "mid", "of", "from", "through"):
            return True
        if word.low in self.ctx["live_noun"] and n in ("of", "is", "in") and word.low in ("hope", "faith", "joy", "grace", "art", "peace", "chance", "karma", "reason"):
            return True
        return self._describes(i)

    def _can_be_modal(self, i: int) -> bool:
        """"will" and "may" with a bare verb, a pronoun or nothing person-like around them."""
        n = self.r.after(i)
        if not n:
            return self.r.before(i) not in _STRICT
        return not (self.r.before(i) in _STRICT and (n in _PREPOSITIONS or self.r.words[i + 1].link != "space"))

    def _describes(self, i: int) -> bool:
        """"rich vocabulary", "royal blue": a plain noun follows an adjective."""
        if i + 1 >= len(self.r.words) or self.r.words[i + 1].link not in ("space", "hyphen"):
            return False
        nxt = self.r.words[i + 1]
        if self.r.words[i].capital and not nxt.capital:
            return False
        return self.r.kinds[i + 1] in ("word", "safe", "acronym") and not self.r.lexicon.acts(nxt.low) and nxt.low not in _PREPOSITIONS and not self.r.is_surname(i + 1)

    def _finite(self, i: int) -> bool:
        """A verb that a name can have and a modal or imperative cannot: "will failed", "mark is"."""
        n = self.r.after(i)
        if n in ("just", "also", "still", "always", "already", "really") and i + 2 < len(self.r.words):
            n = self.r.words[i + 2].low
        return n in self.ctx["finite"] or (bool(n) and n[-1:] in "sd" and self.r.lexicon.acts(n) and self.r.words[i + 1].link == "space")

    def used_as_name(self, i: int) -> int:
        """0: nothing speaks for a name; 1: something does, ask; 2: clearly."""
        word, p, n = self.r.words[i], self.r.before(i), self.r.after(i)
        noun = word.low in self.ctx["live_noun"]
        if p in self.ctx["kin"] and word.low not in self.ctx["modal"] | {"art", "page"}:
            return 2 if not noun or self._finite(i) or word.capital or not n or n in _PREPOSITIONS else 1
        if p in ("named", "called") or (p in self.ctx["role"] and not self._finite(i - 1) and (self._finite(i) or not n) and word.low not in self.ctx["modal"]):
            return 2
        if self._name_follows(i):
            return 2
        if word.possessive:
            nxt = self.r.after(i)
            if nxt in self.ctx["kin"] or nxt in self.ctx["role"]:
                return 2
            return 1 if noun else 2
        if self._finite(i) and word.low not in _SEASONS - {"summer", "autumn", "winter"}:
            if not noun:
                return 2 if n in self.ctx["finite"] else 1
            strong = n not in ("is", "was", "has", "does", "isn't", "isnt", "comes", "starts", "ends", "goes", "went", "gets")
            return 1 if strong else 0
        if p in _STRICT and (not n or n in _PREPOSITIONS) and not noun:
            return 1
        return 0

    def _name_follows(self, i: int) -> bool:
        """"chase dominguez": a surname or a word nobody knows stands right after, in the same casing."""
        if i + 1 >= len(self.r.words) or self.r.words[i + 1].link not in ("space", "hyphen") or self.r.words[i].possessive:
            return False
        nxt = self.r.words[i + 1]
        if self.r.kinds[i + 1] == "letter" and nxt.capital and self.r.words[i].capital:
            return True
        return self.r.kinds[i + 1] in ("name", "unknown") and nxt.capital == self.r.words[i].capital and not self.r.lexicon.misspelt(nxt.low)

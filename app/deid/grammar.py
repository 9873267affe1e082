"""Is this word used as a person's name here? Questions about one word and its neighbours."""

import re

from app.deid.lexicon import FIRST
from app.deid.reading import Reading
from app.deid.tokens import word_set

_TIMES = word_set("april may june august january march july summer winter autumn spring")
_TIME_LEADS = word_set(
    "in since by until till last over during this next early late mid of from through every"
)
_PLAIN_SUBJECTS = word_set("summer winter autumn spring art song music")
_STRICT = word_set(
    "for with about told tell tells gave ask asked help helped emailed called named texted met moved "
    "let than between against"
)
_AROUND = word_set(
    "at in on to for with about from by during after before because when if and but or so is was has "
    "does as of again um uh today yesterday tomorrow she he who"
)
# Words that only a writer's own act stands before: "hope that", "mark it".
_ABSTRACT = word_set("hope faith joy grace art peace chance karma reason")
_DEGREES = word_set("so too that")
_ADJECTIVES = word_set(
    "rich royal young long noble precious sandy rusty misty stormy rocky frank merry sunny lucky "
    "fancy dusty windy roman christian muslim gray grey brave bold loyal true happy angelic gay major "
    "junior sterling tiny tawny"
)
_TOGETHER = word_set("are were both have had got get fight fought don't dont sit share")
_GRADE = re.compile(r"\s?[,(]\s?(?:\d{1,2}(?:st|nd|rd|th)\b|\d{1,2}\s?y|gr(?:ade)?\b|k\b|age\b)", re.I)
_ADVERBS = word_set("just also still always already really never")
_COMPLEMENT = word_set("in on off out absent late mad upset my mine so not doing done back at 'ing")


class Grammar:
    """Answers for words that are names in one sentence and plain words in the next: "will", "hope"."""

    def __init__(self, reading: Reading) -> None:
        self.r = reading
        self.ctx = reading.lexicon.context
        self.nouns = self.ctx["live_noun"]
        self.verbs = self.ctx["live_verb"] - self.nouns

    def noun(self, i: int) -> bool:
        """Words that stand as subjects on their own ("hope", "season"); of the rest only a name does."""
        return self.r.words[i].low not in self.verbs

    def used_as_word(self, i: int) -> bool:
        """Neighbours that only a plain word has: "i hope", "the major", "mark it", "hope that"."""
        word, p, n = self.r.words[i], self.r.before(i), self.r.after(i)
        low = word.low
        if word.possessive:
            return p in self.ctx["determiner"] and p not in _DEGREES
        if self.described(i) and p not in self.ctx["determiner"]:
            return False
        if p in self.ctx["determiner"]:
            return not (p in _DEGREES and self.finite(i))
        if p in self.ctx["owner"] and not self.finite(i):
            return True
        if low in self.ctx["modal"] and not self.finite(i) and not self._told(i):
            return True
        if p in self.ctx["subject"] and not self._after_to(i, p, n):
            return True
        if n in self.ctx["object"] and not (p in _STRICT and n not in ("of", "that", "a", "the")):
            return True
        if low in _TIMES and p in _TIME_LEADS:
            return True
        return (low in _ABSTRACT and n in ("of", "in")) or self._describes(i)

    def _after_to(self, i: int, p: str, n: str) -> bool:
        """A name after "to", where a verb would go on differently: "gave it to grace", "to mark about"."""
        if p != "to" or n in self.ctx["object"]:
            return False
        return self.noun(i) or n in ("about", "and", "because", "today", "yesterday")

    def office_after(self, i: int) -> bool:
        """A person's office follows: "strand the psych", "glen our principal"."""
        owner = self.r.after(i)
        return (owner == "the" or owner in self.ctx["owner"]) and self.r.after(i + 1) in self.ctx["role"]

    def described(self, i: int) -> bool:
        """An office follows, and the word stands where a person would: "to glen our principal"."""
        modal = self.r.words[i].low in self.ctx["modal"]
        return self.r.before(i) in self.ctx["personal"] and not modal and self.office_after(i)

    def _told(self, i: int) -> bool:
        """Where no modal can stand: "for will", "told will and"."""
        n = self.r.after(i)
        return self.r.before(i) in _STRICT and (not n or n in _AROUND)

    def _describes(self, i: int) -> bool:
        """A plain noun follows an adjective: "rich vocabulary", "royal blue"."""
        if i + 1 >= len(self.r.words) or self.r.words[i + 1].link not in ("space", "hyphen"):
            return False
        nxt = self.r.words[i + 1]
        if (
            (self.r.words[i].capital and not nxt.capital)
            or self.r.acts_after(i)
            or nxt.low in _AROUND
            or self.r.is_surname(i + 1)
        ):
            return False
        return self.r.kinds[i + 1] in ("word", "safe", "acronym")

    def finite(self, i: int) -> bool:
        """A verb follows that a name can have and a modal or imperative cannot: "will failed", "mark is"."""
        n = self.r.after(i)
        if n in _ADVERBS and i + 2 < len(self.r.words):
            n = self.r.words[i + 2].low
        if n in self.ctx["finite"]:
            return True
        return n.endswith(("s", "ed")) and self.r.words[i + 1].link == "space" and self.r.lexicon.acts(n)

    def used_as_name(self, i: int) -> int:
        """0: nothing speaks for a name; 1: something does, ask; 2: clearly."""
        word, p, n = self.r.words[i], self.r.before(i), self.r.after(i)
        noun = self.noun(i)
        if p in ("named", "called") or self._name_follows(i):
            return 2
        if p in self.ctx["kin"] and word.low not in ("art", "page"):
            if word.low in self.ctx["modal"] and not self.finite(i) and n:
                return 0
            return 2 if not noun or self.finite(i) or word.capital or not n or n in _AROUND else 1
        if p in ("is", "was") and self.r.before(i - 1) in self.ctx["role"] and word.low not in _ADJECTIVES:
            return 1
        if (
            p in self.ctx["role"]
            and (self.finite(i) or not n or n in _AROUND)
            and word.low not in self.ctx["modal"]
        ):
            return 2
        if word.possessive:
            return 2 if not noun or n in self.ctx["kin"] or n in self.ctx["role"] else 1
        if self.finite(i):
            return self._subject(i, noun)
        if n in ("will", "can", "may", "must") and word.capital and word.low not in _PLAIN_SUBJECTS:
            return 1
        if self.described(i) or self._grade_follows(i) or self._paired(i):
            return 1
        if (
            p in _STRICT
            and (not n or n in _AROUND)
            and (not noun or p in ("about", "told", "tell", "asked", "helped", "emailed"))
        ):
            return 1
        return 0

    def _subject(self, i: int, noun: bool) -> int:
        """How much a following verb proves: "chase is" much, "hope hit" some, "summer is" nothing."""
        n, low = self.r.after(i), self.r.words[i].low
        if not noun:
            return 2 if n in self.ctx["finite"] else 0 if low in _ADJECTIVES else 1
        if n in (
            "is",
            "was",
            "has",
            "does",
            "comes",
            "starts",
            "ends",
            "goes",
            "went",
            "gets",
            "isnt",
            "isn't",
        ):
            follows = self.r.after(i + 1)
            person = follows.endswith(("ing", "ed")) or follows in _COMPLEMENT
            numbered = not follows and self._number_follows(i + 1)
            return 1 if numbered or (person and low not in _PLAIN_SUBJECTS) else 0
        return 1

    def _number_follows(self, i: int) -> bool:
        """A person's grade or age: "hope is 8th", "king is 6"."""
        return self.r.text[self.r.words[i].full_end : self.r.words[i].full_end + 2].strip().isdigit()

    def _grade_follows(self, i: int) -> bool:
        """What teachers put behind a name: "Hope (4th, dyslexia)", "pierce, 7th"."""
        word = self.r.words[i]
        return bool(_GRADE.match(self.r.text, word.end)) or (
            word.capital and self.r.text.startswith(" (", word.end)
        )

    def _paired(self, i: int) -> bool:
        """Two given names, joined and doing something together: "art and gene are twins"."""
        for first, last in ((i, i + 2), (i - 2, i)):
            if first < 0 or last >= len(self.r.words) or self.r.words[first + 1].low != "and":
                continue
            given = all(
                self.r.kinds[k] == "live" and self.r.lexicon.is_name(self.r.words[k].low, FIRST)
                for k in (first, last)
            )
            together = self.r.words[last].link == "space" and self.r.after(last) in _TOGETHER
            if given and together and not self.r.before(first):
                return True
        return False

    def _name_follows(self, i: int) -> bool:
        """A surname, or a word nobody knows, right after in the same casing: "chase dominguez"."""
        if (
            i + 1 >= len(self.r.words)
            or self.r.words[i + 1].link not in ("space", "hyphen")
            or self.r.words[i].possessive
        ):
            return False
        nxt = self.r.words[i + 1]
        if nxt.capital != self.r.words[i].capital:
            return False
        if self.r.kinds[i + 1] == "letter":
            return nxt.capital and nxt.low != "a"
        return self.r.kinds[i + 1] in ("name", "unknown") and not self.r.lexicon.misspelt(nxt.low)

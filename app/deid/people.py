"""Who is spoken of: names after titles and kin words, names from the lists, words that nobody knows, and
words that are names only in their sentence. What is found once is looked for through the whole text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.deid.finding import Band, Mark
from app.deid.grammar import Grammar
from app.deid.reading import Reading

_DOTTED = re.compile(r"(?<![\w.])(?:[A-Z]\.\s?){1,3}[A-Z]\.?(?![\w])|(?<![\w.])(?:[a-z]\.){2,3}(?![\w.])")
_TWO_LETTERS = frozenset("aj bj cj dj ej jj kj lj mj pj rj tj vj jd jp jt jc jb bg oj zj".split())
_INITIAL_WORDS = frozenset("us uk usa ie eg am pm ad bc dc phd ba ma md rn ed ot pt pe iq tv ps qa na vs ok la id ap ib va op jr sr".split())
_PARTICLES = frozenset("van der de den del della di da dos das du la le el al bin ibn bint von zu zur ten ter y san santa st abu ben mac o".split())
_STAFF = frozenset("mr mrs ms mx miss mister missus missis sr sra srta senor senora senorita mme mlle monsieur madame herr frau maestra maestro profe".split())
_CATEGORY = frozenset(
    "grade grades level levels student students teacher parent group groups part plan option section type tier team period form unit step block room vitamin column day days row table "
    "kid child person class school building wing set item question appendix box exhibit subtest score letter letters choice version phase stage hepatitis word sound vowel hall line lane person number title schedule cohort track track cluster band k kindergarten".split()
)  # fmt: skip
_AFTER_NAME = "follows a name"


@dataclass(slots=True)
class Seen:
    """One word held to be (part of) a name."""

    reason: str
    band: Band = "sure"
    hint: str = ""
    lead: int = -1  # index of the title or kin word that belongs to it


class People:
    """Finds persons over one reading; words already taken by places or numbers stay theirs."""

    def __init__(self, reading: Reading) -> None:
        self.r = reading
        self.ctx = reading.lexicon.context
        self.grammar = Grammar(reading)
        self.seen: dict[int, Seen] = {}
        self.blocked: set[int] = set()

    def find(self) -> Iterator[Mark]:
        """Marks of whole names, in order."""
        self._initials()
        self._titled()
        self._related()
        self._greeted_and_signed()
        self._known()
        self._word_names()
        self._again()
        self._beside()
        self._whole_names()
        yield from self._marks()

    # One word at a time ---------------------------------------------------------------------------

    def _see(self, i: int, reason: str, band: Band = "sure", hint: str = "", lead: int = -1) -> None:
        if 0 <= i < len(self.r.words) and not self.r.claimed[i]:
            old = self.seen.get(i)
            if old is None or (old.band == "ask" and band == "sure") or (lead >= 0 and old.lead < 0):
                self.seen[i] = Seen(reason, band, hint or (old.hint if old else ""), lead)

    def _initials(self) -> None:
        """T.J., K.L. and two-letter nicknames, but not I.E.P. or a.m."""
        starts = {w.start: i for i, w in enumerate(self.r.words)}
        for match in _DOTTED.finditer(self.r.text):
            letters = re.sub(r"[^A-Za-z]", "", match[0]).lower()
            known = letters in _INITIAL_WORDS or self.r.lexicon.kinds.get(letters) in ("safe", "function")
            first = starts.get(match.start())
            if known or first is None or match[0].islower() and letters not in _TWO_LETTERS:
                continue
            last = first
            while last + 1 < len(self.r.words) and self.r.words[last + 1].start < match.end():
                last += 1
            if self.r.words[last].full_end > match.end():
                last -= 1
            follows = last + 1 < len(self.r.words) and self.r.words[last + 1].link in ("dot", "space") and self.r.kinds[last + 1] in ("name", "unknown", "live", "word", "eponym") and self.r.words[last + 1].capital
            if last > first or follows:
                for i in range(first, last + 1):
                    self._see(i, "looks like initials")
        for i, word in enumerate(self.r.words):
            if word.low in _TWO_LETTERS and len(word.text) == 2 and word.link != "other":
                plain = self.r.after(i) in ("day", "days", "booth", "set", "pants")
                if not plain and (word.shape == "upper" or self.r.acts_after(i) or word.possessive or self.r.before(i) in self.ctx["personal"]):
                    self._see(i, "looks like initials used as a name")
            elif self.r.kinds[i] == "letter" and word.capital:
                self._single_letter(i)

    def _single_letter(self, i: int) -> None:
        """"V eloped", "when K's mom": a letter that acts or owns."""
        word, p = self.r.words[i], self.r.before(i)
        if word.low in "aio" or p in _CATEGORY or not (word.link in ("space", "stop")):
            return
        gap_after = self.r.words[i + 1].gap if i + 1 < len(self.r.words) else ""
        if (word.possessive and self.r.after(i)) or (gap_after == " " and self.r.after(i) in self.ctx["finite"] and word.low not in "tz"):
            self._see(i, "looks like an initial used as a name")
        elif gap_after in (". ", ".") and i + 1 < len(self.r.words) and self.r.words[i + 1].shape == "title" and self.r.kinds[i + 1] in ("name", "unknown", "live"):
            self._see(i, "looks like an initial before a surname")

    def _titled(self) -> None:
        """Mr., Dr., coach and their like: what follows is a name, whatever word it is."""
        for i, word in enumerate(self.r.words[:-1]):
            title, honorific = word.low in self.ctx["title"], word.low in self.ctx["honorific"]
            if not (title or honorific) or self.r.words[i + 1].link not in ("space", "dot") or word.possessive or self.r.claimed[i + 1]:
                continue
            shown = self.r.text[word.start : word.end]
            if self._fits_title(i, word.low, title):
                self._see(i + 1, f"looks like a name: follows “{shown}”", hint=self._title_hint(word.low), lead=i)
                self._run_on(i + 1, title)
            elif word.low in ("mr", "mrs") and self.r.after(i + 1, frozenset({"space", "dot"})) and self.r.after(i) == "and":
                self._see(i + 3, f"looks like a name: follows “{shown}”", hint="parent", lead=i)

    def _title_hint(self, low: str) -> str:
        return "teacher" if low in _STAFF else "doctor" if low in ("dr", "doctor", "dra", "lic", "licda", "licdo") else low

    def _fits_title(self, i: int, title: str, strong: bool) -> bool:
        nxt, kind = self.r.words[i + 1], self.r.kinds[i + 1]
        if kind == "phrase" and not (nxt.capital and strong):
            return False
        if kind == "function" and not (nxt.capital and len(nxt.text) > 1 and strong and nxt.link != "stop") or nxt.low in ("and", "or"):
            return False
        if kind == "letter" or len(nxt.text) == 1:
            return strong and title not in ("dr", "doctor", "sir") or nxt.capital and strong
        if kind in ("name", "unknown"):
            return strong or not self.r.lexicon.misspelt(nxt.low) or nxt.capital
        if title in ("mr", "mrs", "ms", "mx") and not nxt.capital:
            return nxt.low not in self.ctx["role"] | {"class", "grades", "grade", "level"} and not self.r.lexicon.acts(nxt.low) or kind in ("live", "eponym") or self.r.is_surname(i + 1)
        if strong and nxt.capital:
            return title not in ("sr", "doctor", "sir") and not (title in ("dr",) and kind == "safe" and not self.r.is_surname(i + 1)) and (word_ok(nxt.low, self.ctx) or title in ("mr", "mrs", "ms"))
        if kind in ("live", "eponym") or self.r.is_surname(i + 1) and kind == "word":
            if nxt.capital:
                return not self.r.headline[i]
            return (strong and title not in ("miss", "doctor", "sr", "dr") or not self.r.lexicon.acts(nxt.low)) and not self.grammar.used_as_word(i + 1) and nxt.low not in self.ctx["modal"] and self._named_like(i + 1, title)
        return not strong and nxt.capital and not word_title_case(self.r, i) and kind == "word" and title in ("coach", "nurse", "officer", "principal") and self.r.acts_after(i + 1)

    def _named_like(self, i: int, title: str) -> bool:
        """A lower-case word after a soft title needs a verb, an end or a break to be a name."""
        if title in self.ctx["title"] - {"miss", "doctor"}:
            return True
        return not self.r.after(i) or self.r.acts_after(i) or self.r.after(i) in ("and", "about", "for", "at", "to", "because", "who", "but", "that")

    def _run_on(self, i: int, strong: bool) -> None:
        """The rest of a name after its first word: given name and surname, particles, hyphens."""
        while i + 1 < len(self.r.words) and self.r.words[i + 1].link in ("space", "hyphen", "dot") and not self.r.words[i].possessive and not self.r.claimed[i + 1]:
            nxt, kind = self.r.words[i + 1], self.r.kinds[i + 1]
            if nxt.low in _PARTICLES and i + 2 < len(self.r.words) and self.r.words[i + 2].capital and self.r.words[i].capital:
                self._see(i + 1, _AFTER_NAME)
            elif not self._continues(i, i + 1, kind):
                return
            else:
                self._see(i + 1, _AFTER_NAME)
            i += 1

    def _continues(self, i: int, j: int, kind: str) -> bool:
        word, nxt = self.r.words[i], self.r.words[j]
        if nxt.link == "dot" and len(word.text) > 1:
            return False
        if kind == "letter":
            lone = nxt.gap == " " and (j + 1 >= len(self.r.words) or self.r.words[j + 1].link != "hyphen")
            return lone and (nxt.capital and word.capital or nxt.low not in "aiux" and not word.capital and (self.r.acts_after(j) or self.r.words[j].link == "space" and not self.r.after(j)))
        if nxt.link == "hyphen":
            return kind in ("name", "unknown") or nxt.capital and word.capital and kind not in ("acronym", "function") and self.r.lexicon.kind(nxt.low) != "function"
        if kind in ("phrase", "function", "acronym", "brand", "foreign"):
            return False
        if word.capital and nxt.capital:
            if self.r.headline[j] and kind in ("safe", "word"):
                return self.r.is_surname(j) and kind != "safe"
            if kind == "safe":
                return self.r.is_surname(j) and nxt.low not in self.ctx["role"] | self.ctx["kin"] and not self._heads_noun(j)
            return nxt.low not in self.ctx["orghead"]
        if not word.capital and not nxt.capital:
            if kind == "unknown":
                return not self.r.lexicon.misspelt(nxt.low)
            if kind == "name":
                return True
            return kind == "word" and self.r.is_surname(j) and not self.r.lexicon.acts(nxt.low) and (self.r.acts_after(j) or not self.r.after(j)) and nxt.low not in ("may", "will", "can", "just", "still", "well", "wise", "early", "self", "best", "late", "fast", "home", "back")
        return kind in ("name", "unknown") and nxt.capital and self.r.lexicon.is_name(word.low)

    def _heads_noun(self, j: int) -> bool:
        return j + 1 < len(self.r.words) and self.r.words[j + 1].link == "space" and self.r.kinds[j + 1] in ("word", "safe") and not self.r.acts_after(j)

    def _related(self) -> None:
        """Mom, uncle, aide, "my student": what follows may be the person's name."""
        for i, word in enumerate(self.r.words[:-1]):
            low = word.low
            kin = low in self.ctx["kin"]
            if not (kin or low in self.ctx["role"] or low in ("named", "called")) or word.possessive:
                continue
            nxt, kind, link = self.r.words[i + 1], self.r.kinds[i + 1], self.r.words[i + 1].link
            if link not in ("space", "comma") and not (link == "other" and nxt.gap.strip() in ("(", ":", "/", "-", ", (")):
                continue
            if self.r.claimed[i + 1] or kind in ("function", "phrase", "letter", "short", "acronym", "brand"):
                continue
            shown = self.r.text[word.start : word.end].lower()
            reason = f"looks like a name: follows “{shown}”"
            hint = low if not kin else "kin"
            if kind in ("name", "unknown") and not (kind == "unknown" and not nxt.capital and self.r.lexicon.misspelt(nxt.low)):
                self._see(i + 1, reason, hint=hint, lead=i if kin and link == "space" else -1)
            elif link == "space" and kind in ("live", "eponym") and not self.grammar.used_as_word(i + 1):
                use = self.grammar.used_as_name(i + 1)
                if use or (nxt.capital and not self.r.headline[i + 1]):
                    self._see(i + 1, reason, "sure" if use == 2 or nxt.capital else "ask", hint=hint, lead=i if kin else -1)
            elif link == "space" and kin and nxt.capital and not self.r.headline[i + 1] and kind == "word" and self.r.acts_after(i + 1):
                self._see(i + 1, reason, "ask", hint=hint, lead=i)

    def _greeted_and_signed(self) -> None:
        """"Dear X," at the head of a line; a name alone after "Thanks," or at the end."""
        words = self.r.words
        for i, word in enumerate(words):
            if word.low in ("hi", "hello", "hey", "dear", "hiya") and i + 1 < len(words) and words[i + 1].link == "space" and words[i + 1].capital:
                ok = self.r.kinds[i + 1] in ("name", "unknown", "live", "eponym") or (self.r.kinds[i + 1] == "word" and self.r.is_surname(i + 1))
                if ok and not self.r.lexicon.misspelt(words[i + 1].low):
                    self._see(i + 1, "looks like a name: it is greeted", hint="greeted")
        if not words:
            return
        last = len(words) - 1
        first = last
        while first > 0 and words[first].link in ("space", "hyphen", "dot") and last - first < 3:
            first -= 1
        if last - first < 3 and first > 0 and words[first].link in ("stop", "comma") and self._signs(first, last):
            for i in range(first, last + 1):
                self._see(i, "looks like a signature", hint="signed")

    def _signs(self, first: int, last: int) -> bool:
        words, tail = self.r.words, self.r.text[self.r.words[last].full_end :]
        if tail.strip(" \n.!") or not all(words[i].capital for i in range(first, last + 1)):
            return False
        plain = all(self.r.kinds[i] in ("word", "safe", "function", "phrase", "acronym") for i in range(first, last + 1))
        lead = {w.low for w in words[max(0, first - 3) : first]}
        closed = not lead.isdisjoint({"thanks", "you", "best", "warmly", "sincerely", "regards", "cheers", "love", "yours", "respectfully", "gratefully", "cordially"})
        if closed and words[first].link == "comma" or closed and "\n" in words[first].gap:
            return any(self.r.kinds[i] in ("live", "name", "unknown", "eponym") or self.r.is_name(i) for i in range(first, last + 1))
        return not plain and any(self.r.kinds[i] in ("live", "name", "unknown") for i in range(first, last + 1)) and "\n" in words[first].gap

    def _known(self) -> None:
        """Words on the lists of names, and words on no list at all."""
        for i, word in enumerate(self.r.words):
            kind = self.r.kinds[i]
            if i in self.seen or self.r.claimed[i]:
                continue
            if kind == "name":
                self._listed(i)
            elif kind == "unknown":
                self._unlisted(i)
            elif kind == "foreign" and len(word.text) < 20 and self._rare_script():
                self._see(i, "looks like a name in another script", "ask")
            elif kind == "short" and word.shape == "title" and self.r.is_name(i) and len(word.text) > 1 and (self.r.capital_inside(i) or self.r.acts_after(i) or word.possessive):
                self._see(i, "is on the lists of names")

    def _rare_script(self) -> bool:
        return self.r.kinds.count("foreign") * 3 < len(self.r.words)

    def _listed(self, i: int) -> None:
        word = self.r.words[i]
        first = self.r.lexicon.is_name(word.low, 4 | 16) or word.low in self.ctx["strong"]
        spoken = self._spoken_of(i)
        if word.shape == "upper" and len(word.text) <= 4 and not spoken:
            return
        if len(word.text) <= 3 and not word.capital and not spoken:
            self._see(i, "may be a name", "ask")
        else:
            self._see(i, "is on the lists of names", "sure" if first or spoken or word.capital or len(word.text) > 3 else "ask")

    def _unlisted(self, i: int) -> None:
        word = self.r.words[i]
        if word.link == "hyphen" and not word.capital and i - 1 not in self.seen:
            return
        if self.r.lexicon.misspelt(word.low) and not (self.r.capital_inside(i) and not self.r.headline[i]):
            if not (self._spoken_of(i) and self._count(word.low) > 1):
                return
        if self.r.capital_inside(i) or (word.capital and (self._spoken_of(i) or self._count(word.low) > 1)):
            self._see(i, "looks like a name: capitalised, and no word we know")
        elif self._spoken_of(i) or (self._count(word.low) > 1 and len(word.low) > 3):
            self._see(i, "looks like a name: no word we know, used like one")
        elif len(word.low) > 3 and self._english():
            self._see(i, "may be a name: no word we know", "ask")

    def _english(self) -> bool:
        """Unknown words mean something only where most words are known."""
        unknown = self.r.kinds.count("unknown") + self.r.kinds.count("foreign")
        return unknown * 3 <= len(self.r.words) or len(self.r.words) < 6

    def _count(self, low: str) -> int:
        return sum(1 for w in self.r.words if w.low == low)

    def _spoken_of(self, i: int) -> bool:
        """Acts, owns, is told, is helped: what people do and words do not."""
        word = self.r.words[i]
        before = self.r.before(i)
        return word.possessive or self.r.acts_after(i) or (before in self.ctx["personal"] and before not in ("is", "was", "to", "at", "of", "than", "like"))

    def _word_names(self) -> None:
        """Hope, Will, Rich, May: names in this sentence or plain words?"""
        for i, word in enumerate(self.r.words):
            kind = self.r.kinds[i]
            if i in self.seen or self.r.claimed[i] or kind not in ("live", "eponym"):
                continue
            inside = self.r.capital_inside(i)
            if self.grammar.used_as_word(i) and not (inside and word.low not in self.ctx["modal"] and not self._month(i) and kind == "live"):
                self.blocked.add(i)
                continue
            use = self.grammar.used_as_name(i)
            if kind == "eponym":
                if use == 2 or (use == 1 and inside) or (inside and self.r.before(i) in ("for", "with", "told", "about") and not self._heads_noun(i) and self.r.is_name(i)):
                    self._see(i, "looks like a name: used like one", "sure" if use == 2 else "ask")
            elif inside and not self._month(i) and not self._heading_noun(i):
                self._see(i, "looks like a name: capitalised inside a sentence")
            elif use:
                self._see(i, "looks like a name: used like one", "sure" if use == 2 and word.capital else "ask")

    def _month(self, i: int) -> bool:
        low = self.r.words[i].low
        return low in ("april", "may", "june", "august", "summer", "winter", "autumn", "sunday", "christian", "roman", "muslim") and not self.grammar.used_as_name(i)

    def _heading_noun(self, i: int) -> bool:
        """"Grant Writing", "Art Room": a capital next to another capitalised plain word."""
        after = i + 1 < len(self.r.words) and self.r.words[i + 1].link == "space" and self.r.words[i + 1].capital and self.r.kinds[i + 1] in ("safe", "word", "phrase", "acronym") and not self.r.is_surname(i + 1)
        before = self.r.next_to(i) and self.r.words[i - 1].capital and self.r.kinds[i - 1] in ("safe", "word") and self.r.words[i - 1].link != "stop" and self.r.words[i - 1].low not in self.ctx["role"]
        return after or before

    # The whole text -------------------------------------------------------------------------------

    def _again(self) -> None:
        """A name found once is a name wherever its sentence does not make it a plain word."""
        sure = {self.r.words[i].low for i, s in self.seen.items() if s.band == "sure" and len(self.r.words[i].low) > 1}
        capital_only = {low for low in sure if all(self.r.words[i].capital for i in self.seen if self.r.words[i].low == low)}
        sure -= _PARTICLES
        for i, word in enumerate(self.r.words):
            low = word.low if word.low in sure else word.low[:-1] if word.low.endswith("s") and word.low[:-1] in sure and self.r.kinds[i] != "word" else ""
            if not low or i in self.seen or self.r.claimed[i] or self.r.kinds[i] == "phrase":
                continue
            ambiguous = self.r.is_plain(i) or self.r.kinds[i] in ("function", "safe", "eponym", "live")
            if not ambiguous or self._means_person(i, low in capital_only):
                self._see(i, "the same name as elsewhere in this text")
        for i, seen in self.seen.items():
            if seen.band == "ask" and self.r.words[i].low in sure:
                self.seen[i] = Seen("the same name as elsewhere in this text", "sure", seen.hint, seen.lead)

    def _means_person(self, i: int, capital_only: bool) -> bool:
        word = self.r.words[i]
        if self.r.headline[i] and self.r.kinds[i] == "safe":
            return False
        if self.grammar.used_as_word(i):
            return bool(word.capital and word.link != "stop" and word.low not in self.ctx["modal"] and not self._describes_capital(i))
        if word.capital and word.link != "stop":
            return not self._describes_capital(i)
        use = self.grammar.used_as_name(i)
        if word.capital:
            return use > 0 or not self.r.lexicon.acts(word.low) and self.r.acts_after(i) or self._alone(i)
        if capital_only:
            return use == 2 and not self.r.typed_lower or self.r.typed_lower and use > 0
        return use > 0 or self.r.kinds[i] in ("live", "word", "eponym") and self._person_slot(i)

    def _alone(self, i: int) -> bool:
        nxt = self.r.words[i + 1].gap if i + 1 < len(self.r.words) else ""
        return nxt.strip() in (":", ",") and nxt != ""

    def _describes_capital(self, i: int) -> bool:
        return i + 1 < len(self.r.words) and self.r.words[i + 1].link == "space" and self.r.words[i + 1].capital and self.r.kinds[i + 1] in ("safe", "word") and not self.r.words[i].possessive

    def _person_slot(self, i: int) -> bool:
        return self.r.acts_after(i) or self.r.before(i) in self.ctx["personal"]

    def _beside(self) -> None:
        """In "rosie, rich and royal" a word that may be a name takes after its neighbour."""
        for _ in range(3):
            added = False
            for i, kind in enumerate(self.r.kinds):
                if kind not in ("live", "short") or i in self.seen or i in self.blocked and self.r.words[i].link == "stop" or self.r.claimed[i]:
                    continue
                if kind == "short" and not self.r.is_name(i):
                    continue
                if self._joined(i) and not self._describes_next(i):
                    self._see(i, "looks like a name: stands beside one", "sure" if self.r.words[i].capital else "ask")
                    added = True
            if not added:
                return

    def _joined(self, i: int) -> bool:
        words, last = self.r.words, len(self.r.words) - 1
        left = i > 0 and words[i].link == "comma" and i - 1 in self.seen or i > 1 and words[i - 1].low in ("and", "or", "&") and words[i].link == "space" and i - 2 in self.seen and words[i - 1].link in ("space", "comma")
        right = i < last and words[i + 1].link == "comma" and i + 1 in self.seen and self.r.kinds[i + 1] != "function"
        right = right or i + 1 < last and words[i + 1].low == "and" and words[i + 2].link == "space" and i + 2 in self.seen and words[i + 1].link == "space"
        return bool(left or right) and words[i].low not in self.ctx["modal"]

    def _describes_next(self, i: int) -> bool:
        return self.grammar.used_as_word(i) and self.r.before(i) not in ("and", "or", "")

    def _whole_names(self) -> None:
        """Surnames after given names, given names before surnames, middle initials, particles."""
        for i in sorted(self.seen):
            if self.seen[i].reason != "looks like initials":
                self._run_on(i, strong=False)
        for i in sorted(self.seen):
            if self.r.next_to(i) and i - 1 not in self.seen and not self.r.claimed[i - 1] and self.seen[i].lead != i - 1:
                self._given_before(i)

    def _given_before(self, i: int) -> None:
        """"Gail Okafor" where only the surname was clear; "big ron"; "P. Nakashima"."""
        prev, kind = self.r.words[i - 1], self.r.kinds[i - 1]
        if kind in ("live", "eponym") and prev.capital == self.r.words[i].capital and not self.grammar.used_as_word(i - 1) and self.r.words[i].link == "space" and prev.low not in self.ctx["modal"]:
            self._see(i - 1, "looks like a name: stands before one")
        elif self.r.words[i].link == "hyphen" and (kind in ("unknown", "name", "live", "word") and prev.capital and kind != "function"):
            self._see(i - 1, "looks like a name: joined to one")
        elif prev.low in ("big", "lil", "little", "old", "baby") and self.r.before(i - 1) not in self.ctx["determiner"] | self.ctx["owner"] and self.r.words[i].link == "space":
            self._see(i - 1, "looks like a nickname", self.seen[i].band)
        elif kind == "word" and prev.capital and self.r.words[i].capital and prev.link != "stop" and not self.r.headline[i] and self.r.is_name(i - 1) and self.r.words[i].link == "space":
            self._see(i - 1, "looks like a name: stands before one")

    # Marks ----------------------------------------------------------------------------------------

    def _marks(self) -> Iterator[Mark]:
        order = sorted(self.seen)
        k = 0
        while k < len(order):
            group = [order[k]]
            while k + 1 < len(order) and order[k + 1] == group[-1] + 1 and self._together(group[-1], order[k + 1]):
                k += 1
                group.append(order[k])
            k += 1
            yield self._mark(group)

    def _together(self, i: int, j: int) -> bool:
        link = self.r.words[j].link
        if self.seen[j].lead >= 0 and self.seen[j].lead >= i or self.r.words[i].possessive:
            return False
        if link in ("space", "hyphen"):
            return self.r.words[j].gap != "" and "\n" not in self.r.words[j].gap
        return link == "dot" or link == "other" and self.r.words[j].gap == "" or link == "stop" and len(self.r.words[i].text) == 1 and self.r.words[j].gap in (".", ". ")

    def _mark(self, group: list[int]) -> Mark:
        words, first = self.r.words, self.seen[group[0]]
        core = (words[group[0]].start, words[group[-1]].end)
        start = words[first.lead].start if 0 <= first.lead < group[0] else core[0]
        if first.lead > 0 and self.r.before(first.lead) in self.ctx["kin"] and words[first.lead].link == "space":
            start = words[first.lead - 1].start
        best = min((self.seen[i] for i in group), key=lambda s: (s.band != "sure", s.reason == _AFTER_NAME))
        hint = next((self.seen[i].hint for i in group if self.seen[i].hint), "")
        end = core[1]
        if len(words[group[-1]].text) == 1 and self.r.text[end : end + 1] == "." and words[group[-1]].capital:
            end += len(group) > 1 and self.seen[group[0]].reason == "looks like initials"
        return Mark(start, end, "PERSON", best.reason, best.band, core, hint)


def word_ok(low: str, context: object) -> bool:
    """A capitalised word after a title is a name unless it is an office ("Dr. Visit" has none)."""
    return low not in ("appointment", "appointments", "note", "notes", "office", "visit", "visits", "orders", "pepper")


def word_title_case(reading: Reading, i: int) -> bool:
    return reading.headline[i]

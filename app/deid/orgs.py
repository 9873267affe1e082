"""Schools, clinics, churches, districts: written in capitals, or typed without them."""

import re
from collections.abc import Iterator

from app.deid.finding import Band, Mark
from app.deid.lexicon import FIRST
from app.deid.reading import Reading
from app.deid.tokens import word_set

Found = tuple[int, int, Mark]
_JOINERS = word_set("of the for de del la las los and und des du da do dos di y")
# Heads that ordinary headings share ("Choice Board Center"), so that only a real name before them counts.
_WEAK = word_set(
    "middle high intermediate primary center centre day community learning health group partners "
    "public international junior district services assessment evaluation medical developmental "
    "superintendent foundation agency library psychological pediatric wellness parish college "
    "residential tutoring counseling therapy speech behavioral ranch shelter unified church "
    "consolidated diagnostics nursery kindergarten school schools"
)
_LOWER_HEADS = word_set(
    "elementary elem elementry middle high hs school academy charter prep preparatory intermediate "
    "primary montessori k-8 k-5 k-6 isd usd unified clinic hospital center behavioral pediatrics "
    "therapy church lutheran preschool daycare college university associates childrens"
)
# After these almost any word before them is a name: "fusion academy", "new dawn elementary".
_TELLING = word_set("academy elementary elem elementry montessori isd usd pediatrics k-8 k-5 k-6")
_FOLLOWING = word_set("school academy center clinic day high middle elementary elem hospital k-8")
_DISTRICT = re.compile(r"[A-Z]{1,4}(?:USD|ISD|CSD|UHSD|ESD|BOCES|SELPA)")
_SAINTLY = word_set("st saint san santa holy sacred our")
_OPENERS = word_set("san santa saint st el la los las rio mt fort sierra casa mission villa holy sacred")
_STRONG_FORMS = word_set(
    "canyon creek ridge valley vista grove heights meadows falls mesa prairie glen springs fork "
    "hollow bluff pines oaks hills crest knoll"
)
_DIRECTIONS = word_set("north south east west")
_QUARTERS = word_set("central side shore star point pointe port")
_NOUNY = word_set("middle high center primary church prep")
_ATTENDING = word_set("at attends attended attending")
_REASON = "looks like a school or a place of care"
_HINTS = (
    ("clinic", "clinic hospital medical behavioral pediatrics neurology therapy psychiatry childrens dental"),
    ("church", "church temple mosque synagogue chapel ministries masjid"),
    ("district", "district unified isd usd superintendent schools"),
    ("center", "center centre agency services foundation library"),
)
_KINDS = tuple((hint, word_set(words)) for hint, words in _HINTS)


class Orgs:
    """Finds organisations over one reading; every finder yields first and last word and the mark."""

    def __init__(self, reading: Reading) -> None:
        self.r = reading
        self.words, self.kinds = reading.words, reading.kinds
        self.ctx = reading.lexicon.context

    def find(self) -> Iterator[Found]:
        """In the order of trust; the caller drops what overlaps."""
        yield from self._capital_runs()
        yield from self._typed_heads()
        yield from self._districts()
        yield from self._attended()
        yield from self._scenic()

    def _mark(self, first: int, last: int, band: Band = "sure") -> Found:
        start, end = self.words[first].start, self.words[last].end
        lows = {w.low for w in self.words[first : last + 1]}
        hint = next((hint for hint, heads in _KINDS if lows & heads), "school")
        return first, last, Mark(start, end, "ORG", _REASON, band, (start, end), hint)

    def _capital_runs(self) -> Iterator[Found]:
        i = 0
        while i < len(self.words):
            if not self.words[i].capital or self.r.claimed[i]:
                i += 1
                continue
            stop = self._run_end(i)
            if (found := self._in_run(i, stop)) is not None:
                yield found
            i = stop

    def _run_end(self, i: int) -> int:
        """The end of a run of capitals from i, small words ("of the") allowed inside."""
        end, j = i + 1, i + 1
        while j < len(self.words) and (
            self.words[j].link in ("space", "hyphen", "dot") or self.words[j].gap == " & "
        ):
            if self.words[j].capital and not self.r.claimed[j]:
                end = j + 1
            elif self.words[j].low not in _JOINERS or j - end > 1:
                break
            j += 1
        return end

    def _in_run(self, first: int, stop: int) -> Found | None:
        attended = self.r.before(first) in self.ctx["attend"]
        while first < stop and self._opens_only(first, attended):
            first += 1
        lows = [w.low for w in self.words[first:stop]]
        if not lows:
            return None
        if lows[0] in self.ctx["orgstart"] and any(self.particular(k) for k in range(first + 1, stop)):
            return self._mark(first, stop - 1)
        heads = [
            k
            for k, low in enumerate(lows)
            if low in self.ctx["orghead"] or (k and self._childrens(first + k))
        ]
        if heads and heads[-1] > 0:
            last = first + heads[-1]
            if heads[-1] + 2 < len(lows) and lows[heads[-1] + 1] == "of":
                last = stop - 1
            named = any(self.particular(k) for k in range(first, last + 1))
            weak = lows[heads[-1]] in _WEAK and len(heads) == 1
            if named and (attended or not (weak and self._heading(first, last))):
                return self._mark(first, last)
        if len(lows) > 1 and lows[0] in _SAINTLY and attended:
            return self._mark(first, stop - 1)
        return None

    def _childrens(self, i: int) -> bool:
        return self.words[i].low == "childrens" or (
            self.words[i].low == "children" and self.words[i].possessive
        )

    def _opens_only(self, i: int, attended: bool) -> bool:
        """Words that open a run without belonging to the name: "At", "Our", "Student", "Dr."."""
        low = self.words[i].low
        if low in self.ctx["orgstart"] or low in self.ctx["placeword"]:
            return False
        lead = low in self.ctx["title"] or low in self.ctx["role"] or low in self.ctx["honorific"]
        return (lead and not attended) or self.kinds[i] in ("function", "letter")

    def particular(self, i: int) -> bool:
        """Whether this word makes a school or clinic a particular one."""
        low, kind = self.words[i].low, self.kinds[i]
        if low in self.ctx["generic"] or low in self.ctx["orghead"] or low in _JOINERS:
            return False
        if kind in ("function", "acronym", "brand", "phrase", "letter"):
            return False
        return kind != "safe" or low in self.ctx["placeword"]

    def _heading(self, first: int, last: int) -> bool:
        """A weak head over ordinary words ("Adaptive Behavior Assessment") is no name."""
        plain = ("word", "safe", "function", "phrase", "acronym", "eponym", "letter")
        words = range(first, last + 1)
        return all(self.kinds[k] in plain and self.words[k].low not in self.ctx["placeword"] for k in words)

    def _typed_heads(self) -> Iterator[Found]:
        for i, word in enumerate(self.words):
            if word.low not in _LOWER_HEADS or (word.capital and word.low[:2] != "k-") or i == 0:
                continue
            last = i
            while self.r.after(last) in _FOLLOWING:
                last += 1
            if word.low == "childrens" and self.r.after(last) == "of" and last + 2 < len(self.words):
                yield self._mark(i, last + 2)
                continue
            first = self._walk_left(i)
            if first < i and not self._noun_goes_on(word.low, last):
                if any(self._typed_particular(k) for k in range(first, i)):
                    yield self._mark(first, last)
                elif word.low in _TELLING:
                    yield self._mark(first, last, "ask")

    def _noun_goes_on(self, head: str, last: int) -> bool:
        """A noun follows, so the head is none: "nolan high fives", "cedar center pieces"."""
        if head not in _NOUNY or last + 1 >= len(self.words) or self.words[last].low != head:
            return False
        noun = self.words[last + 1].link == "space" and self.kinds[last + 1] == "word"
        return noun and not self.r.acts_after(last)

    def _walk_left(self, i: int) -> int:
        """From a head to the left over at most four words that can belong to a school's name."""
        first = i
        while first > 0 and i - first < 4 and self.words[first].link in ("space", "hyphen", "dot"):
            low, kind = self.words[first - 1].low, self.kinds[first - 1]
            if kind in ("function", "letter") or self.r.claimed[first - 1] or low in self.ctx["verb"]:
                break
            if low in self.ctx["attend"] or low in self.ctx["title"] or self.words[first - 1].possessive:
                break
            first -= 1
        while first < i and self._common(first):
            first += 1
        return first

    def _common(self, i: int) -> bool:
        low = self.words[i].low
        if low in self.ctx["generic"] or low in self.ctx["role"] or low in self.ctx["kin"]:
            return True
        fits = low in self.ctx["placeword"] or low in self.ctx["landform"]
        telling = (
            i + 1 < len(self.words) and self.words[i + 1].low in _TELLING and not self.r.lexicon.acts(low)
        )
        if low not in self.r.lexicon.bits and self.kinds[i] == "word" and low not in self.ctx["orghead"]:
            return False
        return self.kinds[i] in ("word", "safe") and not fits and not (telling and self.kinds[i] == "word")

    def _typed_particular(self, i: int) -> bool:
        low = self.words[i].low
        if low in self.ctx["generic"]:
            return False
        listed = low in self.ctx["placeword"] or low in self.ctx["landform"] or low in self.r.lexicon.places
        made = self.kinds[i] == "word" and low not in self.r.lexicon.bits  # "eastlake": two words in one.
        honoured = self.kinds[i] == "phrase" and self.r.is_name(i)  # martin luther king jr high
        return listed or made or honoured or self.kinds[i] in ("name", "unknown", "live", "eponym")

    def _districts(self) -> Iterator[Found]:
        for i, word in enumerate(self.words):
            if len(word.text) > 3 and _DISTRICT.fullmatch(word.text):
                first, last, mark = self._mark(i, i)
                yield (
                    first,
                    last,
                    Mark(mark.start, mark.end, "ORG", "looks like a district", "sure", mark.core, "district"),
                )

    def _attended(self) -> Iterator[Found]:
        """After "at", "attends", "to": a saint, a landform, a president, or a word that nobody knows."""
        for i in range(1, len(self.words)):
            lead = self.r.before(i)
            if lead not in self.ctx["attend"] or self.r.claimed[i] or self.words[i].link != "space":
                continue
            yield from self._after_attend(i, lead)

    def _after_attend(self, i: int, lead: str) -> Iterator[Found]:
        word, after = self.words[i], self.r.after(i)
        owned = word.possessive
        if word.low in _OPENERS and after and self._free(i + 1):
            third = self.r.after(i + 1) and self.kinds[i + 2] in ("name", "unknown")
            yield self._mark(i, i + 2 if third and not owned and not self.words[i + 1].possessive else i + 1)
        elif (word.low in _DIRECTIONS and after in _QUARTERS) or (self._pairs(i) and not owned):
            yield self._mark(i, i + 1)
        elif lead in _ATTENDING and not self._aimed(i) and not owned and not self.r.headline[i]:
            if word.low in self.ctx["school_alone"] and self.kinds[i] not in ("function", "phrase"):
                yield self._mark(i, i, "sure" if word.capital or self.kinds[i] != "word" else "ask")
            elif self.kinds[i] in ("unknown", "name") and not self._given_name(i):
                second = (
                    after and self.kinds[i + 1] in ("unknown", "name") and self.words[i + 1].link == "space"
                )
                yield self._mark(i, i + 1 if second else i)

    def _aimed(self, i: int) -> bool:
        """After "mad at", "yelled at" a person is meant, not a school."""
        return i > 1 and self.r.before(i - 1) in self.ctx["aiming"]

    def _given_name(self, i: int) -> bool:
        return self.r.lexicon.is_name(self.words[i].low, FIRST) or self.words[i].low in self.ctx["strong"]

    def _free(self, i: int) -> bool:
        taken = self.kinds[i] in ("function", "letter", "phrase") or self.r.claimed[i]
        return not taken and self.words[i].low not in self.ctx["role"]

    def _pairs(self, i: int) -> bool:
        """Whether word i makes a name with the landform after it: "cedar ridge", but not "this point"."""
        if self.r.after(i) not in self.ctx["landform"]:
            return False
        low, nxt = self.words[i].low, self.words[i + 1]
        if self.kinds[i] == "function" or low in self.ctx["generic"] or low in self.ctx["role"]:
            return False
        if low in self.ctx["placeword"] or self.kinds[i] in ("unknown", "name"):
            return True
        return (self.words[i].capital and nxt.capital) or nxt.low in _STRONG_FORMS

    def _scenic(self) -> Iterator[Found]:
        """Two words that name nothing but schools and places, wherever they stand: "(rio vista)"."""
        for i in range(len(self.words) - 1):
            word, nxt = self.words[i], self.words[i + 1]
            if (
                nxt.low in _STRONG_FORMS
                and nxt.link == "space"
                and word.low in self.ctx["placeword"]
                and not word.possessive
            ):
                before = self.r.before(i)
                if (
                    before not in self.ctx["determiner"]
                    and not self.r.claimed[i]
                    and self.kinds[i] != "function"
                ):
                    yield self._mark(i, i + 1)

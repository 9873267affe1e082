"""Schools, clinics, towns, streets: what localises a student, in capitals or typed without."""

import re
from collections.abc import Iterator

from app.deid.finding import Mark
from app.deid.reading import Reading

_NUMBERED_STREET = re.compile(
    r"(?<![\w.$#/-])(?P<number>\d{1,6}(?:-?[A-Z])?)\s(?P<words>(?:[^\W\d_][\w.'’-]{0,24}|\d{1,3}(?:st|nd|rd|th))(?:\s(?:[^\W\d_][\w.'’-]{0,24}|\d{1,3}(?:st|nd|rd|th))){0,3}?)"
    r"\s(?P<kind>street|st|avenue|ave|av|road|rd|boulevard|blvd|highway|hwy|drive|dr|lane|ln|court|ct|way|terrace|ter|circle|cir|parkway|pkwy|trail|trl|loop|square|sq|place|pl|alley|pike|route|crescent|close)\b\.?"
    r"(?P<rest>(?:,?\s(?:apt|apartment|unit|suite|ste|lot|trlr|space|bldg|floor|fl|no|#)\.?\s?#?\s?[\w-]{1,6}\b|,?\s#\s?\w{1,5})?"
    r"(?:,\s[A-Z][\w.'-]{1,20}(?:\s[A-Z][\w.'-]{1,20}){0,2}(?=,\s[A-Z]{2}\b))?(?:,?\s[A-Z]{2}\b)?(?:,?\s\d{5}(?:-\d{4})?\b)?)",
    re.I,
)
_PO_BOX = re.compile(r"\bp\.?\s?o\.?\s?box\s\d{1,6}", re.I)
_NOT_STREET = frozenset(
    "minute minutes min hour hours day days week weeks month months year years times time of a an the each per in on to more points step steps students kids block page "
    "out and or is was for with from at by percent words word out way other one two three feet mile miles inch grade grades".split()
)  # fmt: skip
_LOOSE_STREETS = frozenset("way place pl court ct close loop circle square trail route drive pike dr alley lane".split())
_STATES = re.compile(
    r",?\s(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
    r"|Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana"
    r"|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|Ohio|Oklahoma|Oregon|Pennsylvania|Tennessee"
    r"|Texas|Utah|Vermont|Virginia|Washington|Wisconsin|Wyoming|Ontario|Quebec|Alberta)\b"
)
_JOINERS = frozenset("of the for de del la las los and und des du da do dos di y &".split())
_WEAK_HEADS = frozenset(
    "middle high intermediate primary center centre day community learning health group partners public international junior district services "
    "assessment evaluation medical developmental superintendent foundation agency library psychological pediatric wellness parish college "
    "residential tutoring college counseling therapy speech behavioral day ranch shelter unified church consolidated partner".split()
)  # fmt: skip
_LOWER_HEADS = frozenset(
    "elementary elem middle high hs school academy charter prep preparatory intermediate primary montessori k-8 isd usd unified clinic hospital center behavioral "
    "pediatrics therapy church lutheran preschool daycare college university associates elementry".split()
)  # fmt: skip
_DISTRICT = re.compile(r"[A-Z]{1,4}(?:USD|ISD|CSD|UHSD|SD|PS|ESD|BOCES|SELPA)")
_NOT_DISTRICT = frozenset("ptsd asd tsd hsd gps pps ips tps cps lsd ocd sps mps nps".split())
_ADDRESS_REASON, _ORG_REASON = "looks like a street address", "looks like a school or place of care"
_PLACE_REASON = "looks like a place"
_MOVES = frozenset("moved moves moving came comes coming transferred drove traveled travelled relocated live lives lived living born raised family flew flying".split())


def addresses(text: str) -> Iterator[Mark]:
    """Street addresses with a number, unit, town and ZIP in one piece."""
    for match in _NUMBERED_STREET.finditer(text):
        words = match["words"].lower().split()
        typed = any(w[:1].isupper() for w in match["words"].split())
        if not _NOT_STREET.isdisjoint(words) or (match["kind"].lower() in _LOOSE_STREETS and not typed and len(match["number"]) < 2):
            continue
        yield Mark(match.start(), match.end(), "ADDRESS", _ADDRESS_REASON)
    for match in _PO_BOX.finditer(text):
        yield Mark(match.start(), match.end(), "ADDRESS", _ADDRESS_REASON)


class Places:
    """Finds organisations and places over one reading."""

    def __init__(self, reading: Reading) -> None:
        self.r = reading
        self.ctx = reading.lexicon.context

    def find(self) -> Iterator[Mark]:
        seen: set[int] = set()
        for found in (self._capital_runs, self._lower_heads, self._districts, self._towns, self._attended):
            for first, last, mark in found():
                if seen.isdisjoint(range(first, last + 1)) and not any(self.r.claimed[first : last + 1]):
                    seen.update(range(first, last + 1))
                    yield mark

    def _mark(self, first: int, last: int, org: bool, band: str = "sure") -> tuple[int, int, Mark]:
        words = self.r.words
        label, reason = ("ORG", _ORG_REASON) if org else ("PLACE", _PLACE_REASON)
        end = words[last].full_end if org and words[last].possessive and first != last else words[last].end
        start = words[first].start
        mark = Mark(start, end, label, reason, band, (start, end), self._hint(first, last))  # type: ignore[arg-type]
        return first, last, mark

    def _hint(self, first: int, last: int) -> str:
        lows = {w.low for w in self.r.words[first : last + 1]}
        if lows & {"clinic", "hospital", "medical", "behavioral", "pediatrics", "neurology", "therapy", "psychiatry", "associates"}:
            return "clinic"
        if lows & {"church", "temple", "mosque", "synagogue", "chapel", "ministries"}:
            return "church"
        if lows & {"district", "unified", "isd", "usd", "superintendent"} or _DISTRICT.fullmatch(self.r.words[last].text):
            return "district"
        return "centre" if lows & {"center", "centre", "agency", "services", "foundation"} else "school"

    # Capitals -------------------------------------------------------------------------------------

    def _capital_runs(self) -> Iterator[tuple[int, int, Mark]]:
        i, words = 0, self.r.words
        while i < len(words):
            if not words[i].capital or self.r.claimed[i]:
                i += 1
                continue
            stop = self._run_end(i)
            if (found := self._named(i, stop)) is not None:
                yield found
            i = stop

    def _run_end(self, i: int) -> int:
        """The end of a run of capitals from i, small words ("of the") allowed inside."""
        words, end, j = self.r.words, i + 1, i + 1
        while j < len(words) and (words[j].link in ("space", "hyphen", "dot") or words[j].gap.strip() == "&"):
            if words[j].capital and not self.r.claimed[j]:
                end = j + 1
            elif words[j].low not in _JOINERS or j - end > 1:
                break
            j += 1
        return end

    def _named(self, first: int, stop: int) -> tuple[int, int, Mark] | None:
        words, ctx = self.r.words, self.ctx
        while first < stop and self._leads(first):
            first += 1
        lows = [w.low for w in words[first:stop]]
        if len(lows) == 0:
            return None
        heads = [k for k, low in enumerate(lows) if low in ctx["orghead"] or low in ("children", "childrens") and k]
        if lows[0] in ctx["orgstart"] and len(lows) > 1 and any(self._names(k) for k in range(first + 1, stop)):
            return self._mark(first, stop - 1, org=True)
        if heads:
            last = heads[-1]
            if last + 2 < len(lows) and lows[last + 1] == "of":
                last = len(lows) - 1
            weak = lows[heads[-1]] in _WEAK_HEADS and len(heads) == 1
            names = [k for k in range(first, first + last + 1) if self._names(k)]
            if names and last >= 1 and not (weak and self._plain_heading(first, first + last)):
                return self._mark(names[0] if names[0] == first else first, first + last, org=True)
        if len(lows) > 1 and lows[0] in ("st", "saint", "holy", "sacred", "san", "santa") and self.r.before(first) in ctx["attend"]:
            return self._mark(first, stop - 1, org=True)
        return self._landform(first, stop)

    def _leads(self, i: int) -> bool:
        """Words that open a run without belonging to the name: "At", "Our", "Student", "Dr." """
        low, kind = self.r.words[i].low, self.r.kinds[i]
        if low in self.ctx["orgstart"] or low in self.ctx["placeword"]:
            return False
        return kind in ("function", "letter") or low in self.ctx["title"] or low in self.ctx["role"] or low in self.ctx["honorific"]

    def _names(self, i: int) -> bool:
        """Whether this word makes a school or clinic a particular one."""
        low = self.r.words[i].low
        return low not in self.ctx["generic"] and low not in self.ctx["orghead"] and low not in _JOINERS and self.r.kinds[i] not in (
            "function", "acronym", "brand", "phrase") and not (self.r.kinds[i] == "safe" and low not in self.ctx["placeword"])  # fmt: skip

    def _plain_heading(self, first: int, last: int) -> bool:
        """A weak head over ordinary words ("Adaptive Behavior Assessment", "Choice Board Center") is no name."""
        words = range(first, last + 1)
        if self.r.before(first) in self.ctx["attend"]:
            return False
        return all(self.r.kinds[k] in ("word", "safe", "function", "phrase", "acronym", "eponym") and self.r.words[k].low not in self.ctx["placeword"] for k in words)  # fmt: skip

    def _landform(self, first: int, stop: int) -> tuple[int, int, Mark] | None:
        words, ctx = self.r.words, self.ctx
        lows = [w.low for w in words[first:stop]]
        for k in range(len(lows) - 1, 0, -1):
            ends = lows[k] in ctx["landform"] or lows[k] in ctx["street"] and lows[k] not in ("way", "place", "close", "dr", "st")
            if not ends or words[first + k - 1].possessive or self.r.kinds[first + k] == "phrase":
                continue
            named = [j for j in range(first, first + k) if self._names(j)]
            if named and self.r.before(named[0]) not in ctx["title"]:
                start = named[0]
                unlike_name = any(self.r.kinds[j] != "name" for j in named) or lows[k] in ("county", "reservation", "parish", "township", "ave", "avenue", "street", "road")  # fmt: skip
                if unlike_name or self.r.before(start) in ctx["attend"] | ctx["place_before"]:
                    return self._mark(start, first + k, org=self.r.before(start) in ("at", "attends", "attended"))
        return None

    # Typed without capitals -----------------------------------------------------------------------

    def _lower_heads(self) -> Iterator[tuple[int, int, Mark]]:
        for i, word in enumerate(self.r.words):
            if word.low not in _LOWER_HEADS or word.capital or i == 0:
                continue
            last = i
            while self.r.after(last) in ("school", "academy", "center", "clinic", "day", "high", "middle", "elementary", "elem"):
                last += 1
            first = self._walk_left(i)
            if first < i and any(self._particular(k) for k in range(first, i)):
                if word.low in ("middle", "high", "center", "primary", "church") and last == i and self._goes_on(i):
                    continue
                yield self._mark(first, last, org=True)

    def _goes_on(self, i: int) -> bool:
        """"nolan high fives", "ran to middle ground": a noun follows, so the word is no school."""
        return i + 1 < len(self.r.words) and self.r.words[i + 1].link == "space" and self.r.kinds[i + 1] == "word" and not self.r.acts_after(i)

    def _walk_left(self, i: int) -> int:
        """From a head to the left over at most three words that can belong to a school's name."""
        first = i
        while first > 0 and i - first < 3 and self.r.words[first].link in ("space", "hyphen", "dot"):
            low = self.r.words[first - 1].low
            if self.r.kinds[first - 1] in ("function", "letter") and low not in ("of",):
                break
            if self.r.claimed[first - 1] or low in self.ctx["verb"] or low in self.ctx["attend"] or low in self.ctx["title"]:
                break
            first -= 1
        while first < i and (self.r.kinds[first] == "function" or self._common(first)):
            first += 1
        return first

    def _common(self, i: int) -> bool:
        low = self.r.words[i].low
        known = low in self.ctx["generic"] or low in self.ctx["role"] or low in self.ctx["kin"] or self.r.words[i].possessive
        return known or (self.r.kinds[i] in ("word", "safe") and low not in self.ctx["placeword"] | self.ctx["landform"])

    def _particular(self, i: int) -> bool:
        low = self.r.words[i].low
        if low in self.ctx["generic"]:
            return False
        return self.r.kinds[i] in ("name", "unknown", "live", "eponym") or low in self.ctx["placeword"] | self.ctx["landform"] | self.r.lexicon.places

    def _districts(self) -> Iterator[tuple[int, int, Mark]]:
        for i, word in enumerate(self.r.words):
            if _DISTRICT.fullmatch(word.text) and len(word.text) > 3 and word.low not in _NOT_DISTRICT:
                yield self._mark(i, i, org=True)

    def _attended(self) -> Iterator[tuple[int, int, Mark]]:
        """Names after "at", "attends": two plain words with a landform, a saint, a president, an unknown word."""
        words, ctx = self.r.words, self.ctx
        for i in range(1, len(words)):
            lead = self.r.before(i)
            if lead not in ctx["attend"] or self.r.claimed[i] or words[i].link != "space":
                continue
            low, after = words[i].low, self.r.after(i)
            aimed = i > 1 and self.r.before(i - 1) in ctx["aiming"]
            if low in ("san", "santa", "saint", "st", "el", "la", "los", "las", "rio", "mt", "fort", "sierra", "casa", "mission", "villa") and after and self._free(i + 1):
                last = i + 2 if self.r.after(i + 1) and self._free(i + 2) and self.r.kinds[i + 2] in ("name", "unknown") else i + 1
                yield self._mark(i, last, org=lead != "from" and not (i > 1 and words[i - 2].low in _MOVES))
            elif after in ctx["landform"] and self._pairs(i, lead) and not (words[i].possessive and self.r.kinds[i] != "name"):
                yield self._mark(i, i + 1, org=True)
            elif lead not in ("at", "attends", "attended", "attending") or aimed or words[i].possessive or self.r.headline[i]:
                continue
            elif low in ctx["school_alone"] and self.r.kinds[i] != "function":
                yield self._mark(i, i, org=True, band="sure" if words[i].capital or self.r.kinds[i] != "word" else "ask")
            elif self.r.kinds[i] in ("unknown", "name") and low not in ctx["strong"] and not self._person_follows(i):
                last = i + 1 if after and self.r.kinds[i + 1] in ("unknown", "name") and words[i + 1].link == "space" else i
                yield self._mark(i, last, org=True)

    def _person_follows(self, i: int) -> bool:
        return self.r.lexicon.is_name(self.r.words[i].low, 4) and not self.r.lexicon.is_name(self.r.words[i].low, 16)

    def _free(self, i: int) -> bool:
        return self.r.kinds[i] not in ("function", "letter", "phrase") and not self.r.claimed[i] and self.r.words[i].low not in self.ctx["role"]

    def _pairs(self, i: int, lead: str) -> bool:
        """Whether the word before a landform makes a name with it: "cedar ridge", but not "this point"."""
        low = self.r.words[i].low
        if self.r.kinds[i] == "function" or low in self.ctx["generic"] or low in self.ctx["role"] or self.r.acts_after(i + 1) and lead == "to":
            return False
        if low in self.ctx["placeword"] or self.r.kinds[i] in ("unknown", "name"):
            return True
        both = self.r.words[i].capital and self.r.words[i + 1].capital
        return both or self.r.words[i + 1].low in ("canyon", "creek", "ridge", "valley", "vista", "grove", "heights", "meadows", "falls", "mesa", "prairie", "glen", "springs", "fork", "hollow", "bluff", "pines", "oaks", "hills")  # fmt: skip

    def _towns(self) -> Iterator[tuple[int, int, Mark]]:
        words, ctx, places = self.r.words, self.ctx, self.r.lexicon.places
        for i, word in enumerate(words):
            if self.r.claimed[i] or self.r.kinds[i] in ("letter", "phrase"):
                continue
            lead = self.r.before(i)
            for size in (3, 2, 1):
                last = i + size - 1
                if last >= len(words) or any(w.link not in ("space", "dot", "hyphen") for w in words[i + 1 : last + 1]):
                    continue
                if " ".join(w.low for w in words[i : last + 1]) in places and self._town(i, last, lead):
                    yield self._mark(i, last, org=False)
                    break
            else:
                if word.low in ctx["street"] and not word.capital and self._lower_street(i):
                    yield self._mark(i - 1, i, org=False)
                elif word.capital and self.r.kinds[i] == "unknown" and lead in ("in", "near", "from", "outside", "around") and self._place_like(i):
                    last = i + 1 if self.r.after(i) and words[i + 1].capital and self.r.kinds[i + 1] in ("unknown", "name", "word") else i
                    yield self._mark(i, last, org=False)
                elif word.capital and lead == "the" and self.r.capital_inside(i) and self.r.kinds[i] == "unknown" and not self.r.is_name(i) and not self._noun_follows(i):
                    yield self._mark(i, i, org=False)

    def _noun_follows(self, i: int) -> bool:
        return i + 1 < len(self.r.words) and self.r.words[i + 1].link in ("space", "hyphen") and self.r.kinds[i + 1] in ("word", "safe", "role")

    def _place_like(self, i: int) -> bool:
        lead_verb = self.r.words[i - 2].low if i > 1 else ""
        return self.r.words[i - 1].low != "from" or lead_verb in _MOVES or bool(_STATES.match(self.r.text, self.r.words[i].end))

    def _town(self, first: int, last: int, lead: str) -> bool:
        """A known town's name counts when it stands where a town would: after "in", before a state."""
        words = self.r.words
        kind = self.r.kinds[first]
        state_follows = bool(_STATES.match(self.r.text, words[last].end)) and words[first].capital
        if first == last and kind in ("function", "safe", "letter"):
            return state_follows and words[first].shape == "title" and lead in ("in", "from", "near")
        if words[last].possessive and first == last:
            return False
        if lead in ("in", "near", "outside", "around", "downtown") or state_follows:
            good = True
        elif lead in ("from", "to", "of", "visiting", "leaving", "toward"):
            verb = next((w.low for w in reversed(words[max(0, first - 4) : first - 1])), "")
            good = bool({w.low for w in words[max(0, first - 6) : first]} & _MOVES) or verb in _MOVES or first != last or (kind == "unknown")
            good = good or (not self.r.lexicon.is_name(words[first].low, 4) and words[first].capital)
        else:
            good = first != last and kind != "word" and all(w.capital for w in words[first : last + 1]) and not self.r.lexicon.is_name(words[first].low, 4)
        if not good:
            return False
        plain = all(self.r.kinds[k] in ("word", "live", "safe", "function", "eponym") for k in range(first, last + 1))
        return not plain or all(words[k].capital for k in range(first, last + 1)) and not self.r.headline[first] or first != last and lead in ("in", "from")

    def _lower_street(self, i: int) -> bool:
        """"on maple street", not "on the street" and not "one way"."""
        low = self.r.words[i].low
        if i == 0 or self.r.words[i].link != "space" or low in _LOOSE_STREETS | {"st", "rd", "way", "terrace", "av", "ter"} and low not in ("st", "rd"):
            return False
        before, lead = self.r.words[i - 1].low, self.r.before(i - 1)
        fits = self.r.kinds[i - 1] in ("name", "unknown", "live") or before in self.ctx["placeword"] or before in ("main", "first", "second", "third", "fourth", "fifth", "park", "church", "high")
        return fits and lead in ("on", "off", "at", "near", "to", "toward", "from", "of", "along", "down")

"""Towns, counties, streets and landmarks. A state or a country alone stays."""

import re
from collections.abc import Iterator

from app.deid.finding import Mark
from app.deid.lexicon import FIRST
from app.deid.orgs import Found, Orgs
from app.deid.reading import Reading
from app.deid.tokens import word_set

_STATE = re.compile(
    r",?\s(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
    r"|Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa"
    r"|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska"
    r"|Nevada|Ohio|Oklahoma|Oregon|Pennsylvania|Tennessee|Texas|Utah|Vermont|Virginia|Washington|Wisconsin|Wyoming|Ontario"
    r"|Quebec|Alberta)\b"
)
_REASON = "looks like a place"
_MOVES = word_set(
    "moved moves moving move came comes come coming transferred drove traveled travelled relocated "
    "live lives lived living born raised family flew flying trip"
)
_LOOSE_STREETS = word_set(
    "way place pl court ct close loop circle square trail route drive pike dr alley lane st terrace av ter"
)
_LEADS = word_set("in at from near to around")
_COUNTED_STREETS = word_set("first second third main")
_ON_STREET = word_set("on off at near to toward from of along down")
_SURE_FORMS = word_set("county reservation rez parish township ave avenue street road boulevard blvd highway")


class Towns:
    """Finds places over one reading."""

    def __init__(self, reading: Reading) -> None:
        self.r = reading
        self.words, self.kinds = reading.words, reading.kinds
        self.ctx = reading.lexicon.context
        self.orgs = Orgs(reading)

    def find(self) -> Iterator[Found]:
        yield from self._landforms()
        for i in range(len(self.words)):
            if not self.r.claimed[i] and self.kinds[i] not in ("letter", "phrase"):
                yield from self._at(i)

    def _mark(self, first: int, last: int) -> Found:
        start, end = self.words[first].start, self.words[last].end
        lows = {w.low for w in self.words[first : last + 1]}
        hint = "street" if lows & self.ctx["street"] - self.ctx["landform"] else "town"
        return first, last, Mark(start, end, "PLACE", _REASON, "sure", (start, end), hint)

    def _landforms(self) -> Iterator[Found]:
        """Capitals that end in a landform or a street: "Kapolei Heights", "Orchard Ave"."""
        for k in range(1, len(self.words)):
            word = self.words[k]
            street = word.low in self.ctx["street"] and word.low not in ("way", "place", "close", "dr", "st")
            if (
                not word.capital
                or not (street or word.low in self.ctx["landform"])
                or self.kinds[k] == "phrase"
            ):
                continue
            first = k
            while (
                first > 0
                and k - first < 3
                and self.words[first].link in ("space", "hyphen", "dot")
                and self._named(first - 1)
            ):
                first -= 1
            if first == k or self.r.before(first) in self.ctx["title"] or self.words[k - 1].possessive:
                continue
            if word.low not in _SURE_FORMS and self._plain(first, k):
                continue
            lead = self.r.before(first)
            only_names = all(self.kinds[j] == "name" for j in range(first, k))
            if (
                not only_names
                or word.low in _SURE_FORMS
                or lead in self.ctx["attend"] | self.ctx["place_before"]
            ):
                if lead in ("at", "attends", "attended"):
                    yield self.orgs._mark(first, k)
                else:
                    yield self._mark(first, k)

    def _plain(self, first: int, last: int) -> bool:
        """Ordinary words before an ordinary landform, or a title in capitals: "Data Point", "Hall Pass"."""
        ordinary = all(self.kinds[k] in ("word", "safe", "live") for k in range(first, last))
        scenic = any(self.words[k].low in self.ctx["placeword"] for k in range(first, last))
        return ordinary and (self.r.headline[first] or not scenic) and self.r.before(first) not in _LEADS

    def _named(self, i: int) -> bool:
        return (
            self.words[i].capital
            and self.orgs.particular(i)
            and not self.words[i].possessive
            and not self.r.claimed[i]
        )

    def _at(self, i: int) -> Iterator[Found]:
        word, lead = self.words[i], self.r.before(i)
        for size in (3, 2, 1) if word.low in self.r.lexicon.place_starts else ():
            last = i + size - 1
            inner = self.words[i + 1 : last + 1]
            if last < len(self.words) and all(w.link in ("space", "dot", "hyphen") for w in inner):
                name = " ".join(w.low for w in self.words[i : last + 1])
                if name in self.r.lexicon.places and self._stands_for_town(i, last, lead):
                    yield self._mark(i, last)
                    return
        if word.low in self.ctx["street"] and not word.capital and self._typed_street(i):
            yield self._mark(i - 1, i)
        elif word.capital and self.kinds[i] == "unknown":
            if lead in ("in", "near", "from", "outside", "around") and self._place_like(i):
                more = (
                    self.r.after(i)
                    and self.words[i + 1].capital
                    and self.kinds[i + 1] in ("unknown", "name", "word")
                )
                yield self._mark(i, i + 1 if more else i)
            elif (
                lead == "the"
                and self.r.capital_inside(i)
                and not self.r.is_name(i)
                and not self.r.noun_after(i)
            ):
                yield self._mark(i, i)

    def _place_like(self, i: int) -> bool:
        """After a bare "from" it may be a person; not in "moved from Xyz" or "from Xyz, Ohio"."""
        moved = i > 1 and self.words[i - 2].low in _MOVES
        return self.words[i - 1].low != "from" or moved or bool(_STATE.match(self.r.text, self.words[i].end))

    def _stands_for_town(self, first: int, last: int, lead: str) -> bool:
        """A known town's name counts where a town would stand: after "in", before a state."""
        word, kind = self.words[first], self.kinds[first]
        before_state = word.capital and bool(_STATE.match(self.r.text, self.words[last].end))
        if first == last and (kind in ("function", "safe", "letter") or word.possessive):
            return before_state and word.shape == "title" and lead in ("in", "from", "near")
        plain = all(
            self.kinds[k] in ("word", "live", "safe", "function", "eponym") for k in range(first, last + 1)
        )
        capital = all(w.capital for w in self.words[first : last + 1])
        if (
            plain
            and not (capital and not self.r.headline[first])
            and not (first != last and lead in ("in", "from"))
        ):
            return False
        if before_state or lead in ("in", "near", "outside", "around", "downtown"):
            return True
        person = self.r.lexicon.is_name(word.low, FIRST)
        if lead in ("from", "to", "of", "visiting", "leaving", "toward"):
            moved = not _MOVES.isdisjoint(w.low for w in self.words[max(0, first - 6) : first])
            return moved or first != last or kind == "unknown" or (not person and word.capital)
        return first != last and kind != "word" and capital and not person

    def _typed_street(self, i: int) -> bool:
        """As in "on maple street", not "on the street" and not "one way"."""
        if i == 0 or self.words[i].link != "space" or self.words[i].low in _LOOSE_STREETS:
            return False
        before = self.words[i - 1].low
        if self.kinds[i - 1] in ("function", "phrase") or before in self.ctx["generic"]:
            return before in _COUNTED_STREETS and self.r.before(i - 1) in _ON_STREET
        return self.r.before(i - 1) in _ON_STREET and not self.words[i - 1].possessive

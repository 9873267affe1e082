"""Names of persons, organisations and places: what the tagger holds likely, made whole and told apart.

The tagger sees one text at a time and each word once; here a name found once is found everywhere, the words
inside a school's name are filled in, and every finding gets the reason that its reader is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.deid import reasons
from app.deid.finding import Band, Label, Mark
from app.deid.reading import Reading
from app.deid.tagger import tagger
from app.deid.tokens import word_set
from app.deid.traits import trait

# How likely a word must be (part of) a name: to be masked, to be asked about, as another mention of a name.
SURE, ASK, AGAIN = 0.20, 0.10, 0.12
# A plain word in lower case must be likelier; so must names known from tests and tales; and most of all safe
# phrases. The animals and plants that the product itself gives for names count beside a title or name.
PLAIN, LISTED, EPONYM, OPENING, UNLIKELY, NEVER = 0.22, 0.05, 0.25, 0.35, 0.80, 2.0
CLEARLY = 0.50
PARTICLES = word_set(
    "van der de den del della di da dos das du la le el al bin ibn bint von zu zur ten ter y san "
    "santa st abu ben mac o"
)
_SILENT = frozenset({"stand-in", "site", "unit"})
_CLOSE = frozenset({"space", "hyphen", "dot"})
_JOINERS = word_set("of the for de del la las los and und des du da do dos di y at on & in")
_OPENERS = word_set("saint st san santa mount mt fort ft los las el new our")
_PLAIN_KINDS = frozenset({"word", "safe", "live", "function", "short", "letter"})
_LABELS: tuple[Label, ...] = ("PERSON", "ORG", "PLACE")
_SMALL = word_set("the and or of for in at on to a an with by from mr mrs ms dr i")


@dataclass(slots=True)
class Held:
    """A word held to be (part of) a name: how likely, of what, and whether only for its other mentions."""

    likely: float
    label: Label
    again: bool = False


class Names:
    """The words of one reading that are held to be names."""

    def __init__(self, reading: Reading) -> None:
        self.r = reading
        self.words, self.kinds = reading.words, reading.kinds
        self.ctx = reading.lexicon.context
        self.likely = tagger().likelihoods(reading)
        self.held: dict[int, Held] = {}

    def find(self) -> Iterator[Mark]:
        """Marks of whole names, in order."""
        for i, chances in enumerate(self.likely):
            word = self.words[i]
            hopeless = chances[0] > 1 - LISTED and self.kinds[i] != "foreign"
            if hopeless and not (word.link == "stop" and word.shape == "title"):
                continue  # Below every limit but that of a modal verb that cannot be one.
            if self._open(i):
                likely = 1 - chances[0]
                if likely >= self._least(i) or (self.kinds[i] == "foreign" and len(self.words[i].text) < 20):
                    self.held[i] = Held(likely, _LABELS[max((1, 2, 3), key=chances.__getitem__) - 1])
        self._again()
        self._whole_bodies()
        self._whole_persons()
        for group in self._groups():
            while group and self._little(group[0]):
                group = group[1:]
            while group and self._little(group[-1]):
                group = group[:-1]
            if group and not self._says_nothing(group):
                yield self._mark(group)

    def _little(self, i: int) -> bool:
        """A word that stands beside names and is none: "at", "and", "I"."""
        word = self.words[i]
        return word.low in _SMALL and (word.shape == "lower" or word.text == "I") and not self._clear(i)

    def _clear(self, i: int) -> bool:
        return self.likely[i][0] < 1 - CLEARLY

    def _says_nothing(self, group: list[int]) -> bool:
        """Only what every school has in its name ("the school", "High School")."""
        lows = {self.words[i].low for i in group}
        every = self.ctx["generic"] | self.ctx["orghead"] | _SMALL
        return self.held[group[0]].label != "PERSON" and lows <= every

    def _least(self, i: int) -> float:
        low = self.words[i].low
        role = (low in self.ctx["role"] or low in self.ctx["kin"]) and self.r.lexicon.given(low) == "0"
        if role or self.kinds[i] == "phrase":
            return UNLIKELY
        if low in self.ctx["alias"]:
            return UNLIKELY if self._beside_name(i) else NEVER
        if self.kinds[i] == "eponym":
            return EPONYM
        if self.words[i].shape == "title" and self.words[i].link == "stop":
            return self._least_first(i)
        return self._least_lower(i) if self.words[i].shape == "lower" else ASK

    def _open(self, i: int) -> bool:
        unread = self.r.other_script and self.kinds[i] == "foreign"
        return not (self.r.claimed[i] or unread or self.kinds[i] in _SILENT)

    def _least_lower(self, i: int) -> float:
        """For a word in lower case: one that is counted, or that an article introduces, is hardly a name."""
        word, plain = self.words[i], self.kinds[i] in _PLAIN_KINDS
        counted = word.gap.rstrip()[-1:].isdigit()
        introduced = i > 0 and word.link == "space" and self.words[i - 1].low in self.ctx["determiner"]
        joined = i > 0 and word.link == "hyphen" and not self._clear(i - 1)
        if joined or (plain and (counted or introduced)):
            return UNLIKELY
        if plain and not word.possessive and self._describes(i):
            return CLEARLY
        if plain and self._listed(i):
            return LISTED
        return PLAIN if plain else ASK

    def _describes(self, i: int) -> bool:
        """Whether a thing follows that the word says something of: "long texts"."""
        if i + 1 >= len(self.words) or self.words[i + 1].link != "space":
            return False
        return trait(self.words[i + 1].low, self.kinds[i + 1]).coarse in ("noun", "plural")

    def _listed(self, i: int) -> bool:
        """Whether the word stands in a row with a likely name: "rosie, rich and royal"."""
        joined = i > 1 and self.words[i - 1].low in ("and", "or", "&") and self.words[i].link == "space"
        if joined and max(1 - self.likely[j][0] for j in range(max(0, i - 3), i - 1)) >= SURE:
            return True
        return i > 0 and self.words[i].link == "comma" and self._clear(i - 1)

    def _least_first(self, i: int) -> float:
        """For a word with its capital from the start of a sentence: what follows tells more than it does."""
        word = self.words[i]
        if not self.r.lexicon.common(word.low) or word.possessive:
            return ASK
        if self.kinds[i] in ("word", "safe"):
            return UNLIKELY
        if i + 1 >= len(self.words) or self.words[i + 1].link != "space" or self.words[i + 1].capital:
            return OPENING
        after = trait(self.words[i + 1].low, self.kinds[i + 1])
        acts = "finite" in after.classes or "acts" in after.classes or "verb" in after.classes
        if word.low in self.ctx["modal"] and acts and not after.same.endswith("s"):
            return 0.0  # "Will bolted", "May told": no modal stands before a past.
        clear = acts and ("finite" in after.classes or not self.words[i + 1].low.endswith("s"))
        return ASK if clear else OPENING  # "Page numbers" and "Grace reads" look alike.

    def _beside_name(self, i: int) -> bool:
        """Whether a title or a likely name stands beside the word: "Ms. Crane", "Atticus Finch"."""
        if i > 0 and self.words[i].link in _CLOSE:
            before = self.words[i - 1].low
            if before in self.ctx["title"] or before in self.ctx["honorific"] or self._clear(i - 1):
                return True
        return i + 1 < len(self.words) and self.words[i + 1].link in _CLOSE and self._clear(i + 1)

    def _again(self) -> None:
        """A name found once is a name wherever its sentence does not make it a plain word."""
        best: dict[str, Held] = {}
        for i, held in self.held.items():
            low = self.words[i].low
            if held.likely > best.get(low, held).likely or low not in best:
                best[low] = held
        for i, word in enumerate(self.words):
            low = word.low
            known = best.get(low)
            if known is None and low.endswith("s") and self.kinds[i] in ("unknown", "name"):
                known = best.get(low[:-1])
            if known is None or known.likely < SURE or not self._open(i) or low in _SMALL:
                continue
            chance = 1 - self.likely[i][0]
            plain = self.kinds[i] not in ("unknown", "name", "foreign")
            known_test = self.kinds[i] == "eponym" and word.capital and known.likely > CLEARLY
            weak = i not in self.held or self.held[i].likely < SURE
            if weak and (not plain or known_test or chance >= AGAIN):
                self.held[i] = Held(known.likely, known.label, again=True)

    def _whole_bodies(self) -> None:
        """Fill the gaps inside a name of several words, and its capitals up to its head ("Mercy of Ohio")."""
        for i in sorted(self.held):
            held = self.held[i]
            if held.label == "PERSON":
                continue
            self._run(i, held, 1)
            self._run(i, held, -1)

    def _run(self, i: int, held: Held, step: int) -> None:
        """Take in what belongs to the name on one side: capitals, or a head ("middle", "county")."""
        at, pending = i, list[int]()
        while 0 <= at + step < len(self.words):
            link = self.words[at + 1].link if step > 0 else self.words[at].link
            at += step
            word = self.words[at]
            free = self._open(at) or (self.kinds[at] == "phrase" and word.capital)
            if link not in _CLOSE or not free or (step > 0 and self.words[at - 1].contracted):
                return
            if at in self.held:
                for j in pending:
                    self.held[j] = Held(held.likely, held.label)
                return
            if word.low in _JOINERS and word.shape == "lower" and len(pending) < 2:
                pending.append(at)
                continue
            capital = (
                word.capital and self.words[i].capital and not self.r.headline[at] and word.link != "stop"
            )
            head = held.label == "ORG" and step > 0 and word.low in self.ctx["orghead"] and not pending
            holy = step < 0 and word.low in _OPENERS and not pending
            if not (capital or head or holy) or (step < 0 and word.low in self.ctx["title"]):
                return
            for j in (*pending, at):
                self.held[j] = Held(held.likely, held.label)
            pending = []

    def _whole_persons(self) -> None:
        """A particle between two parts, the other half of a double name, an initial before or after."""
        for i in sorted(self.held):
            held = self.held[i]
            if held.label != "PERSON":
                continue
            for j in (i - 1, i + 1):
                if not 0 <= j < len(self.words) or j in self.held or not self._open(j):
                    continue
                link, word = self.words[max(i, j)].link, self.words[j]
                beyond = j + (j - i)
                between = word.low in PARTICLES and beyond in self.held and link == "space"
                half = link == "hyphen" and word.capital and self.words[i].capital
                initial = (
                    self.kinds[j] == "letter"
                    and word.capital
                    and self.words[i].capital
                    and link in ("space", "dot")
                )
                if between or half or (initial and (j < i or not self.words[i].possessive)):
                    self.held[j] = Held(held.likely, held.label)

    def _groups(self) -> Iterator[list[int]]:
        """The held words that are one name together."""
        order = sorted(self.held)
        start = 0
        for stop in range(1, len(order) + 1):
            if stop == len(order) or not self._together(order[stop - 1], order[stop]):
                yield order[start:stop]
                start = stop

    def _together(self, i: int, j: int) -> bool:
        word, nxt = self.words[i], self.words[j]
        if j != i + 1 or word.contracted or "\n" in nxt.gap:
            return False
        person = self.held[i].label == "PERSON"
        if person != (self.held[j].label == "PERSON") or (person and word.possessive):
            return False
        if nxt.link == "stop":
            return len(word.text) == 1 and nxt.gap in (".", ". ")
        return nxt.link in _CLOSE or nxt.gap == ""

    def _mark(self, group: list[int]) -> Mark:
        words, first = self.words, group[0]
        best = max((self.held[i] for i in group), key=lambda held: held.likely)
        band: Band = "sure" if best.likely >= SURE else "ask"
        start, end = words[first].start, words[group[-1]].end
        last = words[group[-1]]
        if best.label != "PERSON" and last.possessive and self._named_so(group[-1]):
            end = last.full_end
        core = (start, end)
        if best.label != "PERSON":
            kind = reasons.body_kind({words[i].low for i in group}, best.label, self.ctx)
            return Mark(start, end, best.label, reasons.of_body(best.label, kind), band, core, kind)
        lead, hint = reasons.lead(self.r, first)
        if lead < first:
            start = words[lead].start
        if (
            self.r.text[end : end + 1] == "."
            and all(len(words[i].text) == 1 for i in group)
            and len(group) > 1
        ):
            end += 1
        reason = reasons.of_person(self.r, group, lead, again=all(self.held[i].again for i in group))
        return Mark(start, end, "PERSON", reason, band, core, hint)

    def _named_so(self, i: int) -> bool:
        """Whether the possessive is the body's own ("at Saint Luke's"): nothing follows that it could own."""
        if i + 1 >= len(self.words) or self.words[i + 1].link != "space":
            return True
        return self.kinds[i + 1] == "function" or self.r.lexicon.acts(self.words[i + 1].low)


def find(reading: Reading) -> Iterator[Mark]:
    """Marks of all names in a text, titles and kin words before them included."""
    yield from Names(reading).find()

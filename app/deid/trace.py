"""What the detectors of persons share: the reading, the grammar, and the words already held to be names."""

from dataclasses import dataclass

from app.deid.finding import Band
from app.deid.grammar import Grammar
from app.deid.reading import Reading
from app.deid.tokens import word_set

FOLLOWS_A_NAME = "looks like a name: follows one"
NAMELIKE = frozenset({"name", "unknown", "live", "eponym"})
PARTICLES = word_set(
    "van der de den del della di da dos das du la le el al bin ibn bint von zu zur ten ter y san "
    "santa st abu ben mac o"
)


@dataclass(slots=True)
class Seen:
    """One word held to be (part of) a name; `lead` is the index of the title or kin word before it, or -1."""

    reason: str
    band: Band = "sure"
    hint: str = ""
    lead: int = -1


class Trace:
    """The state of one search for persons. Words that a place or a number has claimed are never seen."""

    def __init__(self, reading: Reading) -> None:
        self.r = reading
        self.words, self.kinds = reading.words, reading.kinds
        self.ctx = reading.lexicon.context
        self.grammar = Grammar(reading)
        self.seen: dict[int, Seen] = {}

    def see(self, i: int, reason: str, band: Band = "sure", hint: str = "", lead: int = -1) -> None:
        """Hold word i to be a name; a better reason replaces a weaker one, a hint once given stays."""
        if self.r.claimed[i]:
            return
        old = self.seen.get(i)
        if old is None or (old.band == "ask" and band == "sure") or (lead >= 0 and old.lead < 0):
            self.seen[i] = Seen(reason, band, hint or (old.hint if old else ""), lead)

    def free(self, i: int) -> bool:
        return i not in self.seen and not self.r.claimed[i]

    def spoken_of(self, i: int) -> bool:
        """Acts, owns, is told, is helped: what people do and words do not."""
        before = self.r.before(i)
        told = before in self.ctx["personal"] and before not in (
            "is",
            "was",
            "to",
            "at",
            "of",
            "than",
            "like",
        )
        return self.words[i].possessive or self.r.acts_after(i) or told

"""Who is spoken of. Each step sees single words; here they become whole names."""

from collections.abc import Iterator

from app.deid import initials, leads, names, spread
from app.deid.finding import Mark
from app.deid.reading import Reading
from app.deid.trace import FOLLOWS_A_NAME, Trace


def find(reading: Reading) -> Iterator[Mark]:
    """Marks of whole names, in order, a title or kin word before them included."""
    trace = Trace(reading)
    for step in (initials.find, leads.find, names.find, spread.find):
        step(trace)
    order = sorted(trace.seen)
    start = 0
    for stop in range(1, len(order) + 1):
        if stop == len(order) or not _together(trace, order[stop - 1], order[stop]):
            yield _mark(trace, order[start:stop])
            start = stop


def _together(trace: Trace, i: int, j: int) -> bool:
    """Whether two seen words are one name: "Saskia van der Meer", "T.J.", "Villalobos-Kim"."""
    word, nxt = trace.words[i], trace.words[j]
    if j != i + 1 or word.possessive or word.contracted or trace.seen[j].lead >= i or "\n" in nxt.gap:
        return False
    if nxt.link == "stop":
        return len(word.text) == 1 and nxt.gap in (".", ". ")
    return nxt.link in ("space", "hyphen", "dot") or nxt.gap == ""


def _mark(trace: Trace, group: list[int]) -> Mark:
    words, first = trace.words, trace.seen[group[0]]
    core = (words[group[0]].start, words[group[-1]].end)
    start = core[0]
    if 0 <= first.lead < group[0]:
        lead = first.lead
        if (
            trace.r.before(lead) in trace.ctx["kin"]
            and words[lead].link == "space"
            and not words[lead - 1].possessive
        ):
            lead -= 1
        if not any(trace.r.claimed[lead : group[0]]):
            start = words[lead].start
    end = core[1]
    if (
        first.reason == "looks like initials"
        and trace.r.text[end : end + 1] == "."
        and len(words[group[-1]].text) == 1
    ):
        end += 1
    best = min((trace.seen[i] for i in group), key=lambda s: (s.band != "sure", s.reason == FOLLOWS_A_NAME))
    hint = next((trace.seen[i].hint for i in group if trace.seen[i].hint), "")
    return Mark(start, end, "PERSON", best.reason, best.band, core, hint)

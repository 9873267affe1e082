"""Initials that stand for a person: T.J., K.L., AJ, "V eloped", "P. Nakashima"."""

import re

from app.deid.tokens import word_set
from app.deid.trace import Trace

_DOTTED = re.compile(r"(?<![\w.])(?:[A-Z]\.\s?){1,3}[A-Z]\.?(?![\w])|(?<![\w.])(?:[a-z]\.){2,3}(?![\w.])")
_TWO_LETTERS = word_set("aj bj cj dj ej jj kj lj mj pj rj tj vj jd jp jt jc jb bg oj zj")
_PLAIN = word_set(
    "us uk usa ie eg am pm ad bc dc phd ba ma md rn ed ot pt pe iq tv ps qa na vs ok la id ap ib va op"
)
# "grade K", "Student A", "vitamin D": what makes a letter a label.
_CATEGORY = word_set(
    "grade grades level levels student students teacher parent group groups part plan option section "
    "type tier team period form unit step block room vitamin column day days row table kid child "
    "person class building wing set item question appendix box exhibit subtest score letter letters "
    "choice version phase stage hepatitis word sound vowel hall line lane number title schedule "
    "cohort track cluster band k kindergarten"
)


def find(trace: Trace) -> None:
    """See every initial that is used as a name."""
    _dotted(trace)
    for i, word in enumerate(trace.words):
        if word.low in _TWO_LETTERS and len(word.text) == 2 and word.link != "other":
            plain = trace.r.after(i) in ("day", "days", "booth", "set", "pants")
            if not plain and (word.shape == "upper" or trace.spoken_of(i)):
                trace.see(i, "looks like initials used as a name")
        elif trace.kinds[i] == "letter" and word.capital:
            _single(trace, i)


def _dotted(trace: Trace) -> None:
    starts = {w.start: i for i, w in enumerate(trace.words)}
    for match in _DOTTED.finditer(trace.r.text):
        letters = re.sub(r"[^A-Za-z]", "", match[0]).lower()
        known = letters in _PLAIN or trace.r.lexicon.kinds.get(letters) in ("safe", "function")
        first = starts.get(match.start())
        if known or first is None or (match[0].islower() and letters not in _TWO_LETTERS):
            continue
        last = first
        while last + 1 < len(trace.words) and trace.words[last + 1].full_end <= match.end():
            last += 1
        if last > first:
            for i in range(first, last + 1):
                trace.see(i, "looks like initials")


def _single(trace: Trace, i: int) -> None:
    """A letter that acts or owns, or that stands before a surname."""
    word = trace.words[i]
    if word.low in "aio" or trace.r.before(i) in _CATEGORY or word.link == "hyphen":
        return
    if i + 1 >= len(trace.words):
        return
    nxt = trace.words[i + 1]
    if (word.possessive and trace.r.after(i)) or (
        nxt.gap == " " and nxt.low in trace.ctx["finite"] and word.low not in "tz"
    ):
        trace.see(i, "looks like an initial used as a name")
    elif (
        nxt.link == "dot"
        and nxt.shape in ("title", "mixed")
        and (trace.kinds[i + 1] in ("name", "unknown", "live", "word") or trace.r.is_surname(i + 1))
    ):
        trace.see(i, "looks like an initial before a surname")
        trace.see(i + 1, "looks like a name: follows an initial")

"""Names that no title announces: on the lists, on no list at all, or plain words used like a name."""

from app.deid.lexicon import FIRST
from app.deid.tokens import word_set
from app.deid.trace import Trace

_TIMES = word_set("april may june august summer winter autumn sunday christian roman muslim")


def find(trace: Trace) -> None:
    """See listed and unlisted names first, then the words whose sentence decides."""
    for i, kind in enumerate(trace.kinds):
        if not trace.free(i):
            continue
        if kind == "name":
            _listed(trace, i)
        elif kind == "unknown":
            _unlisted(trace, i)
        elif kind == "foreign" and len(trace.words[i].text) < 20 and trace.r.share("foreign") < 0.3:
            trace.see(i, "looks like a name in another script", "ask")
        elif kind == "short" and _short_name(trace, i):
            trace.see(i, "is on the lists of names")
    for i, kind in enumerate(trace.kinds):
        if kind in ("live", "eponym") and trace.free(i):
            _word_name(trace, i)
        elif kind == "word" and trace.free(i) and trace.r.capital_inside(i):
            _capital_word(trace, i)


def _short_name(trace: Trace, i: int) -> bool:
    """Two or three letters with a capital ("Bo", "Ty") that a sentence treats as a person."""
    word = trace.words[i]
    given = word.shape == "title" and len(word.text) > 1 and trace.r.is_name(i)
    return given and (trace.r.capital_inside(i) or trace.spoken_of(i))


def _alone(trace: Trace, i: int) -> bool:
    """A title or alias of a word or two that is a given name: "Grace", "Hunter"."""
    word = trace.words[i]
    given = word.shape == "title" and trace.r.lexicon.is_name(word.low, FIRST)
    plain = word.low in trace.ctx["modal"] or word.low in _TIMES or bool(trace.r.after(i))
    return len(trace.words) < 3 and given and not plain


def _listed(trace: Trace, i: int) -> None:
    word = trace.words[i]
    spoken = trace.spoken_of(i)
    if word.shape == "upper" and len(word.text) <= 4 and not spoken:
        return  # An acronym that happens to be a name somewhere.
    doubtful = len(word.text) <= 3 and not word.capital and not spoken
    trace.see(i, "may be a name" if doubtful else "is on the lists of names", "ask" if doubtful else "sure")


def _unlisted(trace: Trace, i: int) -> None:
    word = trace.words[i]
    inside = trace.r.capital_inside(i)
    spoken, often = trace.spoken_of(i), trace.r.count(word.low) > 1
    if word.link == "hyphen" and not word.capital and i - 1 not in trace.seen:
        return
    if trace.r.lexicon.misspelt(word.low) and not inside and not (spoken and often):
        return
    if inside or (word.capital and (spoken or often)):
        trace.see(i, "looks like a name: capitalised, and no word we know")
    elif spoken or (often and len(word.low) > 3):
        trace.see(i, "looks like a name: no word we know, used like one")
    elif len(word.low) > 3 and (trace.r.share("unknown") < 0.3 or len(trace.words) < 6):
        # Unknown words mean something only where most words are known, that is in English.
        trace.see(i, "may be a name: no word we know", "ask")


def _word_name(trace: Trace, i: int) -> None:
    """Hope, Will, Rich, May: a name in this sentence, or the plain word?"""
    word, kind = trace.words[i], trace.kinds[i]
    inside = trace.r.capital_inside(i)
    use = trace.grammar.used_as_name(i)
    if inside and word.low in _TIMES and not use:
        return
    if _alone(trace, i):
        trace.see(i, "may be a name: it stands alone", "ask")
        return
    if trace.grammar.used_as_word(i) and not (
        inside and kind == "live" and word.low not in trace.ctx["modal"]
    ):
        return
    if kind == "eponym":
        told = inside and trace.r.before(i) in ("for", "with", "told", "about") and not trace.r.noun_after(i)
        if use == 2 or (use and inside) or (told and trace.r.is_name(i)):
            trace.see(i, "looks like a name: used like one", "sure" if use == 2 else "ask")
    elif inside and not _in_heading(trace, i):
        trace.see(i, "looks like a name: capitalised inside a sentence")
    elif use:
        trace.see(i, "looks like a name: used like one", "sure" if use == 2 and word.capital else "ask")


def _capital_word(trace: Trace, i: int) -> None:
    """A plain word with a capital of its own that acts or owns: "why Moo is pulled"."""
    word, before = trace.words[i], trace.r.before(i)
    if (
        word.shape != "title"
        or before in trace.ctx["determiner"]
        or before in trace.ctx["owner"]
        or _in_heading(trace, i)
    ):
        return
    told = before in ("for", "with", "told", "asked", "about", "gave") and not trace.r.noun_after(i)
    if trace.grammar.finite(i) or (trace.r.is_name(i) and (word.possessive or told)):
        trace.see(i, "may be a name: capitalised inside a sentence", "ask")


def _in_heading(trace: Trace, i: int) -> bool:
    """A capital beside another capitalised plain word: "Grant Writing", "Art Room"."""
    words, kinds = trace.words, trace.kinds
    plain = ("safe", "word", "phrase", "acronym")
    after = (
        i + 1 < len(words) and words[i + 1].link == "space" and words[i + 1].capital and kinds[i + 1] in plain
    )
    before = (
        trace.r.next_to(i)
        and words[i - 1].capital
        and kinds[i - 1] in ("safe", "word")
        and words[i - 1].link != "stop"
    )
    return (after and not trace.r.is_surname(i + 1)) or (before and words[i - 1].low not in trace.ctx["role"])

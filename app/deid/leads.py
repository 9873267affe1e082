"""Names that something before them gives away: a title, a kin word, a role, a greeting, a closing."""

from app.deid.lexicon import FIRST
from app.deid.tokens import word_set
from app.deid.trace import NAMELIKE, Trace

_TEACHERS = word_set(
    "mr mrs ms mx miss mister missus missis sr sra srta senor senora senorita mme mlle monsieur "
    "madame herr frau maestra maestro profe prof professor"
)
_DOCTORS = word_set("dr doctor dra lic licda licdo")
# Titles that are plain words too ("miss class"), so that a lower-case word after them proves less.
_SOFT = word_set("miss doctor sr sir prof lt don dona lic pak bu")
_NO_NAME = word_set(
    "appointment appointments note notes office visit visits orders pepper class grades grade level"
)
_CLOSINGS = word_set(
    "thanks you best warmly sincerely regards cheers love yours respectfully gratefully cordially"
)
_BREAKS = word_set("and about for at to because who but that is was")


def find(trace: Trace) -> None:
    """See every name with a lead before it."""
    for i in range(len(trace.words) - 1):
        low = trace.words[i].low
        if low in trace.ctx["title"] or low in trace.ctx["honorific"]:
            _titled(trace, i)
        if low in trace.ctx["kin"] or low in trace.ctx["role"] or low in ("named", "called"):
            _related(trace, i)
        if _naming(trace, i):
            _named(trace, i + 1)
        if low in trace.ctx["label"] and trace.words[i + 1].gap.strip() == ":":
            _labelled(trace, i)
        if low in ("hi", "hello", "hey", "dear", "hiya", "morning", "afternoon"):
            _greeted(trace, i)
    _signed(trace)


def _titled(trace: Trace, i: int) -> None:
    word, nxt = trace.words[i], trace.words[i + 1]
    if nxt.link not in ("space", "dot") or word.possessive or trace.r.claimed[i + 1]:
        return
    reason = f"looks like a name: follows “{trace.r.text[word.start : word.end]}”"
    hint = "teacher" if word.low in _TEACHERS else "doctor" if word.low in _DOCTORS else word.low
    if _takes_name(trace, i):
        couple = trace.r.before(i) == "and" and i > 1 and trace.words[i - 2].low in trace.ctx["title"]
        trace.see(i + 1, reason, hint="couple" if couple else hint, lead=i - 2 if couple else i)


def _takes_name(trace: Trace, i: int) -> bool:
    """Whether the word after title i is its bearer's name."""
    title, nxt, kind = trace.words[i].low, trace.words[i + 1], trace.kinds[i + 1]
    strong = title in trace.ctx["title"]
    if nxt.low in _NO_NAME or nxt.low in ("and", "or", "mr", "mrs", "ms", "dr") or kind == "phrase":
        return False
    if kind == "letter" or len(nxt.text) == 1:
        return (nxt.capital and (strong or title in ("coach", "father"))) or (
            strong and title not in _DOCTORS | _SOFT and not trace.r.after(i + 1).endswith("ing")
        )
    if kind == "function":
        return strong and nxt.shape == "title" and title not in _SOFT and not trace.r.headline[i]
    if kind in ("name", "unknown", "foreign"):
        return strong or nxt.capital or not trace.r.lexicon.misspelt(nxt.low)
    if nxt.capital:
        if strong and title not in ("sr", "sir", "doctor"):
            return (
                kind not in ("safe", "acronym") or title in ("mr", "mrs", "ms") or trace.r.is_surname(i + 1)
            )
        fits = kind in ("live", "eponym") or (kind == "word" and trace.r.is_name(i + 1))
        active = kind == "word" and (trace.r.acts_after(i + 1) or nxt.possessive)
        return (fits or active) and not trace.r.headline[i + 1]
    if title in ("mr", "mrs", "ms", "mx", "mister", "missus") and kind not in ("live", "eponym"):
        says = nxt.low in trace.ctx["finite"]  # "the mr says" is a slip of the pen, not Mr. Says.
        return nxt.low not in trace.ctx["role"] and not says
    if strong and trace.grammar.office_after(i + 1):
        return True
    named = kind in ("live", "eponym") or trace.r.is_surname(i + 1)
    if (
        nxt.low in trace.ctx["role"]
        or not named
        or nxt.low in trace.ctx["modal"]
        or trace.grammar.used_as_word(i + 1)
    ):
        return False
    after = trace.r.after(i + 1)
    return (strong and title not in _SOFT) or not after or after in _BREAKS or trace.r.acts_after(i + 1)


def _related(trace: Trace, i: int) -> None:
    """Mom, uncle, aide, "my student": what follows may be the person's name."""
    word, nxt, kind = trace.words[i], trace.words[i + 1], trace.kinds[i + 1]
    bracket = nxt.link == "other" and nxt.gap.strip() in ("(", ":", "/", ", (")
    if word.possessive or not (nxt.link in ("space", "comma") or bracket) or trace.r.claimed[i + 1]:
        return
    kin = word.low in trace.ctx["kin"]
    reason, hint = f"looks like a name: follows “{word.text.lower()}”", "kin" if kin else word.low
    lead = i if kin and nxt.link == "space" else -1
    if kind == "name" or (kind == "unknown" and (nxt.capital or not trace.r.lexicon.misspelt(nxt.low))):
        trace.see(i + 1, reason, hint=hint, lead=lead)
    elif kind in ("live", "eponym") and nxt.link == "space" and not trace.grammar.used_as_word(i + 1):
        use = trace.grammar.used_as_name(i + 1)
        if use or (nxt.capital and not trace.r.headline[i + 1]):
            trace.see(i + 1, reason, "sure" if use == 2 or nxt.capital else "ask", hint, lead)
    elif kind in ("live", "eponym") and bracket and nxt.capital and not trace.r.headline[i + 1]:
        trace.see(i + 1, reason, "sure", hint, lead)
    elif (kind == "live" and nxt.link == "comma" and _set_apart(trace, i + 1)) or (
        kin
        and kind == "word"
        and nxt.link == "space"
        and nxt.shape == "title"
        and not trace.r.headline[i + 1]
    ):
        trace.see(i + 1, reason, "ask", hint, lead)


def _set_apart(trace: Trace, i: int) -> bool:
    """Between two commas: "the ot, patty, says"."""
    given = trace.r.lexicon.is_name(trace.words[i].low, FIRST)
    return given and i + 1 < len(trace.words) and trace.words[i + 1].link == "comma"


def _naming(trace: Trace, i: int) -> bool:
    """Whether word i announces a name: "we call him", "goes by", "his name is", "nicknamed"."""
    low, before = trace.words[i].low, trace.r.before(i)
    if low in ("him", "her", "them"):
        return before in ("call", "calls", "called", "named", "nicknamed")
    if low in ("is", "was"):
        return before in ("name", "nickname")
    return low in ("nicknamed", "aka") or (
        low in ("by", "name") and before in ("goes", "went", "going", "real")
    )


def _named(trace: Trace, i: int) -> None:
    word, kind = trace.words[i], trace.kinds[i]
    plain = ("function", "safe", "phrase", "letter", "acronym", "brand")
    if word.link == "space" and kind not in plain and not trace.r.lexicon.acts(word.low):
        ends = word.capital or not trace.r.after(i) or kind in NAMELIKE
        if ends or trace.r.after(i) in _BREAKS:
            trace.see(i, "looks like a name: somebody is called so", "sure" if kind in NAMELIKE else "ask")


def _labelled(trace: Trace, i: int) -> None:
    """Two capitals after a label are a name whatever words they are: "Case manager: Moo Twitchell"."""
    if i + 2 >= len(trace.words) or trace.words[i + 2].link != "space" or trace.r.claimed[i + 1]:
        return
    pair = trace.words[i + 1 : i + 3]
    person = trace.kinds[i + 2] in NAMELIKE and trace.kinds[i + 1] not in ("safe", "phrase", "acronym")
    if person and all(word.shape == "title" for word in pair):
        trace.see(i + 1, f"looks like a name: follows “{trace.words[i].text}:”")


def _greeted(trace: Trace, i: int) -> None:
    nxt, kind = trace.words[i + 1], trace.kinds[i + 1]
    if nxt.link != "space" or not nxt.capital or trace.r.lexicon.misspelt(nxt.low):
        return
    surname = kind == "word" and trace.r.is_surname(i + 1) and nxt.low not in trace.ctx["role"]
    if kind in NAMELIKE or surname:
        trace.see(i + 1, "looks like a name: it is greeted", hint="greeted")


def _signed(trace: Trace) -> None:
    """The last words, when they stand alone in capitals after "Thanks," or on a line of their own."""
    words = trace.words
    last = len(words) - 1
    first = last
    while first > 0 and words[first].link in ("space", "hyphen", "dot") and last - first < 3:
        first -= 1
    if first <= 0 or last - first > 2 or words[first].link not in ("stop", "comma"):
        return
    if trace.r.text[words[last].full_end :].strip(" \n.!") or not all(w.capital for w in words[first:]):
        return
    lead = {w.low for w in words[max(0, first - 3) : first]}
    own_line = "\n" in words[first].gap or words[first].gap.strip() in ("-", "–", "—", ". -", "! -")
    closed = not lead.isdisjoint(_CLOSINGS) and (own_line or words[first].link == "comma")
    ends_sentence = (
        words[first].link == "stop" and last == first and words[first].gap.strip() in (".", "!", "?")
    )
    named = [
        k in NAMELIKE or (closed and trace.r.is_name(first + n)) for n, k in enumerate(trace.kinds[first:])
    ]
    if any(named) and (closed or own_line or (ends_sentence and trace.r.is_name(first))):
        for i in range(first, last + 1):
            trace.see(i, "looks like a signature", hint="signed")

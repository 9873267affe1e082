"""From a word that is surely a name to the whole name, its neighbours, and every other mention of it."""

from app.deid.lexicon import COMMON
from app.deid.tokens import word_set
from app.deid.trace import FOLLOWS_A_NAME, PARTICLES, Seen, Trace

_NO_SURNAME = word_set("may will can just still well wise early self best late fast home back")
_AGAIN = "the same name as elsewhere in this text"


def find(trace: Trace) -> None:
    """Extend what is seen: whole names, the same names again, names in a row, and once more whole names."""
    _whole_names(trace)
    _again(trace)
    for _ in range(3):
        if not _beside(trace):
            break
    _whole_names(trace)


def _whole_names(trace: Trace) -> None:
    for i in sorted(trace.seen):
        _run_on(trace, i)
    for i in sorted(trace.seen):
        if trace.r.next_to(i) and trace.free(i - 1) and trace.seen[i].lead != i - 1:
            _given_before(trace, i)


def _run_on(trace: Trace, i: int) -> None:
    """The rest of a name after word i: particles, surnames, initials, the second half after a hyphen."""
    words = trace.words
    while i + 1 < len(words) and words[i + 1].link in ("space", "hyphen", "dot"):
        if words[i].possessive or words[i].contracted or trace.r.claimed[i + 1] or i + 1 in trace.seen:
            return
        nxt = words[i + 1]
        small = nxt.low in PARTICLES and i + 2 < len(words) and words[i + 2].link in ("space", "hyphen")
        if not (small and words[i + 2].capital and words[i].capital) and not _continues(trace, i, i + 1):
            return
        trace.see(i + 1, FOLLOWS_A_NAME, trace.seen[i].band)
        i += 1


def _continues(trace: Trace, i: int, j: int) -> bool:
    word, nxt, kind = trace.words[i], trace.words[j], trace.kinds[j]
    capital = word.capital or (word.link == "hyphen" and trace.words[i - 1].capital)
    if nxt.link == "dot" and len(word.text) > 1:
        return False
    if kind == "letter":
        return _trailing_initial(trace, i, j)
    if nxt.link == "hyphen":
        both = nxt.capital and word.capital and kind not in ("acronym", "function")
        return kind in ("name", "unknown") or both or trace.r.is_name(j)
    shouted = nxt.shape == "upper" and word.shape == "title" and len(nxt.text) < 5
    if shouted or kind in ("phrase", "function", "acronym", "brand", "foreign"):
        return False
    if capital and nxt.capital:
        return _capital_surname(trace, j)
    if word.capital or nxt.capital:
        return nxt.capital and kind in ("name", "unknown") and trace.r.lexicon.is_name(word.low)
    if kind in ("name", "unknown"):
        return kind == "name" or not trace.r.lexicon.misspelt(nxt.low)
    ends = trace.r.acts_after(j) or not trace.r.after(j)
    return (
        kind == "word"
        and trace.r.is_surname(j)
        and ends
        and not trace.r.lexicon.acts(nxt.low)
        and nxt.low not in _NO_SURNAME
    )


def _capital_surname(trace: Trace, j: int) -> bool:
    """Any capitalised word after a given name, but not a subject or a role ("Maya Reading Goal")."""
    low, kind = trace.words[j].low, trace.kinds[j]
    if trace.r.headline[j] and kind == "word":
        ends = j + 1 >= len(trace.words) or not (
            trace.words[j + 1].link == "space" and trace.words[j + 1].capital
        )
        return trace.r.is_surname(j) or (ends and not trace.r.lexicon.acts(low))
    if kind == "safe":
        known = low in trace.ctx["role"] or low in trace.ctx["kin"] or low in trace.ctx["title"]
        return trace.r.is_surname(j) and not known and not trace.r.noun_after(j)
    return low not in trace.ctx["orghead"]


def _trailing_initial(trace: Trace, i: int, j: int) -> bool:
    """A letter after a name, a middle initial included: "Wyatt H.", "jayden p needs"."""
    letter, word = trace.words[j], trace.words[i]
    if letter.gap != " " or (j + 1 < len(trace.words) and trace.words[j + 1].link == "hyphen"):
        return False
    if letter.capital:
        return word.capital
    return (
        not word.capital and letter.low not in "aiuxrncwb" and (trace.r.acts_after(j) or not trace.r.after(j))
    )


def _given_before(trace: Trace, i: int) -> None:
    """What belongs before a clear name: "Gail" Okafor, "big" ron, "Obi"-Larsen."""
    words, j = trace.words, i - 1
    prev, kind, link = words[j], trace.kinds[j], words[i].link
    alike = prev.capital == words[i].capital
    word = trace.grammar.used_as_word(j) or prev.low in trace.ctx["modal"]
    if link == "hyphen" and prev.capital and kind in ("unknown", "name", "live", "word", "short"):
        trace.see(j, "looks like a name: joined to one")
    elif link != "space":
        return
    elif kind in ("live", "eponym") and alike and not word:
        trace.see(j, "looks like a name: stands before one")
    elif prev.low in ("big", "lil", "little", "old", "baby"):
        if trace.r.before(j) not in trace.ctx["determiner"] | trace.ctx["owner"]:
            trace.see(j, "looks like a nickname", trace.seen[i].band)
    elif kind in ("word", "short") and prev.capital and alike and _given_like(trace, j):
        trace.see(j, "looks like a name: stands before one")


def _given_like(trace: Trace, j: int) -> bool:
    """A name on the lists or a rare word, in running text or as the only two words of a line."""
    rare = not trace.r.lexicon.bits.get(trace.words[j].low, 0) & COMMON
    signature = trace.words[j].link == "stop" and not trace.r.after(j + 1)
    return (rare or trace.r.is_name(j)) and (signature or not trace.r.headline[j])


def _again(trace: Trace) -> None:
    """A name found once is a name wherever its sentence does not make it a plain word."""
    words, kinds = trace.words, trace.kinds
    sure, asked, lower = set[str](), set[str](), set[str]()
    for i, seen in trace.seen.items():
        (sure if seen.band == "sure" else asked).add(words[i].low)
        if not words[i].capital:
            lower.add(words[i].low)
    known = {low for low in sure | asked if len(low) > 1} - PARTICLES
    for i, word in enumerate(words):
        low = word.low
        if low not in known and low.endswith("s") and kinds[i] != "word":
            low = low[:-1]
        if low not in known or not trace.free(i) or kinds[i] == "phrase":
            continue
        ambiguous = trace.r.is_plain(i) or kinds[i] in ("function", "safe", "eponym", "live")
        if not ambiguous or _means_person(trace, i, low in lower):
            trace.see(i, _AGAIN, "sure" if low in sure else "ask")
    for i, seen in trace.seen.items():
        if seen.band == "ask" and words[i].low in sure:
            trace.seen[i] = Seen(_AGAIN, "sure", seen.hint, seen.lead)


def _means_person(trace: Trace, i: int, seen_lower: bool) -> bool:
    """Another mention of a name that is a word as well: the name, or the word this time?"""
    word, grammar = trace.words[i], trace.grammar
    if word.capital and word.link != "stop":
        modal = word.low in trace.ctx["modal"] and grammar.used_as_word(i)
        return (
            not modal
            and not (trace.r.headline[i] and trace.kinds[i] == "safe")
            and not _titles_noun(trace, i)
        )
    if grammar.used_as_word(i):
        return False
    if word.capital:
        following = trace.words[i + 1].gap.strip() if i + 1 < len(trace.words) else ""
        return grammar.used_as_name(i) > 0 or trace.r.acts_after(i) or following in (":", ",")
    if not seen_lower and not trace.r.typed_lower:
        return grammar.used_as_name(i) == 2
    in_slot = trace.r.acts_after(i) or trace.r.before(i) in trace.ctx["personal"]
    return grammar.used_as_name(i) > 0 or (trace.kinds[i] != "function" and in_slot)


def _titles_noun(trace: Trace, i: int) -> bool:
    """Capitalised only because the next word is: "Price List"."""
    if i + 1 >= len(trace.words) or trace.words[i].possessive or trace.words[i + 1].link != "space":
        return False
    return trace.words[i + 1].capital and trace.kinds[i + 1] in ("safe", "word")


def _beside(trace: Trace) -> bool:
    """In "rosie, rich and royal" a word that may be a name takes after its neighbour."""
    added = False
    for i, kind in enumerate(trace.kinds):
        if kind not in ("live", "short") or not trace.free(i) or trace.words[i].low in trace.ctx["modal"]:
            continue
        if kind == "short" and not trace.r.is_name(i):
            continue
        word = trace.grammar.used_as_word(i) and trace.r.before(i) not in ("and", "or", "")
        if not word and _joined(trace, i):
            trace.see(i, "looks like a name: stands beside one", "sure" if trace.words[i].capital else "ask")
            added = True
    return added


def _joined(trace: Trace, i: int) -> bool:
    words, seen, last = trace.words, trace.seen, len(trace.words) - 1
    comma_left = i > 0 and words[i].link == "comma" and i - 1 in seen
    comma_right = i < last and words[i + 1].link == "comma" and i + 1 in seen
    and_left = i > 1 and words[i - 1].low in ("and", "or") and words[i].link == "space" and i - 2 in seen
    and_left = and_left and words[i - 1].link in ("space", "comma")
    and_right = i + 1 < last and words[i + 1].low == "and" and words[i + 1].link == "space" and i + 2 in seen
    return comma_left or comma_right or and_left or (and_right and words[i + 2].link == "space")

"""What is no finding in this text: passages the writer kept, and the thread's own people."""

import re
from collections.abc import Iterable

from app.deid.finding import Mark
from app.deid.lexicon import lexicon
from app.deid.tokens import fold

_WORD = re.compile(r"\w+(?:'\w+)*")


def open_marks(text: str, marks: list[Mark], kept: Iterable[str], people: Iterable[str]) -> list[Mark]:
    """The marks that neither a kept quote nor a name of the thread's own people covers.

    A kept quote is compared without regard to case, diacritics, titles and possessive, so that keeping
    "Wilson" also silences "Wilson's" and "Ms. Wilson"; a mark inside a longer kept quote is silent too.
    """
    quotes = {core for quote in kept if (core := core_of(quote))}
    own = {part for name in people for part in core_of(name) if len(part) > 1}
    if not quotes and not own:
        return marks
    inside = _occurrences(text, [quote for quote in quotes if len(quote) > 1])
    return [m for m in marks if not (_kept(text, m, quotes, inside) or _own(text, m, own))]


def core_of(quote: str) -> tuple[str, ...]:
    """The folded words of a quote without leading titles or kin words and without a closing possessive."""
    words = _WORD.findall(fold(quote))
    context = lexicon().context
    leads = context["title"] | context["honorific"] | context["kin"]
    while len(words) > 1 and words[0] in leads:
        words = words[1:]
    return (*words[:-1], words[-1].removesuffix("'s")) if words else ()


def _kept(text: str, mark: Mark, quotes: set[tuple[str, ...]], inside: list[tuple[int, int]]) -> bool:
    start, end = mark.core if mark.core[1] else (mark.start, mark.end)
    if core_of(text[start:end]) in quotes or core_of(text[mark.start : mark.end]) in quotes:
        return True
    return any(a <= start and end <= b for a, b in inside)


def _own(text: str, mark: Mark, own: set[str]) -> bool:
    if mark.label not in ("PERSON", "ORG", "PLACE") or not own:
        return False
    start, end = mark.core if mark.core[1] else (mark.start, mark.end)
    words = core_of(text[start:end])
    initials = {part[0] for part in own}
    return any(w in own for w in words) and all(w in own or w in initials for w in words)


def _occurrences(text: str, quotes: list[tuple[str, ...]]) -> list[tuple[int, int]]:
    """Where kept quotes of several words stand in the text, possessives of single words set aside."""
    if not quotes:
        return []
    words = [
        (fold(m[0]).removesuffix("'s"), m.start(), m.end()) for m in _WORD.finditer(text.replace("’", "'"))
    ]
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for quote in quotes:
        by_first.setdefault(quote[0].removesuffix("'s"), []).append(
            tuple(w.removesuffix("'s") for w in quote)
        )
    return [
        (start, words[i + len(quote) - 1][2])
        for i, (low, start, _) in enumerate(words)
        for quote in by_first.get(low, ())
        if tuple(word for word, _, _ in words[i : i + len(quote)]) == quote
    ]

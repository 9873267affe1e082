"""The screen: find names, schools, places, exact dates, numbers and contacts, say why, propose a replacement.

Pure functions on the standard library and the files under data/: no network, no logging, no state but the
lexicon that the first call reads. Nothing here stores or prints the text it is given.
"""

from collections.abc import Iterable

from app.deid.finding import Band, Caution, Finding, Label, Mark, Screened
from app.deid.lexicon import lexicon
from app.deid.screen import read, screen

__all__ = ["Band", "Caution", "Finding", "Label", "Mark", "Screened", "aliases", "find", "read"]


def find(
    text: str, kept: Iterable[str] = (), people: Iterable[str] = (), *, marks: list[Mark] | None = None
) -> Screened:
    """Everything in `text` that looks like an identifier, and details that could identify together.

    `kept` are quotes that the writer said are no identifiers: each silences every occurrence, whatever
    its case, title or possessive. `people` are the display names of the thread's own people: their
    names, also the first or last alone ("Hi Ruth", a signature), are no findings. Findings are sorted
    and never overlap; offsets are code points of `text` as given. Any string is accepted, none raises.
    `marks` is what `read` said of the same text, where that has been asked before: it is the slow part.
    """
    return screen(text, read(text) if marks is None else marks, kept, people)


def aliases() -> tuple[str, ...]:
    """Animals and plants that the product may propose as aliases: the screen takes none for a name."""
    return tuple(sorted(word.capitalize() for word in lexicon().context["alias"]))

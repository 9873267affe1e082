"""The screen: find names, schools, places, exact dates, numbers and contacts, say why, propose a replacement.

Pure functions on the standard library and the files under data/: no network, no logging, no state but the
lexicon that the first call reads. Nothing here stores or prints the text it is given.
"""

from collections.abc import Iterable

from app.deid.finding import Band, Caution, Finding, Label, Screened
from app.deid.screen import find

__all__ = ["Band", "Caution", "Finding", "Label", "Screened", "find"]
_ = Iterable

"""A text file's words, whichever way they were written down."""

import codecs
import unicodedata

from app.core.text import normalise
from app.documents.extract import Refused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WRITTEN = "\t\n\r\f\v"
_NO_LETTERS = ("Cc", "Cn", "Co", "Cs")


def read(given: bytes) -> str:
    """The text, normalised. UTF-8, UTF-16 and UTF-32 are known by their marks, else UTF-8 or Windows' own.

    Raises Refused for what is no text.
    """
    try:
        text = given.decode(_encoding(given))
    except UnicodeDecodeError:
        # Nearly every byte is a letter for Windows, so this takes all; whether it is text is asked below.
        text = given.decode("cp1252", "ignore")
    head = text[:20_000]
    odd = sum(unicodedata.category(char) in _NO_LETTERS and char not in _WRITTEN for char in head)
    if "\x00" in text or odd * 50 > len(head):
        raise Refused("not-a-document")
    try:
        return normalise(text)
    except ValueError:
        raise Refused("not-a-document") from None


def _encoding(given: bytes) -> str:
    for mark, name in _MARKS:
        if given.startswith(mark):
            return name
    # Half of an English UTF-16 text is empty bytes, and where they stand says which way around it is.
    head = given[:2_000]
    if len(head) > 3 and head.count(0) * 3 > len(head):
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    return "utf-8"

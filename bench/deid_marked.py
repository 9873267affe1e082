"""Reads marked texts: "# id style", then a text with [[identifier|LABEL]] in it.

A question mark after the label ([[bus 14|OTHER?]]) means that finding it is welcome and missing it no leak.
A role may follow it ([[Nolan|PERSON m1]], [[ortiz|PERSON f2.last]]): whose name it is, and which part of it,
so that another can take its place. A title inside the marks is left outside the span.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bench.deid_score import TITLE, Document, Span

MARK = re.compile(
    r"\[\[(?P<text>[^|\]]+)\|(?P<label>[A-Z_]+)(?P<should>\??)(?: (?P<role>[a-z]\d[.\w]*))?\]\]", re.DOTALL
)


class Piece(NamedTuple):
    """A stretch of a text; an identifier if it has a label. What follows `role` is known of made ones."""

    text: str
    label: str = ""
    must: bool = True
    role: str = ""
    origin: str = ""
    ordinary: bool = False
    form: str = ""


@dataclass(frozen=True)
class Template:
    """A marked text, cut at its marks."""

    id: str
    style: str
    pieces: tuple[Piece, ...]
    kind: str = ""

    def document(self) -> Document:
        """The text as it was written, with its spans."""
        return joined(self.id, self.style, self.pieces, self.kind)


def joined(name: str, style: str, pieces: Iterable[Piece], kind: str = "") -> Document:
    """Put pieces together and count where the identifiers stand."""
    text, spans = "", []
    for piece in pieces:
        if piece.label:
            at = len(text)
            known = (piece.origin, piece.ordinary, piece.form)
            spans.append(Span(at, at + len(piece.text), piece.label, piece.must, *known))
        text += piece.text
    return Document(name, style, text, tuple(spans), kind)


def read(path: Path, kind: str = "") -> Iterator[Template]:
    """All texts of one file. Raises ValueError where a mark is malformed."""
    for block in re.split(r"(?m)^# ", path.read_text("utf-8"))[1:]:
        head, _, body = block.partition("\n")
        name, style = head.split()
        yield Template(name, style, tuple(_pieces(name, body.strip("\n"))), kind)


def _pieces(name: str, body: str) -> Iterator[Piece]:
    place = 0
    for mark in MARK.finditer(body):
        title = TITLE.match(mark["text"]) if mark["label"] == "PERSON" else None
        core = title.end() if title else 0
        yield Piece(body[place : mark.start()] + mark["text"][:core])
        yield Piece(mark["text"][core:], mark["label"], not mark["should"], mark["role"] or "")
        place = mark.end()
    yield Piece(body[place:])
    if "[[" in MARK.sub("", body):
        raise ValueError(f"{name} has a mark that cannot be read")

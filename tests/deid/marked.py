"""Reads the marked texts beside this file: "# id style", then a text with [[identifier|LABEL]] in it.

A question mark after the label ([[bus 14|OTHER?]]) means that finding it is welcome and missing it no leak.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from bench.deid_recall import Document

TEXTS = Path(__file__).parent / "texts"
_MARK = re.compile(r"\[\[(.+?)\|([A-Z_]+)(\??)\]\]", re.DOTALL)


def documents(name: str) -> Iterator[Document]:
    """The documents of one file, the marks taken out and turned into spans."""
    for block in re.split(r"(?m)^# ", (TEXTS / name).read_text("utf-8"))[1:]:
        head, _, body = block.partition("\n")
        text, spans, place = "", [], 0
        for mark in _MARK.finditer(body := body.strip("\n")):
            text += body[place : mark.start()]
            spans.append((len(text), len(text) + len(mark[1]), mark[2], not mark[3]))
            text, place = text + mark[1], mark.end()
        yield Document(*head.split(), text + body[place:], spans)


def clean_lines() -> list[str]:
    """Sentences as teachers and mentors write them, with no identifier in any."""
    return (TEXTS / "clean.txt").read_text("utf-8").splitlines()

"""The documents to measure on: texts written by hand, and many made from them with a fixed seed.

A made one has other people, schools, places, numbers and dates, some sentences left out or put in from other
texts, and the casing and slips of its style. Of each name it knows the origin, and whether it is also a word.
"""

import random
import re
from functools import cache
from pathlib import Path

from bench.deid_held import noise
from bench.deid_held.fill import filled
from bench.deid_held.people import Cast
from bench.deid_marked import Piece, Template, joined, read
from bench.deid_score import Document

TEXTS = Path(__file__).parent / "texts"
COUNT, SEED = 2400, 20261122
EVERYDAY = "everyday"
LEFT_OUT, PUT_IN, WENT_ON = 0.3, 0.3, 0.15
_END = re.compile(r"(?<=[.?!])\s+|\n+")


@cache
def templates() -> tuple[Template, ...]:
    """Every text written for this, in a fixed order: those of "everyday" difficulty, and the "hard" ones."""
    paths = sorted(TEXTS.glob("*.txt"))
    return tuple(
        each for path in paths for each in read(path, path.stem if path.stem == EVERYDAY else "hard")
    )


def written(kind: str) -> list[Document]:
    """The hand-written texts of one kind as they stand."""
    return [template.document() for template in templates() if template.kind == kind]


def made(count: int = COUNT, seed: int = SEED) -> list[Document]:
    """So many made documents; the same count and seed give the same ones on every machine."""
    order = [each for each in templates() for _ in range(_share(each))]
    random.Random(seed).shuffle(order)
    return [_made(order[n % len(order)], n, random.Random(f"{seed}:{n}")) for n in range(count)]


def _share(template: Template) -> int:
    """About half of all are everyday texts, though fewer were written; and few are clean."""
    return (1 if template.style == "clean" else 2) * (2 if template.kind == EVERYDAY else 1)


def _made(template: Template, number: int, rng: random.Random) -> Document:
    style = template.style
    sentences = _sentences(_filled(template, rng))
    if len(sentences) > 3 and rng.random() < LEFT_OUT:
        del sentences[rng.randrange(1, len(sentences))]  # The first one says who it is about.
    if rng.random() < PUT_IN:
        clean = rng.choice([each for each in templates() if each.style == "clean" and _suits(each, template)])
        at = rng.randint(0, len(sentences))
        sentences.insert(at, rng.choice(_sentences(list(clean.pieces))))
    if rng.random() < WENT_ON:
        other = rng.choice([each for each in templates() if each.style == style and each != template])
        sentences += _sentences(_filled(other, rng))[: rng.randint(1, 3)]
    pieces = noise.roughened(_together(sentences), style, rng)
    return joined(f"{template.id}-{number}", style, pieces, template.kind)


def _filled(template: Template, rng: random.Random) -> list[Piece]:
    cast = Cast(rng)
    return [filled(piece, template.style, cast) for piece in template.pieces]


def _suits(clean: Template, template: Template) -> bool:
    """A sentence without capitals goes into texts without capitals."""
    bare = clean.pieces[0].text[:1].islower()
    return bare == (template.style in ("phone", "voice"))


def _sentences(pieces: list[Piece]) -> list[list[Piece]]:
    """Cut at full stops outside identifiers; each sentence keeps the space that follows it."""
    out: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece.label:
            out[-1].append(piece)
            continue
        place = 0
        for end in _END.finditer(piece.text):
            if _is_abbreviation(piece.text[: end.start()]):
                continue
            out[-1].append(Piece(piece.text[place : end.end()]))
            out.append([])
            place = end.end()
        out[-1].append(Piece(piece.text[place:]))
    told = ([piece for piece in sentence if piece.text] for sentence in out)
    return [sentence for sentence in told if sentence]


def _is_abbreviation(text: str) -> bool:
    return (
        re.search(r"(?i)\b(?:mr|mrs|ms|mx|dr|st|no|prof|rev|sra|col|supt|bpk|kum|attn|\w)\.$", text)
        is not None
    )


def _together(sentences: list[list[Piece]]) -> list[Piece]:
    out: list[Piece] = []
    for sentence in sentences:
        if out and out[-1].text[-1] not in " \n":
            out.append(Piece(" "))
        out += sentence
    return out

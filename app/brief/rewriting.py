"""What changed between two texts: by words where a sentence stayed itself, else old and new one whole."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest

from app.brief.shapes import Piece

SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")
_PARTS = re.compile(r"\s+|\w+|[^\w\s]")
_WORDS = re.compile(r"\w+")

# Beyond this many pairs of sentences to weigh, a passage is shown as replaced whole.
_MOST_PAIRS = 10_000


def rewritten(old: str, new: str) -> list[Piece]:
    """From `old` to `new`; all pieces but *in* make the one, all but *out* the other."""
    before, after = _sentences(old), _sentences(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    pieces: list[Piece] = []
    for op, a1, a2, b1, b2 in matcher.get_opcodes():
        if op == "equal":
            pieces.append(Piece(op="same", text="".join(after[b1:b2])))
        else:
            pieces.extend(_passage(before[a1:a2], after[b1:b2]))
    return _joined(pieces)


def _sentences(text: str) -> list[str]:
    """The sentences of a text, each with the blanks behind it."""
    ends = [0, *(each.end() for each in SENTENCE_ENDS.finditer(text)), len(text)]
    return [text[start:end] for start, end in pairwise(ends) if end > start]


def _passage(before: list[str], after: list[str]) -> Iterator[Piece]:
    """Sentences that stayed themselves by words; between them each old one and what came in its place."""
    a, b = 0, 0
    for i, j in [*_selves(before, after), (len(before), len(after))]:
        for gone, come in zip_longest(before[a:i], after[b:j], fillvalue=""):
            yield Piece(op="out", text=gone)
            yield Piece(op="in", text=come)
        if i < len(before):
            yield from _sentence(before[i], after[j])
        a, b = i + 1, j + 1


def _selves(before: list[str], after: list[str]) -> list[tuple[int, int]]:
    """Which old sentence is which new one, in order: the pairing that shares most words."""
    if len(before) * len(after) > _MOST_PAIRS:
        return []
    olds, news = ([Counter(_WORDS.findall(each.casefold())) for each in side] for side in (before, after))
    shares = [[_share(old, new) for new in news] for old in olds]
    best = [[0.0] * (len(news) + 1) for _ in range(len(olds) + 1)]
    for i in reversed(range(len(olds))):
        for j in reversed(range(len(news))):
            paired = best[i + 1][j + 1] + shares[i][j] if shares[i][j] else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    pairs = []
    i = j = 0
    while i < len(olds) and j < len(news):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _share(old: Counter[str], new: Counter[str]) -> float:
    """How alike two sentences are; nothing when less than half of the old one's words are left."""
    kept = (old & new).total()
    return 2 * kept / (old.total() + new.total()) if kept * 2 >= old.total() and kept else 0.0


def _sentence(old: str, new: str) -> list[Piece]:
    """By words; whole when fewer than half of the old ones still stand where they can be read."""
    pieces = _gathered(_without_islands(_by_words(old, new)))
    kept = sum(_count(each.text) for each in pieces if each.op == "same")
    if kept * 2 < _count(old):
        return [Piece(op="out", text=old), Piece(op="in", text=new)]
    return pieces


def _count(text: str) -> int:
    return len(_WORDS.findall(text))


def _by_words(old: str, new: str) -> list[Piece]:
    before, after = _PARTS.findall(old), _PARTS.findall(new)
    pieces: list[Piece] = []
    for op, a1, a2, b1, b2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            pieces.append(Piece(op="same", text="".join(after[b1:b2])))
        else:
            pieces.append(Piece(op="out", text="".join(before[a1:a2])))
            pieces.append(Piece(op="in", text="".join(after[b1:b2])))
    return pieces


def _without_islands(pieces: list[Piece]) -> Iterator[Piece]:
    """A lone word or blank left between two changes joins them: five small strikes can be read by nobody."""
    for at, piece in enumerate(pieces):
        is_between = 0 < at < len(pieces) - 1
        if piece.op == "same" and is_between and _count(piece.text) < 2 and "\n" not in piece.text:
            yield Piece(op="out", text=piece.text)
            yield Piece(op="in", text=piece.text)
        else:
            yield piece


def _gathered(pieces: Iterable[Piece]) -> list[Piece]:
    """One change between two unchanged runs; what went out stands before what came in."""
    whole: list[Piece] = []
    gone = come = ""
    for piece in [*pieces, Piece(op="same", text="")]:
        if piece.op == "out":
            gone += piece.text
        elif piece.op == "in":
            come += piece.text
        else:
            whole += [Piece(op="out", text=gone), Piece(op="in", text=come), piece]
            gone = come = ""
    return [each for each in whole if each.text]


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours of one kind made one, in the order they stand."""
    whole: list[Piece] = []
    for piece in pieces:
        if whole and whole[-1].op == piece.op:
            whole[-1] = Piece(op=piece.op, text=whole[-1].text + piece.text)
        elif piece.text:
            whole.append(piece)
    return whole

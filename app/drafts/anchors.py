"""Where the words under a remark are now, after the draft has moved on.

A word-level difference between the version remarked on and the newest one says which words survived. A
passage follows its own surviving words, never a look-alike's: words that were elsewhere before are aligned
with themselves and so cannot be mistaken for it. Cut and pasted words are looked for among the new words
only, and a tie there is no answer. The selectors behind this (quote, context, position) are those of the W3C
Web Annotation model.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

SURVIVES = 0.6  # of a passage's letters must still be there for an edit in place
CONTEXT = 32  # code points before and after that tell two equal pastes apart
TELLING = 4  # words; fewer may stand anywhere by chance
TOO_OFTEN = 200  # places where the same words stand: no telling which of them is meant
# Beyond this many word pairs the matcher may skip very frequent words to stay quick.
HARD = 4_000_000

SENTENCE_ENDS = {".", "!", "?", "\n", ":", ";"}

_TOKEN = re.compile(r"\w+|[^\w\s]|\n")


@dataclass(frozen=True)
class Place:
    """A half-open span [start, end) of code points in the newest version; None offsets when gone."""

    status: Literal["kept", "moved", "gone"]
    start: int | None = None
    end: int | None = None


GONE = Place("gone")


@dataclass(frozen=True)
class _Token:
    text: str
    start: int
    end: int


def _tokens(text: str) -> list[_Token]:
    return [_Token(match[0], *match.span()) for match in _TOKEN.finditer(text)]


class Moved:
    """The difference between two versions, worked out once for all remarks on the older one."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new
        self._old, self._new = _tokens(old), _tokens(new)
        self._there = _aligned([t.text for t in self._old], [t.text for t in self._new])
        aligned = set(self._there.values())
        self._is_new = [at not in aligned for at in range(len(self._new))]

    def place(self, start: int, end: int) -> Place:
        """Where the passage [start, end) of the old version is in the new one."""
        quote = self.old[start:end]
        if self.old == self.new:
            return Place("kept", start, end)
        inside = [at for at, token in enumerate(self._old) if token.end > start and token.start < end]
        if not inside:
            return self._among_signs(quote, start, end)
        if len(inside) >= TELLING:
            before, after = _all_of(quote, self.old, most=2), _all_of(quote, self.new, most=2)
            if len(before) == 1 and len(after) == 1:
                # Said once then and once now: it is the same passage, wherever it stands.
                return Place("kept" if after == before else "moved", after[0], after[0] + len(quote))
        stayed = [at for at in inside if at in self._there]
        if stayed:
            place = self._in_place(quote, start, end, inside, stayed)
            if place.status != "gone":
                return place
        return self._pasted(quote, start, end)

    def _in_place(self, quote: str, start: int, end: int, inside: list[int], stayed: list[int]) -> Place:
        letters = sum(len(self._old[at].text) for at in inside)
        left = sum(len(self._old[at].text) for at in stayed)
        if left < SURVIVES * letters:
            return GONE
        first, last = self._there[stayed[0]], self._there[stayed[-1]]
        # Words typed over the passage's own edges belong to it: reach to the neighbours that stayed.
        if stayed[0] != inside[0]:
            first = self._reach(inside[0] - 1, first, backwards=True)
        if stayed[-1] != inside[-1]:
            last = self._reach(inside[-1] + 1, last, backwards=False)
        spread = sum(len(self._new[at].text) for at in range(first, last + 1))
        if left < SURVIVES * spread:
            return GONE
        # A passage may begin or end inside a word or among spaces; keep that edge where its word stayed.
        head = start - self._old[inside[0]].start if stayed[0] == inside[0] else 0
        tail = self._old[inside[-1]].end - end if stayed[-1] == inside[-1] else 0
        at, to = self._new[first].start + head, self._new[last].end - tail
        if len(stayed) == len(inside) and self.new[at : at + len(quote)] == quote:
            to = at + len(quote)
        at, to = max(at, 0), min(to, len(self.new))
        if to <= at:
            return GONE
        same = self.new[at:to] == quote
        if not same and self._belongs_to_another(at, to, start, end):
            return GONE
        return Place("kept" if same and (at, to) == (start, end) else "moved", at, to)

    def _belongs_to_another(self, at: int, to: int, start: int, end: int) -> bool:
        """Whether these new words, or the sentence they stand in, stood elsewhere in the old version."""
        sentence = self._sentence(at, to)
        for words in (self.new[at:to], sentence):
            if len(_TOKEN.findall(words)) < TELLING:
                continue
            places = _all_of(words, self.old, most=TOO_OFTEN)
            if any(found >= end or found + len(words) <= start for found in places):
                return True
        return False

    def _sentence(self, at: int, to: int) -> str:
        inside = [number for number, token in enumerate(self._new) if token.end > at and token.start < to]
        first, last = inside[0], inside[-1]
        while first > 0 and self._new[first - 1].text not in SENTENCE_ENDS:
            first -= 1
        while last < len(self._new) - 1 and self._new[last].text not in SENTENCE_ENDS:
            last += 1
        return self.new[self._new[first].start : self._new[last].end]

    def _reach(self, old_neighbour: int, edge: int, *, backwards: bool) -> int:
        """The outermost new word between a passage's surviving edge and its old neighbour, if that stayed."""
        if old_neighbour < 0:
            return 0 if all(self._is_new[:edge]) else edge
        if old_neighbour >= len(self._old):
            return len(self._new) - 1 if all(self._is_new[edge + 1 :]) else edge
        if old_neighbour not in self._there:
            return edge
        limit = self._there[old_neighbour]
        between = range(limit + 1, edge) if backwards else range(edge + 1, limit)
        if not between or not all(self._is_new[at] for at in between):
            return edge
        return between[0] if backwards else between[-1]

    def _pasted(self, quote: str, start: int, end: int) -> Place:
        """The same words among what is new in the text; the one with the likest surroundings, or none."""
        places = _all_of(quote, self.new, most=TOO_OFTEN)
        found = [at for at in places if self._is_fresh(at, at + len(quote))]
        if not found or len(places) == TOO_OFTEN:
            return GONE
        if len(found) > 1:
            scored = sorted((self._likeness(start, end, at, at + len(quote)), at) for at in found)
            if scored[-1][0] == scored[-2][0]:
                return GONE
            found = [scored[-1][1]]
        at = found[0]
        return Place("kept" if at == start else "moved", at, at + len(quote))

    def _is_fresh(self, start: int, end: int) -> bool:
        first = bisect_right(self._new, start, key=lambda token: token.end)
        beyond = bisect_left(self._new, end, key=lambda token: token.start)
        return first < beyond and all(self._is_new[first:beyond])

    def _likeness(self, start: int, end: int, at: int, to: int) -> int:
        before = _common_tail(self.old[max(0, start - CONTEXT) : start], self.new[max(0, at - CONTEXT) : at])
        after = _common_head(self.old[end : end + CONTEXT], self.new[to : to + CONTEXT])
        return before + after

    def _among_signs(self, quote: str, start: int, end: int) -> Place:
        """A passage without a single word: only its own offsets can speak for it."""
        if self.new[start:end] == quote and self.new[:start] == self.old[:start]:
            return Place("kept", start, end)
        return GONE


def _aligned(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Old word number → new word number for every word that stayed."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    hard = len(middle_old) * len(middle_new) > HARD
    blocks = [(0, 0, head)]
    matching = SequenceMatcher(None, middle_old, middle_new, autojunk=hard).get_matching_blocks()
    blocks.extend((head + block.a, head + block.b, block.size) for block in matching[:-1])
    blocks.append((len(old) - tail, len(new) - tail, tail))
    there: dict[int, int] = {}
    for a, b, size in _slid(blocks, old, new):
        there.update((a + step, b + step) for step in range(size))
    return there


def _slid(
    blocks: list[tuple[int, int, int]], old: Sequence[str], new: Sequence[str]
) -> list[tuple[int, int, int]]:
    """Move each pure deletion or insertion to where a sentence begins, if the words allow it.

    When one of two sentences with the same first words is taken out, the difference may say that the second
    lost its head to the first; slid, it says which sentence went.
    """
    slid = [blocks[0]]
    for a2, b2, size2 in blocks[1:]:
        a1, b1, size1 = slid[-1]
        end_a, end_b = a1 + size1, b1 + size1
        if (end_a == a2) != (end_b == b2):
            side, start, end = (old, end_a, a2) if end_b == b2 else (new, end_b, b2)
            shift = _best_shift(side, start, end, back=size1, ahead=size2)
            slid[-1] = (a1, b1, size1 + shift)
            a2, b2, size2 = a2 + shift, b2 + shift, size2 - shift
        slid.append((a2, b2, size2))
    return slid


def _best_shift(words: Sequence[str], start: int, end: int, *, back: int, ahead: int) -> int:
    """How far the gap words[start:end] should slide to begin where a sentence does; 0 if it cannot."""

    def begins(at: int) -> bool:
        return at == 0 or words[at - 1] in SENTENCE_ENDS

    if begins(start):
        return 0
    shift = 0
    while -shift < back and words[start + shift - 1] == words[end + shift - 1]:
        shift -= 1
        if begins(start + shift):
            return shift
    shift = 0
    while shift < ahead and words[start + shift] == words[end + shift]:
        shift += 1
        if begins(start + shift):
            return shift
    return 0


def _all_of(quote: str, text: str, *, most: int) -> list[int]:
    found: list[int] = []
    at = text.find(quote)
    while at >= 0 and len(found) < most:
        found.append(at)
        at = text.find(quote, at + 1)
    return found


def _common_head(one: str, other: str) -> int:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length


def _common_tail(one: str, other: str) -> int:
    return _common_head(one[::-1], other[::-1])

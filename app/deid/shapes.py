"""Patterns with the signs a text must show before they are worth trying: most texts show hardly any."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.deid.finding import Label

_DIGIT = re.compile(r"\d")


class Signs:
    """What one look at a text tells: how many digits it has, and its letters without their case."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.digits = len(_DIGIT.findall(text))
        self.folded = text.casefold()

    def matches(
        self, pattern: re.Pattern[str], digits: int = 0, words: tuple[str, ...] = ()
    ) -> Iterator[re.Match[str]]:
        """Where it matches, given that no match can do with fewer digits or without any of the words."""
        if self.digits >= digits and (not words or any(word in self.folded for word in words)):
            return pattern.finditer(self.text)
        return iter(())


class Shape(NamedTuple):
    """A pattern, what it finds and why; `digits` and `words` are what no match can do without."""

    pattern: re.Pattern[str]
    label: Label
    reason: str
    digits: int = 0
    words: tuple[str, ...] = ()

    def found(self, signs: Signs) -> Iterator[tuple[int, int]]:
        """Where it matches: the part called `core` if it has one."""
        part = "core" if "core" in self.pattern.groupindex else 0
        for match in signs.matches(self.pattern, self.digits, self.words):
            yield match.span(part)

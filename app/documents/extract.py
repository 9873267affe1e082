"""What is read out of a document: its words in reading order, and what only served to screen them."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

# As much as seven drafts may hold; what lies behind is of no use to anyone.
TEXT_MAX = 400_000
ASIDE_MAX = 20_000

Reason = Literal["broken", "too-heavy", "too-long", "locked", "not-a-document"]
Left = Literal[
    "headers", "footnotes", "comments", "changes", "people", "properties", "hidden", "pictures", "attachments"
]
Form = Literal["paragraph", "heading", "item", "row"]


class Refused(Exception):
    """The document is not read; the one argument is the Reason."""


@dataclass(frozen=True)
class Block:
    """A paragraph, a heading, an item of a list, or a row of a table."""

    form: Form
    text: str


@dataclass
class Extract:
    """`people` are names that the file itself carries, `aside` other words that are screened, then dropped.

    `left` counts what was dropped, for the words that say so.
    """

    blocks: list[Block] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    left: Counter[Left] = field(default_factory=Counter)

    @property
    def text(self) -> str:
        """The blocks under each other: a line apart, but lists and tables without gaps."""
        pieces = [block.text for block in self.blocks[:1]]
        for above, below in pairwise(self.blocks):
            is_run = above.form == below.form and below.form in ("item", "row")
            pieces += ["\n" if is_run else "\n\n", below.text]
        return "".join(pieces)[:TEXT_MAX].replace("\0", "")

    @property
    def headings(self) -> list[str]:
        """The headings in order."""
        return [block.text for block in self.blocks if block.form == "heading"]

    @property
    def aside_text(self) -> str:
        """All that was dropped, a line each, as far as it is needed."""
        lines = {line for each in self.aside for line in each.splitlines() if line.strip()}
        return "\n".join(sorted(lines))[:ASIDE_MAX]

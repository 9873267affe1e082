"""What the screen says: findings, which block until answered, and cautions, which only ask."""

from dataclasses import dataclass, field
from typing import Literal

Label = Literal["PERSON", "ORG", "PLACE", "ADDRESS", "DATE_EXACT", "PHONE", "EMAIL", "URL", "ID", "OTHER"]
Band = Literal["sure", "ask"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A passage that looks like an identifier: text[start:end], offsets in code points, half-open.

    `replacement` stands in for exactly that passage; `reason` is for the teacher's eyes; `band` says
    whether the screen offers a replacement (sure) or asks a question (ask). Both block.
    """

    start: int
    end: int
    label: Label
    replacement: str
    reason: str
    band: Band


@dataclass(frozen=True, slots=True)
class Caution:
    """Details that are harmless alone and together could point to one student; the span holds them all."""

    kind: str
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Screened:
    """The findings of one text, sorted and never overlapping, and its cautions."""

    findings: list[Finding] = field(default_factory=list)
    cautions: list[Caution] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding in the making: the passage and why, before a replacement is chosen.

    `core` is the identifying part alone (the surname without its title); `hint` is what is known of the
    person or thing ("teacher", "kin", a month), for the replacement.
    """

    start: int
    end: int
    label: Label
    reason: str
    band: Band = "sure"
    core: tuple[int, int] = (0, 0)
    hint: str = ""

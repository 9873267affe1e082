"""What a person types into search, made safe for FTS5, whose own syntax it never reaches."""

import re
from dataclasses import dataclass, field

_PART = re.compile(r'(?P<minus>-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))')
_WORD = re.compile(r"[^\W_]+")

# The field's short forms and what they stand for; either finds the other.
SYNONYMS = (
    ("plaafp", "plop", "plep", "present levels"),
    ("ot", "occupational therapy"),
    ("pt", "physical therapy"),
    ("slp", "speech"),
    ("tts", "text to speech"),
    ("pwn", "prior written notice"),
    ("lre", "least restrictive environment"),
    ("sdi", "specially designed instruction"),
    ("esy", "extended school year"),
    ("bip", "behavior intervention plan"),
    ("fba", "functional behavioral assessment"),
    ("wcpm", "words correct per minute"),
    ("gen ed", "general education"),
    ("para", "paraprofessional"),
)
_ALIKE = {name: group for group in SYNONYMS for name in group}


@dataclass(frozen=True)
class Query:
    """Words and phrases that must be there, and those that must not."""

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    unfinished: bool = field(default=False)  # the last word is still being typed

    def match(self) -> str | None:
        """As an FTS5 expression of quoted strings only; None when nothing is asked for."""
        if not self.wanted:
            return None
        parts = [self._part(part, at == len(self.wanted) - 1) for at, part in enumerate(self.wanted)]
        expression = " AND ".join(parts)
        for part in self.unwanted:
            expression = f"({expression}) NOT {_quoted(part)}"
        return expression

    def _part(self, part: str, is_last: bool) -> str:
        alike = _ALIKE.get(part)
        if alike:
            return "(" + " OR ".join(_quoted(each) for each in alike) + ")"
        if self.unfinished and is_last and len(part) >= 3 and " " not in part:
            return f"({_quoted(part)} OR {_quoted(part)}*)"
        return _quoted(part)


def _quoted(part: str) -> str:
    return '"' + part.replace('"', '""') + '"'


def read(typed: str) -> Query:
    """Words, "phrases" and -words; signs inside a word make it a phrase: text-to-speech is found as typed."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for part in _PART.finditer(typed):
        said = part["phrase"] if part["phrase"] is not None else part["word"]
        words = _WORD.findall(said.casefold())
        if words:
            (unwanted if part["minus"] else wanted).append(" ".join(words))
    return Query(tuple(wanted), tuple(unwanted), unfinished=bool(typed) and typed[-1].isalnum())

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
_LONGEST = max(len(name.split()) for name in _ALIKE)


@dataclass(frozen=True)
class Query:
    """Words and phrases that must be there, and those that must not."""

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    apart: frozenset[str] = frozenset()  # of those wanted, names whose words were typed without quotes
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
        alike = [_quoted(each) for each in _ALIKE.get(part, ())]
        if part in self.apart:
            alike.append("(" + " AND ".join(_quoted(word) for word in part.split()) + ")")
        if alike:
            return "(" + " OR ".join(alike) + ")"
        if self.unfinished and is_last and len(part) >= 3 and " " not in part:
            return f"({_quoted(part)} OR {_quoted(part)}*)"
        return _quoted(part)


def _quoted(part: str) -> str:
    return '"' + part.replace('"', '""') + '"'


def read(typed: str) -> Query:
    """Words, "phrases" and -words; signs inside a word make it a phrase: text-to-speech is found as typed."""
    wanted: list[str] = []
    unwanted: list[str] = []
    apart: set[str] = set()
    loose = 0  # how many of the last ones wanted were single words without quotes
    for part in _PART.finditer(typed):
        said = part["phrase"] if part["phrase"] is not None else part["word"]
        words = _WORD.findall(said.casefold())
        if not words:
            continue
        if part["minus"]:
            unwanted.append(" ".join(words))
            continue
        wanted.append(" ".join(words))
        loose = loose + 1 if part["phrase"] is None and len(words) == 1 else 0
        for length in range(min(loose, _LONGEST), 1, -1):
            name = " ".join(wanted[-length:])
            if name in _ALIKE:
                wanted[-length:] = [name]
                apart.add(name)
                loose = 0
                break
    return Query(tuple(wanted), tuple(unwanted), frozenset(apart), bool(typed) and typed[-1].isalnum())

"""Which marks speak of the same person, and what that person is: student, parent, teacher, aide."""

import re
from dataclasses import dataclass, field

from app.deid.finding import Mark
from app.deid.lexicon import Sections, lexicon
from app.deid.tokens import fold, word_set

PARTICLES = word_set(
    "van der de den del della di da dos das du la le el al bin ibn bint von zu zur ten "
    "ter y san santa st abu ben mac o"
)

_BEFORE = re.compile(r"([^\W\d_]+)(?:(?: full)? name)?(?:\s?:\s{0,3}|\s(?:is|was|named|called)\s)$", re.I)
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_APPOSITION = re.compile(
    r"\s?[,(]?\s?(?:(?:the|his|her|our|my|their|a|an)\s)?((?:[a-z]+[ -]){0,2}?[a-z]+)\b", re.I
)
_PARENTS = word_set("mom moms mommy mother dad daddy father parent parents guardian mama mum mummy mami papi")
_CHILDREN = word_set("student students kid kids kiddo child boy girl buddy")
_PEERS = word_set("peer classmate friend friends bestie")
_NAMELESS = word_set("greeted signed ed lead head social speech resource team dept provider")


@dataclass(slots=True)
class Person:
    """One person of the text: the parts of the name seen so far, the role, and which marks speak of them."""

    parts: set[str]
    role: str = ""
    marks: list[int] = field(default_factory=list)
    titled: bool = False


def gather(text: str, marks: list[Mark]) -> list[Person]:
    """The persons in order of first mention; every PERSON mark belongs to exactly one."""
    context = lexicon().context
    persons: list[Person] = []
    by_part: dict[str, list[Person]] = {}
    for n, mark in enumerate(marks):
        if mark.label != "PERSON":
            continue
        parts = _parts(text[mark.core[0] : mark.core[1]])
        titled = mark.hint in ("teacher", "doctor", "couple")
        role = _role(text, mark, context)
        person = _same(parts, titled, by_part)
        if person is None:
            person = Person(set(parts), titled=titled)
            if (
                titled
                and not role.startswith("kin")
                and any(len(p.parts) > 1 for part in parts for p in by_part.get(part, ()))
            ):
                role = "parent"  # Mr. Warfa beside Amina Warfa.
            persons.append(person)
        for part in set(parts) - (person.parts if person.marks else set()):
            by_part.setdefault(part, []).append(person)
        person.parts |= set(parts)
        person.role = person.role or role
        person.marks.append(n)
    return persons


def _parts(name: str) -> list[str]:
    parts = [fold(word) for word in _WORDS.findall(name)]
    if len(parts) > 1 and all(len(p) == 1 for p in parts):
        return ["".join(parts)]
    return [p for p in parts if p not in PARTICLES] or parts


def _same(parts: list[str], titled: bool, by_part: dict[str, list[Person]]) -> Person | None:
    """The person already met whom these parts can mean: the given name decides, a lone surname follows."""
    if not parts:
        return None
    for person in by_part.get(parts[0], ()):
        untitled_family = titled and not person.titled and len(person.parts) > 1
        if not untitled_family and (
            len(parts) == 1 or len(person.parts) == 1 or set(parts) & person.parts == set(parts)
        ):
            return person
    if len(parts) > 1:
        return next((p for p in by_part.get(parts[-1], ()) if len(p.parts) == 1 and p.titled), None)
    return None


def _role(text: str, mark: Mark, context: Sections) -> str:
    """One of "parent", "student", "teacher", a role word as written, or "" when the text does not tell."""
    hint = mark.hint
    if hint == "kin":
        words = _WORDS.findall(text[max(0, mark.start - 24) : mark.core[0]].lower())
        kin = next((w for w in reversed(words) if fold(w) in context["kin"]), "parent")
        return "parent" if kin in _PARENTS else kin
    if hint == "couple":
        return "parent"
    if (before := _BEFORE.search(text, max(0, mark.start - 30), mark.start)) is not None:
        word = fold(before[1])
        if word in context["kin"] or word in context["role"]:
            return _plain(word, context)
    after = _APPOSITION.match(text, mark.end)
    if after and apposed(text, mark):
        words = [fold(w) for w in _WORDS.findall(after[1])]
        if role := next((w for w in words if w in context["role"] or w in context["kin"]), ""):
            return _plain(role, context)
    return _plain(hint, context) if hint and hint not in _NAMELESS else ""


def apposed(text: str, mark: Mark) -> bool:
    """Whether a description follows the name: ", his aide", "(case manager)", "the slp"."""
    return bool(re.match(r"(?:,|\s\(|\s(?:the|our|my|his|her)\s)", text[mark.end : mark.end + 6]))


def _plain(role: str, context: Sections) -> str:
    if role in _PARENTS:
        return "parent"
    if role in _CHILDREN:
        return "student"
    if role in _PEERS:
        return "classmate"
    return {"tchr": "teacher", "teachers": "teacher", "named": "", "called": ""}.get(role, role)

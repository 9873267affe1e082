"""What stands in for a finding: the sentence still reads, and the same person keeps one placeholder."""

import re
from collections import Counter
from collections.abc import Sequence

from app.deid import persons
from app.deid.finding import Mark
from app.deid.lexicon import lexicon
from app.deid.persons import Person
from app.deid.tokens import fold, word_set

_FIXED = {
    "ADDRESS": "[address]",
    "PHONE": "[phone number]",
    "EMAIL": "[e-mail address]",
    "URL": "[link]",
    "ID": "[number]",
    "OTHER": "[plate number]",
}
_LAST_WORD = re.compile(r"([^\W\d_]+)(,?)[\s-]{1,2}$")
_SPELT = word_set("slp slpa ot otr rbt lssp ap ta lea rn np md")
_NO_SECOND = word_set("a an the this")
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n])[\s\"“'’(\[-]*$")
_WRITTEN_BY = re.compile(r"\b(?:by|from|per|signed)\s$", re.I)


def replacements(text: str, marks: Sequence[Mark]) -> list[str]:
    """One replacement for each mark, in their order."""
    chosen = [_FIXED.get(mark.label, "") for mark in marks]
    for n, name in _people(text, list(marks)).items():
        chosen[n] = name
    for label in ("ORG", "PLACE"):
        for n, name in _places(text, marks, label).items():
            chosen[n] = name
    for n, mark in enumerate(marks):
        if mark.label == "DATE_EXACT":
            chosen[n] = "[birth date]" if mark.hint == "birth" else mark.hint
        chosen[n] = _fit(text, mark, chosen[n])
    return chosen


def _people(text: str, marks: list[Mark]) -> dict[int, str]:
    found = persons.gather(text, marks)
    _settle_roles(text, marks, found)
    letters: Counter[str] = Counter(person.role for person in found)
    used: Counter[str] = Counter()
    chosen: dict[int, str] = {}
    for person in found:
        name = _placeholder(person, letters[person.role], used)
        for n in person.marks:
            stands = _beside_kin(text, marks[n]) or ("the parents" if marks[n].hint == "couple" else name)
            chosen[n] = (
                "[name]"
                if stands[:2] in ("a ", "an", "th") and _described(text, marks[n], person.role)
                else stands
            )
    return chosen


def _settle_roles(text: str, marks: list[Mark], found: list[Person]) -> None:
    """Whoever has no role is the student when spoken of most, else another student or a colleague."""
    unknown = [p for p in found if not p.role]
    if unknown and not any(p.role == "student" for p in found):
        anonymous = ("greeted", "signed")
        likely = [p for p in unknown if not any(marks[n].hint in anonymous for n in p.marks)]
        if likely:
            max(likely, key=lambda p: len(p.marks)).role = "student"
    for person in unknown:
        if not person.role:
            mark = marks[person.marks[0]]
            hidden = mark.hint in ("greeted", "signed")
            wrote = _WRITTEN_BY.search(text, max(0, mark.start - 8), mark.start)
            person.role = "name" if hidden else "colleague" if wrote else "student"


def _placeholder(person: Person, alike: int, used: Counter[str]) -> str:
    """For one of a kind "the student", "a teacher"; for several "Teacher A", "Teacher B"."""
    role = person.role
    if role == "name":
        return "[name]"
    if alike > 1:
        letter = chr(ord("A") + used[role] % 26)
        used[role] += 1
        return f"{role.capitalize()} {letter}"
    article = (
        "the"
        if role in ("student", "parent") or role in _SPELT or len(person.marks) > 1
        else "an"
        if role[0] in "aeiou"
        else "a"
    )
    return f"{article} {role}"


def _beside_kin(text: str, mark: Mark) -> str:
    """The kin word before a name says enough: "uncle Reggie" becomes "uncle"."""
    words = text[mark.start : mark.core[0]].split()
    return words[0] if words and fold(words[0].strip(".,")) in lexicon().context["kin"] else ""


def _described(text: str, mark: Mark, role: str) -> bool:
    """The role stands beside the name already: "bettina the slp"."""
    return persons.apposed(text, mark) and role in fold(text[mark.end : mark.end + 40])


def _places(text: str, marks: Sequence[Mark], label: str) -> dict[int, str]:
    names: dict[tuple[str, str], list[int]] = {}
    for n, mark in enumerate(marks):
        if mark.label == label:
            names.setdefault((mark.hint or "place", fold(text[mark.start : mark.end])), []).append(n)
    alike = Counter(kind for kind, _ in names)
    used: Counter[str] = Counter()
    chosen: dict[int, str] = {}
    for (kind, _), places in names.items():
        shown = f"{'the' if kind in ('school', 'district') else 'a'} {kind}"
        if alike[kind] > 1:
            shown = f"{kind.capitalize()} {chr(ord('A') + used[kind] % 26)}"
            used[kind] += 1
        chosen |= dict.fromkeys(places, shown)
    return chosen


def _fit(text: str, mark: Mark, name: str) -> str:
    """Fit a placeholder into its sentence: no second article, a capital where the sentence begins."""
    lead = text[max(0, mark.start - 30) : mark.start]
    article, _, noun = name.partition(" ")
    if article in ("the", "a", "an") and (before := _LAST_WORD.search(lead)):
        word = fold(before[1])
        context = lexicon().context
        if mark.label == "PERSON" and (word in context["role"] or word in context["kin"]):
            return "[name]"
        if not before[2] and (word in _NO_SECOND or word in context["owner"]):
            return noun
    if text[mark.start].isupper() and _SENTENCE_START.search(lead):
        return name[:1].upper() + name[1:]
    return name

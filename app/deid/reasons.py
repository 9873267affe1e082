"""Why a word is held to be a name, in words for its reader, and what is known of who or what is named."""

from app.deid.finding import Label
from app.deid.lexicon import Sections
from app.deid.reading import Reading
from app.deid.tokens import word_set

_TEACHERS = word_set(
    "mr mrs ms mx miss mister missus missis sr sra srta senor senora senorita mme mlle monsieur "
    "madame herr frau maestra maestro profe prof professor"
)
_DOCTORS = word_set("dr doctor dra lic licda licdo")
_BODIES = (
    (
        "clinic",
        word_set(
            "clinic hospital medical behavioral behavioural pediatrics neurology therapy "
            "psychiatry dental health"
        ),
    ),
    ("church", word_set("church temple mosque synagogue chapel ministries masjid cathedral")),
    ("district", word_set("district unified isd usd superintendent schools")),
    ("center", word_set("center centre agency services foundation library")),
)
_CLOSINGS = word_set(
    "thanks you best warmly sincerely regards cheers love yours respectfully gratefully cordially "
    "gratitude care"
)


def lead(reading: Reading, first: int) -> tuple[int, str]:
    """Where the title or kin word before a name begins, and what it says of the person.

    The place is `first`, where the name begins, if there is none.
    """
    words, ctx = reading.words, reading.lexicon.context
    at, hint = first, ""
    if first and words[first].link in ("space", "dot") and not reading.claimed[first - 1]:
        word = words[first - 1]
        if word.low in ctx["title"] or word.low in ctx["honorific"]:
            at = first - 1
            hint = "teacher" if word.low in _TEACHERS else "doctor" if word.low in _DOCTORS else word.low
            if at > 1 and words[at - 1].low in ("and", "&") and words[at - 2].low in ctx["title"]:
                at, hint = at - 2, "couple"
        elif word.low in ctx["kin"] and not word.possessive and words[first].link == "space":
            at, hint = first - 1, "kin"
            if (
                at
                and words[at].link == "space"
                and words[at - 1].low in ctx["kin"]
                and not words[at - 1].possessive
            ):
                at -= 1
        elif word.low in ctx["role"]:
            hint = word.low
    if not hint:
        hint = _around(reading, first)
    return at, hint


def _around(reading: Reading, first: int) -> str:
    """Greeted at the start of a letter, or signing at its end."""
    words, ctx = reading.words, reading.lexicon.context
    before = words[first - 1].low if first else ""
    if before in ctx["greeting"] and (first < 2 or words[first - 1].link == "stop"):
        return "greeted"
    follows = first + 1 >= len(words) or "\n" in words[first + 1].gap
    if first and follows and words[first].link in ("stop", "comma") and before in _CLOSINGS:
        return "signed"
    if first > 1 and words[first].link == "comma" and before in ctx["kin"] | ctx["role"]:
        return before  # "her aide, Precious,"
    return ""


def of_person(reading: Reading, group: list[int], lead_at: int, *, again: bool) -> str:
    """The reason for a person's name."""
    words, kinds, first = reading.words, reading.kinds, group[0]
    if again:
        return "the same name as elsewhere in this text"
    if lead_at < first:
        word = words[first - 1]
        return f"looks like a name: follows “{reading.text[word.start : word.end]}”"
    if all(len(words[i].text) == 1 for i in group) or (
        words[first].shape == "upper" and len(words[first].text) == 2
    ):
        return "looks like initials used as a name"
    told = {kinds[i] for i in group}
    if "name" in told:
        return "is on the lists of names"
    if "foreign" in told:
        return "looks like a name in another script"
    if told == {"unknown"}:
        capital = words[first].capital and words[first].link != "stop"
        return f"looks like a name: {'capitalised, and ' if capital else ''}no word we know"
    return "looks like a name: used like one"


def body_kind(lows: set[str], label: Label, ctx: Sections) -> str:
    """What an organisation or place is, as far as its own words tell."""
    if label == "ORG":
        return next((kind for kind, heads in _BODIES if lows & heads), "school")
    return "street" if lows & (ctx["street"] - ctx["landform"]) else "town"


def of_body(label: Label, kind: str) -> str:
    """The reason for an organisation or a place."""
    if label == "ORG":
        return (
            "looks like a school or a place of care" if kind != "district" else "looks like a school district"
        )
    return "looks like a street" if kind == "street" else "looks like a town or neighbourhood"

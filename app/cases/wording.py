"""Details in words: labels of fields, words for codes, days as people say them."""

import re
from datetime import date
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

LABELS = {
    "due_on": "Day",
    "pwn": "Prior written notice",
    "will": "What the student will do",
    "now": "Now",
    "who": "Who",
    "i_will": "What I will do",
    "say_it": "Say it",
    "as_of": "As of",
    "target_on": "Target day",
    "baseline_on": "Baseline day",
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def label_of(name: str) -> str:
    """The label of a field: `who_starts` is "Who starts", `review_on` "Review"."""
    words = name.removesuffix("_on").replace("_", " ")
    return LABELS.get(name, words[:1].upper() + words[1:])


def day_in_words(day: date | str | None) -> str:
    """As in "Friday, March 5, 2027"; nothing for no day."""
    if day is None:
        return ""
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{on:%A, %B} {on.day}, {on.year}"


def in_words(shape: type[BaseModel], name: str, value: Any) -> Any:
    """A stored value as it is read: yes and no, codes and days in words, texts as they are."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and _DAY.fullmatch(value):
        return day_in_words(value)
    if isinstance(value, str) and _is_code(shape, name):
        return value.replace("_", " ")
    return value


def told(shape: type[BaseModel], details: dict[str, Any], *, without: tuple[str, ...] = ()) -> list[Any]:
    """Details as rows of label, value and whether the value is prose, in the order of their shape."""
    rows = []
    for name in shape.model_fields:
        value = details.get(name)
        if name in without or value in (None, "", []):
            continue
        if isinstance(value, list):
            value = [_line(shape, name, each) for each in value]
        else:
            value = in_words(shape, name, value)
        rows.append((label_of(name), value, isinstance(value, str) and not _is_code(shape, name)))
    return rows


def _line(shape: type[BaseModel], name: str, value: Any) -> str:
    """One line of a list; of a small object, its parts in a row."""
    if not isinstance(value, dict):
        return str(in_words(shape, name, value))
    said = []
    for key, part in value.items():
        if isinstance(part, bool):
            said.append(label_of(key).lower() if part else f"not {label_of(key).lower()}")
        elif key == "text":
            said.insert(0, str(part))
        else:
            said.append(f"{label_of(key).lower()}: {in_words(shape, name, part)}")
    return "; ".join(said)


@cache
def _is_code(shape: type[BaseModel], name: str) -> bool:
    return _has_literal(shape.model_fields[name].annotation)


def _has_literal(annotation: Any) -> bool:
    return get_origin(annotation) is Literal or any(_has_literal(each) for each in get_args(annotation))

"""The gate before every stored free text: an open finding stops the write, and nothing of it is kept.

Which fields are free text is not listed by hand: it is every field whose type carries `FREE` (core/text.py),
found by walking the shape, so that a new field cannot forget the gate.
"""

import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from app import deid
from app.core.errors import Problem
from app.core.text import FreeText, normalise
from app.screening import ahead, clean


@dataclass(frozen=True)
class About:
    """Whose text it is and under which id of her phone's making it would have been stored."""

    person_id: UUID
    kind: Literal["thread", "message"]
    object_id: UUID


class IdentifiersFound(Problem):
    slug, title, status = "identifiers-found", "Something here looks like it could identify someone", 422
    detail = (
        "Replace what is marked, or send its words in `kept` if they are no identifiers. Nothing was stored."
    )
    about: About | None = None


def check(
    data: BaseModel,
    *,
    people: Iterable[str] = (),
    carried: Mapping[str, Iterable[str]] | None = None,
    prefix: str = "",
    about: About | None = None,
) -> int:
    """Screen every free text of a shape that came in. Returns how many flagged words were kept on purpose.

    `people` are display names of the thread's own people, `carried` quotes kept earlier by field path. Raises
    IdentifiersFound with findings by dotted path: offsets and labels, no text. With `about`, the refusal of
    something that has an id of its phone's making is remembered, and its writer told if it stays refused.
    """
    kept: Mapping[str, list[str]] = getattr(data, "kept", None) or {}
    try:
        return check_texts(dict(free_texts(data, prefix)), kept, people=people, carried=carried)
    except IdentifiersFound as refusal:
        refusal.about = about
        raise


def check_texts(
    texts: Mapping[str, str],
    kept: Mapping[str, Iterable[str]],
    *,
    people: Iterable[str] = (),
    carried: Mapping[str, Iterable[str]] | None = None,
) -> int:
    """As `check`, for texts by path that are already taken out of their shape."""
    people = list(people)
    open_findings: dict[str, list[dict[str, Any]]] = {}
    kept_count = 0
    for path, text in texts.items():
        if not text.strip() or clean.is_known(text):
            continue
        quotes = [normalise(quote) for quote in kept.get(path, ())] + list((carried or {}).get(path, ()))
        marks = ahead.marks_of(text)
        found = deid.find(text, kept=quotes, people=people, marks=marks).findings
        if quotes:
            kept_count += len(deid.find(text, people=people, marks=marks).findings) - len(found)
        elif not found and not people:
            clean.remember(text)
        if found:
            open_findings[path] = [
                {
                    "start": each.start,
                    "end": each.end,
                    "label": each.label,
                    "replacement": each.replacement,
                    "reason": each.reason,
                    "band": each.band,
                }
                for each in found
            ]
    if open_findings:
        raise IdentifiersFound(findings=open_findings)
    return max(kept_count, 0)


def kept_in(text: str | None, *, people: Iterable[str] = ()) -> int:
    """How many flagged words stand in a text that passed the gate before it was anywhere to be counted."""
    if not text or clean.is_known(text):
        return 0
    return len(deid.find(text, people=people, marks=ahead.marks_of(text)).findings)


def free_texts(data: BaseModel, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every free text in a shape, with its dotted path: `body`, `drafts.0.text`, `details.concern`."""
    for name in type(data).model_fields:
        value = getattr(data, name)
        if value is None or name == "kept":
            continue
        yield from _texts_in(value, prefix + name, _is_free(type(data), name))


def _texts_in(value: Any, path: str, is_free: bool) -> Iterator[tuple[str, str]]:
    if isinstance(value, BaseModel):
        yield from free_texts(value, f"{path}.")
    elif isinstance(value, list | tuple):
        for at, each in enumerate(value):
            yield from _texts_in(each, f"{path}.{at}", is_free)
    elif isinstance(value, str) and is_free:
        yield path, value


@cache
def _is_free(shape: type[BaseModel], name: str) -> bool:
    field = shape.model_fields[name]
    return any(isinstance(each, FreeText) for each in field.metadata) or _mentions_free(field.annotation)


def _mentions_free(annotation: Any) -> bool:
    if any(isinstance(each, FreeText) for each in getattr(annotation, "__metadata__", ())):
        return True
    if get_origin(annotation) in (Union, types.UnionType, list, tuple) or hasattr(annotation, "__metadata__"):
        return any(_mentions_free(each) for each in get_args(annotation))
    return False

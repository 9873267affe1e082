"""Whatever a teacher may write into an item or an entry comes back as it was, and no day reaches a mentor."""

import types
from datetime import date
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from app.cases.details import ITEM_DETAILS, kept_json
from app.cases.entry_details import ENTRY_DETAILS
from app.cases.items import merged
from app.cases.views import without_days
from app.core.days import EARLIEST, LATEST, DayMark
from app.core.text import FreeText

EVERY = [*ITEM_DETAILS.values(), *ENTRY_DETAILS.values()]
PLAIN = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=40)


def made_for(annotation: Any, metadata: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    """Values that a JSON body may hold for a type in our details."""
    origin, args = get_origin(annotation), get_args(annotation)
    marks = [*metadata, *getattr(annotation, "__metadata__", ())]
    if any(isinstance(mark, DayMark) for mark in marks):
        return st.dates(EARLIEST, LATEST).map(str)
    if any(isinstance(mark, FreeText) for mark in marks):
        return PLAIN
    if origin is Literal:
        return st.sampled_from(args)
    if origin in (Union, types.UnionType):
        return st.one_of([made_for(each) for each in args if each is not type(None)])
    if origin is list:
        return st.lists(made_for(args[0]), max_size=3)
    if hasattr(annotation, "__metadata__"):
        return made_for(args[0], tuple(marks))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return made_of(annotation)
    if annotation is bool:
        return st.booleans()
    if annotation is int:
        return st.integers(1, 100)
    if annotation is float:
        return st.floats(1, 100, allow_nan=False)
    if annotation is str:
        return st.times().map(lambda moment: f"{moment:%H:%M}")
    raise AssertionError(annotation)


def made_of(shape: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            name: made_for(field.annotation, tuple(field.metadata))
            for name, field in shape.model_fields.items()
        },
    )


@pytest.mark.parametrize("shape", EVERY, ids=lambda shape: shape.__name__)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_details_come_back_as_they_were_sent(shape, data):
    sent = data.draw(made_of(shape))
    once = kept_json(shape.model_validate(sent))
    assert set(once) == set(sent)
    assert kept_json(shape.model_validate(once)) == once
    assert merged(once, shape.model_validate({})) == once
    assert merged(once, shape.model_validate(dict.fromkeys(sent))) == {}


@pytest.mark.parametrize("shape", EVERY, ids=lambda shape: shape.__name__)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_day_is_left_for_a_mentor(shape, data):
    stored = kept_json(shape.model_validate(data.draw(made_of(shape))))
    seen = without_days(shape, stored)
    assert not list(days_in(seen, shape))
    assert set(seen) <= set(stored)
    without = {name for name in stored if not holds_a_day(shape, name)}
    assert set(seen) == without


@cache
def schema_of(shape: type[BaseModel]) -> dict[str, Any]:
    return shape.model_json_schema()


def holds_a_day(shape: type[BaseModel], name: str) -> bool:
    schema = schema_of(shape)["properties"][name]
    return '"format": "date"' in str(schema).replace("'", '"')


def days_in(value: Any, shape: type[BaseModel]) -> Any:
    """Strings that stand in fields of a day, found through the published schema."""
    schema = schema_of(shape)

    def walk(value: Any, part: dict[str, Any]) -> Any:
        if "$ref" in part:
            part = schema["$defs"][part["$ref"].rsplit("/", 1)[1]]
        if part.get("format") == "date" and isinstance(value, str):
            yield date.fromisoformat(value)
        for each in part.get("anyOf", ()):
            if isinstance(value, str) and each.get("type") != "string":
                continue
            yield from walk(value, each)
        if isinstance(value, dict):
            for name, inner in value.items():
                if name in part.get("properties", {}):
                    yield from walk(inner, part["properties"][name])
        if isinstance(value, list) and "items" in part:
            for inner in value:
                yield from walk(inner, part["items"])

    return walk(value, schema)


@pytest.mark.parametrize("shape", EVERY, ids=lambda shape: shape.__name__)
def test_what_nobody_named_is_refused(shape):
    with pytest.raises(ValueError, match="extra"):
        shape.model_validate({"no_such_field": 1})


def test_every_text_in_details_is_screened():
    """`time` is the one string that is no free text: it can only be a time of day."""
    seen: set[type[BaseModel]] = set()

    def texts(shape: type[BaseModel]) -> Any:
        seen.add(shape)
        for name, field in shape.model_fields.items():
            for kind, marks in leaves(field.annotation, tuple(field.metadata)):
                if isinstance(kind, type) and issubclass(kind, BaseModel):
                    yield from texts(kind)
                elif kind is str and not any(isinstance(mark, FreeText) for mark in marks):
                    yield f"{shape.__name__}.{name}"

    assert {each for shape in EVERY for each in texts(shape)} == {
        "MeetingDetails.time",
        "IncidentDetails.time",
    }
    assert len(seen) > len(EVERY)


def leaves(annotation: Any, marks: tuple[Any, ...]) -> Any:
    marks = (*marks, *getattr(annotation, "__metadata__", ()))
    if get_origin(annotation) in (Union, types.UnionType, list) or hasattr(annotation, "__metadata__"):
        inner = get_args(annotation)
        for each in inner[:1] if hasattr(annotation, "__metadata__") else inner:
            yield from leaves(each, marks)
    elif get_origin(annotation) is not Literal:
        yield annotation, marks

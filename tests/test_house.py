"""The rules of the house that no single feature owns."""

import re
import types
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from fastapi.routing import APIRoute
from pydantic import BaseModel

from app.core.errors import Problem
from app.core.settings import Settings
from app.core.text import FreeText
from app.main import ROUTERS

ROOT = Path(__file__).resolve().parents[1]

# Words that are typed but are not about the work: who someone is, secrets, codes, addresses of machines.
NOT_SCREENED = {
    "display_name",
    "email",
    "code",
    "token",
    "name",  # of a circle
    "quote",  # must equal its slice of a screened version
    "kept",  # quotes of texts that are screened themselves
    "region",
    "time_zone",
    "content_type",
    "sha256",
    "endpoint",
    "p256dh",
    "auth",
    "text",  # POST /api/screen stores nothing
    "q",  # a search is not stored
    "after",
    "label",
    "days",
    "from_",
    "to",
    "time",
}


def request_shapes() -> set[type[BaseModel]]:
    found: set[type[BaseModel]] = set()

    def add(annotation: Any) -> None:
        for shape in _shapes_in(annotation):
            if shape not in found:
                found.add(shape)
                for field in shape.model_fields.values():
                    add(field.annotation)

    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.body_field is not None:
                add(route.body_field.field_info.annotation)
    return found


def holds_text(annotation: Any) -> bool:
    if annotation is str:
        return True
    origin = get_origin(annotation)
    if origin is Literal:
        return False
    if origin in (Union, types.UnionType, list, tuple, dict) or hasattr(annotation, "__metadata__"):
        return any(holds_text(each) for each in get_args(annotation))
    return False


def is_free(annotation: Any, metadata: list[Any]) -> bool:
    if any(isinstance(each, FreeText) for each in [*metadata, *getattr(annotation, "__metadata__", ())]):
        return True
    return any(is_free(each, []) for each in get_args(annotation))


def test_every_text_that_comes_in_passes_the_gate_or_is_named_here():
    shapes = request_shapes()
    assert len(shapes) > 20
    forgotten = [
        f"{shape.__name__}.{name}"
        for shape in shapes
        for name, field in shape.model_fields.items()
        if holds_text(field.annotation)
        and not is_free(field.annotation, field.metadata)
        and name not in NOT_SCREENED
    ]
    assert forgotten == []


def test_every_shape_with_free_text_lets_words_be_kept():
    def has_free(shape: type[BaseModel], seen: frozenset[type[BaseModel]] = frozenset()) -> bool:
        for field in shape.model_fields.values():
            if is_free(field.annotation, field.metadata):
                return True
            for each in _shapes_in(field.annotation):
                if each not in seen and has_free(each, seen | {shape}):
                    return True
        return False

    bodies = {
        route.body_field.field_info.annotation
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and route.body_field is not None
    }
    without = [
        shape.__name__
        for body in bodies
        for shape in _shapes_in(body)
        if has_free(shape) and "kept" not in shape.model_fields
    ]
    assert [name for name in without if name != "SearchAsked"] == []


def _shapes_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [shape for each in get_args(annotation) for shape in _shapes_in(each)]


def test_no_shape_that_comes_in_takes_unknown_fields():
    lax = [shape.__name__ for shape in request_shapes() if shape.model_config.get("extra") != "forbid"]
    assert lax == []


def _problems(kind: type[Problem]) -> set[type[Problem]]:
    return {kind} | {each for sub in kind.__subclasses__() for each in _problems(sub)}


def test_every_problem_has_its_page():
    pages = {page.stem for page in (ROOT / "docs" / "problems").glob("*.md")}
    ours = {each.slug for each in _problems(Problem) if each.__module__.startswith("app.")} - {"problem"}
    assert ours - pages == set()
    assert pages - ours - {"README", "index"} == set()


def test_every_setting_is_explained_to_operators():
    text = (ROOT / "docs" / "operator.md").read_text()
    names = {name.upper() for name in Settings.model_fields}
    assert {name for name in names if f"`{name}`" not in text} == set()


def test_nothing_is_left_to_do_or_silenced_without_a_reason():
    marks = re.compile(r"\b(TODO|FIXME|XXX)\b|NotImplementedError|pytest\.skip\(\)|@ts-ignore")
    left = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("app", "alembic", "bench", "scripts")
        for path in (ROOT / folder).rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if marks.search(line)
    ]
    assert left == []

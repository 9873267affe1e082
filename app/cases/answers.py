"""What creates and lists answer with, and how a create is known again."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from app.core.errors import Invalid


@dataclass(frozen=True)
class Made:
    """What a create answers with, and whether it was the first."""

    shown: BaseModel
    is_new: bool


def as_said(said: Any) -> str:
    """What was sent, after normalising, in one spelling: a repeat is known by it after changes, too."""
    return json.dumps(_plain(said), sort_keys=True, ensure_ascii=False, default=str)


def _plain(said: Any) -> Any:
    """3 and 3.0 are the same number."""
    if isinstance(said, dict):
        return {name: _plain(each) for name, each in said.items()}
    if isinstance(said, list):
        return [_plain(each) for each in said]
    return int(said) if isinstance(said, float) and said.is_integer() else said


def moment_and_id(moment: Any, row_id: Any) -> tuple[datetime, UUID]:
    """Two sort values out of a cursor. Raises Invalid when they are not what we put in."""
    try:
        return datetime.fromisoformat(moment).astimezone(UTC), UUID(row_id)
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Invalid("`after` is not a cursor of this list.") from error

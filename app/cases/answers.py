"""What creates and lists answer with."""

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


def moment_and_id(moment: Any, row_id: Any) -> tuple[datetime, UUID]:
    """Two sort values out of a cursor. Raises Invalid when they are not what we put in."""
    try:
        return datetime.fromisoformat(moment).astimezone(UTC), UUID(row_id)
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Invalid("`after` is not a cursor of this list.") from error

"""What creates and lists answer with."""

from dataclasses import dataclass
from datetime import datetime
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
        at, last_id = datetime.fromisoformat(moment), UUID(row_id)
    except (TypeError, ValueError, AttributeError) as error:
        raise Invalid("`after` is not a cursor of this list.") from error
    if at.tzinfo is None:
        raise Invalid("`after` is not a cursor of this list.")
    return at, last_id

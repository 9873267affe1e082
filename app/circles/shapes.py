"""What comes in and goes out about circles."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.accounts.shapes import Email
from app.core.days import Day
from app.core.text import Name
from app.standing import ROLES, Role, Topic


def _each_once(roles: list[Role]) -> list[Role]:
    return [role for role in ROLES if role in roles]


Roles = Annotated[list[Role], Field(min_length=1, max_length=10), AfterValidator(_each_once)]


class Strict(BaseModel):
    """A shape that comes in: a field it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class CircleCreate(Strict):
    """A new circle; whoever makes it becomes its steward."""

    id: UUID | None = None
    name: Name


class MemberRead(BaseModel):
    """A member as the others see her."""

    id: UUID
    display_name: str
    roles: list[Role]
    topics: list[Topic]
    away_until: date | None
    joined_at: datetime


class CircleRead(BaseModel):
    """A circle as a member sees it; `roles` are her own. Names are here so that a phone has them offline."""

    id: UUID
    name: str
    roles: list[Role]
    created_at: datetime
    members: list[MemberRead]


class TotalsRead(BaseModel):
    """What all of a circle's people did together; for its stewards."""

    people: int
    kept_words: int | None = Field(
        description="How often a flagged word was sent as no identifier; null below five people."
    )


class MentorRead(BaseModel):
    """A mentor whom one may ask."""

    id: UUID
    display_name: str
    topics: list[Topic]
    away_until: date | None
    open_count: int | None = Field(
        description="Threads of this circle that wait for her or that she holds; null to those who only host."
    )
    works_with_me: bool = Field(
        description="The caller named her as a colleague: she reads none of her threads."
    )


class MembershipPatch(Strict):
    """What a member says of herself in a circle; what is left out stays as it is."""

    topics: list[Topic] = Field(default=[], max_length=20)
    away_until: Day | None = Field(default=None, description="The last day away; null: not away.")


class RolesPatch(Strict):
    """What a member is to be in a circle from now on."""

    roles: Roles


class InvitationCreate(Strict):
    """Who is to join, and as what."""

    id: UUID | None = None
    email: Email
    roles: Roles


class InvitationRead(BaseModel):
    """An invitation, as its circle's stewards see it; a member's new roles are accepted at once."""

    id: UUID
    circle_id: UUID
    email: str
    roles: list[Role]
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None

"""What comes in and goes out about people, their sign-ins and their sessions."""

import re
from datetime import date, datetime
from functools import cache
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from app.accounts.regions import region_code
from app.core import quiet
from app.core.days import ClockTime
from app.core.text import Line, Name
from app.standing import Role, Topic

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]{1,189}")


def email_address(said: str) -> str:
    """An address as it is looked up: trimmed, in small letters. Raises ValueError when it is none."""
    address = said.strip().lower()
    if not _ADDRESS.fullmatch(address) or ".." in address or address.endswith("."):
        raise ValueError("This is not an e-mail address.")
    return address


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _time_zones():
        raise ValueError("Name an IANA time zone, such as America/Denver.")
    return name


def _eight_digits(said: str) -> str:
    code = re.sub(r"[\s-]", "", said)
    if not re.fullmatch(r"[0-9]{8}", code):
        raise ValueError("The code has eight digits.")
    return code


Email = Annotated[
    Line,
    AfterValidator(email_address),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": 254}),
]
TimeZone = Annotated[str, AfterValidator(_known_zone), WithJsonSchema({"type": "string", "maxLength": 60})]
Region = Annotated[Line, AfterValidator(region_code), WithJsonSchema({"type": "string", "maxLength": 60})]
Code = Annotated[
    str, AfterValidator(_eight_digits), WithJsonSchema({"type": "string", "pattern": "[0-9]{8}"})
]
Weekday = Annotated[int, Field(ge=1, le=7, strict=True)]


class Strict(BaseModel):
    """A shape that comes in: a field it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class SignInAsk(Strict):
    """Who wants in."""

    email: Email


class SignInAsked(BaseModel):
    """The same words for every address."""

    detail: str = "If this address has an account or an invitation, a mail with a link and a code comes now."


class SessionAsk(Strict):
    """The mail's link (`token`), or its code with the address it went to."""

    token: str | None = Field(default=None, min_length=20, max_length=100)
    email: Email | None = None
    code: Code | None = None
    device: Literal["mine", "shared"] = "mine"
    time_zone: str | None = Field(
        default=None,
        max_length=60,
        description="The browser's: an account made now starts in it. One that is not known is passed over.",
    )

    @field_validator("time_zone")
    @classmethod
    def _if_known(cls, name: str | None) -> str | None:
        # A browser may know a zone before this machine does; that must keep nobody from signing in.
        return name if name in _time_zones() else None

    @model_validator(mode="after")
    def _one_way(self) -> "SessionAsk":
        if (self.token is None) == (self.code is None) or (self.code is None) != (self.email is None):
            raise ValueError("Send either the token, or the address and the code.")
        return self


class QuietSpan(Strict):
    """Hours of rest that begin on these days (1 is Monday), by her own clock.

    When `to` is not after `from`, it is the next morning's.
    """

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True)

    days: list[Weekday] = Field(min_length=1, max_length=7)
    from_: ClockTime = Field(alias="from")
    to: ClockTime


USUAL_QUIET_HOURS = [QuietSpan.model_validate(span) for span in quiet.DEFAULT]


class Preferences(Strict):
    """What a person likes, on every device. Missing ones keep their usual value."""

    mail: StrictBool = Field(
        default=True, description="Notices by mail. Sign-in and security mail always comes."
    )
    push: StrictBool = Field(default=True, description="Notices on her phones.")
    theme: Literal["system", "light", "dark"] = "system"
    speed: float = Field(default=1.0, ge=0.5, le=2.0, strict=True, description="How fast voice notes play.")


class MembershipRead(BaseModel):
    """One circle that a person belongs to, and what she is there."""

    circle_id: UUID
    circle_name: str
    roles: list[Role]
    topics: list[Topic]
    away_until: date | None


class MeRead(BaseModel):
    """The signed-in person."""

    id: UUID
    email: str
    display_name: str
    region: str
    time_zone: str
    quiet_hours: list[QuietSpan]
    preferences: Preferences
    works_with: list[UUID]
    memberships: list[MembershipRead]


class MePatch(Strict):
    """What a person may change about herself; what is left out stays as it is."""

    display_name: Name = Field(default="")
    region: Region | None = None
    time_zone: TimeZone = Field(default="")
    quiet_hours: list[QuietSpan] | None = Field(
        default=None, max_length=21, description="`[]`: none. `null`: the usual ones, 20:00 to 07:00."
    )
    preferences: Preferences = Field(default_factory=Preferences)
    works_with: list[UUID] = Field(default_factory=list, max_length=500)


class SignedInRead(BaseModel):
    """The answer to a sign-in; the session itself is in the cookie."""

    user: MeRead


class SessionRead(BaseModel):
    """A signed-in browser, or a bearer token."""

    id: UUID
    device: Literal["mine", "shared"]
    label: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    is_current: bool

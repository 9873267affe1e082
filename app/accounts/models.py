"""People, their sessions, and the sign-ins under way."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from app.core.clock import UTCDateTime


class Person(SQLModel, table=True):
    """Someone with an account. The address is found by its keyed hash and kept sealed beside it."""

    __tablename__ = "people"

    id: UUID = Field(primary_key=True)
    email_hash: str | None = Field(default=None, unique=True)  # None once the account is deleted
    email: bytes | None = None  # sealed under the person's key
    display_name: bytes | None = None  # sealed likewise
    key_id: UUID | None = Field(default=None, foreign_key="keys.id", ondelete="SET NULL")
    region: str = ""
    time_zone: str = "America/New_York"
    quiet_hours: list[dict[str, Any]] | None = Field(default=None, sa_type=JSON)  # None: 20:00 to 07:00 daily
    preferences: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(sa_type=UTCDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class WorksWith(SQLModel, table=True):
    """`person` named `other` among the people she works with: `other` never reads her threads."""

    __tablename__ = "works_with"

    person_id: UUID = Field(foreign_key="people.id", ondelete="CASCADE", primary_key=True)
    other_id: UUID = Field(foreign_key="people.id", ondelete="CASCADE", primary_key=True, index=True)


class Session(SQLModel, table=True):
    """A signed-in device or a bearer token. Only the SHA-256 of the secret is here."""

    __tablename__ = "sessions"

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="people.id", ondelete="CASCADE", index=True)
    secret_hash: str = Field(unique=True)
    kind: str  # "cookie" or "bearer"
    device: str  # "mine" or "shared"
    label: str = ""  # what the browser calls itself, in plain words
    created_at: datetime = Field(sa_type=UTCDateTime)
    seen_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class SignIn(SQLModel, table=True):
    """A sign-in under way, bound to the browser that asked by a cookie's hash.

    Token and code are made when the mail is sent, so before that there is nothing to steal here.
    """

    __tablename__ = "sign_ins"

    id: UUID = Field(primary_key=True)
    browser_hash: str = Field(index=True)
    email_hash: str = Field(index=True)
    invitation_id: UUID | None = Field(default=None, foreign_key="invitations.id", ondelete="CASCADE")
    person_id: UUID | None = Field(default=None, foreign_key="people.id", ondelete="CASCADE")
    token_hash: str | None = Field(default=None, unique=True)
    code_salt: str | None = None
    code_hash: str | None = None  # scrypt
    wrong_codes: int = 0
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)

"""Mail on its way out, and where phones want to be told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.clock import UTCDateTime


class Mail(SQLModel, table=True):
    """One mail to one person. The words are rendered when it is sent, never stored."""

    __tablename__ = "mails"
    __table_args__ = (
        Index("ix_mails_due", "state", "not_before"),
        UniqueConstraint("about", "person_id", "kind", name="uq_mails_about"),
    )

    id: UUID = Field(primary_key=True)
    kind: str  # sign_in, invitation, a security mail, or a notice: question_waiting, reply_waiting ...
    about: str  # the fact it follows from, so that a fact told twice makes one mail
    person_id: UUID | None = Field(default=None, foreign_key="people.id", ondelete="CASCADE", index=True)
    invitation_id: UUID | None = Field(default=None, foreign_key="invitations.id", ondelete="CASCADE")
    sign_in_id: UUID | None = Field(default=None, foreign_key="sign_ins.id", ondelete="CASCADE")
    thread_id: UUID | None = Field(default=None, foreign_key="threads.id", ondelete="CASCADE")
    message_seq: int | None = None  # once she has read so far, there is nothing to tell
    merged_into: UUID | None = Field(default=None, foreign_key="mails.id", ondelete="CASCADE", index=True)
    message_id: str | None = None  # RFC 5322, made at the first try, fixed for all
    state: str = "queued"  # queued, sending, sent, merged, dropped, dead, unknown
    attempts: int = 0
    doubts: int = 0  # how often it may have arrived without our being told
    last_code: str | None = None
    created_at: datetime = Field(sa_type=UTCDateTime)
    not_before: datetime = Field(sa_type=UTCDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class PushSubscription(SQLModel, table=True):
    """A phone's address at its push service, sealed under the person's key."""

    __tablename__ = "push_subscriptions"

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="people.id", ondelete="CASCADE", index=True)
    endpoint_hash: str = Field(unique=True)
    subscription: bytes
    created_at: datetime = Field(sa_type=UTCDateTime)
    seen_at: datetime = Field(sa_type=UTCDateTime)

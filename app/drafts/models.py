"""A de-identified text under review, its versions, and the remarks anchored in them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.clock import UTCDateTime


class Draft(SQLModel, table=True):
    """A text under review in a thread. All of it is sealed under the thread's key."""

    __tablename__ = "drafts"

    id: UUID = Field(primary_key=True)
    thread_id: UUID = Field(foreign_key="threads.id", ondelete="CASCADE", index=True)
    item_id: UUID | None = Field(default=None, foreign_key="items.id", ondelete="SET NULL", index=True)
    kind: str
    title: bytes | None = None
    kept: bytes | None = None  # quotes the writer said are no names; they hold for later versions
    last_version: int = 1
    created_at: datetime = Field(sa_type=UTCDateTime)


class DraftVersion(SQLModel, table=True):
    """One state of a draft; immutable."""

    __tablename__ = "draft_versions"
    __table_args__ = (UniqueConstraint("draft_id", "version"),)

    id: UUID = Field(primary_key=True)
    draft_id: UUID = Field(foreign_key="drafts.id", ondelete="CASCADE")
    version: int  # 1, 2, 3 ... within the draft
    text: bytes
    author_id: UUID | None = Field(default=None, foreign_key="people.id", ondelete="SET NULL")
    comment_id: UUID | None = None  # the accepted suggestion that made it
    at: datetime = Field(sa_type=UTCDateTime)


class Comment(SQLModel, table=True):
    """A remark on a passage of one version; `start` and `end` are code points of that version."""

    __tablename__ = "comments"

    id: UUID = Field(primary_key=True)
    draft_id: UUID = Field(foreign_key="drafts.id", ondelete="CASCADE", index=True)
    author_id: UUID | None = Field(default=None, foreign_key="people.id", ondelete="SET NULL")
    version: int
    start: int
    end: int
    quote: bytes  # sealed, as are `body` and `suggestion`
    body: bytes | None = None
    suggestion: bytes | None = None
    voice_id: UUID | None = Field(default=None, foreign_key="voice_notes.id", ondelete="SET NULL")
    state: str = "open"  # open, accepted, declined, resolved
    decided_version: int | None = None  # the version that accepting it made
    at: datetime = Field(sa_type=UTCDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)

"""Questions and all that follows them: messages, how far each has read, takeaways."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.clock import UTCDateTime


class Thread(SQLModel, table=True):
    """A question. `mentor_id` is the chosen mentor, then the holder; `for_anyone`: to any of the circle's."""

    __tablename__ = "threads"
    __table_args__ = (
        Index("ix_threads_author", "author_id", "state"),
        Index("ix_threads_mentor", "mentor_id", "state"),
        Index("ix_threads_open", "circle_id", "mentor_id", "state"),
    )

    id: UUID = Field(primary_key=True)
    circle_id: UUID = Field(foreign_key="circles.id", ondelete="CASCADE")
    author_id: UUID = Field(foreign_key="people.id", ondelete="CASCADE")
    mentor_id: UUID | None = Field(default=None, foreign_key="people.id", ondelete="SET NULL")
    for_anyone: bool = True  # False once the author chose someone: released, it goes back to her
    released_by: UUID | None = Field(default=None, foreign_key="people.id", ondelete="SET NULL")
    state: str = "waiting"  # waiting, claimed, answered, closed
    topic: str | None = None
    help: str | None = None
    title: bytes | None = None  # sealed under the thread's key
    opening: bytes | None = None  # sealed: the first words of the question, for lists
    need_by: date | None = None  # given, or frozen when its meeting was deleted
    meeting_id: UUID | None = Field(default=None, foreign_key="items.id", ondelete="SET NULL", index=True)
    case_id: UUID | None = Field(default=None, foreign_key="cases.id", ondelete="CASCADE", index=True)
    key_id: UUID | None = Field(default=None, foreign_key="keys.id", ondelete="SET NULL")
    asked_as: bytes | None = None  # keyed fingerprint of what was asked, to know a repeat after changes
    last_seq: int = 0
    created_at: datetime = Field(sa_type=UTCDateTime)
    last_at: datetime = Field(sa_type=UTCDateTime)
    claimed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class ThreadItem(SQLModel, table=True):
    """A thread is about an item of its case."""

    __tablename__ = "thread_items"

    thread_id: UUID = Field(foreign_key="threads.id", ondelete="CASCADE", primary_key=True)
    item_id: UUID = Field(foreign_key="items.id", ondelete="CASCADE", primary_key=True, index=True)


class Message(SQLModel, table=True):
    """One turn in a thread, typed or spoken. Retracted, never deleted: the record stays whole."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("thread_id", "seq"),)

    id: UUID = Field(primary_key=True)
    thread_id: UUID = Field(foreign_key="threads.id", ondelete="CASCADE")
    author_id: UUID | None = Field(default=None, foreign_key="people.id", ondelete="SET NULL", index=True)
    seq: int  # 1, 2, 3 ... within the thread
    body: bytes | None = None  # sealed under the thread's key
    voice_id: UUID | None = Field(default=None, foreign_key="voice_notes.id", ondelete="SET NULL", index=True)
    at: datetime = Field(sa_type=UTCDateTime)
    retracted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class ReadMark(SQLModel, table=True):
    """How far a person has read a thread; never moves backwards."""

    __tablename__ = "reads"

    thread_id: UUID = Field(foreign_key="threads.id", ondelete="CASCADE", primary_key=True)
    person_id: UUID = Field(foreign_key="people.id", ondelete="CASCADE", primary_key=True, index=True)
    seq: int = 0


class Takeaway(SQLModel, table=True):
    """A passage of advice that the teacher pinned, to the case, an item, or the brief of a meeting."""

    __tablename__ = "takeaways"

    id: UUID = Field(primary_key=True)
    thread_id: UUID = Field(foreign_key="threads.id", ondelete="CASCADE", index=True)
    author_id: UUID = Field(foreign_key="people.id", ondelete="CASCADE")
    message_id: UUID | None = Field(default=None, foreign_key="messages.id", ondelete="SET NULL")
    comment_id: UUID | None = Field(default=None, foreign_key="comments.id", ondelete="SET NULL")
    item_id: UUID | None = Field(default=None, foreign_key="items.id", ondelete="SET NULL", index=True)
    meeting_id: UUID | None = Field(default=None, foreign_key="items.id", ondelete="SET NULL", index=True)
    text: bytes | None = None  # sealed under the thread's key
    pinned_as: bytes | None = None  # keyed fingerprint of what was pinned, to know a repeat after changes
    at: datetime = Field(sa_type=UTCDateTime)
    updated_at: datetime = Field(sa_type=UTCDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)

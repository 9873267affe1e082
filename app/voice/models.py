"""Voice notes: what was said, in slices on its way in, as one .m4a once it is ready."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from app.core.clock import UTCDateTime


class VoiceNote(SQLModel, table=True):
    """A spoken note under a key of its own; attached once, to a message or a comment of one thread."""

    __tablename__ = "voice_notes"

    id: UUID = Field(primary_key=True)
    owner_id: UUID = Field(foreign_key="people.id", ondelete="CASCADE", index=True)
    key_id: UUID | None = Field(default=None, foreign_key="keys.id", ondelete="SET NULL")
    thread_id: UUID | None = Field(default=None, foreign_key="threads.id", ondelete="CASCADE", index=True)
    content_type: str
    state: str = "uploading"  # uploading, processing, ready, failed, held
    reason: str | None = None
    received: int = Field(default=0, sa_type=BigInteger)  # bytes so far
    length: int | None = None
    sha256: str | None = None
    object_name: str | None = None
    size_bytes: int | None = None  # of the .m4a
    duration_ms: int | None = None
    gist: bytes | None = None  # sealed, as are `marks`, `peaks` and `transcript`
    gist_is_made: bool = False  # by us, for a teacher who gave none
    marks: bytes | None = None
    peaks: bytes | None = None
    transcript: bytes | None = None
    created_at: datetime = Field(sa_type=UTCDateTime)
    touched_at: datetime = Field(sa_type=UTCDateTime)  # when a slice last came
    finished_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    ready_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class VoiceSlice(SQLModel, table=True):
    """A piece of an upload, sealed in an object of its own until the note is ready or has failed.

    The name is drawn anew for each try, so that of two tries at one place the row decides, never the store.
    """

    __tablename__ = "voice_slices"

    voice_id: UUID = Field(foreign_key="voice_notes.id", ondelete="CASCADE", primary_key=True)
    start: int = Field(primary_key=True)
    size: int
    object_name: str

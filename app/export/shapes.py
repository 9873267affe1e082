"""What an archive holds, and what is said about one on its way."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.accounts.shapes import MeRead
from app.cases.shapes import CaseRead, EntryRead, ItemRead
from app.core.ids import new_id
from app.threads.shapes import MessageRead, ThreadRead
from app.voice.shapes import VoiceRead


class ExportAsk(BaseModel):
    """Ask for everything."""

    model_config = ConfigDict(extra="forbid")

    id: UUID = Field(default_factory=new_id)


class ExportRead(BaseModel):
    """An archive of everything; when it is `ready`, fetch it from `…/archive` until it expires."""

    id: UUID
    state: Literal["preparing", "ready", "expired", "failed"]
    size_bytes: int | None
    created_at: datetime
    ready_at: datetime | None
    expires_at: datetime


class ItemBook(BaseModel):
    """An item with its whole log, oldest day first."""

    item: ItemRead
    entries: list[EntryRead]


class StudentBook(BaseModel):
    """A case with all its items."""

    case: CaseRead
    items: list[ItemBook]


class RemarkBook(BaseModel):
    """A remark of one's own on someone else's draft; the words it was made on are not one's own."""

    id: UUID
    body: str | None
    suggestion: str | None
    state: str
    at: datetime


class AnswerBook(BaseModel):
    """What one said in another person's question: one's own words only."""

    thread_id: UUID
    topic: str | None
    messages: list[MessageRead]
    comments: list[RemarkBook]


class Book(BaseModel):
    """All of one archive, as `data.json` has it."""

    about: Literal["student", "person"]
    made_at: datetime
    time_zone: str
    person: MeRead | None = None
    students: list[StudentBook] = []
    without_student: list[ItemBook] = []
    questions: list[ThreadRead] = []
    answers: list[AnswerBook] = []
    recordings: list[VoiceRead] = Field([], description="One's own, not part of any question yet.")


@dataclass(frozen=True)
class Sound:
    """A recording that goes into the archive: where it lies, and the secret it is sealed under."""

    voice_id: UUID
    object_name: str
    secret: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """Its name in the archive."""
        return f"audio/{self.voice_id}.m4a"

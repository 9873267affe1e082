"""What comes in and goes out about threads."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from app.cases.shapes import ItemForMentor, ItemRead
from app.core.days import Day
from app.core.text import MaybeTitle, MessageText, Quote
from app.drafts.shapes import DraftCreate, DraftRead
from app.standing import Topic
from app.voice.shapes import VoiceRead

Help = Literal["wording", "questions", "second_opinion", "challenge", "check_locally", "listen"]
State = Literal["waiting", "claimed", "answered", "closed"]
Box = Literal["mine", "inbox", "unclaimed", "waiting", "closed"]
Kept = Annotated[
    dict[str, list[Quote]], Field(description="By field path, the quotes that are no identifiers.")
]
ItemIds = Annotated[list[UUID], Field(max_length=50, description="Items of the case; the author's own.")]


class Incoming(BaseModel):
    """What may come in: fields that are not named here are refused."""

    model_config = ConfigDict(extra="forbid")


class ThreadCreate(Incoming):
    """A question: words, a spoken note or a draft; everything else can follow after sending."""

    id: UUID | None = None
    circle_id: UUID
    topic: Topic | None = None
    help: Help | None = None
    title: MaybeTitle | None = None
    body: MessageText | None = None
    voice_id: UUID | None = None
    need_by: Day | None = Field(None, description="The day it is needed; wins over the meeting's eve.")
    meeting_id: UUID | None = Field(None, description="The author's meeting it is needed for.")
    case_id: UUID | None = None
    item_ids: ItemIds = []
    mentor_id: UUID | None = Field(None, description="A mentor to ask; without one, any may answer.")
    drafts: Annotated[list[DraftCreate], Field(max_length=20)] = []
    kept: Kept = {}

    @model_validator(mode="before")
    @classmethod
    def _none_is_empty(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return {
                name: value
                for name, value in data.items()
                if not (value is None and name in ("item_ids", "drafts", "kept"))
            }
        return data

    @model_validator(mode="after")
    def _asks_something(self) -> "ThreadCreate":
        if self.body is None and self.voice_id is None and not self.drafts:
            raise ValueError("A question needs `body`, `voice_id` or `drafts`.")
        ids = [draft.id for draft in self.drafts if draft.id]
        if len(set(ids)) < len(ids):
            raise ValueError("Each draft needs an id of its own.")
        return self


class ThreadPatch(Incoming):
    """Offers taken after sending. `mentor_id: null` opens the question to anyone."""

    title: MaybeTitle | None = None
    topic: Topic | None = None
    help: Help | None = None
    need_by: Day | None = None
    meeting_id: UUID | None = None
    case_id: UUID | None = None
    item_ids: ItemIds | None = None
    mentor_id: UUID | None = None
    kept: Kept = {}


class MessageCreate(Incoming):
    """What a phone sends. The phone makes `id`, so a retry after a lost reply is harmless."""

    id: UUID | None = None
    body: MessageText | None = None
    voice_id: UUID | None = None
    kept: Kept = {}

    @model_validator(mode="after")
    def _says_something(self) -> "MessageCreate":
        if self.body is None and self.voice_id is None:
            raise ValueError("A message needs `body` or `voice_id`.")
        return self


class HandOver(Incoming):
    """To whom."""

    mentor_id: UUID


class ReadTo(Incoming):
    """The last message seen."""

    seq: StrictInt = Field(ge=0, le=2**31 - 1)


class TakeawayCreate(Incoming):
    """A passage of advice to keep: on the case, an item, or the brief of a meeting."""

    id: UUID | None = None
    message_id: UUID | None = None
    comment_id: UUID | None = None
    text: MessageText
    item_id: UUID | None = None
    meeting_id: UUID | None = None
    kept: Kept = {}


class TakeawayPatch(Incoming):
    """What may be changed about it later."""

    text: MessageText | None = None
    item_id: UUID | None = None
    meeting_id: UUID | None = None
    kept: Kept = {}


class PersonRead(BaseModel):
    """Someone in a thread, as its other readers know her."""

    id: UUID
    display_name: str
    region: str


class CaseGlimpse(BaseModel):
    """What a thread's readers may know of the student it is about."""

    grade_band: str | None
    plan_type: str


class MessageRead(BaseModel):
    """One turn. A retracted one keeps its place, empty."""

    id: UUID
    thread_id: UUID
    seq: int
    author_id: UUID | None
    body: str | None
    voice: VoiceRead | None = None
    at: datetime
    retracted_at: datetime | None = None


class TakeawayRead(BaseModel):
    """A pinned passage; to a mentor, `meeting_id` is null."""

    id: UUID
    thread_id: UUID
    author_id: UUID
    message_id: UUID | None
    comment_id: UUID | None
    text: str
    item_id: UUID | None
    meeting_id: UUID | None
    at: datetime
    updated_at: datetime


class ReadShown(BaseModel):
    """How far the caller has read a thread; its id is the thread's."""

    id: UUID
    thread_id: UUID
    seq: int


class ThreadListed(BaseModel):
    """A thread as a row of a list. `need_by` moves with the meeting unless it was given."""

    id: UUID
    circle_id: UUID
    author_id: UUID
    mentor_id: UUID | None = Field(description="The chosen mentor, then the holder.")
    for_anyone: bool = Field(description="Not given to one chosen mentor.")
    state: State
    topic: Topic | None
    help: Help | None
    title: str | None
    opening: str | None = Field(description="The question's first words, or the gist of a spoken one.")
    need_by: date | None
    meeting_id: UUID | None = Field(description="Null to a mentor.")
    case_id: UUID | None
    case: CaseGlimpse | None
    item_ids: list[UUID]
    items: list[ItemRead | ItemForMentor] = Field(description="To a mentor, without days.")
    people: list[PersonRead]
    last_seq: int
    read_to: int
    unread: int
    is_voice: bool = Field(description="The question was spoken.")
    has_draft: bool
    created_at: datetime
    last_at: datetime
    claimed_at: datetime | None
    closed_at: datetime | None


class ThreadRead(ThreadListed):
    """A thread with its last 200 messages, oldest first; `earlier` goes into `?before=` for those before."""

    messages: list[MessageRead]
    earlier: str | None
    drafts: list[DraftRead]
    takeaways: list[TakeawayRead]

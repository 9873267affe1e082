"""The page for one meeting, as data: what goes where is the client's and the printer's business."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.brief.progress import Progress


class MeetingLine(BaseModel):
    """Which meeting it is, by the case's alias only."""

    id: UUID
    title: str
    meeting_kind: str | None
    on: date | None
    time: str | None
    case_id: UUID | None
    alias: str | None
    plan_type: str | None
    grade_band: str | None


class Piece(BaseModel):
    """A run of words of the current draft: unchanged, new since its first version, or taken out."""

    op: Literal["same", "in", "out"]
    text: str


class DraftLine(BaseModel):
    """A draft as it stands, and what changed since it was first sent."""

    id: UUID
    thread_id: UUID
    kind: str
    title: str | None
    version: int
    text: str
    changes: list[Piece]


class Wording(BaseModel):
    """Suggested wording that the teacher took over."""

    comment_id: UUID
    draft_id: UUID
    thread_id: UUID
    text: str
    instead_of: str


class Answer(BaseModel):
    """The newest answer to a question: its words, or the voice note and its gist."""

    message_id: UUID
    author_id: UUID | None
    author: str | None
    at: datetime
    body: str | None
    voice_id: UUID | None
    gist: str | None
    duration_ms: int | None


class Asked(BaseModel):
    """A question linked to the meeting."""

    thread_id: UUID
    title: str
    state: str
    answer: Answer | None


class Pinned(BaseModel):
    """A takeaway, with the way back to where it was said."""

    id: UUID
    thread_id: UUID
    message_id: UUID | None
    comment_id: UUID | None
    text: str


class FamilySaid(BaseModel):
    """A concern in the family's own words, and the answer so far."""

    item_id: UUID
    on: date | None
    concern: str
    response: str | None


class Tried(BaseModel):
    """An accommodation and whether it was really used, from its last check."""

    item_id: UUID
    title: str
    used: str | None
    why_not: str | None
    on: date | None


class TickLine(BaseModel):
    """One line of what to bring or do before the day."""

    text: str
    done: bool


class Brief(BaseModel):
    """Everything for one meeting, gathered from its case and threads; only what the teacher accepted."""

    meeting: MeetingLine
    purpose: str | None
    points: list[str]
    say_it: str | None
    bring: list[str]
    data: list[Progress]
    wording: list[Wording]
    drafts: list[DraftLine]
    questions: list[Asked]
    takeaways: list[Pinned]
    family: list[FamilySaid]
    tried: list[Tried]
    question: str | None = Field(description="What is still open, in the teacher's words.")
    check_locally: str | None
    checklist: list[TickLine]
    made_at: datetime

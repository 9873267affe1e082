"""What comes in and goes out about drafts."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from app.core.text import DRAFT_MAX, DraftText, MaybeTitle, MessageText, Quote

DraftKind = Literal[
    "present_levels", "goal", "accommodation", "service", "behavior", "meeting_notes", "email", "other"
]
CommentState = Literal["open", "accepted", "declined", "resolved"]
Kept = dict[str, list[Quote]]
VERSION_MAX = 2**31 - 1


class DraftCreate(BaseModel):
    """A de-identified text to look at together."""

    model_config = ConfigDict(extra="forbid")

    id: UUID | None = None
    kind: DraftKind
    title: MaybeTitle | None = None
    text: DraftText
    item_id: UUID | None = Field(None, description="The caseload item it belongs to; the author's own.")


class DraftAdd(DraftCreate):
    """A draft put into a thread that is already there."""

    kept: Kept = Field(default={}, description="By field path, the quotes that are no identifiers.")


class VersionCreate(BaseModel):
    """The next state of a draft. A stale `base_version` is 409 with the current one."""

    model_config = ConfigDict(extra="forbid")

    id: UUID | None = None
    base_version: StrictInt = Field(
        ge=1, le=VERSION_MAX, description="The version that this one was written on."
    )
    text: DraftText
    kept: Kept = {}


class CommentCreate(BaseModel):
    """A remark on a passage. Offsets are code points of that version; `quote` must equal its slice."""

    model_config = ConfigDict(extra="forbid")

    id: UUID | None = None
    version: StrictInt = Field(ge=1, le=VERSION_MAX)
    start: StrictInt = Field(ge=0, le=DRAFT_MAX)
    end: StrictInt = Field(ge=1, le=DRAFT_MAX)
    quote: Quote
    body: MessageText | None = None
    suggestion: DraftText | None = Field(None, description="Wording to put in the passage's place.")
    kept: Kept = {}

    @model_validator(mode="after")
    def _says_something(self) -> "CommentCreate":
        if self.end <= self.start:
            raise ValueError("`end` comes after `start`.")
        if self.body is None and self.suggestion is None:
            raise ValueError("A remark needs `body` or `suggestion`.")
        return self


class Anchor(BaseModel):
    """Where a comment's passage is in the newest version; without offsets when its words are gone."""

    status: Literal["kept", "moved", "gone"]
    start: int | None = None
    end: int | None = None


class VersionRead(BaseModel):
    """One immutable state of a draft."""

    id: UUID
    version: int
    text: str
    author_id: UUID | None
    at: datetime


class CommentRead(BaseModel):
    """A remark as its thread's readers see it; `anchor` always speaks of the newest version."""

    id: UUID
    author_id: UUID | None
    version: int
    start: int
    end: int
    quote: str
    body: str | None
    suggestion: str | None
    voice: Any = Field(None, description="For a spoken remark; there are none yet, so it is null.")
    state: CommentState
    made_version: int | None = Field(None, description="The version that accepting it made.")
    at: datetime
    anchor: Anchor


class DraftRead(BaseModel):
    """A draft with all its versions, oldest first, and its remarks in reading order."""

    id: UUID
    thread_id: UUID
    kind: DraftKind
    title: str | None
    item_id: UUID | None
    versions: list[VersionRead]
    comments: list[CommentRead]


class VersionShown(VersionRead):
    """A version on its own, as in the list of changes."""

    draft_id: UUID
    thread_id: UUID


class CommentShown(CommentRead):
    """A remark on its own, as in the list of changes."""

    draft_id: UUID
    thread_id: UUID

"""What comes in and goes out about voice notes."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from app.core.text import Quote, Title
from app.voice.audio import LIMIT_BYTES, LIMIT_S

MARKS_MAX = 200


class VoiceCreate(BaseModel):
    """A recording that is about to come. The phone makes `id`, so a retry is harmless."""

    model_config = ConfigDict(extra="forbid")

    id: UUID | None = None
    content_type: str = Field(
        min_length=1, max_length=100, description="As the recorder names it: `audio/webm;codecs=opus`."
    )


class Mark(BaseModel):
    """A place in the note that its speaker marked while talking."""

    model_config = ConfigDict(extra="forbid")

    at_ms: StrictInt = Field(ge=0, le=LIMIT_S * 1000)
    kind: Literal["point", "ask", "do_this", "careful"]


class VoiceFinish(BaseModel):
    """All has been sent: what it must amount to, and what it is about in one line."""

    model_config = ConfigDict(extra="forbid")

    length: StrictInt = Field(ge=0, le=LIMIT_BYTES, description="Bytes of the whole recording.")
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="Of the whole recording, in lower-case hex.")
    gist: Title | None = Field(None, description="One line; required of anyone who mentors in a circle.")
    marks: list[Mark] = Field(default=[], max_length=MARKS_MAX)
    kept: dict[str, list[Quote]] = Field(default={}, description="Quotes in `gist` that are no identifiers.")


class VoiceRead(BaseModel):
    """A voice note as its readers see it. `peaks` are 120 values of 0 to 255, evenly over its length."""

    id: UUID
    thread_id: UUID | None = None
    state: Literal["uploading", "processing", "ready", "failed", "held"]
    offset: int = Field(description="Bytes of the recording that the service holds for good.")
    reason: str | None = Field(None, description="Why it failed or is held; `advice` says it in words.")
    advice: str | None = None
    duration_ms: int | None = None
    peaks: list[int] | None = None
    gist: str | None = None
    marks: list[Mark] = []
    transcript: Any = None

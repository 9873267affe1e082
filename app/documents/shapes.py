"""What goes out about a document."""

from pydantic import BaseModel, Field

from app.deid import Band, Label
from app.drafts.shapes import DraftKind
from app.screen import CautionRead, FindingRead


class KnownRead(BaseModel):
    """A passage that is a name because of words which the text itself no longer holds."""

    quote: str
    label: Label
    replacement: str
    reason: str
    band: Band


class DocumentRead(BaseModel):
    """The words of a document, screened. Nothing of it is stored; it is a draft once it is sent as one."""

    text: str = Field(description="In reading order, normalised, at most as long as a draft.")
    kind: DraftKind = Field(description="A guess.")
    title: str | None = Field(description="The first heading, where the screen finds nothing in it.")
    findings: list[FindingRead]
    cautions: list[CautionRead]
    known: list[KnownRead] = Field(
        description="Names that headers, comments or properties gave away; `text` alone may not show them."
    )
    notes: list[str] = Field(description="What was screened and then left out, in words.")

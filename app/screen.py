"""`POST /api/screen`: what the screen sees in a text while its writer can still change it; stores nothing."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import AfterValidator, BaseModel, ConfigDict

from app import deid
from app.accounts.signed_in import SignedIn
from app.core.http import StrictRoute, answer
from app.core.text import DRAFT_MAX, Prose, within
from app.deid import Band, Label
from app.screening import ahead, clean

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["screening"])


class ScreenAsked(BaseModel):
    """A text to look at, as long as the longest draft."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[Prose, AfterValidator(within(0, DRAFT_MAX))]


class FindingRead(BaseModel):
    """A span that looks like an identifier: half-open code points of the normalised text."""

    start: int
    end: int
    label: Label
    replacement: str
    reason: str
    band: Band


class CautionRead(BaseModel):
    """Details that could identify together; it blocks nothing."""

    start: int
    end: int
    kind: str
    reason: str


class Screened(BaseModel):
    """What the screen saw. *sure* offers a replacement, *ask* is a question; both block until answered."""

    findings: list[FindingRead]
    cautions: list[CautionRead]


@router.post("/screen", response_model=Screened)
async def screen(asked: ScreenAsked, me: SignedIn) -> Response:
    """Find names, schools, places, exact dates, numbers and contacts; offsets are of the normalised text."""
    # Long drafts take a fifth of a second: not on the loop that everyone shares.
    found = await asyncio.to_thread(lambda: deid.find(asked.text, marks=ahead.marks_of(asked.text)))
    if not found.findings:
        clean.remember(asked.text)
    findings, cautions = shown(found)
    return answer(Screened(findings=findings, cautions=cautions))


def shown(found: deid.Screened) -> tuple[list[FindingRead], list[CautionRead]]:
    """Findings and cautions as they go out."""
    findings = [
        FindingRead(
            start=each.start,
            end=each.end,
            label=each.label,
            replacement=each.replacement,
            reason=each.reason,
            band=each.band,
        )
        for each in found.findings
    ]
    cautions = [
        CautionRead(start=each.start, end=each.end, kind=each.kind, reason=each.reason)
        for each in found.cautions
    ]
    return findings, cautions

"""`POST /api/documents`: the words of a .docx, .pdf or .txt, screened; nothing of it is stored."""

import asyncio

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from app import deid
from app.accounts.signed_in import SignedIn
from app.core.errors import Invalid, UnsupportedMedia
from app.core.guard import FILE_MAX
from app.core.http import StrictRoute, answer, refusals
from app.core.text import DRAFT_MAX, TITLE_MAX, normalise, single_line
from app.documents import kinds, wording
from app.documents.reading import Desk, Document
from app.documents.screened import screened
from app.documents.shapes import DocumentRead, KnownRead
from app.screen import shown

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["documents"])

TYPE = "application/octet-stream"


@router.post(
    "/documents",
    response_model=DocumentRead,
    responses=refusals(413, 415),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {TYPE: {"schema": {"type": "string", "format": "binary", "maxLength": FILE_MAX}}},
        }
    },
)
async def read_document(me: SignedIn, request: Request) -> Response:
    """Read a .docx, .pdf or .txt of at most 10 MB for its words, in memory, and hand them back screened.

    Which of them it is shows in its first bytes. Headers, footers, notes, comments, tracked changes and
    properties help to find names, and are left out.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != TYPE:
        raise UnsupportedMedia(f"Send the bytes of the file as {TYPE}.")
    limits, desk = request.app.state.limits, request.app.state.desk
    limits.take("documents", str(me.id), 10, 60)
    limits.take("documents a day", str(me.id), 100, 86_400)
    try:
        given = await request.body()
    except ClientDisconnect:
        # Nobody hears this; the file may be chosen again.
        return Response(status_code=400)
    return answer(await read_and_screen(desk, given))


async def read_and_screen(desk: Desk, given: bytes) -> DocumentRead:
    """All that is told about a file. Raises the Problems of `reading`."""
    document = await desk.read(given)
    return await asyncio.to_thread(_told, document)


def _told(document: Document) -> DocumentRead:
    try:
        whole = normalise(document.text).strip()
    except ValueError as error:
        raise Invalid("The document has characters that cannot be kept.") from error
    text = fitting(whole)
    seen = screened(text, document)
    findings, cautions = shown(seen.found)
    known = {
        text[each.start : each.end]: KnownRead(
            quote=text[each.start : each.end],
            label=each.label,
            replacement=each.replacement,
            reason=each.reason,
            band=each.band,
        )
        for each in seen.told
    }
    return DocumentRead(
        text=text,
        kind=kinds.guess(text, document.headings),
        title=_title(document),
        findings=findings,
        cautions=cautions,
        known=list(known.values()),
        notes=wording.notes(document.left, is_cut=len(text) < len(whole)),
    )


def fitting(text: str) -> str:
    """As much of a text as a draft may hold, ended where a paragraph ends if one does."""
    if len(text) <= DRAFT_MAX:
        return text
    cut = text.rfind("\n", DRAFT_MAX // 2, DRAFT_MAX)
    return text[: cut if cut > 0 else DRAFT_MAX].rstrip()


def _title(document: Document) -> str | None:
    """The first heading, unless it names someone: what is no title yet is better than one that tells."""
    heading = single_line(document.headings[0]) if document.headings else ""
    if not heading or len(heading) > TITLE_MAX or deid.find(heading).findings:
        return None
    return heading

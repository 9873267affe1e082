"""The brief for a meeting, as data and as a printable page."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy import Connection

from app.accounts.people import shown_people
from app.accounts.signed_in import SignedIn
from app.brief.pdf import pdf
from app.brief.service import brief_for
from app.brief.shapes import Brief
from app.core.http import Db, StrictRoute, answer, refusals

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["brief"])


@router.get("/meetings/{item_id}/brief", response_model=Brief, responses=refusals(410))
async def read_brief(item_id: UUID, me: SignedIn, db: Db) -> Response:
    """Everything for one's own meeting: purpose, points, data, wording, questions, concerns, ticks."""
    return answer(await db.read(lambda tx: brief_for(tx, me, item_id)))


@router.get(
    "/meetings/{item_id}/brief.pdf",
    response_class=Response,
    responses={
        200: {"content": {"application/pdf": {}}, "description": "One page where it fits."},
        **refusals(410),
    },
)
async def read_brief_pdf(item_id: UUID, me: SignedIn, db: Db) -> Response:
    """The brief for print, by alias only: US Letter or A4 by the reader's region."""

    def gather(tx: Connection) -> tuple[Brief, str]:
        return brief_for(tx, me, item_id), shown_people(tx, [me.id])[me.id].region

    brief, region = await db.read(gather)
    page = await asyncio.to_thread(pdf, brief, region)
    headers = {
        "Content-Disposition": 'inline; filename="brief.pdf"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(page, media_type="application/pdf", headers=headers)

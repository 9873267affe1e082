"""Routes of export: a student as a zip at once, everything as a zip when it is ready."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

import app.export.handlers  # noqa: F401
from app.accounts.signed_in import JustSignedIn, SignedIn
from app.core import audit
from app.core.clock import now
from app.core.http import After, Db, Limit, Page, StrictRoute, answer, created, refusals
from app.core.objects import ObjectMissing, Objects, StoreAway
from app.export import service
from app.export.archive import zipped
from app.export.gather import case_book
from app.export.pages import pages_of, slug
from app.export.shapes import ExportAsk, ExportRead

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["export"])

A_ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {}}, "description": "The archive; begin with `index.html`."}
}

AGAIN: dict[int | str, dict[str, Any]] = {
    200: {"model": ExportRead, "description": "The same again: how far it is."}
}


async def _objects(request: Request) -> Objects:
    objects: Objects = request.app.state.objects
    return objects


Store = Annotated[Objects, Depends(_objects)]


@router.get("/cases/{case_id}/export", response_class=Response, responses=A_ZIP | refusals(403, 404, 410))
async def export_case(case_id: UUID, me: JustSignedIn, db: Db, objects: Store, request: Request) -> Response:
    """One student as a zip: pages to read, the same as JSON, and the recordings of the questions."""
    request.app.state.limits.take("case exports", str(me.id), 30, 60)
    book, sounds = await db.read(lambda tx: case_book(tx, me, case_id))
    await db.write(lambda tx: audit.note(tx, "case.export", person_id=me.id, object_id=case_id))
    if sounds:
        # Before the first byte is out, a store that is away can still be told as such.
        await objects.ready()
    pages = await asyncio.to_thread(pages_of, book, sounds)
    return _attached(zipped(book, pages, sounds, objects), slug(book.students[0].case.alias))


@router.post(
    "/me/export",
    status_code=201,
    response_model=ExportRead,
    responses=AGAIN | refusals(403, 404),
)
async def export_everything(
    me: JustSignedIn, db: Db, request: Request, data: ExportAsk | None = None
) -> Response:
    """Ask for everything the caller has written and said. A mail says when it is ready; three a day."""
    request.app.state.limits.take("exports", str(me.id), 3, 86_400)
    export_id = (data or ExportAsk()).id
    asked, is_new = await db.write(lambda tx: service.ask(tx, me.id, export_id))
    return created(asked, is_new=is_new)


@router.get("/me/exports", response_model=Page[ExportRead])
async def list_exports(me: SignedIn, db: Db, limit: Limit = 50, after: After = None) -> Response:
    """The caller's archives, newest first."""
    return answer(await db.read(lambda tx: service.list_own(tx, me, limit, after)))


@router.get("/me/exports/{export_id}", response_model=ExportRead, responses=refusals(404))
async def get_export(export_id: UUID, me: SignedIn, db: Db) -> Response:
    """How far an archive is."""
    return answer(await db.read(lambda tx: service.read(tx, me, export_id)))


@router.get(
    "/me/exports/{export_id}/archive",
    response_class=Response,
    responses=A_ZIP | refusals(404, 409, 410),
)
async def fetch_export(export_id: UUID, me: SignedIn, db: Db, objects: Store) -> Response:
    """The archive itself, for the person it is of. 409 until it is ready, 410 after a week."""
    name, key, size = await db.write(lambda tx: service.to_fetch(tx, me, export_id))
    pieces = objects.read(name, key.secret)
    try:
        first = await anext(pieces)
    except ObjectMissing as error:
        raise StoreAway() from error
    return _attached(_after(first, pieces), "everything", {"Content-Length": str(size)})


async def _after(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


def _attached(pieces: AsyncIterator[bytes], name: str, more: dict[str, str] | None = None) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{now():%Y-%m-%d}.zip"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "no-store",
    }
    return StreamingResponse(pieces, headers=headers | (more or {}), media_type="application/zip")

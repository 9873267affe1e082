"""Routes of voice: slices in, one file out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from starlette.requests import ClientDisconnect

import app.voice.handlers  # noqa: F401
from app import access
from app.accounts.signed_in import SignedIn
from app.core.errors import UnsupportedMedia
from app.core.http import Db, StrictRoute, again, answer, created, refusals
from app.core.objects import Objects
from app.voice import playing, service, upload
from app.voice.shapes import VoiceCreate, VoiceFinish, VoiceRead

router = APIRouter(prefix="/api/voice", route_class=StrictRoute, tags=["voice"])

SLICE = "application/offset+octet-stream"


async def _objects(request: Request) -> Objects:
    objects: Objects = request.app.state.objects
    return objects


Store = Annotated[Objects, Depends(_objects)]


@router.post(
    "",
    status_code=201,
    response_model=VoiceRead,
    responses=again(VoiceRead) | refusals(404, 409, 410, 415),
)
async def begin(data: VoiceCreate, me: SignedIn, db: Db, request: Request) -> Response:
    """Begin an upload. The same id with the same type again answers 200; 415 for what is no recording."""
    counted = not request.app.state.limits.off
    begun = await db.write(lambda tx: service.begin(tx, me, data, counted=counted))
    return created(begun.note, is_new=begun.is_new)


@router.head("/{voice_id}", response_class=Response, responses=refusals(403, 410))
async def how_far(voice_id: UUID, me: SignedIn, db: Db) -> Response:
    """How much of the recording is here, in `Upload-Offset`: go on from there."""
    note, _ = await db.read(lambda tx: service.own(tx, me, voice_id))
    return Response(headers={"Upload-Offset": str(note.received)})


@router.patch(
    "/{voice_id}",
    status_code=204,
    response_class=Response,
    responses=refusals(409, 410, 415),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {SLICE: {"schema": {"type": "string", "format": "binary", "maxLength": 1024 * 1024}}},
        }
    },
)
async def take_slice(
    voice_id: UUID,
    me: SignedIn,
    db: Db,
    store: Store,
    request: Request,
    upload_offset: Annotated[int, Header(ge=0, le=2**53, description="Where this slice starts.")],
) -> Response:
    """Send the next slice, at most 1 MiB. 204 once it is on disk; 409 tells where to go on."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != SLICE:
        raise UnsupportedMedia(f"Send the bytes of the recording as {SLICE}.")
    try:
        offset = await upload.take_slice(db, store, me, voice_id, upload_offset, request.stream())
    except ClientDisconnect:
        # Nobody hears this; the slice will come again.
        return Response(status_code=400)
    return Response(status_code=204, headers={"Upload-Offset": str(offset)})


@router.post("/{voice_id}/finish", response_model=VoiceRead, responses=refusals(409, 410, 415))
async def finish(voice_id: UUID, data: VoiceFinish, me: SignedIn, db: Db, store: Store) -> Response:
    """Say that all was sent. 409 if length or hash differ, and the upload stands; else it is prepared."""
    return answer(await upload.finish(db, store, me, voice_id, data))


@router.get("/{voice_id}", response_model=VoiceRead, responses=refusals(410))
async def get_note(voice_id: UUID, me: SignedIn, db: Db) -> Response:
    """A voice note: its speaker's alone until it is part of a message, then every reader's of the thread."""
    return answer(await db.read(lambda tx: service.read(tx, access.readable_voice(tx, me, voice_id))))


@router.get(
    "/{voice_id}/audio",
    response_class=Response,
    responses={
        200: {"content": {"audio/mp4": {}}, "description": "All of it."},
        206: {"content": {"audio/mp4": {}}, "description": "The part asked for."},
        304: {"description": "What the player has is the same."},
        **refusals(409, 410, 416),
    },
)
async def hear(voice_id: UUID, me: SignedIn, db: Db, store: Store, request: Request) -> Response:
    """AAC in .m4a, whole or one byte range of it. 409 until it is ready."""
    file = await db.read(lambda tx: playing.playable(tx, me, voice_id))
    return await playing.play(store, file, request)

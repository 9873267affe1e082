"""One file out, whole or in the part that a player asks for (RFC 9110, section 14)."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection

from app import access
from app.access import Me
from app.core.errors import Conflict, Problem
from app.core.objects import ObjectMissing, Objects, StoreAway
from app.core.seal import Key
from app.voice import audio
from app.voice.service import key_of


class NotReady(Conflict):
    slug, title = "voice-not-ready", "This recording cannot be heard yet"
    detail = "It is being prepared. Its gist can be read; try again when its state is `ready`."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "2"})


class OutOfRange(Problem):
    slug, title, status = "out-of-range", "The recording is shorter than that", 416
    detail = "`Content-Range` says how many bytes there are."


@dataclass(frozen=True)
class Playable:
    """A prepared file: where it lies, under which key, how long it is, and a tag that changes with it."""

    name: str
    key: Key
    size: int
    tag: str


def playable(tx: Connection, me: Me, voice_id: UUID) -> Playable:
    """The file of a note that `me` may hear. Raises NotReady; a held note is ready for its speaker alone."""
    note = access.readable_voice(tx, me, voice_id)
    is_heard = note.state == "ready" or (note.state == "held" and note.owner_id == me.id)
    if not is_heard or note.object_name is None or note.ready_at is None:
        raise NotReady()
    tag = f'"{note.id.hex[-12:]}-{int(note.ready_at.timestamp() * 1000):x}-{note.size_bytes:x}"'
    return Playable(note.object_name, key_of(tx, note), note.size_bytes, tag)


async def play(objects: Objects, file: Playable, request: Request) -> Response:
    """The answer to a GET: 200, 206 with one range, 304, or OutOfRange."""
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",
        "Content-Disposition": 'inline; filename="voice.m4a"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "ETag": file.tag,
    }
    if file.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    start, end, status = 0, file.size, 200
    asked = request.headers.get("range")
    if asked and request.headers.get("if-range", file.tag) == file.tag:
        span = one_range(asked, file.size)
        if span:
            (start, end), status = span, 206
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    headers["Content-Length"] = str(end - start)
    pieces = objects.read(file.name, file.key.secret, start, end)
    try:
        # Before the first byte is out, a store that is away can still be told as such.
        first = await anext(pieces)
    except ObjectMissing as error:
        raise StoreAway() from error
    return StreamingResponse(_after(first, pieces), status, headers, media_type=audio.MEDIA_TYPE)


async def _after(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


_ONE = re.compile(r"bytes\s*=\s*(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))", re.ASCII)


def one_range(asked: str, size: int) -> tuple[int, int] | None:
    """The half-open span that a Range header asks for; None for what may be ignored.

    Other units and several ranges may be. Raises OutOfRange when there is no such part.
    """
    match = _ONE.fullmatch(asked.strip())
    if match is None:
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        start, end = max(size - int(suffix), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= size or start >= end:
        raise OutOfRange(headers={"Content-Range": f"bytes */{size}"})
    return start, end

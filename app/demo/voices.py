"""The spoken notes: small files that go the whole way a phone's recording goes."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from app.access import voice_notes
from app.core.clock import travel_to
from app.core.db import Database
from app.core.objects import Objects
from app.demo.ids import acting, id_of
from app.demo.quietly import Quietly
from app.demo.story import Json
from app.voice import handlers, service, upload
from app.voice.shapes import VoiceCreate, VoiceFinish

AT_ONCE = 2
A_BREATH = timedelta(seconds=20)


@dataclass(frozen=True)
class Ground:
    """What preparing a recording needs."""

    db: Database
    objects: Objects


async def tell_voices(db: Quietly, objects: Objects, story: Json) -> bool:
    """Record, send and prepare every note that is not there yet. True if there was any."""
    waiting = await db.read(lambda tx: _waiting(tx, story["voices"]))
    said_at = {
        message["voice"]: datetime.fromisoformat(message["at"])
        for thread in story["threads"]
        for message in thread["messages"]
        if "voice" in message
    }
    for voice in waiting:
        travel_to(said_at[voice["key"]] - timedelta(milliseconds=voice["duration_ms"]) - A_BREATH)
        await _send(db, objects, voice)
    places = asyncio.Semaphore(AT_ONCE)

    async def prepare(voice: Json) -> None:
        async with places:
            await handlers.prepare(Ground(db, objects), voice_id=id_of("voice", voice["key"]))

    async with asyncio.TaskGroup() as preparing:
        for voice in waiting:
            preparing.create_task(prepare(voice))
    return bool(waiting)


def _waiting(tx: Connection, voices: list[Json]) -> list[Json]:
    ids = {id_of("voice", voice["key"]): voice for voice in voices}
    known = select(voice_notes.c.id).where(voice_notes.c.id.in_(ids))
    done = set(tx.execute(known.where(voice_notes.c.state.not_in(("uploading", "processing")))).scalars())
    return [voice for voice_id, voice in ids.items() if voice_id not in done]


async def _send(db: Quietly, objects: Objects, voice: Json) -> None:
    """As a phone does: begin, one slice, finish; from wherever an earlier try stopped."""
    me, voice_id = acting(voice["by"]), id_of("voice", voice["key"])
    sound: bytes = voice["file"].read_bytes()
    data = VoiceCreate(id=voice_id, content_type="audio/webm;codecs=opus")
    note = (await db.write(lambda tx: service.begin(tx, me, data, counted=False))).note
    if note.state != "uploading":
        return
    if note.offset == 0:
        await upload.take_slice(db, objects, me, voice_id, 0, _whole(sound))
    whole = VoiceFinish(
        length=len(sound),
        sha256=hashlib.sha256(sound).hexdigest(),
        gist=voice["gist"],
        marks=voice["marks"],
        kept=voice.get("kept", {}),
    )
    await upload.finish(db, objects, me, voice_id, whole)


async def _whole(sound: bytes) -> AsyncIterator[bytes]:
    yield sound

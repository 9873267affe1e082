"""A phone that sends a recording, and a thread to send it to."""

import hashlib
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import Connection, insert

from app import access
from app.access import Me
from app.core.clock import now
from app.core.db import Database
from app.core.ids import new_id
from app.core.seal import keyring
from app.voice import service
from tests.factories import Actor

SLICE = {"Content-Type": "application/offset+octet-stream"}


async def begin(actor: Actor, content_type: str = "audio/webm;codecs=opus", **more: Any) -> str:
    """The id of a new upload."""
    reply = await actor.post("/api/voice", json={"content_type": content_type, **more})
    assert reply.status_code == 201, reply.text
    return str(reply.json()["id"])


async def send_slice(actor: Actor, voice_id: str, offset: int, piece: bytes) -> httpx.Response:
    return await actor.patch(
        f"/api/voice/{voice_id}", content=piece, headers={**SLICE, "Upload-Offset": str(offset)}
    )


async def send_all(actor: Actor, voice_id: str, sound: bytes, *, size: int = 128 * 1024) -> None:
    for offset in range(0, len(sound), size):
        reply = await send_slice(actor, voice_id, offset, sound[offset : offset + size])
        assert reply.status_code == 204, reply.text


async def finish(actor: Actor, voice_id: str, sound: bytes, **more: Any) -> httpx.Response:
    proof = {"length": len(sound), "sha256": hashlib.sha256(sound).hexdigest()}
    return await actor.post(f"/api/voice/{voice_id}/finish", json={**proof, **more})


async def send_whole(actor: Actor, sound: bytes, **more: Any) -> str:
    """A recording that has been sent and finished; its id."""
    voice_id = await begin(actor)
    await send_all(actor, voice_id, sound)
    reply = await finish(actor, voice_id, sound, **more)
    assert reply.status_code == 200, reply.text
    return voice_id


async def note(actor: Actor, voice_id: str) -> dict[str, Any]:
    reply = await actor.get(f"/api/voice/{voice_id}")
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def me(actor: Actor) -> Me:
    return Me(actor.id, new_id(), "bearer", now())


async def make_thread(db: Database, circle_id: UUID, author: Actor, mentor: Actor | None = None) -> UUID:
    """A question of `author`, held by `mentor` or open to all mentors of the circle."""
    thread_id = new_id()

    def make(tx: Connection) -> None:
        moment = now()
        tx.execute(
            insert(access.threads),
            {
                "id": thread_id,
                "circle_id": circle_id,
                "author_id": author.id,
                "mentor_id": mentor.id if mentor else None,
                "for_anyone": True,
                "was_chosen": False,
                "state": "claimed" if mentor else "waiting",
                "key_id": keyring(tx).make_key(tx).id,
                "last_seq": 0,
                "created_at": moment,
                "last_at": moment,
            },
        )

    await db.write(make)
    return thread_id


async def attach(db: Database, actor: Actor, voice_id: str, thread_id: UUID, **more: Any) -> None:
    """What posting a spoken message does to its note."""

    def bind(tx: Connection) -> None:
        thread = access.readable_thread(tx, me(actor), thread_id)
        options = {"need_by": None, "time_zone": "America/New_York", **more}
        service.attach(tx, me(actor), UUID(voice_id), thread, **options)

    await db.write(bind)

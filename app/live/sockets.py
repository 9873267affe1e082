"""One websocket from its acceptance to its end: what was missed first, then what happens, ids only."""

import asyncio
import time
from collections import deque
from contextlib import suppress
from functools import partial

from starlette.websockets import WebSocket, WebSocketDisconnect

from app.core.db import Database
from app.live.catching_up import missed_by
from app.live.hub import Hub, Socket, line_of

FRAME_MAX = 64 * 1024
HEARD_MAX, HEARD_WITHIN_S = 100, 60.0
MISSED_AT_ONCE = 500

TOO_TALKATIVE = 1008
TOO_BIG = 1009


async def serve(ws: WebSocket, hub: Hub, db: Database, socket: Socket, *, counted: bool) -> None:
    """Run an accepted socket until either side ends it."""
    hub.join(socket)
    speaking = asyncio.create_task(_speak(ws, db, socket))
    try:
        await _listen(ws, socket, counted=counted)
    finally:
        # Only when the connection itself is over: a client that never reads still counts as one of hers.
        hub.leave(socket)
        speaking.cancel()
        with suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
            await speaking


async def _listen(ws: WebSocket, socket: Socket, *, counted: bool) -> None:
    """Clients have nothing to say here; what they say is measured, counted and dropped."""
    heard: deque[float] = deque(maxlen=HEARD_MAX)
    while True:
        message = await ws.receive()
        if message["type"] == "websocket.disconnect":
            return
        said = message.get("text") or message.get("bytes") or ""
        if len(said) > FRAME_MAX:
            socket.end(TOO_BIG)
        at = time.monotonic()
        if counted and len(heard) == HEARD_MAX and at - heard[0] < HEARD_WITHIN_S:
            socket.end(TOO_TALKATIVE)
        heard.append(at)


async def _speak(ws: WebSocket, db: Database, socket: Socket) -> None:
    await _catch_up(ws, db, socket)
    while (line := await socket.next_line()) is not None:
        await ws.send_text(line)
    await ws.close(socket.code or 1000)


async def _catch_up(ws: WebSocket, db: Database, socket: Socket) -> None:
    while socket.code is None:
        socket.missed = False
        rows = await db.read(
            partial(missed_by, person_id=socket.me.id, after=socket.sent, how_many=MISSED_AT_ONCE)
        )
        for row in rows:
            await ws.send_text(line_of(row.seq, row.kind, row.object_id, row.op))
            socket.sent = row.seq
        if len(rows) < MISSED_AT_ONCE and not socket.missed:
            # Nothing awaits between this look and the next line, so no change can slip past.
            socket.is_live = True
            return

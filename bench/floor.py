"""What the bare stack costs without us: one JSON route with a durable commit, one broadcast, one upload."""

import os
import sqlite3
from contextlib import suppress

from fastapi import FastAPI, Request
from pydantic import BaseModel
from starlette.websockets import WebSocket, WebSocketDisconnect

app = FastAPI()
listeners: set[WebSocket] = set()

rows = sqlite3.connect(os.environ["FLOOR_FILE"], isolation_level=None)
rows.execute("PRAGMA journal_mode=WAL")
rows.execute("PRAGMA synchronous=FULL")
rows.execute("CREATE TABLE IF NOT EXISTS said (id INTEGER PRIMARY KEY, body TEXT)")


class Said(BaseModel):
    """What comes in."""

    body: str


class Stored(BaseModel):
    """What goes out."""

    id: int


@app.post("/said", status_code=201)
async def say(said: Said) -> Stored:
    """F: one bare route and one durable commit (WAL, synchronous=FULL)."""
    rows.execute("BEGIN IMMEDIATE")
    at = rows.execute("INSERT INTO said (body) VALUES (?)", (said.body,)).lastrowid
    rows.execute("COMMIT")
    return Stored(id=at or 0)


@app.patch("/taken")
async def take(request: Request) -> Stored:
    """A bare route that reads a stream to its end and drops it."""
    size = 0
    async for piece in request.stream():
        size += len(piece)
    return Stored(id=size)


@app.post("/told", status_code=201)
async def tell(said: Said) -> Stored:
    """A bare broadcast: the same bytes to every socket, one after the other."""
    for socket in list(listeners):
        await socket.send_text(said.body)
    return Stored(id=len(listeners))


@app.websocket("/live")
async def listen(socket: WebSocket) -> None:
    """A listener of the broadcast."""
    await socket.accept()
    listeners.add(socket)
    with suppress(WebSocketDisconnect):
        while True:
            await socket.receive_text()
    listeners.discard(socket)

"""The lean service: FastAPI, SQLite and a careful hand, where nothing is sealed, screened or told to others.

Posting finds the session and the membership, numbers the message, stores it and its words for search, all in
one durable commit on one connection. It stands for "as fast as this stack honestly goes", no more.
"""

import hashlib
import os
import sqlite3
import time
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel, Field

app = FastAPI()

rows = sqlite3.connect(os.environ["FLOOR_FILE"], isolation_level=None)
rows.executescript(
    """
    PRAGMA journal_mode=WAL;
    PRAGMA synchronous=FULL;
    PRAGMA foreign_keys=ON;
    CREATE TABLE IF NOT EXISTS sessions (secret_hash TEXT PRIMARY KEY, person_id TEXT, ends_at REAL);
    CREATE TABLE IF NOT EXISTS members (thread_id TEXT, person_id TEXT, PRIMARY KEY (thread_id, person_id));
    CREATE TABLE IF NOT EXISTS threads (id TEXT PRIMARY KEY, last_seq INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS messages (
        id TEXT PRIMARY KEY, thread_id TEXT REFERENCES threads, author_id TEXT, seq INTEGER, body TEXT,
        at REAL, UNIQUE (thread_id, seq)
    );
    CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (body, content='messages');
    """
)


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


rows.execute(
    "INSERT INTO sessions VALUES (?, 'dana', ?)", (hashed(os.environ["TOKEN"]), time.time() + 86_400)
)
rows.execute("INSERT INTO threads VALUES ('one', 0)")
rows.execute("INSERT INTO members VALUES ('one', 'dana')")


class Said(BaseModel):
    """What comes in."""

    id: str
    body: str = Field(min_length=1, max_length=20_000)


class Stored(Said):
    """What goes out."""

    seq: int
    author_id: str
    at: float


async def signed_in(request: Request) -> str:
    """Who asks, by a bearer token."""
    secret = request.headers.get("authorization", "").removeprefix("Bearer ")
    found = rows.execute(
        "SELECT person_id FROM sessions WHERE secret_hash = ? AND ends_at > ?", (hashed(secret), time.time())
    ).fetchone()
    if found is None:
        raise HTTPException(401)
    person_id: str = found[0]
    return person_id


@app.post("/threads/{thread_id}/messages", status_code=201)
async def post(thread_id: str, said: Said, me: Annotated[str, Depends(signed_in)]) -> Stored:
    """Store a message in its place, and its words."""
    member = rows.execute("SELECT 1 FROM members WHERE thread_id = ? AND person_id = ?", (thread_id, me))
    if member.fetchone() is None:
        raise HTTPException(404)
    at = time.time()
    rows.execute("BEGIN IMMEDIATE")
    (seq,) = rows.execute(
        "UPDATE threads SET last_seq = last_seq + 1 WHERE id = ? RETURNING last_seq", (thread_id,)
    ).fetchone()
    stored = rows.execute(
        "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)", (said.id, thread_id, me, seq, said.body, at)
    )
    rows.execute("INSERT INTO words (rowid, body) VALUES (?, ?)", (stored.lastrowid, said.body))
    rows.execute("COMMIT")
    return Stored(id=said.id, body=said.body, seq=seq, author_id=me, at=at)

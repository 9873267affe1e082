"""P1 and P2 under kill -9: what was acknowledged is there once, with all that follows from it."""

import asyncio
import contextlib
import os
import random
import socket
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from app.access import messages, threads
from app.core.changes import Change
from app.core.db import Database
from app.core.ids import new_id
from app.core.outbox import Fact
from app.core.seal import Keyring
from tests.factories import make_circle, make_person

KILLS, CLIENTS = 8, 20


class Service:
    """`colleague serve` in a process of its own, killed without warning and started again."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "PATH": os.environ["PATH"],
            "PORT": str(self.port),
            "BASE_URL": f"http://localhost:{self.port}",
            "DATA_DIR": str(folder),
            "RATE_LIMITS": "off",
        }
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "-m", "app.cli", "serve", "--no-worker"],
            env=self.environment,
            cwd=Path(__file__).parents[2],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        async with asyncio.timeout(60), httpx.AsyncClient() as client:
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(f"{self.url}/healthz")).status_code == 200:
                        return
                assert self.process.poll() is None, "the service did not start"
                await asyncio.sleep(0.05)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


@pytest.fixture
async def killable(tmp_path: Path) -> AsyncIterator[Service]:
    running = Service(tmp_path)
    await running.start()
    yield running
    running.kill()


async def test_what_was_acknowledged_is_stored_once_whenever_it_is_killed(killable: Service, tmp_path: Path):
    dice = random.Random(11)
    db = Database(f"sqlite:///{tmp_path / 'colleague.sqlite3'}", Keyring(tmp_path / "keys"))
    people = [await make_person(db, f"Teacher {n}", f"t{n}@example.org") for n in range(CLIENTS)]
    circle_id = await make_circle(
        db, "River", teachers=[id for id, _ in people], mentors=[], stewards=[people[0][0]]
    )
    acknowledged: dict[str, int] = {}
    statuses: Counter[int] = Counter()
    killed = asyncio.Event()

    async def post(client: httpx.AsyncClient, url: str, said: dict[str, str]) -> dict[str, object]:
        while True:
            try:
                reply = await client.post(url, json=said)
            except httpx.HTTPError:
                await asyncio.sleep(0.02 + dice.random() * 0.1)
                continue
            statuses[reply.status_code] += 1
            if reply.status_code in (200, 201):
                answered: dict[str, object] = reply.json()
                return answered
            assert reply.status_code == 503, reply.text

    async def write(token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=killable.url, headers=headers, timeout=20) as client:
            thread = {"id": str(new_id()), "circle_id": str(circle_id), "body": "What first?"}
            await post(client, "/api/threads", thread)
            number = 0
            while not killed.is_set() or number < 5:
                number += 1
                said = {"id": str(new_id()), "body": "And then, " * (number % 5) + "what?"}
                answer = await post(client, f"/api/threads/{thread['id']}/messages", said)
                acknowledged[said["id"]] = int(str(answer["seq"]))
            assert await post(client, f"/api/threads/{thread['id']}/messages", said) == answer

    async def kill() -> None:
        for _ in range(KILLS):
            await asyncio.sleep(0.1 + dice.random() * 0.4)
            killable.kill()
            await killable.start()
        killed.set()

    async with asyncio.timeout(240):
        await asyncio.gather(kill(), *(write(token) for _, token in people))
    killable.kill()

    with sqlite3.connect(tmp_path / "colleague.sqlite3") as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    stored, facts, changed, last_seqs = await db.read(
        lambda tx: (
            tx.execute(select(messages.c.id, messages.c.thread_id, messages.c.seq)).all(),
            tx.execute(select(Fact.about).where(Fact.fact == "threads.message_posted")).scalars().all(),  # type: ignore[call-overload]
            tx.execute(select(Change.object_id).where(Change.kind == "message")).scalars().all(),  # type: ignore[call-overload]
            {row.id: row.last_seq for row in tx.execute(select(threads.c.id, threads.c.last_seq))},
        )
    )
    await db.close()
    by_id = {row.id: row for row in stored}
    assert len(by_id) == len(stored) == len(acknowledged) + CLIENTS
    for message_id, seq in acknowledged.items():
        assert by_id[UUID(message_id)].seq == seq
    for thread_id, last_seq in last_seqs.items():
        assert sorted(row.seq for row in stored if row.thread_id == thread_id) == list(range(1, last_seq + 1))
    told = Counter(about.split('"')[3] for about in facts)
    assert told == Counter(list(acknowledged)), "one fact for each message, none for one that was not stored"
    assert Counter(changed) == Counter(list(by_id)), "and one change for its one reader"
    assert statuses[200] >= CLIENTS, "each tried its last message once more"

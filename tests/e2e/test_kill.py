"""F1, P1, P2: killed with -9 while twenty clients post. What was acknowledged is there, once."""

import asyncio
import os
import random
import re
import shutil
import signal
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from tests.e2e.people import OURS, Three
from tests.e2e.stage import Service

CLIENTS = 20
KILLS = {"sqlite": 9, "postgresql": 3}
BETWEEN_KILLS = 60
# A thread shows its last 200 messages; fewer are compared without leafing.
EACH_AT_MOST = 180


@dataclass
class Posted:
    """What one client knows to be stored in its thread."""

    thread_id: str
    acknowledged: dict[str, str] = field(default_factory=dict)
    repeats: int = 0


async def post(service: Service, cookie: str, mine: Posted, stop: asyncio.Event, counted: list[int]) -> None:
    """Post one message after the other; each is sent again under its id until it is acknowledged."""
    async with httpx.AsyncClient(
        base_url=service.url, headers={**OURS, "Cookie": cookie}, timeout=10
    ) as client:
        while not stop.is_set() and len(mine.acknowledged) < EACH_AT_MOST:
            message_id, body = str(uuid4()), f"What would you try next, and why ({len(mine.acknowledged)})?"
            while True:
                try:
                    reply = await client.post(
                        f"/api/threads/{mine.thread_id}/messages", json={"id": message_id, "body": body}
                    )
                except httpx.TransportError:
                    await asyncio.sleep(0.05 + random.random() / 10)
                    continue
                if reply.status_code in (502, 503):
                    await asyncio.sleep(0.05)
                    continue
                assert reply.status_code in (200, 201), reply.text
                mine.repeats += reply.status_code == 200
                mine.acknowledged[message_id] = body
                counted[0] += 1
                break


async def more_than(counted: list[int], number: int, within_s: float = 30) -> None:
    async with asyncio.timeout(within_s):
        while counted[0] < number:  # noqa: ASYNC110, the posters only count
            await asyncio.sleep(0.01)


async def test_what_was_acknowledged_is_there_once(
    either_server: Service, people: Three, request: pytest.FixtureRequest
) -> None:
    service, on = either_server, request.node.callspec.params["either_server"]
    threads = [await people.question() for _ in range(CLIENTS)]
    everyone = [Posted(thread["id"]) for thread in threads]
    counted, stop = [0], asyncio.Event()
    posting = [
        asyncio.create_task(post(service, people.teacher.cookie, each, stop, counted)) for each in everyone
    ]
    try:
        for _ in range(KILLS[on]):
            await more_than(counted, counted[0] + BETWEEN_KILLS + random.randrange(20))
            service.kill()
            await asyncio.to_thread(service.start)
        await more_than(counted, counted[0] + BETWEEN_KILLS)
    finally:
        stop.set()
        done = await asyncio.gather(*posting, return_exceptions=True)
    assert [each for each in done if each] == []
    assert counted[0] > KILLS[on] * BETWEEN_KILLS

    for each in everyone:
        thread = await people.teacher.ask("GET", f"/api/threads/{each.thread_id}")
        shown = thread["messages"][1:]
        assert {one["id"]: one["body"] for one in shown} == each.acknowledged
        assert [one["seq"] for one in shown] == list(range(2, len(shown) + 2))

    service.stop()
    stored = await (stored_in_file(service) if on == "sqlite" else stored_on_server(service))
    ours = {UUID(message_id).hex for each in everyone for message_id in each.acknowledged}
    # P2: the message, its change for each reader, its fact for the mails and its line in the audit, or none.
    assert ours <= stored["message"]
    assert stored["message"] == stored["change"]
    assert ours == stored["audit"]
    assert ours == stored["fact"]


QUERIES = {
    "message": "SELECT id FROM messages",
    "change": "SELECT DISTINCT object_id FROM changes WHERE kind = 'message'",
    "audit": "SELECT object_id FROM audit WHERE act = 'message.post'",
    "fact": "SELECT about FROM outbox WHERE fact = 'threads.message_posted'",
}
AN_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")


def ids_in(rows: list[Any]) -> set[str]:
    found = [AN_ID.findall(str(row[0]))[0].replace("-", "") for row in rows]
    assert all(times == 1 for times in Counter(found).values()), "something is stored twice"
    return set(found)


async def stored_in_file(service: Service) -> dict[str, set[str]]:
    db = sqlite3.connect(service.data / "colleague.sqlite3")
    try:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        return {what: ids_in(db.execute(query).fetchall()) for what, query in QUERIES.items()}
    finally:
        db.close()


async def stored_on_server(service: Service) -> dict[str, set[str]]:
    db = await asyncpg.connect(service.environment["DATABASE_URL"].replace("+asyncpg", ""))
    try:
        return {what: ids_in(await db.fetch(query)) for what, query in QUERIES.items()}
    finally:
        await db.close()


async def test_a_post_is_on_disk_before_it_is_acknowledged(own_server: Service, people: Three) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not there")
    thread = await people.question()
    own_server.stop()
    trace = own_server.data.parent / "trace"
    calls = "trace=read,recvfrom,fsync,fdatasync,write,writev,sendto,sendmsg"
    try:
        own_server.start(under=["strace", "-f", "-o", str(trace), "-y", "-s", "80", "-e", calls])
    except AssertionError:
        if "ptrace" in own_server.log.read_text():
            pytest.skip("this machine allows no tracing")
        raise
    address = f"/api/threads/{thread['id']}/messages"
    for _ in range(4):
        await people.teacher.ask("POST", address, {"body": "What would you try next?"})
    assert own_server.process is not None
    # The tracer passes no signal on: its child is asked to stop.
    for child in children_of(own_server.process.pid):
        os.kill(child, signal.SIGTERM)
    await asyncio.to_thread(own_server.process.wait, 15)
    lines = trace.read_text(errors="replace").splitlines()
    asked = [at for at, line in enumerate(lines) if f"POST {address}" in line]
    assert len(asked) == 4
    # A new log file is synced once in any case; from the second post on it is the post's own doing.
    for begin in asked[1:]:
        acknowledged = next(at for at in range(begin, len(lines)) if "HTTP/1.1 201" in lines[at])
        assert is_synced(lines[begin:acknowledged])


def is_synced(lines: list[str]) -> bool:
    """Whether a sync of the log began and ended well in these; the tracer may say so in two lines."""
    begun: set[str] = set()
    for line in lines:
        thread = line.split()[0]
        if re.search(r"f(data)?sync\(\d+<[^>]*-wal>", line):
            begun.add(thread)
        if thread in begun and re.search(r"sync(\(| resumed>).*= 0$", line):
            return True
    return False


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

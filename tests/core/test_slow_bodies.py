"""A body that comes too slowly, or without end, is cut; nobody else waits for it (F11)."""

import asyncio
import time
from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from app.core import guard
from app.core.guard import Guard
from app.core.limits import Limits
from app.core.settings import Settings
from app.operate.connection import Connection


async def swallow(scope, receive, send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


@pytest.fixture
async def port(monkeypatch, tmp_path) -> AsyncIterator[int]:
    """A server with the guard and the connection that `serve` has, and a tenth of their patience."""
    monkeypatch.setattr(guard, "IDLE_S", 0.8)
    monkeypatch.setattr(guard, "GRACE_S", 1.0)
    monkeypatch.setattr(guard, "SLOWEST_BYTES_S", 20_000)
    guarded = Guard(swallow, Settings(_env_file=None, data_dir=tmp_path))
    service = SimpleNamespace(state=SimpleNamespace(limits=Limits(off=True)))

    async def app(scope, receive, send) -> None:
        await guarded(scope | {"app": service}, receive, send)

    server = uvicorn.Server(
        uvicorn.Config(app, port=0, http=Connection, log_config=None, lifespan="off", access_log=False)
    )
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    server.force_exit = True
    await running


class Raw:
    """A client that decides itself what it sends and when."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def post(cls, port: int, *headers: str, path: str = "/api/x") -> "Raw":
        raw = cls(*await asyncio.open_connection("127.0.0.1", port))
        head = [f"POST {path} HTTP/1.1", f"Host: localhost:{port}", *headers, "", ""]
        raw.writer.write("\r\n".join(head).encode())
        return raw

    async def drip(self, piece: bytes, every: float, most: float = 10) -> float:
        """Send pieces until the service answers or hangs up; returns after how many seconds that was."""
        began = time.monotonic()
        answered = asyncio.ensure_future(self.reader.read(1))
        while not answered.done() and time.monotonic() - began < most:
            try:
                self.writer.write(piece)
                await self.writer.drain()
            except ConnectionError:
                break
            await asyncio.wait({answered}, timeout=every)
        self.first = await answered
        return time.monotonic() - began

    async def status(self) -> int:
        rest = await self.reader.readuntil(b"\r\n")
        return int((self.first + rest).split()[1])

    def close(self) -> None:
        self.writer.close()


async def test_a_body_that_drips_is_cut_whatever_length_it_promises(port):
    raw = await Raw.post(port, "Content-Length: 200000")
    took = await raw.drip(b"x", every=0.1)
    assert 0.8 < took < 1.6
    assert await raw.status() == 408
    raw.close()


async def test_a_body_that_stops_halfway_is_cut(port):
    raw = await Raw.post(port, "Content-Length: 200000")
    raw.writer.write(b"x" * 100_000)
    took = await raw.drip(b"", every=0.1)
    assert 0.6 < took < 1.6
    assert await raw.status() == 408
    raw.close()


async def test_a_body_without_end_is_cut_at_its_limit(port):
    raw = await Raw.post(port, "Transfer-Encoding: chunked")
    piece = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    await raw.drip(piece, every=0.001)
    assert await raw.status() == 413
    raw.close()


async def test_a_body_too_large_by_its_own_word_is_refused_before_it_comes(port):
    raw = await Raw.post(port, f"Content-Length: {guard.JSON_MAX + 1}")
    assert await raw.drip(b"", every=0.1) < 0.5
    assert await raw.status() == 413
    raw.close()


async def test_a_slow_but_steady_phone_gets_through(port):
    raw = await Raw.post(port, "Content-Length: 80000")
    for _ in range(16):
        raw.writer.write(b"x" * 5000)
        await asyncio.sleep(0.1)
    raw.first = b""
    assert await raw.status() == 200
    raw.close()


async def test_others_do_not_wait_for_a_slow_one(port):
    slow = [await Raw.post(port, "Content-Length: 200000") for _ in range(50)]
    quick = await Raw.post(port, "Content-Length: 2")
    began = time.monotonic()
    quick.writer.write(b"{}")
    quick.first = b""
    assert await quick.status() == 200
    assert time.monotonic() - began < 0.5
    for raw in (*slow, quick):
        raw.close()


async def test_a_route_that_reads_json_answers_the_same_way(teacher, anyone):
    async def endless():
        for _ in range(100):
            yield b" " * 10_000

    for client in (teacher.client, anyone):
        headers = {"Content-Type": "application/json"}
        reply = await client.post("/api/circles", content=endless(), headers=headers)
        assert (reply.status_code, reply.json()["type"]) == (413, "/problems/too-large")

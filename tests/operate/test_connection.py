"""Heads that are too large or never end (F11): cut, and nobody else waits."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import uvicorn

from app.operate import connection
from app.operate.connection import Connection


async def hello(scope, receive, send):
    """Greets at once; under /slow after two seconds, under /reads after the whole body."""
    if scope["path"] == "/slow":
        await asyncio.sleep(2)
    while scope["path"] == "/reads" and (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"hi"})


@pytest.fixture
async def port(monkeypatch) -> AsyncIterator[int]:
    """A server whose patience with heads is one second instead of fifteen."""
    monkeypatch.setattr(connection, "HEAD_WITHIN_S", 1.0)
    server = uvicorn.Server(
        uvicorn.Config(hello, port=0, http=Connection, lifespan="off", log_config=None, access_log=False)
    )
    running = asyncio.create_task(server.serve())
    async with asyncio.timeout(5):
        while not server.started:  # noqa: ASYNC110, the server offers nothing to wait for
            await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await running


class Client:
    """A raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, words: bytes) -> None:
        self.writer.write(words)
        await self.writer.drain()

    async def hear(self) -> bytes:
        async with asyncio.timeout(5):
            return await self.reader.read(2000)

    async def is_cut(self) -> bool:
        """Whether the server ends it without an answer."""
        try:
            return await self.hear() == b""
        except ConnectionResetError:
            return True


@pytest.fixture
async def dial(port) -> AsyncIterator[object]:
    """Opens raw connections, and closes them all in the end."""
    clients: list[Client] = []

    async def one() -> Client:
        clients.append(Client(*await asyncio.open_connection("127.0.0.1", port)))
        return clients[-1]

    yield one
    for client in clients:
        client.writer.close()


GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    "head",
    [
        GET + b"X-Large: " + b"a" * 300_000 + b"\r\n\r\n",
        GET + b"X-Large: " + b"a" * 300_000,
        GET + b"X-Many: a\r\n" * 10_000 + b"\r\n",
        b"GET /" + b"a" * 300_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /" + b"a" * 300_000,
    ],
    ids=["one header", "an endless header", "many headers", "the address", "an endless address"],
)
async def test_a_head_that_is_too_large_is_431(dial, head):
    client = await dial()
    try:
        await client.say(head)
        heard = await client.hear()
        assert heard.startswith(b"HTTP/1.1 431 ")
        assert b"application/problem+json" in heard
    except ConnectionResetError:
        # Closed with unread bytes left: the sender may hear the cut before the answer.
        pass
    other = await dial()
    await other.say(GET + b"\r\n")
    assert (await other.hear()).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("begun", [b"", GET, GET + b"X-Slow: "], ids=["silent", "between", "within"])
async def test_a_head_that_never_ends_is_cut(dial, begun):
    client = await dial()
    began = time.monotonic()
    await client.say(begun)
    assert await client.is_cut()
    assert 0.9 <= time.monotonic() - began <= 3


async def test_dripping_does_not_buy_time(dial):
    client = await dial()
    began = time.monotonic()
    await client.say(GET + b"X-Drip: ")

    async def drip() -> None:
        while time.monotonic() - began < 4:
            await client.say(b"x")
            await asyncio.sleep(0.1)

    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        await drip()
    assert time.monotonic() - began <= 3


async def test_a_slow_but_whole_head_is_served_and_so_is_the_next(dial):
    client = await dial()
    for _ in range(3):
        await client.say(GET)
        await asyncio.sleep(0.5)
        await client.say(b"\r\n")
        assert (await client.hear()).endswith(b"\r\n\r\nhi")


async def test_a_second_head_that_never_ends_is_cut_too(dial):
    client = await dial()
    await client.say(GET + b"\r\n")
    assert (await client.hear()).startswith(b"HTTP/1.1 200 ")
    began = time.monotonic()
    await client.say(GET)
    assert await client.is_cut()
    assert time.monotonic() - began <= 3


async def test_what_is_not_http_is_400(dial):
    client = await dial()
    await client.say(b"\x16\x03\x01 hello\r\n\r\n")
    assert (await client.hear()).startswith(b"HTTP/1.1 400 ")


POST = b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"


@pytest.mark.parametrize("path", [b"/", b"/reads"])
async def test_a_large_body_is_not_taken_for_a_head(dial, path):
    client = await dial()
    for _ in range(3):
        await client.say(POST % (path, 1024 * 1024) + b"a" * 1024 * 1024)
        assert (await client.hear()).endswith(b"\r\n\r\nhi")


async def test_an_answer_may_take_longer_than_a_head(dial):
    client = await dial()
    await client.say(GET.replace(b"/", b"/slow", 1) + b"\r\n")
    assert (await client.hear()).endswith(b"\r\n\r\nhi")


async def test_a_body_that_goes_on_after_its_answer_is_cut(dial):
    client = await dial()
    await client.say(POST % (b"/", 10**10))
    assert (await client.hear()).startswith(b"HTTP/1.1 200 ")

    async def go_on() -> None:
        for _ in range(1000):
            await client.say(b"a" * 64 * 1024)

    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        await go_on()


async def test_a_body_that_drips_after_its_answer_is_cut(dial, monkeypatch):
    monkeypatch.setattr(connection, "LEFTOVER_WITHIN_S", 1.0)
    client = await dial()
    began = time.monotonic()
    await client.say(POST % (b"/", 10**10))
    assert (await client.hear()).startswith(b"HTTP/1.1 200 ")

    async def drip() -> None:
        while time.monotonic() - began < 6:
            await client.say(b"x")
            await asyncio.sleep(0.1)

    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        await drip()
    assert time.monotonic() - began <= 4

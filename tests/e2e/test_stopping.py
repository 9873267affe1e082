"""F2: told to stop, it lets nobody new in, ends what runs in ten seconds, and says to sockets why."""

import asyncio
import json
import signal
import socket
import time

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.e2e.people import Person, Three
from tests.e2e.stage import Service

GOING_DOWN = 1012
EXITS_WITHIN_S = 12


def begun(service: Service, person: Person, path: str, body: bytes) -> tuple[socket.socket, bytes]:
    """A request whose body is still under way, and the rest of it."""
    host, port = "localhost", int(service.environment["PORT"])
    connection = socket.create_connection((host, port))
    connection.sendall(
        f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {person.cookie}\r\n"
        f"Sec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
        + body[:5]
    )
    return connection, body[5:]


async def to_its_end(ws: ClientConnection) -> None:
    while True:
        await ws.recv()


async def refuses_within(port: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return True
        await asyncio.sleep(0.02)
    return False


async def test_it_stops_in_order(own_server: Service, people: Three) -> None:
    thread = await people.question()
    address = f"/api/threads/{thread['id']}/messages"
    body = json.dumps({"body": "What would you try next?"}).encode()
    live = own_server.url.replace("http", "ws") + "/api/live"
    slow, rest = begun(own_server, people.teacher, address, body)
    stuck, _ = begun(own_server, people.teacher, address, body)
    assert own_server.process is not None
    with slow, stuck:
        async with connect(
            live, additional_headers={"Cookie": people.teacher.cookie, "Origin": own_server.url}
        ) as ws:
            began = time.monotonic()
            own_server.process.send_signal(signal.SIGTERM)
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(to_its_end(ws), 10)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == GOING_DOWN
        assert await refuses_within(int(own_server.environment["PORT"]), 3)
        slow.sendall(rest)
        slow.settimeout(10)
        answer = await asyncio.to_thread(slow.recv, 100)
        assert answer.startswith(b"HTTP/1.1 201 ")
        await asyncio.to_thread(own_server.process.wait, 15)
        assert time.monotonic() - began <= EXITS_WITHIN_S
    assert "Traceback" not in own_server.log.read_text()
    own_server.start()
    shown = await people.teacher.ask("GET", f"/api/threads/{thread['id']}")
    assert [one["body"] for one in shown["messages"][1:]] == ["What would you try next?"]

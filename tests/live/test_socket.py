"""Live: what happens is told as it happens, ids only; what was missed first; and when a socket ends."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import update
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.accounts.models import Session
from app.core import changes
from app.core.clock import now
from app.core.db import Database
from app.core.ids import new_id
from tests.factories import Cast
from tests.live.test_changes import all_after, ask, caught_up


@asynccontextmanager
async def listening(server, actor, since=None, **options):
    query = f"?since={since}" if since else ""
    headers = {"Authorization": actor.client.headers["authorization"]}
    async with connect(
        f"ws://{server.address}/api/live{query}", additional_headers=headers, compression=None, **options
    ) as ws:
        yield ws


async def heard(ws, how_many, within=5):
    async with asyncio.timeout(within):
        return [json.loads(await ws.recv()) for _ in range(how_many)]


async def closed_with(ws, within=5):
    async with asyncio.timeout(within):
        try:
            while True:
                await ws.recv()
        except ConnectionClosed as ended:
            return ended.rcvd.code if ended.rcvd else None


async def settled():
    """Long enough for a socket that was just accepted to be live."""
    await asyncio.sleep(0.1)


async def test_what_happens_is_told_without_a_word_of_it(server, cast: Cast):
    async with listening(server, cast.mentor) as mentor, listening(server, cast.outsider) as outsider:
        await settled()
        thread = await ask(cast.teacher, cast)
        lines = await heard(mentor, 2)
        assert [(line["kind"], line["op"]) for line in lines] == [("thread", "put"), ("message", "put")]
        assert [set(line) for line in lines] == [{"seq", "kind", "id", "op"}] * 2
        assert lines[0]["id"] == thread["id"]
        await cast.other_mentor.post(f"/api/threads/{thread['id']}/claim")
        (gone,) = await heard(mentor, 1)
        assert (gone["kind"], gone["op"], gone["id"]) == ("thread", "gone", thread["id"])
        with pytest.raises(TimeoutError):
            await heard(outsider, 1, within=0.3)


async def test_what_was_missed_comes_first_and_nothing_twice(server, cast: Cast):
    (since,) = await caught_up(cast.mentor)
    thread = await ask(cast.teacher, cast)
    url = f"/api/threads/{thread['id']}/messages"

    async def post(numbers):
        for number in numbers:
            await cast.teacher.post(url, json={"body": "Again, " * (number % 7) + "please."})

    await post(range(5))
    busy = asyncio.create_task(post(range(5, 60)))
    lines = []
    for _ in range(3):
        # Comes back again and again while the posting goes on, each time from where it was.
        async with listening(server, cast.mentor, since) as ws:
            lines += await heard(ws, 7)
        since = since.split(".")[0] + f".{lines[-1]['seq']}"
        await asyncio.sleep(0.02)
    async with listening(server, cast.mentor, since) as ws:
        await busy
        expected, _ = await all_after(cast.mentor, since)
        lines += await heard(ws, len(expected))
    told = [line["seq"] for line in lines]
    assert told == sorted(set(told))
    assert len([line for line in lines if line["kind"] == "message"]) == 61


async def test_a_change_that_another_process_wrote_is_told_too(server, cast: Cast, service):
    # A process without a hub of its own stands for another one: nothing here is told of its commits.
    other = Database(str(service.state.settings.database_url), service.state.db.keyring)
    try:
        async with listening(server, cast.mentor) as ws:
            await settled()
            object_id = new_id()
            await other.write(lambda tx: changes.put(tx, "read", object_id, [cast.mentor.id]))
            (line,) = await heard(ws, 1)
            assert line["id"] == str(object_id)
    finally:
        await other.close()


async def test_two_processes_that_write_by_turns_are_told_in_order(server, cast: Cast, service):
    """Our own commits are handed on as they are, but never past one of another process."""
    here = service.state.db
    there = Database(str(service.state.settings.database_url), here.keyring)
    ids = [new_id() for _ in range(40)]

    async def by_turns(ws, ids):
        for number, object_id in enumerate(ids):
            db = there if number % 3 == 1 else here
            await db.write(lambda tx, id=object_id: changes.put(tx, "read", id, [cast.mentor.id]))
        return [line["id"] for line in await heard(ws, len(ids))]

    try:
        async with listening(server, cast.mentor) as ws:
            await settled()
            assert await by_turns(ws, ids) == [str(id) for id in ids]
            together = [
                here.write(lambda tx, id=id: changes.put(tx, "read", id, [cast.mentor.id])) for id in ids
            ]
            await asyncio.gather(*together)
            numbers = [line["seq"] for line in await heard(ws, len(ids))]
            assert numbers == list(range(numbers[0], numbers[0] + len(ids)))
    finally:
        await there.close()


async def test_who_is_not_signed_in_or_comes_from_elsewhere_is_refused(server, cast: Cast):
    url = f"ws://{server.address}/api/live"
    token = cast.mentor.client.headers["authorization"].split()[1]
    refused = [
        ({}, 401),
        ({"Authorization": "Bearer nonsense"}, 401),
        ({"Cookie": f"sid={token}"}, 403),
        ({"Cookie": f"sid={token}", "Origin": "http://evil.example"}, 403),
        ({"Cookie": f"sid={token}", "Origin": "http://localhost:8000.evil.example"}, 403),
        ({"Cookie": "sid=nonsense", "Origin": "http://localhost:8000"}, 401),
    ]
    for headers, status in refused:
        with pytest.raises(InvalidStatus) as answer:
            async with connect(url, additional_headers=headers):
                pass
        assert answer.value.response.status_code == status, headers
        assert b"/problems/" in answer.value.response.body
    cookie = {"Cookie": f"sid={token}", "Origin": "http://localhost:8000"}
    async with connect(url, additional_headers=cookie) as ws:
        await settled()
        await ask(cast.teacher, cast)
        assert len(await heard(ws, 2)) == 2


async def test_an_unknown_cursor_is_told_by_its_own_code(server, cast: Cast):
    async with listening(server, cast.mentor, "1.2") as ws:
        assert await closed_with(ws) == 4410


async def test_an_ended_session_closes_its_sockets_within_five_seconds(server, cast: Cast, db):
    async with listening(server, cast.mentor) as mentor, listening(server, cast.teacher) as teacher:
        await settled()
        ended = update(Session).where(Session.person_id == cast.mentor.id).values(revoked_at=now())
        await db.write(lambda tx: tx.execute(ended))
        assert await closed_with(mentor) == 4401
        await ask(cast.teacher, cast)
        assert await heard(teacher, 1)


async def test_a_closed_session_or_changed_place_closes_at_once(server, cast: Cast, service):
    async with listening(server, cast.mentor) as mentor, listening(server, cast.teacher) as teacher:
        await settled()
        (socket,) = service.state.hub._sockets[cast.mentor.id]
        service.state.hub.close_session(socket.me.session_id)
        service.state.hub.close_person(cast.teacher.id)
        assert await closed_with(mentor, within=1) == 4401
        assert await closed_with(teacher, within=1) == 1012
    await settled()
    assert service.state.hub.count == 0


async def test_who_never_reads_is_let_go_and_harms_nobody(server, cast: Cast, service, db):
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    host, port = server.address.split(":")
    narrow.connect((host, int(port)))
    narrow.setblocking(False)
    async with (
        listening(server, cast.mentor, max_queue=1, sock=narrow) as stuck,
        listening(server, cast.other_mentor) as other,
    ):
        await settled()
        stuck.transport.pause_reading()
        both = [cast.mentor.id, cast.other_mentor.id]
        told = 0
        async with asyncio.timeout(60):
            while not any(each.code for each in service.state.hub._sockets[cast.mentor.id]):

                def many(tx):
                    for _ in range(60):
                        changes.put(tx, "read", new_id(), both)

                await db.write(many)
                told += 60
                assert len(await heard(other, 60)) == 60
        stuck.transport.resume_reading()
        assert await closed_with(stuck, within=30) == 1013
    assert told > 64


async def test_a_frame_too_large_ends_it(server, cast: Cast):
    async with listening(server, cast.mentor) as ws:
        await ws.send("x" * (64 * 1024 + 1))
        assert await closed_with(ws) == 1009


async def test_a_client_that_talks_too_much_and_a_sixth_window(server, cast: Cast, service):
    service.state.limits.off = False
    async with listening(server, cast.mentor) as ws:
        for _ in range(100):
            await ws.send("x")
        await asyncio.sleep(0.3)
        assert service.state.hub.count == 1
        await ws.send("x")
        assert await closed_with(ws) == 1008
    await settled()
    windows = [listening(server, cast.mentor) for _ in range(5)]
    for window in windows:
        await window.__aenter__()
    with pytest.raises(InvalidStatus) as answer:
        async with listening(server, cast.mentor):
            pass
    assert answer.value.response.status_code == 429
    async with listening(server, cast.teacher):
        pass
    for window in windows:
        await window.__aexit__(None, None, None)


async def test_a_service_that_stops_says_come_again(server, cast: Cast):
    async with listening(server, cast.mentor) as ws:
        await settled()
        server.should_exit = True
        assert await closed_with(ws) == 1012

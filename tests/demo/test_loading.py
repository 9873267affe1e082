"""The demo as its people see it, on both databases; told twice, cut short, and taken back."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, select

from app.accounts.joining import email_hash
from app.accounts.sessions import open_session
from app.core import clock
from app.core.db import Database
from app.core.objects import Objects
from app.core.outbox import Fact
from app.core.settings import Settings
from app.demo import load as loading
from app.demo.ids import id_of, people_ids
from app.demo.load import is_empty, load, welcome
from app.demo.remove import remove
from app.demo.story import read, told
from app.notify.models import Mail
from app.standing import accept_invitations
from app.tables import metadata
from app.voice import audio
from tests.conftest import client_of
from tests.factories import Actor

Json = dict[str, Any]
SignIn = Callable[[str], Awaitable[Actor]]
prepared: dict[bytes, audio.Converted] = {}
convert = audio.convert


@pytest.fixture(autouse=True)
def each_recording_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Converted for real the first time; what comes out is the same each time."""

    async def once(sound: bytes) -> audio.Converted:
        if sound not in prepared:
            prepared[sound] = await convert(sound)
        return prepared[sound]

    monkeypatch.setattr(audio, "convert", once)


@pytest.fixture
def objects(service: FastAPI) -> Objects:
    return service.state.objects


@pytest.fixture
async def sign_in(service: FastAPI, db: Database) -> AsyncIterator[SignIn]:
    """Someone of the story, signed in."""
    clients: list[httpx.AsyncClient] = []

    async def sign(key: str) -> Actor:
        person = next(each for each in read()["people"] if each["key"] == key)
        person_id = id_of("person", key)
        session = await db.write(lambda tx: open_session(tx, person_id, kind="bearer"))
        clients.append(client_of(service, headers={"Authorization": f"Bearer {session.secret}"}))
        return Actor(person_id, person["name"], person["email"], clients[-1])

    yield sign
    for client in clients:
        await client.aclose()


async def everything(db: Database) -> dict[str, list[Any]]:
    """Every row of every table."""

    def look(tx: Connection) -> dict[str, list[Any]]:
        return {
            table.name: sorted((tuple(row) for row in tx.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }

    return await db.read(look)


async def box(person: Actor, name: str) -> list[Json]:
    answer = await person.get(f"/api/threads?box={name}&limit=200")
    assert answer.status_code == 200
    items: list[Json] = answer.json()["items"]
    return items


def ids(threads: list[Json]) -> list[UUID]:
    return [UUID(each["id"]) for each in threads]


def due(story: Json, thread: Json) -> date:
    """When a thread of the story is needed; far away when nobody said."""
    if thread.get("need_by"):
        return date.fromisoformat(thread["need_by"])
    if thread["meeting"] is None:
        return date.max
    case, item = thread["meeting"].split(".")
    items = next(each["items"] for each in story["cases"] if each["key"] == case)
    on = next(each["due_on"] for each in items if each["key"] == item)
    return date.fromisoformat(on) - timedelta(days=1)


async def test_everyone_finds_the_week_that_was_told(
    db: Database, objects: Objects, sign_in: SignIn, worker: Callable[[], Awaitable[None]]
) -> None:
    assert await is_empty(db)
    assert await load(db, objects)
    story = told(clock.now())
    dana, priya, joel = await sign_in("dana"), await sign_in("priya"), await sign_in("joel")
    ruth, marcus = await sign_in("ruth"), await sign_in("marcus")
    people = {"dana": dana, "priya": priya, "joel": joel, "ruth": ruth, "marcus": marcus}

    for key in ("ruth", "marcus"):
        hers = [
            thread
            for thread in story["threads"]
            if key in (thread["holder"], thread["mentor"]) and thread["state"] != "closed"
        ]
        asked = {id_of("thread", thread["key"]): thread for thread in hers}
        inbox = await box(people[key], "inbox")
        assert set(ids(inbox)) == set(asked)
        order = [due(story, asked[each]) for each in ids(inbox)]
        assert order == sorted(order)
        assert [each["need_by"] for each in inbox] == [
            None if each == date.max else each.isoformat() for each in order
        ]
        assert await box(people[key], "unclaimed")
        assert await box(people[key], "closed")
    open_to_all = {
        id_of("thread", thread["key"])
        for thread in story["threads"]
        if thread["state"] == "waiting" and not thread["mentor"]
    }
    assert set(ids(await box(ruth, "unclaimed"))) == open_to_all == set(ids(await box(marcus, "unclaimed")))

    for key in ("dana", "priya", "joel"):
        mine = [thread for thread in story["threads"] if thread["author"] == key]
        assert set(ids(await box(people[key], "mine"))) | set(ids(await box(people[key], "closed"))) == {
            id_of("thread", thread["key"]) for thread in mine
        }
        assert await box(people[key], "waiting")
        cases = (await people[key].get("/api/cases")).json()["items"]
        assert [each["alias"] for each in cases] == [
            case["alias"] for case in story["cases"] if case["owner"] == key
        ]

    for thread in story["threads"]:
        for key in filter(None, (thread["author"], thread["holder"])):
            await looks_as_told(people[key], key, thread)

    await worker()
    assert {mail[1] for mail in (await everything(db))["mails"]} == {"token_made"}


async def looks_as_told(reader: Actor, key: str, thread: Json) -> None:
    seen = (await reader.get(f"/api/threads/{id_of('thread', thread['key'])}")).json()
    voices = {voice["key"]: voice for voice in told(clock.now())["voices"]}
    told_of = f"{thread['key']} as {key} sees it"
    assert (seen["state"], seen["title"], seen["topic"]) == (
        thread["state"],
        thread["title"],
        thread["topic"],
    ), told_of
    has_it = thread["holder"] or thread["mentor"]
    assert seen["mentor_id"] == (str(id_of("person", has_it)) if has_it else None), told_of
    assert seen["read_to"] == thread["read"].get(key, 0), told_of
    for message, said in zip(seen["messages"], thread["messages"], strict=True):
        assert message["author_id"] == str(id_of("person", said["by"]))
        assert message["body"] == said.get("body")
        assert close(message["at"], said["at"]), told_of
        if "voice" in said:
            assert (message["voice"]["state"], message["voice"]["advice"]) == ("ready", None)
            assert len(message["voice"]["peaks"]) == 120
            assert message["voice"]["marks"] == voices[said["voice"]]["marks"]
            assert message["voice"]["gist"] == voices[said["voice"]]["gist"]
            heard = await reader.get(f"/api/voice/{message['voice']['id']}/audio")
            assert heard.headers["content-type"] == "audio/mp4"
            assert heard.content[4:8] == b"ftyp"
    for draft, written in zip(seen["drafts"], thread["drafts"], strict=True):
        assert [each["text"] for each in draft["versions"]] == [each["text"] for each in written["versions"]]
        states = {str(id_of("comment", each["key"])): each["state"] for each in written["comments"]}
        assert {each["id"]: each["state"] for each in draft["comments"]} == states, told_of
        for each, version in zip(draft["versions"], written["versions"], strict=True):
            assert close(each["at"], version["at"]), told_of
    assert {each["text"] for each in seen["takeaways"]} == {each["text"] for each in thread["takeaways"]}


def close(stored: str, moment: str) -> bool:
    return abs(datetime.fromisoformat(stored) - datetime.fromisoformat(moment)) < timedelta(seconds=90)


async def test_the_brief_for_fridays_meeting_is_rich(db: Database, objects: Objects, sign_in: SignIn) -> None:
    await load(db, objects)
    dana = await sign_in("dana")
    brief = (await dana.get(f"/api/meetings/{id_of('item', 'otter', 'annual')}/brief")).json()

    assert date.fromisoformat(brief["meeting"]["on"]).weekday() == 4
    assert brief["meeting"]["alias"] == "Otter"
    assert brief["purpose"]
    assert brief["say_it"]
    assert len(brief["points"]) == 3
    assert [each["title"] for each in brief["data"]][:1] == ["Reading aloud"]
    assert all(each["sentence"] and each["points"] for each in brief["data"])
    assert len(brief["takeaways"]) >= 3
    assert {each["state"] for each in brief["questions"]} >= {"answered", "claimed", "closed"}
    assert any(each["answer"] and each["answer"]["voice_id"] for each in brief["questions"])
    assert brief["wording"]
    assert any(piece["op"] == "in" for draft in brief["drafts"] for piece in draft["changes"])
    assert brief["family"]
    assert {each["used"] for each in brief["tried"]} - {None}
    assert any(tick["done"] for tick in brief["checklist"])
    assert not all(tick["done"] for tick in brief["checklist"])


async def test_told_again_it_changes_nothing(db: Database, objects: Objects) -> None:
    await load(db, objects)
    before = await everything(db)
    clock.travel(timedelta(days=40))

    assert not await load(db, objects)

    assert await everything(db) == before
    assert not await is_empty(db)
    assert not before[Fact.__tablename__]
    assert not before[Mail.__tablename__]


async def test_cut_short_it_goes_on_where_it_stopped(
    db: Database, objects: Objects, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell, left = loading.tell_thread, 4

    def power_fails(tx: Connection, *about: Any) -> bool:
        nonlocal left
        left -= 1
        if not left:
            raise RuntimeError("the power failed")
        return tell(tx, *about)

    with monkeypatch.context() as patch:
        patch.setattr(loading, "tell_thread", power_fails)
        with pytest.raises(RuntimeError):
            await load(db, objects)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    clock.travel(timedelta(days=3))

    assert await load(db, objects)

    story = told(clock.now() - timedelta(days=3))
    dana = await sign_in("dana")
    for thread in story["threads"]:
        if thread["author"] == "dana":
            await looks_as_told(dana, "dana", thread)


async def test_taken_back_it_leaves_nothing_of_itself_and_all_of_others(
    db: Database, objects: Objects, sign_in: SignIn, teacher: Actor, settings: Settings
) -> None:
    case_id = (await teacher.post("/api/cases", json={"alias": "Heron", "plan_type": "IEP"})).json()["id"]
    before = await everything(db)
    await load(db, objects)
    dana = await sign_in("dana")
    own = await dana.post("/api/cases", json={"alias": "Marten", "plan_type": "504"})
    assert own.status_code == 201
    assert files(settings)

    assert await remove(db, objects)

    after = await everything(db)
    assert {row[1] for row in after.pop("outbox")} == {"accounts.token_made"}
    for name in after.keys() - {"audit", "counters"}:
        assert after[name] == before[name], name
    assert not files(settings)
    assert (await dana.get("/api/me")).status_code == 401
    assert (await teacher.get(f"/api/cases/{case_id}")).status_code == 200
    assert not await remove(db, objects)
    assert await load(db, objects)


def files(settings: Settings) -> list[Path]:
    return [path for path in (settings.data_dir / "objects").rglob("*") if path.is_file()]


async def test_what_others_asked_in_the_demo_circle_stays_theirs(
    db: Database, objects: Objects, sign_in: SignIn, teacher: Actor
) -> None:
    await load(db, objects)
    priya, ruth = await sign_in("priya"), await sign_in("ruth")
    circle_id = str(id_of("circle", "river"))
    invitation = {"email": teacher.email, "roles": ["teacher"]}
    assert (await priya.post(f"/api/circles/{circle_id}/invitations", json=invitation)).status_code == 201
    await db.write(lambda tx: accept_invitations(tx, teacher.id, email_hash(tx, teacher.email)))
    question = {"circle_id": circle_id, "body": "How do I begin?"}
    thread_id = (await teacher.post("/api/threads", json=question)).json()["id"]
    reply = await ruth.post(f"/api/threads/{thread_id}/messages", json={"body": "With one strength."})
    assert reply.status_code == 201

    await remove(db, objects)

    thread = (await teacher.get(f"/api/threads/{thread_id}")).json()
    assert [each["body"] for each in thread["messages"]] == ["How do I begin?", None]
    assert (thread["state"], thread["mentor_id"]) == ("waiting", None)
    circle = (await teacher.get(f"/api/circles/{circle_id}")).json()
    assert [each["id"] for each in circle["members"]] == [str(teacher.id)]
    rows = await everything(db)
    assert not [row for row in rows["people"] if row[0] in people_ids(read())]
    assert await load(db, objects)
    names = {
        each["display_name"] for each in (await teacher.get(f"/api/circles/{circle_id}")).json()["members"]
    }
    assert len(names) == 6


def test_the_terminal_says_which_addresses_to_type() -> None:
    said = welcome("http://localhost:8123")
    assert "http://localhost:8123" in said
    assert "dana@example.org" in said
    assert "ruth@example.org" in said

"""Everything someone has written or said: prepared by the worker, sealed, fetched by her alone."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.accounts.models import Session
from app.core import clock
from app.core.clock import now
from app.core.ids import new_id
from app.export.models import Export
from tests.export.conftest import Week, opened
from tests.factories import Cast

exports = Export.__table__


async def everything_of(actor, worker):
    asked = await actor.post("/api/me/export")
    assert asked.status_code == 201, asked.text
    assert asked.json()["state"] == "preparing"
    await worker()
    url = f"/api/me/exports/{asked.json()['id']}"
    ready = (await actor.get(url)).json()
    assert ready["state"] == "ready"
    reply = await actor.get(f"{url}/archive")
    assert reply.status_code == 200
    assert int(reply.headers["content-length"]) == ready["size_bytes"] == len(reply.content)
    return reply, url


async def test_a_teacher_takes_everything_along(cast: Cast, week: Week, worker):
    await cast.teacher.post("/api/items", json={"kind": "todo", "title": "Book the room"})
    await cast.teacher.post("/api/threads", json={"circle_id": str(cast.circle_id), "body": "In general?"})
    reply, _ = await everything_of(cast.teacher, worker)
    archive, data, _ = opened(reply.content)
    assert data["person"]["email"] == "teacher@example.org"
    assert [each["case"]["alias"] for each in data["students"]] == ["Otter"]
    assert len(data["students"][0]["items"]) == 2
    assert [each["item"]["title"] for each in data["without_student"]] == ["Book the room"]
    assert len(data["questions"]) == 2
    assert data["answers"] == []
    assert f"audio/{week.voice_id}.m4a" in archive.namelist()
    assert "notes.html" in archive.namelist()


async def test_a_mentor_takes_her_own_words_and_no_one_elses(cast: Cast, week: Week, worker):
    reply, _ = await everything_of(cast.mentor, worker)
    archive, data, _ = opened(reply.content)
    (answer,) = data["answers"]
    assert [each["voice"]["gist"] for each in answer["messages"]] == ["Lead with what opens up."]
    assert [each["body"] for each in answer["comments"]] == ["Say more about this."]
    assert f"audio/{week.voice_id}.m4a" in archive.namelist()
    whole = b"".join(archive.read(name) for name in archive.namelist())
    for others in (b"How have you argued", b"reads aloud", b"Otter", b"Text-to-speech in class", b"Dana"):
        assert others not in whole


async def test_what_was_handed_on_is_no_longer_hers_to_take(cast: Cast, week: Week, worker):
    handed = await cast.mentor.post(
        f"/api/threads/{week.thread['id']}/hand-over", json={"mentor_id": str(cast.other_mentor.id)}
    )
    assert handed.status_code == 200
    _, data, _ = opened((await everything_of(cast.mentor, worker))[0].content)
    assert data["answers"] == []


async def test_a_newcomer_gets_an_archive_too(cast: Cast, worker):
    archive, data, _ = opened((await everything_of(cast.outsider, worker))[0].content)
    assert data["questions"] == []
    assert "Nothing has been written or said yet." in archive.read("index.html").decode()


async def test_only_its_owner_can_fetch_it(cast: Cast, week: Week, worker, anyone):
    _, url = await everything_of(cast.teacher, worker)
    for other in (cast.mentor, cast.other_teacher, cast.steward, cast.outsider):
        assert (await other.get(url)).status_code == 404
        assert (await other.get(f"{url}/archive")).status_code == 404
        assert (await other.get("/api/me/exports")).json()["items"] == []
    assert (await anyone.get(f"{url}/archive")).status_code == 401
    assert len((await cast.teacher.get("/api/me/exports")).json()["items"]) == 1


async def test_asking_again_with_the_same_id_prepares_one(cast: Cast, worker):
    sent = {"id": str(new_id())}
    first = await cast.teacher.post("/api/me/export", json=sent)
    again = await cast.teacher.post("/api/me/export", json=sent)
    stranger = await cast.mentor.post("/api/me/export", json=sent)
    assert [each.status_code for each in (first, again, stranger)] == [201, 200, 404]
    early = await cast.teacher.get(f"/api/me/exports/{sent['id']}/archive")
    assert (early.status_code, early.json()["type"]) == (409, "/problems/archive-not-ready")


async def test_a_mail_says_that_it_is_ready_and_nothing_more(cast: Cast, worker, capsys):
    await everything_of(cast.teacher, worker)
    mails = [each for each in capsys.readouterr().out.split("Mail to ") if "archive is ready" in each]
    assert len(mails) == 1
    assert mails[0].startswith("teacher@example.org")
    assert "/settings" in mails[0]


async def test_after_a_week_it_is_gone_and_so_is_its_key(cast: Cast, week: Week, worker, service, db):
    _, url = await everything_of(cast.teacher, worker)
    names = [name async for name, _ in service.state.objects.names("exports")]
    assert names == [f"exports/{url.rsplit('/', 1)[1]}"]
    clock.travel(timedelta(days=7, minutes=1))
    assert (await cast.teacher.get(f"{url}/archive")).status_code == 410
    await worker()
    assert [name async for name, _ in service.state.objects.names("exports")] == []
    assert (await cast.teacher.get(url)).json()["state"] == "expired"
    key_id = await db.read(lambda tx: tx.execute(select(exports.c.key_id)).scalar_one())
    assert key_id is None


async def test_the_archive_lies_sealed(cast: Cast, week: Week, worker, service):
    _, url = await everything_of(cast.teacher, worker)
    stored = b"".join(
        [piece async for piece in service.state.objects.read_sealed(f"exports/{url.rsplit('/', 1)[1]}")]
    )
    assert b"PK\x03\x04" not in stored[:200]
    assert b"index.html" not in stored


async def test_a_phone_that_lies_about_does_not_give_everything_away(cast: Cast, week: Week, db):
    def age(tx):
        table = Session.__table__
        tx.execute(
            update(table)
            .where(table.c.person_id == cast.teacher.id)
            .values(kind="cookie", device="mine", created_at=now() - timedelta(minutes=11))
        )

    await db.write(age)
    for call in (
        cast.teacher.post("/api/me/export"),
        cast.teacher.get(f"/api/cases/{week.case['id']}/export"),
    ):
        reply = await call
        assert (reply.status_code, reply.json()["type"]) == (403, "/problems/fresh-sign-in-needed")


@pytest.mark.parametrize("body", [{"id": "no-id"}, {"everything": True}, [1]])
async def test_an_ask_of_another_shape_is_refused(teacher, body):
    assert (await teacher.post("/api/me/export", json=body)).status_code == 422


async def test_an_unknown_archive_is_not_there(teacher):
    assert (await teacher.get(f"/api/me/exports/{UUID(int=1)}")).status_code == 404

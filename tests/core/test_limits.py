"""How often is too often: 429 with the time to wait, and never a word about what was asked for."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from app.accounts.models import Person
from app.core import limits
from app.core.clock import now
from app.core.ids import new_id
from app.core.limits import Limits
from tests.factories import Cast

people = Person.__table__


@pytest.fixture
def counted(service: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Limits:
    """Limits are on, and no time passes."""
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: 0.0))
    service.state.limits = Limits()
    return service.state.limits


def is_too_many(reply) -> bool:
    assert reply.status_code in (200, 201, 401, 404, 429), reply.text
    if reply.status_code == 429:
        assert int(reply.headers["retry-after"]) > 0
        assert reply.json()["type"].endswith("/too-many")
    return reply.status_code == 429


async def test_two_hundred_calls_a_minute_a_person(cast: Cast, counted: Limits):
    first = [is_too_many(await cast.teacher.get("/api/me")) for _ in range(205)]
    assert first.index(True) == 200
    assert not is_too_many(await cast.mentor.get("/api/me"))
    # The same for what is there and for what is not.
    assert is_too_many(await cast.teacher.get(f"/api/threads/{new_id()}"))
    assert is_too_many(await cast.teacher.post("/api/threads", json={"odd": 1}))


async def test_six_hundred_calls_a_minute_an_address(cast: Cast, counted: Limits):
    everyone = (cast.teacher, cast.mentor, cast.other_mentor, cast.other_teacher)
    said = [is_too_many(await everyone[at % 4].get("/api/push/key")) for at in range(620)]
    assert said.index(True) == 600


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer made-up"}, {"Cookie": "sid=made-up"}])
async def test_a_hundred_calls_a_minute_an_address_without_a_session(anyone, cast, counted, headers):
    said = [is_too_many(await anyone.get("/api/me", headers=headers)) for _ in range(105)]
    assert said.index(True) == 100
    # Who is signed in behind the same address goes on.
    assert not is_too_many(await cast.teacher.get("/api/me"))


async def test_thirty_posts_a_minute_and_ten_in_the_first_days(cast: Cast, db, counted: Limits):
    async def posts() -> int:
        body = {"circle_id": str(cast.circle_id), "body": "What would you bring?"}
        said = [is_too_many(await cast.teacher.post("/api/threads", json=body)) for _ in range(33)]
        return said.index(True)

    assert await posts() == 30
    born = now() - timedelta(days=1)
    await db.write(
        lambda tx: tx.execute(update(people).where(people.c.id == cast.teacher.id).values(created_at=born))
    )
    counted._buckets.clear()
    assert await posts() == 10


def test_a_person_s_day_ends():
    counted = Limits()
    for _ in range(60):
        counted.take("posts a day", "her", 60, 86_400)
    with pytest.raises(Exception, match="too often") as refused:
        counted.take("posts a day", "her", 60, 86_400)
    assert 0 < int(refused.value.headers["Retry-After"]) <= 86_400 / 60

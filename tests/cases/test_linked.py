"""What happens to questions when the meeting, goal or student they are tied to changes or goes."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.core.changes import Change
from app.core.clock import today_in
from tests.factories import Cast

FRIDAY = today_in("America/New_York") + timedelta(days=10)


@pytest.fixture
async def case(teacher):
    return (
        await teacher.post("/api/cases", json={"alias": "Otter", "plan_type": "IEP", "grade_band": "6-8"})
    ).json()


@pytest.fixture
async def meeting(teacher, case):
    sent = {
        "kind": "meeting",
        "title": "Annual review",
        "due_on": str(FRIDAY),
        "details": {"purpose": "Keep the audio.", "notice_sent_on": str(FRIDAY), "time": "09:30"},
    }
    return (await teacher.post(f"/api/cases/{case['id']}/items", json=sent)).json()


@pytest.fixture
async def thread(cast: Cast, case, meeting):
    sent = {
        "circle_id": str(cast.circle_id),
        "body": "What do we bring?",
        "case_id": case["id"],
        "meeting_id": meeting["id"],
        "item_ids": [meeting["id"]],
        "drafts": [{"kind": "meeting_notes", "text": "The plan is working.", "item_id": meeting["id"]}],
    }
    reply = await cast.teacher.post("/api/threads", json=sent)
    assert reply.status_code == 201, reply.text
    return reply.json()


async def changes_of(db, reader_id: UUID, since: int = 0) -> list[tuple[str, UUID, str]]:
    table = Change.__table__
    rows = await db.read(
        lambda tx: tx.execute(
            select(table.c.kind, table.c.object_id, table.c.op)
            .where(table.c.reader_id == reader_id, table.c.seq > since)
            .order_by(table.c.seq)
        ).all()
    )
    return [(row.kind, UUID(str(row.object_id)), row.op) for row in rows]


async def last_seq(db) -> int:
    table = Change.__table__
    return await db.read(lambda tx: max(tx.execute(select(table.c.seq)).scalars(), default=0))


async def test_a_mentor_sees_how_far_away_it_is_and_no_day(cast: Cast, thread, meeting):
    (item,) = (await cast.mentor.get(f"/api/threads/{thread['id']}")).json()["items"]
    assert item["due_in_days"] == 10
    assert item["details"] == {"purpose": "Keep the audio.", "time": "09:30"}
    assert "due_on" not in item
    (own,) = thread["items"]
    assert own["due_on"] == str(FRIDAY)


async def test_the_need_by_moves_with_the_meeting_and_its_readers_hear_of_it(cast: Cast, db, thread, meeting):
    assert thread["need_by"] == str(FRIDAY - timedelta(days=1))
    before = await last_seq(db)
    moved = await cast.teacher.patch(
        f"/api/items/{meeting['id']}", json={"due_on": str(FRIDAY + timedelta(days=7))}
    )
    assert moved.status_code == 200
    seen = (await cast.mentor.get(f"/api/threads/{thread['id']}")).json()
    assert seen["need_by"] == str(FRIDAY + timedelta(days=6))

    put = ("thread", UUID(thread["id"]), "put")
    assert await changes_of(db, cast.mentor.id, before) == [put]
    assert await changes_of(db, cast.teacher.id, before) == [("item", UUID(meeting["id"]), "put"), put]
    assert await changes_of(db, cast.steward.id, before) == []


async def test_a_change_that_changes_nothing_tells_no_one(cast: Cast, db, thread, meeting):
    before = await last_seq(db)
    same = await cast.teacher.patch(
        f"/api/items/{meeting['id']}", json={"title": meeting["title"], "details": meeting["details"]}
    )
    assert same.json() == meeting
    assert await last_seq(db) == before


async def test_a_change_of_the_grade_band_reaches_those_who_see_it(cast: Cast, db, thread, case):
    before = await last_seq(db)
    await cast.teacher.patch(f"/api/cases/{case['id']}", json={"notes": "Likes maps."})
    assert await changes_of(db, cast.mentor.id, before) == []
    await cast.teacher.patch(f"/api/cases/{case['id']}", json={"grade_band": "9-12"})
    assert await changes_of(db, cast.mentor.id, before) == [("thread", UUID(thread["id"]), "put")]


async def test_deleting_the_meeting_freezes_the_need_by_and_unties_all(cast: Cast, db, thread, meeting):
    before = await last_seq(db)
    assert (await cast.teacher.delete(f"/api/items/{meeting['id']}")).status_code == 204
    seen = (await cast.teacher.get(f"/api/threads/{thread['id']}")).json()
    assert seen["need_by"] == str(FRIDAY - timedelta(days=1))
    assert (seen["meeting_id"], seen["items"]) == (None, [])
    assert date.fromisoformat(seen["need_by"]) < FRIDAY

    told = await changes_of(db, cast.mentor.id, before)
    assert ("thread", UUID(thread["id"]), "put") in told
    assert ("draft", UUID(thread["drafts"][0]["id"]), "put") in told
    assert ("item", UUID(meeting["id"]), "gone") in await changes_of(db, cast.teacher.id, before)


async def test_a_given_need_by_is_not_touched_by_the_meeting(cast: Cast, case, meeting):
    given = str(FRIDAY - timedelta(days=4))
    sent = {
        "circle_id": str(cast.circle_id),
        "body": "And this?",
        "meeting_id": meeting["id"],
        "need_by": given,
    }
    thread = (await cast.teacher.post("/api/threads", json=sent)).json()
    await cast.teacher.delete(f"/api/items/{meeting['id']}")
    assert (await cast.teacher.get(f"/api/threads/{thread['id']}")).json()["need_by"] == given

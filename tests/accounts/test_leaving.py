"""Deleting an account: promise 6 of the design, P14."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Person
from app.circles.models import Membership
from app.core import clock
from app.core.seal import KeyRow
from app.tables import metadata
from app.threads.models import Message
from tests.accounts.signing_in import OURS, sign_in
from tests.circles.threads import ask, told

# Where the id of someone who left may still stand: emptied rows, and what others made with her.
STILL_POINTING = {
    ("cases", "owner_id"),
    ("items", "owner_id"),
    ("threads", "author_id"),
    ("threads", "mentor_id"),
    ("messages", "author_id"),
    ("draft_versions", "author_id"),
    ("voice_notes", "owner_id"),
    ("circles", "made_by"),
    ("invitations", "invited_by"),
}


@pytest.fixture
async def busy_teacher(cast, db, anyone):
    """Dana in a browser, with a case, an item of its own, two threads, and a reply in a colleague's."""
    await sign_in(anyone, db, cast.teacher.email)
    case = await anyone.post(
        "/api/cases", json={"alias": "Heron", "plan_type": "IEP", "notes": "Reads well."}, headers=OURS
    )
    assert case.status_code == 201
    item = await anyone.post(
        f"/api/cases/{case.json()['id']}/items",
        json={"kind": "goal", "title": "Reading fluency", "details": {}},
        headers=OURS,
    )
    assert item.status_code == 201
    todo = await anyone.post(
        "/api/items", json={"kind": "todo", "title": "Order paper", "details": {}}, headers=OURS
    )
    assert todo.status_code == 201
    asked = await anyone.post(
        "/api/threads",
        json={
            "circle_id": str(cast.circle_id),
            "case_id": case.json()["id"],
            "body": "How would you word this goal?",
            "drafts": [{"kind": "goal", "text": "The student will read a page aloud."}],
        },
        headers=OURS,
    )
    assert asked.status_code == 201
    return anyone


async def rows(db, table):
    return await db.read(lambda tx: tx.execute(select(metadata.tables[table])).all())


async def test_everything_of_hers_is_gone_at_once(busy_teacher, cast, db):
    gone = await busy_teacher.delete("/api/me", headers=OURS)
    assert gone.status_code == 204
    assert (await busy_teacher.get("/api/me")).status_code == 401
    assert (await cast.teacher.get("/api/me")).status_code == 401

    for table in ("entries", "messages", "draft_versions", "comments", "takeaways"):
        assert await rows(db, table) == []
    for table, sealed in (
        ("cases", ("alias", "notes", "key_id")),
        ("items", ("title", "details")),
        ("threads", ("title", "opening", "key_id")),
    ):
        for row in await rows(db, table):
            assert [getattr(row, name) for name in sealed] == [None] * len(sealed)
            assert row.deleted_at is not None
    person = next(row for row in await rows(db, "people") if row.id == cast.teacher.id)
    assert (person.email_hash, person.email, person.display_name, person.key_id) == (None,) * 4


async def test_her_keys_are_destroyed(busy_teacher, cast, db):
    before = {row.id for row in await rows(db, "keys")}
    await busy_teacher.delete("/api/me", headers=OURS)
    left = {row.id for row in await rows(db, "keys")}
    used = await db.read(lambda tx: tx.execute(select(Person.__table__.c.key_id)).scalars().all())
    circles = {row.key_id for row in await rows(db, "circles")}
    assert left == {key for key in used if key} | circles
    assert len(before - left) == 3  # hers, her case's, her thread's
    assert KeyRow.__tablename__ == "keys"


async def test_nothing_else_points_to_her_but_what_is_named_here(busy_teacher, cast, db):
    """Each column that refers to a person is cleared or named above, so that a new one is not forgotten."""
    await busy_teacher.patch("/api/me", json={"works_with": [str(cast.mentor.id)]}, headers=OURS)
    await cast.other_teacher.patch("/api/me", json={"works_with": [str(cast.teacher.id)]})
    await busy_teacher.delete("/api/me", headers=OURS)
    for table in metadata.sorted_tables:
        for column in table.columns:
            refers = any(key.target_fullname == "people.id" for key in column.foreign_keys)
            if not refers or (table.name, column.name) in STILL_POINTING:
                continue
            left = [row for row in await rows(db, table.name) if getattr(row, column.name) == cast.teacher.id]
            assert left == [], f"{table.name}.{column.name}"


async def test_what_she_said_to_others_becomes_an_empty_stub(busy_teacher, cast, db):
    question = await ask(db, cast, cast.other_teacher.id, mentor=cast.mentor.id)
    browser_of_mentor = busy_teacher
    await browser_of_mentor.delete("/api/auth/session", headers=OURS)
    await sign_in(browser_of_mentor, db, cast.mentor.email)
    said = await browser_of_mentor.post(
        f"/api/threads/{question}/messages", json={"body": "Lead with what she can do."}, headers=OURS
    )
    assert said.status_code == 201
    assert (await browser_of_mentor.delete("/api/me", headers=OURS)).status_code == 204

    thread = (await cast.other_teacher.get(f"/api/threads/{question}")).json()
    assert thread["state"] == "waiting"
    assert thread["mentor_id"] is None
    stub = thread["messages"][-1]
    assert (stub["id"], stub["body"]) == (said.json()["id"], None)
    stored = await db.read(
        lambda tx: tx.execute(select(Message.__table__).where(Message.__table__.c.seq == 2)).one()
    )
    assert (stored.body, stored.voice_id) == (None, None)
    heard = await told(db, cast.other_teacher.id)
    assert ("message", stored.id, "put") in heard


async def test_her_mentor_is_told_that_the_thread_is_gone(busy_teacher, cast, db):
    (thread,) = (await busy_teacher.get("/api/threads", params={"box": "mine"})).json()["items"]
    await cast.mentor.post(f"/api/threads/{thread['id']}/claim")
    await busy_teacher.delete("/api/me", headers=OURS)
    assert (await cast.mentor.get(f"/api/threads/{thread['id']}")).status_code == 410
    assert (await cast.other_mentor.get(f"/api/threads/{thread['id']}")).status_code == 404
    heard = await told(db, cast.mentor.id)
    assert [(kind, op) for kind, each, op in heard if str(each) == thread["id"]][-1] == ("thread", "gone")


async def test_the_others_no_longer_see_her_in_the_circle(busy_teacher, cast, db):
    await busy_teacher.delete("/api/me", headers=OURS)
    members = (await cast.steward.get(f"/api/circles/{cast.circle_id}/members")).json()["items"]
    assert str(cast.teacher.id) not in [member["id"] for member in members]
    places = await db.read(lambda tx: tx.execute(select(Membership.__table__)).all())
    assert cast.teacher.id not in [place.person_id for place in places]


async def test_the_same_address_can_be_invited_again_and_begins_anew(busy_teacher, cast, db, anyone):
    await busy_teacher.delete("/api/me", headers=OURS)
    refused = await sign_in(anyone, db, cast.teacher.email)
    assert refused.status_code == 401
    await cast.steward.post(
        f"/api/circles/{cast.circle_id}/invitations",
        json={"email": cast.teacher.email, "roles": ["teacher"]},
    )
    user = (await sign_in(anyone, db, cast.teacher.email)).json()["user"]
    assert user["id"] != str(cast.teacher.id)
    assert (await anyone.get("/api/cases")).json()["items"] == []


async def test_it_needs_a_fresh_sign_in(cast, anyone, db):
    await sign_in(anyone, db, cast.teacher.email)
    clock.travel(timedelta(minutes=10, seconds=1))
    refused = await anyone.delete("/api/me", headers=OURS)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/fresh-sign-in-needed")
    await sign_in(anyone, db, cast.teacher.email)
    assert (await anyone.delete("/api/me", headers=OURS)).status_code == 204


async def test_a_bearer_token_may_not_do_it(cast):
    assert (await cast.teacher.delete("/api/me")).status_code == 403
    assert (await cast.teacher.get("/api/me")).status_code == 200

"""Claim, release, hand over, close, reopen, choose another mentor: who may, what it does, and a repeat."""

import asyncio

import pytest
from sqlalchemy import select

from app.core.audit import AuditRow
from app.core.outbox import Fact
from tests.factories import Cast
from tests.threads.conftest import Ask


async def act(actor, thread, name, **said):
    return await actor.post(f"/api/threads/{thread['id']}/{name}", **({"json": said} if said else {}))


async def patch(actor, thread, **said):
    return await actor.patch(f"/api/threads/{thread['id']}", json=said)


async def seen_by(actor, thread):
    reply = await actor.get(f"/api/threads/{thread['id']}")
    return reply.json() if reply.status_code == 200 else reply.status_code


async def test_one_mentor_claims_and_the_other_is_told_so(cast: Cast, question):
    won = await act(cast.mentor, question, "claim")
    assert (won.status_code, won.json()["state"], won.json()["mentor_id"]) == (
        200,
        "claimed",
        str(cast.mentor.id),
    )
    late = await act(cast.other_mentor, question, "claim")
    assert (late.status_code, late.json()["type"].rsplit("/")[-1]) == (409, "already-claimed")
    assert await seen_by(cast.other_mentor, question) == 404
    again = await act(cast.mentor, question, "claim")
    assert (again.status_code, again.json()["claimed_at"]) == (200, won.json()["claimed_at"])


async def test_a_claim_is_for_mentors_and_never_of_ones_own(cast: Cast, question, anyone):
    assert (await act(cast.teacher, question, "claim")).status_code == 403
    for stranger in (cast.other_teacher, cast.steward, cast.outsider):
        assert (await act(stranger, question, "claim")).status_code == 404
    assert (await anyone.post(f"/api/threads/{question['id']}/claim")).status_code == 401
    await act(cast.teacher, question, "close")
    assert (await act(cast.mentor, question, "claim")).status_code == 409


async def test_who_could_never_have_had_it_learns_nothing_of_a_claim(cast: Cast, ask: Ask):
    chosen = await ask(mentor_id=str(cast.mentor.id))
    assert (await act(cast.mentor, chosen, "claim")).status_code == 200
    assert (await act(cast.other_mentor, chosen, "claim")).status_code == 404


@pytest.mark.parametrize("round_", range(5))
async def test_of_twenty_claims_at_once_one_wins(cast: Cast, question, round_):
    tries = [act(actor, question, "claim") for _ in range(10) for actor in (cast.mentor, cast.other_mentor)]
    replies = await asyncio.gather(*tries)
    holder = (await seen_by(cast.teacher, question))["mentor_id"]
    for (at, reply), actor in zip(enumerate(replies), [cast.mentor, cast.other_mentor] * 10, strict=True):
        assert reply.status_code == (200 if str(actor.id) == holder else 409), at


async def test_releasing_opens_it_again(cast: Cast, question):
    await act(cast.mentor, question, "claim")
    assert (await act(cast.teacher, question, "release")).status_code == 403
    assert (await act(cast.other_mentor, question, "release")).status_code == 404
    released = await act(cast.mentor, question, "release")
    assert (released.status_code, released.json()["state"], released.json()["mentor_id"]) == (
        200,
        "waiting",
        None,
    )
    assert (await act(cast.mentor, question, "release")).status_code == 200
    assert (await act(cast.other_mentor, question, "release")).status_code == 403
    assert (await act(cast.other_mentor, question, "claim")).status_code == 200


async def test_releasing_a_chosen_one_gives_it_back_to_its_author(cast: Cast, ask: Ask):
    thread = await ask(mentor_id=str(cast.mentor.id))
    await act(cast.mentor, thread, "claim")
    released = await act(cast.mentor, thread, "release")
    assert (released.status_code, released.json()["mentor_id"]) == (200, None)
    assert await seen_by(cast.mentor, thread) == 404
    assert await seen_by(cast.other_mentor, thread) == 404
    back = await seen_by(cast.teacher, thread)
    assert (back["state"], back["mentor_id"], back["for_anyone"]) == ("waiting", None, False)

    chosen = await patch(cast.teacher, thread, mentor_id=str(cast.other_mentor.id))
    assert chosen.json()["mentor_id"] == str(cast.other_mentor.id)
    assert (await seen_by(cast.other_mentor, thread))["state"] == "waiting"
    assert await seen_by(cast.mentor, thread) == 404

    opened = await patch(cast.teacher, thread, mentor_id=None)
    assert (opened.json()["mentor_id"], opened.json()["for_anyone"]) == (None, True)
    assert (await act(cast.mentor, thread, "claim")).status_code == 200
    replayed = await patch(cast.teacher, thread, mentor_id=None)
    assert replayed.json()["mentor_id"] == str(cast.mentor.id), "a replay takes it from nobody"


async def test_handing_over_moves_it(cast: Cast, question):
    await act(cast.mentor, question, "claim")
    await cast.mentor.post(f"/api/threads/{question['id']}/messages", json={"body": "A first thought."})
    to = str(cast.other_mentor.id)
    assert (await act(cast.teacher, question, "hand-over", mentor_id=to)).status_code == 403
    assert (await act(cast.other_mentor, question, "hand-over", mentor_id=to)).status_code == 404
    for wrong in (cast.mentor, cast.teacher, cast.steward, cast.outsider):
        reply = await act(cast.mentor, question, "hand-over", mentor_id=str(wrong.id))
        assert reply.status_code == 422
    given = await act(cast.mentor, question, "hand-over", mentor_id=to)
    assert (given.status_code, given.json()["mentor_id"]) == (200, to)
    assert await seen_by(cast.mentor, question) == 404
    hers = await seen_by(cast.other_mentor, question)
    assert (hers["state"], len(hers["messages"])) == ("answered", 2)
    assert {p["display_name"] for p in hers["people"]} >= {"Ruth Ambrose", "Ines Calloway"}
    late = await act(cast.mentor, question, "claim")
    assert late.status_code == 409


async def test_not_to_someone_the_asker_works_with(cast: Cast, question):
    await cast.teacher.patch("/api/me", json={"works_with": [str(cast.other_mentor.id)]})
    await act(cast.mentor, question, "claim")
    reply = await act(cast.mentor, question, "hand-over", mentor_id=str(cast.other_mentor.id))
    assert reply.status_code == 422


async def test_closing_is_the_authors_and_reopening_remembers_the_holder(cast: Cast, question, ask: Ask):
    await act(cast.mentor, question, "claim")
    assert (await act(cast.mentor, question, "close")).status_code == 403
    assert (await act(cast.other_mentor, question, "close")).status_code == 404
    closed = await act(cast.teacher, question, "close")
    assert (closed.json()["state"], bool(closed.json()["closed_at"])) == ("closed", True)
    again = await act(cast.teacher, question, "close")
    assert (again.status_code, again.json()["closed_at"]) == (200, closed.json()["closed_at"])
    for name in ("release", "hand-over"):
        said = {"mentor_id": str(cast.other_mentor.id)} if name == "hand-over" else {}
        assert (await act(cast.mentor, question, name, **said)).status_code == 409
    assert (await act(cast.mentor, question, "reopen")).status_code == 403
    for _ in range(2):
        reopened = await act(cast.teacher, question, "reopen")
        assert (reopened.status_code, reopened.json()["state"]) == (200, "claimed")
    assert reopened.json()["closed_at"] is None

    unheld = await ask(mentor_id=str(cast.mentor.id))
    await act(cast.teacher, unheld, "close")
    assert (await act(cast.teacher, unheld, "reopen")).json()["state"] == "waiting"


async def test_choosing_someone_else_takes_it_from_who_has_it(cast: Cast, question):
    await act(cast.mentor, question, "claim")
    assert (await patch(cast.mentor, question, topic="data")).status_code == 403
    chosen = await patch(cast.teacher, question, mentor_id=str(cast.other_mentor.id))
    assert (chosen.json()["state"], chosen.json()["claimed_at"]) == ("waiting", None)
    assert await seen_by(cast.mentor, question) == 404
    assert (await act(cast.mentor, question, "claim")).status_code == 404
    same = await patch(cast.teacher, question, mentor_id=str(cast.other_mentor.id))
    assert same.status_code == 200
    await act(cast.teacher, question, "close")
    assert (await patch(cast.teacher, question, mentor_id=None)).status_code == 409
    assert (await patch(cast.teacher, question, topic="data")).json()["topic"] == "data"


async def test_offers_after_sending(cast: Cast, question):
    case = (await cast.teacher.post("/api/cases", json={"alias": "Heron", "plan_type": "504"})).json()
    item = (
        await cast.teacher.post(f"/api/cases/{case['id']}/items", json={"kind": "goal", "title": "Reading"})
    ).json()
    changed = await patch(
        cast.teacher,
        question,
        title="A reading goal",
        topic="draft",
        help="listen",
        need_by="2031-01-02",
        case_id=case["id"],
        item_ids=[item["id"]],
    )
    got = changed.json()
    assert (got["title"], got["topic"], got["help"], got["need_by"]) == (
        "A reading goal",
        "draft",
        "listen",
        "2031-01-02",
    )
    assert (got["case_id"], got["item_ids"]) == (case["id"], [item["id"]])
    mentors = await seen_by(cast.mentor, question)
    assert (mentors["case"], mentors["items"][0]["title"]) == (
        {"grade_band": None, "plan_type": "504"},
        "Reading",
    )

    cleared = (await patch(cast.teacher, question, case_id=None, need_by=None, title=None)).json()
    assert (cleared["case_id"], cleared["item_ids"], cleared["need_by"], cleared["title"]) == (
        None,
        [],
        None,
        None,
    )
    assert cleared["topic"] == "draft"
    for wrong in ({"state": "closed"}, {"topic": "gossip"}, {"title": "x" * 201}):
        assert (await patch(cast.teacher, question, **wrong)).status_code == 422
    refused = await patch(cast.teacher, question, title="Mail anna.b@example.com")
    assert list(refused.json()["findings"]) == ["title"]
    assert (await patch(cast.other_teacher, question, topic="data")).status_code == 404


async def test_acts_are_noted_without_words_and_told_upstairs(cast: Cast, question, db):
    await act(cast.mentor, question, "claim")
    await act(cast.mentor, question, "hand-over", mentor_id=str(cast.other_mentor.id))
    await act(cast.other_mentor, question, "release")
    await act(cast.teacher, question, "close")
    await act(cast.teacher, question, "reopen")

    acts = await db.read(lambda tx: list(tx.execute(select(AuditRow.act).order_by(AuditRow.id)).scalars()))
    assert [each for each in acts if each.startswith("thread.")] == [
        "thread.ask",
        "thread.claim",
        "thread.hand_over",
        "thread.release",
        "thread.close",
        "thread.reopen",
    ]
    told = await db.read(lambda tx: tx.execute(select(Fact.fact, Fact.about).order_by(Fact.id)).all())
    ours = [row for row in told if row.fact.startswith("threads.")]
    assert [row.fact for row in ours] == [
        "threads.asked",
        "threads.claimed",
        "threads.handed_over",
        "threads.released",
        "threads.closed",
        "threads.reopened",
    ]
    assert all(row.about == f'{{"thread_id": "{question["id"]}"}}' for row in ours)

"""Asking: what a question needs, who may ask it of whom, and what a repeat answers."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.access import circles, threads
from app.core.clock import today_in
from app.core.ids import new_id
from tests.factories import Cast
from tests.threads.conftest import Ask


async def make_case(actor, **said):
    said = {"alias": "Heron", "plan_type": "IEP", "grade_band": "3-5", **said}
    reply = await actor.post("/api/cases", json=said)
    assert reply.status_code == 201, reply.text
    return reply.json()


async def make_item(actor, case, **said):
    reply = await actor.post(f"/api/cases/{case['id']}/items", json={"title": "Reading goal", **said})
    assert reply.status_code == 201, reply.text
    return reply.json()


async def test_the_question_is_message_one_and_waits_for_anyone(ask: Ask, cast: Cast):
    thread = await ask(body="What would you lead with?")

    assert (thread["state"], thread["mentor_id"], thread["author_id"]) == (
        "waiting",
        None,
        str(cast.teacher.id),
    )
    assert [(m["seq"], m["body"], m["author_id"]) for m in thread["messages"]] == [
        (1, "What would you lead with?", str(cast.teacher.id))
    ]
    assert (thread["read_to"], thread["unread"], thread["opening"]) == (1, 0, "What would you lead with?")
    assert thread["earlier"] is None
    assert {p["display_name"] for p in thread["people"]} == {"Dana Whitlock"}


async def test_a_draft_alone_is_a_question(ask: Ask, cast: Cast, db):
    draft = {"id": str(new_id()), "kind": "goal", "title": "Reading", "text": "The student will read aloud."}
    thread = await ask(body=None, drafts=[draft], topic="draft", help="wording", title="A reading goal")

    assert (thread["messages"][0]["body"], thread["has_draft"]) == (None, True)
    assert thread["drafts"][0]["id"] == draft["id"]
    assert thread["drafts"][0]["versions"][0]["text"] == draft["text"]
    assert (thread["title"], thread["topic"], thread["help"]) == ("A reading goal", "draft", "wording")
    assert thread["opening"] == draft["text"]


@pytest.mark.parametrize(
    "said",
    [
        {"body": None},
        {"body": "   "},
        {"body": "x", "topic": "gossip"},
        {"body": "x", "unknown": 1},
        {"body": "x", "need_by": "2026-02-30"},
        {"body": "x" * 20_001},
        {"body": "nul \u0000"},
        {"body": "x", "mentor_id": "not-an-id"},
        {"body": "x", "drafts": [{"kind": "poem", "text": "x"}]},
        {"body": "x", "title": "t" * 201},
    ],
)
async def test_a_wrong_shape_is_refused_without_echo(said, cast: Cast):
    reply = await cast.teacher.post("/api/threads", json={"circle_id": str(cast.circle_id), **said})
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["type"].endswith("/invalid")


async def test_only_teachers_of_the_circle_ask_in_it(cast: Cast, anyone):
    said = {"circle_id": str(cast.circle_id), "body": "May I?"}
    assert (await anyone.post("/api/threads", json=said)).status_code == 401
    assert (await cast.outsider.post("/api/threads", json=said)).status_code == 404
    assert (await cast.mentor.post("/api/threads", json=said)).status_code == 403
    assert (await cast.steward.post("/api/threads", json=said)).status_code == 403
    unknown = {"circle_id": str(new_id()), "body": "May I?"}
    assert (await cast.teacher.post("/api/threads", json=unknown)).status_code == 404


async def test_a_retry_is_harmless_even_after_the_thread_moved_on(cast: Cast, db):
    said = {
        "id": str(new_id()),
        "circle_id": str(cast.circle_id),
        "body": "Is it nai\u0308ve to start here?\r\nOr later?",
        "drafts": [{"kind": "other", "text": "A text."}],
    }
    first = await cast.teacher.post("/api/threads", json=said)
    await cast.mentor.post(f"/api/threads/{said['id']}/claim")
    await cast.teacher.patch(f"/api/threads/{said['id']}", json={"title": "Where to start", "topic": "think"})
    again = await cast.teacher.post(
        "/api/threads",
        json={**said, "body": "Is it na\u00efve to start here?\nOr later?", "title": None, "item_ids": []},
    )

    assert (first.status_code, again.status_code) == (201, 200)
    assert (again.json()["title"], again.json()["state"]) == ("Where to start", "claimed")
    assert len(again.json()["drafts"]) == 1
    count = await db.read(lambda tx: len(tx.execute(select(threads.c.id)).all()))
    assert count == 1


async def test_an_id_is_taken_by_other_words_and_unknown_to_others(cast: Cast, ask: Ask):
    thread = await ask()
    other = {"id": thread["id"], "circle_id": str(cast.circle_id), "body": "Something else?"}
    assert (await cast.teacher.post("/api/threads", json=other)).status_code == 409
    theirs = await cast.other_teacher.post("/api/threads", json=other)
    assert theirs.status_code == 404
    assert theirs.json()["type"].endswith("/not-found")


async def test_the_chosen_mentor_must_be_one_she_may_ask(cast: Cast, ask: Ask):
    for wrong in (cast.teacher, cast.steward, cast.outsider):
        said = {"circle_id": str(cast.circle_id), "body": "You?", "mentor_id": str(wrong.id)}
        reply = await cast.teacher.post("/api/threads", json=said)
        assert (reply.status_code, reply.json()["type"].rsplit("/")[-1]) == (422, "not-a-mentor")

    await cast.teacher.patch("/api/me", json={"works_with": [str(cast.mentor.id)]})
    said = {"circle_id": str(cast.circle_id), "body": "You?", "mentor_id": str(cast.mentor.id)}
    assert (await cast.teacher.post("/api/threads", json=said)).status_code == 422


async def test_only_the_chosen_mentor_reads_it(cast: Cast, ask: Ask):
    thread = await ask(mentor_id=str(cast.mentor.id))
    url = f"/api/threads/{thread['id']}"
    assert (await cast.mentor.get(url)).status_code == 200
    for stranger in (cast.other_mentor, cast.other_teacher, cast.steward, cast.outsider):
        assert (await stranger.get(url)).status_code == 404
        assert (await stranger.post(f"{url}/claim")).status_code == 404


async def test_whom_she_works_with_never_reads_it(cast: Cast, ask: Ask):
    await cast.teacher.patch("/api/me", json={"works_with": [str(cast.mentor.id)]})
    thread = await ask()
    url = f"/api/threads/{thread['id']}"
    assert (await cast.mentor.get(url)).status_code == 404
    assert (await cast.mentor.post(f"{url}/claim")).status_code == 404
    assert (await cast.other_mentor.get(url)).status_code == 200


async def test_it_is_tied_to_her_own_case_only(cast: Cast, ask: Ask):
    case = await make_case(cast.teacher)
    goal = await make_item(cast.teacher, case, kind="goal")
    meeting = await make_item(cast.teacher, case, kind="meeting", title="Annual review", due_on="2031-05-09")
    thread = await ask(case_id=case["id"], item_ids=[goal["id"]], meeting_id=meeting["id"])

    assert (thread["case_id"], thread["item_ids"], thread["meeting_id"]) == (
        case["id"],
        [goal["id"]],
        meeting["id"],
    )
    assert thread["need_by"] == "2031-05-08"
    assert thread["items"][0]["title"] == "Reading goal"

    for foreign in (
        {"case_id": case["id"]},
        {"item_ids": [goal["id"]]},
        {"meeting_id": meeting["id"]},
        {"drafts": [{"kind": "goal", "text": "A text.", "item_id": goal["id"]}]},
        {"voice_id": str(new_id())},
    ):
        said = {"circle_id": str(cast.circle_id), "body": "Mine?", **foreign}
        assert (await cast.other_teacher.post("/api/threads", json=said)).status_code == 404, foreign


async def test_items_must_be_of_the_one_case(cast: Cast):
    case, other = await make_case(cast.teacher), await make_case(cast.teacher, alias="Otter")
    goal = await make_item(cast.teacher, case, kind="goal")
    base = {"circle_id": str(cast.circle_id), "body": "Which?"}
    wrong = await cast.teacher.post(
        "/api/threads", json={**base, "case_id": other["id"], "item_ids": [goal["id"]]}
    )
    assert wrong.status_code == 422
    not_a_meeting = await cast.teacher.post("/api/threads", json={**base, "meeting_id": goal["id"]})
    assert not_a_meeting.status_code == 422
    linked = await cast.teacher.post("/api/threads", json={**base, "item_ids": [goal["id"]]})
    assert linked.json()["case_id"] == case["id"]


async def test_a_mentor_sees_no_days_and_no_meeting(cast: Cast, ask: Ask):
    case = await make_case(cast.teacher)
    soon = today_in("America/New_York") + timedelta(days=20)
    goal = await make_item(cast.teacher, case, kind="goal", due_on=soon.isoformat(), details={"baseline": 40})
    meeting = await make_item(cast.teacher, case, kind="meeting", due_on=soon.isoformat())
    thread = await ask(case_id=case["id"], item_ids=[goal["id"]], meeting_id=meeting["id"])

    seen = (await cast.mentor.get(f"/api/threads/{thread['id']}")).json()
    assert seen["meeting_id"] is None
    assert seen["case"] == {"grade_band": "3-5", "plan_type": "IEP"}
    assert set(seen["items"][0]) == {"id", "kind", "title", "details", "due_in_days"}
    assert seen["items"][0]["due_in_days"] == 20
    assert seen["need_by"] == thread["need_by"]
    assert [p["region"] for p in seen["people"]] == ["US-OH"]
    listed = (await cast.mentor.get("/api/threads?box=unclaimed")).json()["items"]
    assert (listed[0]["items"], listed[0]["meeting_id"]) == (seen["items"], None)


async def test_need_by_moves_with_the_meeting_and_freezes_when_it_is_deleted(cast: Cast, ask: Ask):
    case = await make_case(cast.teacher)
    meeting = await make_item(cast.teacher, case, kind="meeting", due_on="2031-05-09")
    thread = await ask(meeting_id=meeting["id"])
    given = await ask(meeting_id=meeting["id"], need_by="2031-04-01")
    url = f"/api/threads/{thread['id']}"

    await cast.teacher.patch(f"/api/items/{meeting['id']}", json={"due_on": "2031-06-20"})
    assert (await cast.mentor.get(url)).json()["need_by"] == "2031-06-19"
    assert (await cast.teacher.get(f"/api/threads/{given['id']}")).json()["need_by"] == "2031-04-01"

    await cast.teacher.delete(f"/api/items/{meeting['id']}")
    frozen = (await cast.teacher.get(url)).json()
    assert (frozen["need_by"], frozen["meeting_id"]) == ("2031-06-19", None)


async def test_identifiers_stop_the_question_and_nothing_is_stored(cast: Cast, db):
    said = {
        "id": str(new_id()),
        "circle_id": str(cast.circle_id),
        "title": "About a call",
        "body": "Her mother wrote from anna.b@example.com yesterday.",
        "drafts": [{"kind": "email", "text": "Call me at 555-201-9932 please."}],
    }
    reply = await cast.teacher.post("/api/threads", json=said)
    assert reply.status_code == 422
    assert reply.json()["type"].endswith("/identifiers-found")
    found = reply.json()["findings"]
    assert set(found) == {"body", "drafts.0.text"}
    start, end = found["body"][0]["start"], found["body"][0]["end"]
    assert "anna.b@example.com" in said["body"][start:end]
    assert "anna" not in reply.text
    assert await db.read(lambda tx: tx.execute(select(threads.c.id)).all()) == []
    assert (await cast.teacher.get(f"/api/threads/{said['id']}")).status_code == 404

    kept = {
        "body": ["anna.b@example.com"],
        "drafts.0.text": [said["drafts"][0]["text"][f["start"] : f["end"]] for f in found["drafts.0.text"]],
    }
    assert (await cast.teacher.post("/api/threads", json={**said, "kept": kept})).status_code == 201
    counted = await db.read(
        lambda tx: tx.execute(select(circles.c.kept_count).where(circles.c.id == cast.circle_id)).scalar_one()
    )
    assert counted >= 2


async def test_the_names_of_its_own_people_are_no_findings(cast: Cast, ask: Ask):
    thread = await ask(body="Hi Ruth Ambrose, a word? Thanks, Dana Whitlock", mentor_id=str(cast.mentor.id))
    reply = await cast.mentor.post(
        f"/api/threads/{thread['id']}/messages", json={"body": "Dear Dana Whitlock, of course. Ruth Ambrose"}
    )
    assert reply.status_code == 201, reply.text


async def test_nothing_readable_is_stored(cast: Cast, ask: Ask, db):
    await ask(
        body="zebrawood marker", title="zebrawood title", drafts=[{"kind": "other", "text": "zebrawood"}]
    )
    rows = await db.read(
        lambda tx: [
            str(tuple(row)) for table in db.metadata.sorted_tables for row in tx.execute(select(table)).all()
        ]
    )
    assert rows
    assert not [row for row in rows if "zebrawood" in row]


async def test_a_deleted_case_takes_its_threads_and_answers_410_to_its_people(cast: Cast, ask: Ask):
    case = await make_case(cast.teacher)
    said = {"id": str(uuid4()), "circle_id": str(cast.circle_id), "body": "Soon gone?", "case_id": case["id"]}
    await cast.teacher.post("/api/threads", json=said)
    url = f"/api/threads/{said['id']}"
    await cast.mentor.post(f"{url}/claim")
    await cast.teacher.delete(f"/api/cases/{case['id']}")

    assert (await cast.teacher.get(url)).status_code == 410
    assert (await cast.mentor.get(url)).status_code == 410
    assert (await cast.other_mentor.get(url)).status_code == 404
    assert (await cast.teacher.post("/api/threads", json=said)).status_code == 410
    late = await cast.mentor.post(f"{url}/messages", json={"body": "Too late."})
    assert late.status_code == 410


async def test_an_id_made_by_the_service_is_version_7(ask: Ask):
    assert UUID((await ask())["id"]).version == 7

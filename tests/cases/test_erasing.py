"""Deleting a student takes everything along: rows emptied, keys gone, files gone, readers told."""

from uuid import UUID

import pytest
from sqlalchemy import select, text

from app import access
from app.core.ids import new_id
from tests.cases.test_linked import changes_of, last_seq
from tests.factories import Cast
from tests.voice.recordings import recording
from tests.voice.sending import send_whole

MARK = "marmalade lantern"


@pytest.fixture
async def case(teacher):
    sent = {"id": str(new_id()), "alias": "Otter", "plan_type": "IEP", "notes": f"{MARK} in notes"}
    return (await teacher.post("/api/cases", json=sent)).json()


@pytest.fixture
async def whole(cast: Cast, case, worker):
    """A case with all that can hang on it, a mentor's voice included."""
    teacher, mentor = cast.teacher, cast.mentor
    goal = (
        await teacher.post(
            f"/api/cases/{case['id']}/items",
            json={"kind": "goal", "title": f"{MARK} goal", "details": {"text": MARK}},
        )
    ).json()
    entry = (
        await teacher.post(f"/api/items/{goal['id']}/entries", json={"on": "2026-11-02", "note": MARK})
    ).json()
    thread = (
        await teacher.post(
            "/api/threads",
            json={
                "circle_id": str(cast.circle_id),
                "title": MARK,
                "body": f"How about the {MARK}?",
                "case_id": case["id"],
                "item_ids": [goal["id"]],
                "drafts": [{"kind": "goal", "text": f"The student reads the {MARK}.", "item_id": goal["id"]}],
            },
        )
    ).json()
    assert (await mentor.post(f"/api/threads/{thread['id']}/claim")).status_code == 200
    voice_id = await send_whole(mentor, recording(seconds=2.0), gist=f"Lead with the {MARK}.")
    said = await mentor.post(f"/api/threads/{thread['id']}/messages", json={"voice_id": voice_id})
    assert said.status_code == 201, said.text
    await worker()
    draft = thread["drafts"][0]
    comment = await mentor.post(
        f"/api/drafts/{draft['id']}/comments",
        json={"version": 1, "start": 0, "end": 11, "quote": "The student", "body": MARK},
    )
    assert comment.status_code == 201, comment.text
    takeaway = await teacher.post(
        f"/api/threads/{thread['id']}/takeaways",
        json={"message_id": said.json()["id"], "text": MARK, "item_id": goal["id"]},
    )
    assert takeaway.status_code == 201, takeaway.text
    return {
        "goal": goal["id"],
        "entry": entry["id"],
        "thread": thread["id"],
        "voice": voice_id,
        "draft": draft["id"],
        "comment": comment.json()["id"],
        "takeaway": takeaway.json()["id"],
    }


async def test_a_question_that_nobody_had_yet_is_410_to_those_it_stood_open_to(cast: Cast, case):
    asked = {"circle_id": str(cast.circle_id), "body": "Which one first?", "case_id": case["id"]}
    thread = (await cast.teacher.post("/api/threads", json=asked)).json()
    assert (await cast.teacher.delete(f"/api/cases/{case['id']}")).status_code == 204
    for mentor in (cast.mentor, cast.other_mentor):
        assert (await mentor.get(f"/api/threads/{thread['id']}")).status_code == 410
        assert (await mentor.post(f"/api/threads/{thread['id']}/claim")).status_code == 410
    for stranger in (cast.other_teacher, cast.steward, cast.outsider):
        assert (await stranger.get(f"/api/threads/{thread['id']}")).status_code == 404


async def test_author_and_mentor_hear_410_and_everyone_else_404(cast: Cast, case, whole):
    assert (await cast.teacher.delete(f"/api/cases/{case['id']}")).status_code == 204
    assert (await cast.teacher.delete(f"/api/cases/{case['id']}")).status_code == 410
    for url in (
        f"/api/cases/{case['id']}",
        f"/api/items/{whole['goal']}",
        f"/api/items/{whole['goal']}/entries",
        f"/api/threads/{whole['thread']}",
        f"/api/voice/{whole['voice']}",
    ):
        assert (await cast.teacher.get(url)).status_code == 410, url
        for other in (cast.other_mentor, cast.other_teacher, cast.steward, cast.outsider):
            assert (await other.get(url)).status_code == 404, url
    for url in (f"/api/threads/{whole['thread']}", f"/api/voice/{whole['voice']}/audio"):
        assert (await cast.mentor.get(url)).status_code == 410, url
    assert (await cast.mentor.get(f"/api/items/{whole['goal']}")).status_code == 404
    late = await cast.mentor.post(f"/api/threads/{whole['thread']}/messages", json={"body": "Still here?"})
    assert late.status_code == 410
    fix = await cast.teacher.patch(f"/api/entries/{whole['entry']}", json={"value": 1})
    assert fix.status_code == 410


async def test_no_list_shows_any_of_it_and_a_late_replay_brings_nothing_back(cast: Cast, case, whole):
    await cast.teacher.delete(f"/api/cases/{case['id']}")
    assert (await cast.teacher.get("/api/cases")).json()["items"] == []
    assert (await cast.teacher.get("/api/threads?box=mine")).json()["items"] == []
    assert (await cast.mentor.get("/api/threads?box=inbox")).json()["items"] == []
    again = {"id": case["id"], "alias": "Otter", "plan_type": "IEP", "notes": case["notes"]}
    assert (await cast.teacher.post("/api/cases", json=again)).status_code == 410
    item = {"id": whole["goal"], "kind": "goal", "title": "Again"}
    assert (await cast.teacher.post(f"/api/cases/{case['id']}/items", json=item)).status_code == 410


async def test_keys_and_words_are_gone_from_every_table(cast: Cast, db, case, whole):
    def key_ids(tx):
        return {
            tx.execute(select(table.c.key_id).where(table.c.id == UUID(row_id))).scalar_one()
            for table, row_id in (
                (access.cases, case["id"]),
                (access.threads, whole["thread"]),
                (access.voice_notes, whole["voice"]),
            )
        }

    before = await db.read(key_ids)
    assert len(before) == 3
    await cast.teacher.delete(f"/api/cases/{case['id']}")
    assert await db.read(key_ids) == {None}
    left = await db.read(
        lambda tx: tx.execute(select(access.keys.c.id).where(access.keys.c.id.in_(before))).scalars().all()
    )
    assert left == []

    def sealed_left(tx):
        found = []
        for table, columns in (
            (access.cases, ("alias", "notes", "kept")),
            (access.items, ("title", "details", "kept")),
            (access.entries, ("value", "note", "details", "kept")),
            (access.threads, ("title", "opening")),
            (access.drafts, ("title", "kept")),
            (access.voice_notes, ("gist", "marks", "peaks", "transcript")),
        ):
            for column in columns:
                found += tx.execute(select(table.c[column]).where(table.c[column].is_not(None))).all()
        for table in (access.messages, access.comments, access.draft_versions, access.takeaways):
            found += tx.execute(select(table.c.id)).all()
        return found

    assert await db.read(sealed_left) == []


async def test_the_recording_leaves_the_store(cast: Cast, service, worker, case, whole):
    objects = service.state.objects
    assert [name async for name, _ in objects.names()] == [f"voice/{whole['voice']}"]
    await cast.teacher.delete(f"/api/cases/{case['id']}")
    await worker()
    assert [name async for name, _ in objects.names()] == []


async def test_stores_are_told_to_drop_it(cast: Cast, db, case, whole):
    before = await last_seq(db)
    await cast.teacher.delete(f"/api/cases/{case['id']}")
    thread_gone = ("thread", UUID(whole["thread"]), "gone")
    assert await changes_of(db, cast.mentor.id, before) == [thread_gone]
    told = await changes_of(db, cast.teacher.id, before)
    assert set(told) == {thread_gone, ("case", UUID(case["id"]), "gone")}
    assert await changes_of(db, cast.other_mentor.id, before) == []


async def test_a_question_of_no_case_survives_with_its_tie_cut(cast: Cast, case, whole):
    meeting = (
        await cast.teacher.post(
            f"/api/cases/{case['id']}/items",
            json={"kind": "meeting", "title": "Review", "due_on": "2027-03-05"},
        )
    ).json()
    free = (
        await cast.teacher.post(
            "/api/threads",
            json={"circle_id": str(cast.circle_id), "body": "In general?", "meeting_id": meeting["id"]},
        )
    ).json()
    assert free["case_id"] is None
    await cast.teacher.delete(f"/api/cases/{case['id']}")
    seen = (await cast.teacher.get(f"/api/threads/{free['id']}")).json()
    assert (seen["need_by"], seen["meeting_id"]) == ("2027-03-04", None)


async def test_another_students_things_stay(cast: Cast, db, case, whole):
    other = (await cast.teacher.post("/api/cases", json={"alias": "Heron", "plan_type": "IEP"})).json()
    kept = (
        await cast.teacher.post(f"/api/cases/{other['id']}/items", json={"kind": "note", "title": "Stays"})
    ).json()
    await cast.teacher.delete(f"/api/cases/{case['id']}")
    assert (await cast.teacher.get(f"/api/items/{kept['id']}")).json() == kept
    keys_left = await db.read(lambda tx: tx.execute(text("SELECT count(*) FROM keys")).scalar_one())
    assert keys_left >= 2

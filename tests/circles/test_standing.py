"""Threads follow who may mentor whom: promise 3 of the design, P3 and P7."""

from app.core.outbox import Fact
from tests.circles.threads import ask, thread_now, told


async def name_colleague(asker, *people):
    reply = await asker.patch("/api/me", json={"works_with": [str(each.id) for each in people]})
    assert reply.status_code == 200


async def test_an_open_question_leaves_a_mentor_who_is_named_as_a_colleague(cast, db):
    question = await ask(db, cast, cast.teacher.id)
    await name_colleague(cast.teacher, cast.mentor)

    assert await told(db, cast.mentor.id) == [("thread", question, "gone")]
    assert await told(db, cast.other_mentor.id) == []
    assert (await thread_now(db, question)).state == "waiting"


async def test_it_comes_back_whole_when_she_is_no_colleague_any_more(cast, db):
    question = await ask(db, cast, cast.teacher.id)
    await name_colleague(cast.teacher, cast.mentor)
    await name_colleague(cast.teacher)

    back = (await told(db, cast.mentor.id))[1:]
    assert back[0] == ("thread", question, "put")
    assert [(kind, op) for kind, _, op in back] == [("thread", "put"), ("message", "put")]


async def test_a_held_question_of_a_named_colleague_waits_for_another_mentor(cast, db):
    question = await ask(db, cast, cast.teacher.id, mentor=cast.mentor.id)
    await name_colleague(cast.teacher, cast.mentor)

    thread = await thread_now(db, question)
    assert (thread.state, thread.mentor_id, thread.for_anyone) == ("waiting", None, True)
    assert await told(db, cast.mentor.id) == [("thread", question, "gone")]
    assert ("thread", question, "put") in await told(db, cast.teacher.id)
    assert [kind for kind, _, op in await told(db, cast.other_mentor.id)] == ["thread", "message"]
    facts = await db.read(lambda tx: tx.execute(Fact.__table__.select()).all())
    assert [fact.fact for fact in facts] == ["threads.given_back"]


async def test_a_question_for_a_chosen_colleague_goes_back_to_its_author_alone(cast, db):
    question = await ask(db, cast, cast.teacher.id, mentor=cast.mentor.id, chosen=True, state="waiting")
    await name_colleague(cast.teacher, cast.mentor)

    thread = await thread_now(db, question)
    assert (thread.state, thread.mentor_id, thread.for_anyone) == ("waiting", None, False)
    assert await told(db, cast.mentor.id) == [("thread", question, "gone")]
    assert await told(db, cast.other_mentor.id) == []


async def test_a_closed_question_stays_closed_but_is_not_read_by_her(cast, db):
    question = await ask(db, cast, cast.teacher.id, mentor=cast.mentor.id, state="closed")
    await name_colleague(cast.teacher, cast.mentor)

    assert (await thread_now(db, question)).state == "closed"
    assert await told(db, cast.mentor.id) == [("thread", question, "gone")]


async def test_other_peoples_questions_are_left_alone(cast, db):
    question = await ask(db, cast, cast.other_teacher.id, mentor=cast.mentor.id)
    await name_colleague(cast.teacher, cast.mentor)
    assert (await thread_now(db, question)).mentor_id == cast.mentor.id
    assert await told(db, cast.mentor.id) == []


async def test_a_removed_mentor_loses_what_she_held_and_could_take(cast, db):
    held = await ask(db, cast, cast.teacher.id, mentor=cast.mentor.id)
    open_one = await ask(db, cast, cast.other_teacher.id)
    gone = await cast.steward.delete(f"/api/circles/{cast.circle_id}/members/{cast.mentor.id}")

    assert gone.status_code == 204
    assert (await thread_now(db, held)).mentor_id is None
    lost = await told(db, cast.mentor.id)
    assert {(kind, each, op) for kind, each, op in lost} == {
        ("thread", held, "gone"),
        ("thread", open_one, "gone"),
        ("circle", cast.circle_id, "gone"),
    }
    assert (await cast.mentor.get(f"/api/circles/{cast.circle_id}")).status_code == 404
    assert ("circle", cast.circle_id, "put") in await told(db, cast.teacher.id)


async def test_who_mentors_no_more_loses_the_questions_but_stays(cast, db):
    held = await ask(db, cast, cast.teacher.id, mentor=cast.mentor.id)
    changed = await cast.steward.patch(
        f"/api/circles/{cast.circle_id}/members/{cast.mentor.id}", json={"roles": ["teacher"]}
    )
    assert changed.json()["roles"] == ["teacher"]
    assert (await thread_now(db, held)).state == "waiting"
    assert ("thread", held, "gone") in await told(db, cast.mentor.id)
    assert (await cast.mentor.get(f"/api/circles/{cast.circle_id}")).status_code == 200


async def test_a_new_mentor_is_given_every_open_question_whole(cast, db):
    question = await ask(db, cast, cast.teacher.id)
    taken = await ask(db, cast, cast.teacher.id, mentor=cast.mentor.id)
    await cast.steward.patch(
        f"/api/circles/{cast.circle_id}/members/{cast.other_teacher.id}",
        json={"roles": ["teacher", "mentor"]},
    )
    heard = await told(db, cast.other_teacher.id)
    assert ("thread", question, "put") in heard
    assert "message" in [kind for kind, _, _ in heard]
    assert taken not in [each for _, each, _ in heard]


async def test_a_removed_teacher_keeps_what_she_asked(cast, db):
    question = await ask(db, cast, cast.teacher.id, mentor=cast.mentor.id)
    await cast.steward.delete(f"/api/circles/{cast.circle_id}/members/{cast.teacher.id}")
    assert (await thread_now(db, question)).mentor_id == cast.mentor.id
    assert await told(db, cast.teacher.id) == [("circle", cast.circle_id, "gone")]


async def test_a_closed_question_whose_mentor_left_waits_for_another_when_reopened(cast, db):
    question = await ask(db, cast, cast.teacher.id, mentor=cast.mentor.id, state="closed")
    await cast.steward.delete(f"/api/circles/{cast.circle_id}/members/{cast.mentor.id}")
    reopened = await cast.teacher.post(f"/api/threads/{question}/reopen")
    assert (reopened.json()["state"], reopened.json()["mentor_id"]) == ("waiting", None)
    assert (await cast.other_mentor.post(f"/api/threads/{question}/claim")).status_code == 200

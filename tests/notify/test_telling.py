"""Who is told of what, and who is left in peace."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from app.accounts.models import WorksWith
from app.circles.models import Membership
from app.core import clock
from app.core.clock import now
from app.core.ids import new_id
from app.screening.gate import About
from app.screening.refusals import note_refusal
from app.threads.models import Thread


async def told(office, sink) -> dict[str, list[str]]:
    await office.worker()
    return {
        actor.email: sink.subjects(actor.email)
        for actor in (
            office.cast.teacher,
            office.cast.mentor,
            office.cast.other_mentor,
            office.cast.other_teacher,
            office.cast.steward,
            office.cast.outsider,
        )
        if sink.to(actor.email)
    }


async def test_every_mentor_of_the_circle_hears_of_an_open_question(office, sink, mentor, other_mentor):
    await office.question()
    assert await told(office, sink) == {
        mentor.email: ["A question is waiting"],
        other_mentor.email: ["A question is waiting"],
    }


async def test_only_the_chosen_mentor_hears_of_hers(office, sink, mentor):
    await office.question(mentor=mentor)
    assert await told(office, sink) == {mentor.email: ["A question is waiting"]}


async def test_a_mentor_who_is_away_is_left_in_peace_through_her_last_day(office, sink, mentor, other_mentor):
    office.at("Wednesday", "12:00")
    away = (
        update(Membership)
        .where(Membership.person_id == mentor.id)
        .values(away_until=clock.today_in("America/New_York"))
    )
    await office.db.write(lambda tx: tx.execute(away))
    await office.question()
    assert await told(office, sink) == {other_mentor.email: ["A question is waiting"]}
    office.later(days=1)
    await office.question()
    assert mentor.email in await told(office, sink)


async def test_a_colleague_of_the_asker_hears_nothing(office, sink, teacher, mentor, other_mentor):
    row = {"person_id": teacher.id, "other_id": mentor.id}
    await office.db.write(lambda tx: tx.execute(insert(WorksWith), row))
    await office.question()
    assert list(await told(office, sink)) == [other_mentor.email]


async def test_a_need_by_is_said_as_its_weekday_only_within_a_week(office, sink, mentor):
    office.at("Monday", "12:00")
    await office.question(mentor=mentor, need_by=clock.today_in("UTC") + timedelta(days=3))
    await office.worker()
    office.later(minutes=6)
    await office.question(mentor=mentor, need_by=clock.today_in("UTC") + timedelta(days=7))
    await office.worker()
    office.later(minutes=6)
    await office.question(mentor=mentor, need_by=clock.today_in("UTC") - timedelta(days=1))
    await office.worker()
    assert sink.subjects(mentor.email) == [
        "A question is waiting, needed by Thursday",
        "A question is waiting",
        "A question is waiting",
    ]


async def test_an_answer_is_told_to_the_one_who_asked_and_a_follow_up_to_the_one_who_has_it(
    office, sink, teacher, mentor
):
    thread_id = await office.question(mentor=mentor, tell=False, state="answered")
    await office.message(thread_id, mentor, seq=2)
    assert await told(office, sink) == {teacher.email: ["You have a reply"]}
    await office.message(thread_id, teacher, seq=3)
    assert await told(office, sink) == {
        teacher.email: ["You have a reply"],
        mentor.email: ["There is more on a question you have"],
    }
    assert f"http://localhost:8000/threads/{thread_id}" in sink.texts(teacher.email)[0]


async def test_nobody_is_told_of_a_follow_up_that_nobody_holds(office, sink, teacher):
    thread_id = await office.question(tell=False)
    await office.message(thread_id, teacher, seq=2)
    assert await told(office, sink) == {}


async def test_who_only_wants_to_be_heard_calls_nobody_back(office, sink, teacher, mentor):
    office.at("Monday", "12:00")
    tomorrow = clock.today_in("UTC") + timedelta(days=1)
    thread_id = await office.question(mentor=mentor, help="listen", need_by=tomorrow)
    assert await told(office, sink) == {mentor.email: ["A question is waiting"]}
    await office.message(thread_id, teacher, seq=2)
    await office.message(thread_id, mentor, seq=3)
    assert await told(office, sink) == {
        mentor.email: ["A question is waiting"],
        teacher.email: ["You have a reply"],
    }


async def test_a_spoken_answer_is_told_when_it_can_be_heard(office, sink, teacher, mentor):
    thread_id = await office.question(mentor=mentor, tell=False, state="claimed")
    await office.message(thread_id, mentor, seq=2, voice="processing")
    assert await told(office, sink) == {}

    def make_ready(tx):
        from app.voice.models import VoiceNote

        return tx.execute(
            update(VoiceNote).values(state="ready").returning(VoiceNote.__table__.c.id)  # type: ignore[attr-defined]
        ).scalar_one()

    voice_id = await office.db.write(make_ready)
    await office.tell("voice.ready", voice_id=voice_id)
    await office.tell("voice.ready", voice_id=voice_id)
    assert await told(office, sink) == {teacher.email: ["You have a reply"]}


@pytest.mark.parametrize("state", ["held", "failed"])
async def test_a_voice_that_cannot_be_heard_is_told_to_nobody(office, sink, mentor, state):
    thread_id = await office.question(mentor=mentor, tell=False, state="claimed")
    await office.message(thread_id, mentor, seq=2, voice=state)
    assert await told(office, sink) == {}


async def test_a_question_handed_over_is_told_to_its_new_mentor_each_time(office, sink, mentor):
    thread_id = await office.question(tell=False, mentor_id=mentor.id, state="claimed")
    await office.tell("threads.handed_over", thread_id=thread_id)
    await office.worker()
    office.later(minutes=6)
    await office.tell("threads.handed_over", thread_id=thread_id)
    assert await told(office, sink) == {mentor.email: ["A question was handed to you"] * 2}


async def test_a_question_given_back_waits_for_all_again_or_for_its_author_to_choose(
    office, sink, teacher, mentor, other_mentor
):
    open_one = await office.question(tell=False)
    chosen = await office.question(tell=False, for_anyone=False)
    await office.tell("threads.released", thread_id=open_one)
    await office.tell("threads.released", thread_id=chosen)
    assert await told(office, sink) == {
        mentor.email: ["A question is waiting"],
        other_mentor.email: ["A question is waiting"],
        teacher.email: ["Your question is waiting for someone"],
    }


async def test_a_fact_told_twice_makes_one_mail(office, sink, mentor):
    thread_id = await office.question(mentor=mentor)
    await office.tell("threads.asked", thread_id=thread_id)
    await office.worker()
    await office.tell("threads.asked", thread_id=thread_id)
    await office.worker()
    assert len(sink.to(mentor.email)) == 1


async def test_what_she_has_read_meanwhile_is_not_told(office, sink, teacher, mentor):
    thread_id = await office.question(mentor=mentor, tell=False, state="answered")
    await office.message(thread_id, mentor, seq=2)
    await office.read(thread_id, teacher, 2)
    assert await told(office, sink) == {}
    assert await office.states() == ["dropped"]


async def test_a_question_taken_meanwhile_or_read_no_more_is_not_told(office, sink, mentor, other_mentor):
    for mentor_of_it in (mentor, other_mentor):
        await office.set_person(mentor_of_it, quiet_hours=None)
    office.at("Wednesday", "21:00")
    thread_id = await office.question()
    assert await told(office, sink) == {}
    assert await office.states() == ["queued", "queued"]
    await office.set_thread(thread_id, mentor_id=mentor.id, state="claimed")
    office.later(hours=12)
    assert await told(office, sink) == {}
    assert await office.states() == ["dropped", "dropped"]


async def test_a_text_that_stays_refused_asks_its_writer_for_one_look(office, sink, teacher):
    about = About(teacher.id, "message", new_id())
    await office.db.write(lambda tx: note_refusal(tx, about))
    await office.db.write(lambda tx: note_refusal(tx, about))
    office.later(minutes=29)
    assert await told(office, sink) == {}
    office.later(minutes=2)
    assert await told(office, sink) == {teacher.email: ["Something you wrote is still on your phone"]}
    assert "needs one look before it goes" in sink.texts(teacher.email)[0]


async def test_a_refused_text_that_was_sent_after_all_asks_for_nothing(office, sink, teacher):
    thread_id = await office.question(tell=False)
    await office.db.write(lambda tx: note_refusal(tx, About(teacher.id, "thread", thread_id)))
    office.later(minutes=31)
    assert await told(office, sink) == {}


async def test_mails_of_a_deleted_thread_are_dropped(office, sink, mentor):
    thread_id = await office.question(mentor=mentor)
    await office.db.write(
        lambda tx: tx.execute(update(Thread).where(Thread.id == thread_id).values(deleted_at=now()))  # type: ignore[arg-type]
    )
    assert await told(office, sink) == {}


async def test_a_question_is_asked_of_the_same_mentor_again_after_she_gave_it_back(office, sink, mentor):
    thread_id = await office.question(mentor=mentor)
    await office.worker()
    office.later(minutes=6)
    await office.set_thread(thread_id, released_by=mentor.id)
    await office.tell("threads.asked", thread_id=thread_id)
    await office.tell("threads.asked", thread_id=thread_id)
    assert await told(office, sink) == {mentor.email: ["A question is waiting"] * 2}


async def test_an_archive_is_told_to_its_owner_only(office, sink, teacher):
    await office.tell("export.ready", export_id=new_id(), person_id=teacher.id)
    assert await told(office, sink) == {teacher.email: ["Your archive is ready"]}


async def test_the_whole_talk_through_its_calls(office, sink, teacher, mentor, other_mentor):
    asked = {
        "circle_id": str(office.cast.circle_id),
        "body": "How do I open the meeting?",
        "mentor_id": str(mentor.id),
    }
    thread = (await teacher.post("/api/threads", json=asked)).json()["id"]
    await office.worker()
    office.later(minutes=6)
    handed = await mentor.post(f"/api/threads/{thread}/hand-over", json={"mentor_id": str(other_mentor.id)})
    assert handed.status_code == 200
    await office.worker()
    answer = {"body": "Begin with what the student can do."}
    assert (await other_mentor.post(f"/api/threads/{thread}/messages", json=answer)).status_code == 201
    await office.worker()
    office.later(minutes=6)
    again = {"body": "And if they ask for more?"}
    assert (await teacher.post(f"/api/threads/{thread}/messages", json=again)).status_code == 201
    assert await told(office, sink) == {
        mentor.email: ["A question is waiting"],
        other_mentor.email: ["A question was handed to you", "There is more on a question you have"],
        teacher.email: ["You have a reply"],
    }
    everything = "".join(message.as_string() for message in sink.taken)
    for word in ("meeting?", "Begin", "River Circle", "Ambrose", "Whitlock"):
        assert word not in everything

"""Spoken questions and answers: attached once, read at once, an answer only when they can be heard."""

from typing import Any

import pytest

from app.core.ids import new_id
from tests.factories import Actor
from tests.voice.recordings import recording
from tests.voice.sending import begin, note, send_whole

SOUND = recording(seconds=2.0)
GIST = "Lead with what she can do."
BROKEN = b"\x1aE\xdf\xa3" + bytes(3_000)


async def ask(actor: Actor, circle_id, **more: Any) -> dict[str, Any]:
    reply = await actor.post("/api/threads", json={"circle_id": str(circle_id), **more})
    assert reply.status_code == 201, reply.text
    return dict(reply.json())


async def thread_of(actor: Actor, thread_id: str) -> dict[str, Any]:
    return dict((await actor.get(f"/api/threads/{thread_id}")).json())


@pytest.fixture
async def claimed(teacher, mentor, cast) -> str:
    thread = await ask(teacher, cast.circle_id, body="Is this goal one a stranger could measure?")
    assert (await mentor.post(f"/api/threads/{thread['id']}/claim")).status_code == 200
    return thread["id"]


async def test_a_spoken_question_shows_its_made_gist_and_is_heard_by_those_it_was_given_to(
    teacher, mentor, steward, cast, worker
):
    voice_id = await send_whole(teacher, SOUND)
    thread = await ask(teacher, cast.circle_id, voice_id=voice_id)

    first = (await thread_of(mentor, thread["id"]))["messages"][0]
    assert (first["voice"]["id"], first["voice"]["gist"]) == (voice_id, "Voice")
    await worker()
    first = (await thread_of(mentor, thread["id"]))["messages"][0]
    assert (first["voice"]["state"], first["voice"]["gist"]) == ("ready", "Voice, 0:02")
    assert (await mentor.get(f"/api/voice/{voice_id}/audio")).status_code == 200
    assert (await steward.get(f"/api/voice/{voice_id}/audio")).status_code == 404


async def test_a_spoken_answer_answers_when_it_can_be_heard(teacher, mentor, claimed, worker):
    voice_id = await send_whole(mentor, SOUND, gist=GIST)
    posted = await mentor.post(f"/api/threads/{claimed}/messages", json={"voice_id": voice_id})

    assert posted.status_code == 201
    before = await thread_of(teacher, claimed)
    assert before["state"] == "claimed"
    assert before["messages"][-1]["voice"]["gist"] == GIST
    assert (await teacher.get(f"/api/voice/{voice_id}/audio")).status_code == 409
    await worker()
    assert (await thread_of(teacher, claimed))["state"] == "answered"
    assert (await teacher.get(f"/api/voice/{voice_id}/audio")).status_code == 200


async def test_a_spoken_answer_that_fails_is_no_answer(teacher, mentor, claimed, worker):
    voice_id = await send_whole(mentor, BROKEN, gist=GIST)
    posted = await mentor.post(f"/api/threads/{claimed}/messages", json={"voice_id": voice_id})
    assert posted.status_code == 201
    await worker()

    after = await thread_of(teacher, claimed)
    assert after["state"] == "claimed"
    assert (after["messages"][-1]["voice"]["state"], after["messages"][-1]["voice"]["reason"]) == (
        "failed",
        "broken",
    )


async def test_posting_it_again_is_harmless_and_elsewhere_impossible(teacher, mentor, claimed, cast):
    voice_id = await send_whole(mentor, SOUND, gist=GIST)
    message = {"id": str(new_id()), "voice_id": voice_id}
    first = await mentor.post(f"/api/threads/{claimed}/messages", json=message)
    again = await mentor.post(f"/api/threads/{claimed}/messages", json=message)
    other = await mentor.post(f"/api/threads/{claimed}/messages", json={"voice_id": voice_id})

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)


async def test_only_ones_own_whole_recording_can_be_sent(teacher, mentor, claimed):
    theirs = await send_whole(teacher, SOUND)
    unfinished = await begin(mentor)

    for voice_id, status in ((theirs, 404), (unfinished, 409), (str(new_id()), 404)):
        reply = await mentor.post(f"/api/threads/{claimed}/messages", json={"voice_id": voice_id})
        assert reply.status_code == status


async def test_a_message_taken_back_takes_the_sound_with_it(teacher, mentor, claimed, worker, service):
    voice_id = await send_whole(mentor, SOUND, gist=GIST)
    posted = await mentor.post(f"/api/threads/{claimed}/messages", json={"voice_id": voice_id})
    await worker()
    assert (await mentor.delete(f"/api/messages/{posted.json()['id']}")).status_code == 204
    await worker()

    assert (await teacher.get(f"/api/voice/{voice_id}/audio")).status_code == 404
    assert [name async for name, _ in service.state.objects.names()] == []


async def test_the_changes_carry_the_note_as_it_becomes_ready(teacher, mentor, claimed, worker):
    voice_id = await send_whole(mentor, SOUND, gist=GIST)
    since = (await teacher.get("/api/changes")).json()["next"]
    await mentor.post(f"/api/threads/{claimed}/messages", json={"voice_id": voice_id})
    await worker()
    items = (await teacher.get("/api/changes", params={"since": since})).json()["items"]
    voices = [each for each in items if each["kind"] == "voice"]

    assert [each["op"] for each in voices] == ["put"] * len(voices)
    assert voices[-1]["object"] == await note(teacher, voice_id)
    assert voices[-1]["object"]["state"] == "ready"

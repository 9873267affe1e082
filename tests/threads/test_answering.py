"""Messages, what they do to the state, retracting, and how far each has read."""

import asyncio
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app.access import messages
from app.core import clock
from app.core.ids import new_id
from app.core.outbox import Fact
from tests.factories import Cast
from tests.threads.conftest import Ask
from tests.threads.many import fill

facts = Fact.__table__


async def post(actor, thread, body="A thought.", **said):
    return await actor.post(f"/api/threads/{thread['id']}/messages", json={"body": body, **said})


async def state_of(actor, thread):
    seen = (await actor.get(f"/api/threads/{thread['id']}")).json()
    return seen["state"], seen["mentor_id"]


async def test_answering_an_unclaimed_question_takes_it(cast: Cast, question):
    reply = await post(cast.mentor, question, "Start from what the student can do.")
    assert reply.status_code == 201
    assert (reply.json()["seq"], reply.json()["author_id"]) == (2, str(cast.mentor.id))
    assert await state_of(cast.teacher, question) == ("answered", str(cast.mentor.id))
    assert (await post(cast.other_mentor, question)).status_code == 404
    assert (await cast.other_mentor.post(f"/api/threads/{question['id']}/claim")).status_code == 409


async def test_answering_as_the_chosen_mentor_takes_it(cast: Cast, ask: Ask):
    thread = await ask(mentor_id=str(cast.mentor.id))
    await post(cast.mentor, thread)
    assert await state_of(cast.mentor, thread) == ("answered", str(cast.mentor.id))


async def test_the_state_follows_who_spoke_last(cast: Cast, question):
    await cast.mentor.post(f"/api/threads/{question['id']}/claim")
    assert (await state_of(cast.teacher, question))[0] == "claimed"
    await post(cast.teacher, question, "One more thing.")
    assert (await state_of(cast.teacher, question))[0] == "claimed"
    await post(cast.mentor, question)
    assert (await state_of(cast.teacher, question))[0] == "answered"
    await post(cast.teacher, question, "And then?")
    assert (await state_of(cast.teacher, question))[0] == "claimed"
    await post(cast.mentor, question)
    assert (await state_of(cast.teacher, question))[0] == "answered"


async def test_an_addition_to_a_waiting_question_leaves_it_waiting(cast: Cast, question):
    assert (await post(cast.teacher, question, "I forgot to say.")).json()["seq"] == 2
    assert await state_of(cast.teacher, question) == ("waiting", None)


async def test_a_phone_that_retries_does_not_post_twice(cast: Cast, question, db):
    said = {"id": str(new_id()), "body": "Lead with what she can do."}
    url = f"/api/threads/{question['id']}/messages"
    first = await cast.mentor.post(url, json=said)
    again = await cast.mentor.post(url, json=said)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    recorded = await db.read(
        lambda tx: list(
            tx.execute(select(facts.c.fact).where(facts.c.fact == "threads.message_posted")).scalars()
        )
    )
    assert recorded == ["threads.message_posted"]
    seen = (await cast.teacher.get(f"/api/threads/{question['id']}")).json()
    assert [m["seq"] for m in seen["messages"]] == [1, 2]


async def test_twenty_tries_at_once_make_one_message_or_one_question(cast: Cast, question, db):
    said = {"id": str(new_id()), "body": "Lead with what she can do."}
    url = f"/api/threads/{question['id']}/messages"
    replies = await asyncio.gather(*(cast.mentor.post(url, json=said) for _ in range(20)))
    assert sorted(reply.status_code for reply in replies) == [200] * 19 + [201]
    assert len({reply.text for reply in replies}) == 1

    asked = {"id": str(new_id()), "circle_id": str(cast.circle_id), "body": "Twice?"}
    replies = await asyncio.gather(*(cast.teacher.post("/api/threads", json=asked) for _ in range(20)))
    assert sorted(reply.status_code for reply in replies) == [200] * 19 + [201]
    seen = (await cast.teacher.get(f"/api/threads/{asked['id']}")).json()
    assert [message["seq"] for message in seen["messages"]] == [1]


async def test_of_two_mentors_who_answer_at_once_one_has_it(cast: Cast, question):
    tries = [(actor, post(actor, question)) for _ in range(8) for actor in (cast.mentor, cast.other_mentor)]
    replies = await asyncio.gather(*(each for _, each in tries))
    seen = (await cast.teacher.get(f"/api/threads/{question['id']}")).json()
    for (actor, _), reply in zip(tries, replies, strict=True):
        assert reply.status_code == (201 if str(actor.id) == seen["mentor_id"] else 404)
    assert [message["seq"] for message in seen["messages"]] == list(range(1, 10))
    assert {message["author_id"] for message in seen["messages"][1:]} == {seen["mentor_id"]}


async def test_an_id_holds_one_message_only(cast: Cast, question, ask: Ask):
    said = {"id": str(new_id()), "body": "First."}
    await cast.mentor.post(f"/api/threads/{question['id']}/messages", json=said)
    other = await ask()

    changed = await post(cast.mentor, question, "Second.", id=said["id"])
    elsewhere = await cast.mentor.post(f"/api/threads/{other['id']}/messages", json=said)
    theirs = await post(cast.teacher, question, "First.", id=said["id"])
    assert (changed.status_code, elsewhere.status_code, theirs.status_code) == (409, 409, 404)


async def test_strangers_neither_read_nor_write(cast: Cast, question, anyone):
    url = f"/api/threads/{question['id']}"
    await cast.mentor.post(f"{url}/claim")
    for stranger in (cast.other_mentor, cast.other_teacher, cast.steward, cast.outsider):
        assert (await stranger.get(url)).status_code == 404
        assert (await post(stranger, question)).status_code == 404
        assert (await stranger.put(f"{url}/read", json={"seq": 1})).status_code == 404
    assert (await anyone.get(url)).status_code == 401
    assert (await anyone.post(f"{url}/messages", json={"body": "x"})).status_code == 401


async def test_posting_in_a_closed_thread_is_refused_before_its_words_are_screened(cast: Cast, question):
    await post(cast.mentor, question, id=(repeat := str(new_id())))
    await cast.teacher.post(f"/api/threads/{question['id']}/close")
    reply = await post(cast.teacher, question, "Write to anna.b@example.com")
    assert (reply.status_code, reply.json()["type"].rsplit("/")[-1]) == (409, "thread-closed")
    assert (await post(cast.mentor, question, id=repeat)).status_code == 200


async def test_a_message_with_an_identifier_is_not_kept(cast: Cast, question, db):
    said = "Write to anna.b@example.com"
    reply = await post(cast.mentor, question, said)
    assert reply.status_code == 422
    assert list(reply.json()["findings"]) == ["body"]
    assert await state_of(cast.teacher, question) == ("waiting", None)
    kept = await post(cast.mentor, question, said, kept={"body": ["anna.b@example.com"]})
    assert kept.status_code == 201


async def test_a_retracted_message_leaves_a_stub(cast: Cast, question, db):
    message = (await post(cast.mentor, question, "Not what I meant.")).json()
    url = f"/api/messages/{message['id']}"
    assert (await cast.teacher.delete(url)).status_code == 403
    assert (await cast.outsider.delete(url)).status_code == 404
    assert (await cast.mentor.delete(url)).status_code == 204
    assert (await cast.mentor.delete(url)).status_code == 404

    seen = (await cast.teacher.get(f"/api/threads/{question['id']}")).json()
    assert (seen["messages"][1]["body"], seen["messages"][1]["seq"]) == (None, 2)
    assert seen["messages"][1]["retracted_at"]
    assert seen["state"] == "claimed", "her only answer is gone, so the question is open again"
    body = await db.read(
        lambda tx: tx.execute(
            select(messages.c.body).where(messages.c.id == UUID(message["id"]))
        ).scalar_one()
    )
    assert body is None
    replay = await post(cast.mentor, question, "Not what I meant.", id=message["id"])
    assert replay.status_code == 404


async def test_a_retracted_question_loses_its_opening(cast: Cast, question):
    await cast.teacher.delete(f"/api/messages/{question['messages'][0]['id']}")
    seen = (await cast.mentor.get("/api/threads?box=unclaimed")).json()["items"][0]
    assert (seen["id"], seen["opening"]) == (question["id"], None)


async def test_reading_moves_forward_only(cast: Cast, question):
    url = f"/api/threads/{question['id']}"
    await post(cast.teacher, question, "More.")
    await post(cast.mentor, question)

    async def read_to(actor):
        seen = (await actor.get(url)).json()
        return seen["read_to"], seen["unread"]

    assert await read_to(cast.teacher) == (2, 1)
    assert await read_to(cast.mentor) == (0, 3)
    for seq, expected in ((2, 2), (3, 3), (1, 3), (99, 3)):
        assert (await cast.mentor.put(f"{url}/read", json={"seq": seq})).status_code == 204
        assert (await read_to(cast.mentor))[0] == expected
    assert await read_to(cast.teacher) == (2, 1)
    for wrong in ({"seq": -1}, {"seq": "x"}, {}, {"seq": 2**40}):
        assert (await cast.mentor.put(f"{url}/read", json=wrong)).status_code == 422


async def test_own_words_are_read_only_by_who_has_read_all_before_them(cast: Cast, question):
    await post(cast.mentor, question, "A reply she has not seen yet.")
    await post(cast.teacher, question, "Written before it came.")
    seen = (await cast.teacher.get(f"/api/threads/{question['id']}")).json()
    assert (seen["read_to"], seen["unread"]) == (1, 2)


async def test_a_long_thread_comes_in_pages_from_its_end(cast: Cast, question, db):
    await fill(db, UUID(question["id"]), cast.teacher.id, 449)
    url = f"/api/threads/{question['id']}"
    page = (await cast.teacher.get(url)).json()
    assert [m["seq"] for m in page["messages"]] == list(range(251, 451))
    earlier = (await cast.teacher.get(url, params={"before": page["earlier"]})).json()
    assert [m["seq"] for m in earlier["messages"]] == list(range(51, 251))
    first = (await cast.teacher.get(url, params={"before": earlier["earlier"]})).json()
    assert [m["seq"] for m in first["messages"]] == list(range(1, 51))
    assert first["earlier"] is None
    assert first["messages"][4]["body"] == "Message 5"
    for wrong in ("nonsense", "WyJ4Il0"):
        assert (await cast.teacher.get(url, params={"before": wrong})).status_code == 422


async def test_words_are_numbered_by_the_service_not_by_clocks(cast: Cast, question):
    clock.travel(timedelta(hours=2))
    await post(cast.teacher, question, "Two.")
    clock.travel(timedelta(hours=-3))
    await post(cast.teacher, question, "Three.")
    clock.travel(timedelta(0))
    seen = (await cast.teacher.get(f"/api/threads/{question['id']}")).json()
    assert [m["body"] for m in seen["messages"][1:]] == ["Two.", "Three."]

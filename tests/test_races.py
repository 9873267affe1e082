"""The same thing twenty times at once is one thing (F16); of two who want the same, one gets it (F18)."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.core.ids import new_id
from tests.factories import Actor, Cast
from tests.voice.recordings import recording
from tests.voice.sending import finish, send_whole

AT_ONCE = 20


def some_id() -> str:
    return str(new_id())


def counted(replies: list[httpx.Response]) -> dict[int, int]:
    return dict(Counter(reply.status_code for reply in replies))


async def at_once(actor: Actor, url: str, body: Any = None, *, times: int = AT_ONCE) -> list[httpx.Response]:
    options = {} if body is None else {"json": body}
    return await asyncio.gather(*(actor.post(url, **options) for _ in range(times)))


async def ask(cast: Cast, **said: Any) -> dict[str, Any]:
    body = {"circle_id": str(cast.circle_id), "body": "What would you bring?"} | said
    reply = await cast.teacher.post("/api/threads", json=body)
    assert reply.status_code == 201, reply.text
    return dict(reply.json())


async def test_identical_creates_make_one(cast: Cast):
    thread_id, draft_id, case_id, item_id = (some_id() for _ in range(4))
    text = "The student reads. The student writes."
    remark = {"version": 2, "start": 0, "end": 3, "quote": "Now", "suggestion": "Then"}
    for actor, url, body in (
        (
            cast.teacher,
            "/api/threads",
            {
                "id": thread_id,
                "circle_id": str(cast.circle_id),
                "drafts": [{"id": draft_id, "kind": "goal", "text": text}],
            },
        ),
        (cast.teacher, f"/api/threads/{thread_id}/messages", {"body": "One more thing."}),
        (cast.teacher, f"/api/threads/{thread_id}/drafts", {"kind": "goal", "text": text}),
        (cast.teacher, f"/api/drafts/{draft_id}/versions", {"base_version": 1, "text": f"Now {text}"}),
        (cast.mentor, f"/api/drafts/{draft_id}/comments", remark),
        (cast.teacher, f"/api/threads/{thread_id}/takeaways", {"text": "Bring two samples."}),
        (cast.teacher, "/api/cases", {"id": case_id, "alias": "Heron", "plan_type": "IEP"}),
        (
            cast.teacher,
            f"/api/cases/{case_id}/items",
            {"id": item_id, "kind": "goal", "title": "Reading"},
        ),
        (cast.teacher, f"/api/items/{item_id}/entries", {"on": "2026-11-02", "value": 3}),
        (cast.teacher, "/api/items", {"kind": "todo", "title": "Call back"}),
        (cast.teacher, "/api/circles", {"name": "Lakeside"}),
        (cast.teacher, "/api/voice", {"content_type": "audio/webm"}),
        (
            cast.steward,
            f"/api/circles/{cast.circle_id}/invitations",
            {"email": "new@example.org", "roles": ["mentor"]},
        ),
    ):
        replies = await at_once(actor, url, {"id": some_id()} | body)
        assert counted(replies) == {201: 1, 200: AT_ONCE - 1}, (url, counted(replies))
        assert len({reply.json()["id"] for reply in replies}) == 1


async def test_a_spoken_message_sent_twice_at_once_is_one(cast: Cast):
    thread = await ask(cast)
    voice_id = await send_whole(cast.teacher, recording(seconds=1))
    body = {"id": some_id(), "voice_id": voice_id}
    replies = await at_once(cast.teacher, f"/api/threads/{thread['id']}/messages", body)
    assert counted(replies) == {201: 1, 200: AT_ONCE - 1}
    others = await asyncio.gather(
        *(
            cast.teacher.post(f"/api/threads/{thread['id']}/messages", json=body | {"id": some_id()})
            for _ in range(5)
        )
    )
    assert counted(others) == {409: 5}
    repeats = await asyncio.gather(*(finish(cast.teacher, voice_id, recording(seconds=1)) for _ in range(5)))
    assert counted(repeats) == {200: 5}


async def test_a_remark_accepted_twenty_times_makes_one_version(cast: Cast):
    draft_id, remark_id = some_id(), some_id()
    thread = await ask(cast, drafts=[{"id": draft_id, "kind": "goal", "text": "The student reads."}])
    remark = {"id": remark_id, "version": 1, "start": 0, "end": 3, "quote": "The", "suggestion": "Every"}
    await cast.mentor.post(f"/api/drafts/{draft_id}/comments", json=remark)
    assert counted(await at_once(cast.teacher, f"/api/comments/{remark_id}/accept")) == {200: AT_ONCE}
    drafts = (await cast.teacher.get(f"/api/threads/{thread['id']}")).json()["drafts"]
    assert [each["text"] for each in drafts[0]["versions"]] == ["The student reads.", "Every student reads."]


async def test_of_two_versions_on_the_same_one_wins_and_the_other_hears_it(cast: Cast):
    draft_id = some_id()
    await ask(cast, drafts=[{"id": draft_id, "kind": "goal", "text": "One."}])
    replies = await asyncio.gather(
        *(
            cast.teacher.post(
                f"/api/drafts/{draft_id}/versions", json={"base_version": 1, "text": f"Two {at}."}
            )
            for at in range(AT_ONCE)
        )
    )
    assert counted(replies) == {201: 1, 409: AT_ONCE - 1}
    won = next(reply.json() for reply in replies if reply.status_code == 201)
    for reply in replies:
        if reply.status_code == 409:
            assert reply.json()["current"]["text"] == won["text"]


async def test_messages_posted_at_once_are_numbered_without_gaps(cast: Cast):
    thread = await ask(cast)
    replies = await asyncio.gather(
        *(
            cast.teacher.post(f"/api/threads/{thread['id']}/messages", json={"body": f"Part {at}."})
            for at in range(AT_ONCE)
        )
    )
    assert sorted(reply.json()["seq"] for reply in replies) == list(range(2, AT_ONCE + 2))


async def test_one_mentor_claims_and_the_other_hears_409(cast: Cast):
    for _ in range(25):
        thread = await ask(cast)
        replies = await asyncio.gather(
            *(each.post(f"/api/threads/{thread['id']}/claim") for each in (cast.mentor, cast.other_mentor))
        )
        assert counted(list(replies)) == {200: 1, 409: 1}


async def test_one_mentor_answers_and_to_the_other_it_is_gone(cast: Cast):
    for _ in range(10):
        thread = await ask(cast)
        replies = await asyncio.gather(
            *(
                each.post(f"/api/threads/{thread['id']}/messages", json={"body": "Two samples."})
                for each in (cast.mentor, cast.other_mentor)
            )
        )
        assert counted(list(replies)) == {201: 1, 404: 1}


@pytest.mark.parametrize("act", ["claim", "answer", "go on"])
async def test_who_loses_her_place_while_she_writes_keeps_nothing(cast: Cast, act: str):
    place = f"/api/circles/{cast.circle_id}/members/{cast.mentor.id}"
    for _ in range(12):
        assert (await cast.steward.patch(place, json={"roles": ["mentor"]})).status_code == 200
        thread = await ask(cast)
        url = f"/api/threads/{thread['id']}"
        if act == "go on":
            assert (await cast.mentor.post(f"{url}/claim")).status_code == 200
        writing = (
            cast.mentor.post(f"{url}/claim")
            if act == "claim"
            else cast.mentor.post(f"{url}/messages", json={"body": "Two samples."})
        )
        wrote, lost = await asyncio.gather(writing, cast.steward.patch(place, json={"roles": ["steward"]}))
        assert lost.status_code == 200
        assert wrote.status_code in (200, 201, 404), wrote.text
        assert (await cast.mentor.get(url)).status_code == 404
        stands = (await cast.teacher.get(url)).json()
        assert (stands["mentor_id"], stands["state"]) == (None, "waiting")


async def test_twenty_invitations_a_day_are_twenty_at_once_too(cast: Cast, service: FastAPI):
    service.state.limits.off = False
    replies = await asyncio.gather(
        *(
            cast.steward.post(
                f"/api/circles/{cast.circle_id}/invitations",
                json={"email": f"new{at}@example.org", "roles": ["teacher"]},
            )
            for at in range(30)
        )
    )
    assert counted(list(replies)) == {201: 20, 429: 10}
    assert all(int(reply.headers["retry-after"]) > 0 for reply in replies if reply.status_code == 429)

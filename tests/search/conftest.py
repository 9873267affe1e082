"""A shelf of things to find: one case, one thread about it, and words in every place that words can be."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.factories import Actor, Cast
from tests.voice.recordings import recording
from tests.voice.sending import send_whole

Json = dict[str, Any]


@dataclass(frozen=True)
class Shelf:
    """Ids of what was written."""

    case: str
    item: str
    entry: str
    thread: str
    message: str
    reply: str
    draft: str
    comment: str
    takeaway: str
    voice: str


async def made(actor: Actor, url: str, **said: Any) -> Json:
    reply = await actor.post(url, json=said)
    assert reply.status_code == 201, reply.text
    answer: Json = reply.json()
    return answer


async def found(actor: Actor, q: str, **more: Any) -> list[Json]:
    """What a search answers, best first."""
    reply = await actor.post("/api/search", json={"q": q, **more})
    assert reply.status_code == 200, reply.text
    items: list[Json] = reply.json()["items"]
    return items


async def kinds(actor: Actor, q: str, **more: Any) -> set[str]:
    return {each["type"] for each in await found(actor, q, **more)}


Find = Callable[..., Awaitable[list[Json]]]


@pytest.fixture
async def shelf(cast: Cast, teacher: Actor, mentor: Actor) -> Shelf:
    """Written by the teacher, claimed and answered by the mentor, with nothing pinned twice."""
    case = await made(teacher, "/api/cases", alias="Otter", plan_type="IEP", notes="Films and maps.")
    item = await made(
        teacher,
        f"/api/cases/{case['id']}/items",
        kind="accommodation",
        title="Text-to-speech for long texts",
        details={"who_starts": "The aide opens the file before the lesson."},
    )
    entry = await made(
        teacher,
        f"/api/items/{item['id']}/entries",
        on="2026-11-03",
        note="The headphones were charged.",
        details={"used": "sometimes", "student_view": "Quicker than reading twice."},
    )
    thread = await made(
        teacher,
        "/api/threads",
        circle_id=str(cast.circle_id),
        case_id=case["id"],
        item_ids=[item["id"]],
        title="Listening is reading",
        body="The OT and the PT both come in the morning. How do I argue for listening?",
        drafts=[{"kind": "goal", "title": "Annual goal", "text": "The student listens to a chapter."}],
    )
    thread_url = f"/api/threads/{thread['id']}"
    assert (await mentor.post(f"{thread_url}/claim")).status_code == 200
    draft = thread["drafts"][0]
    comment = await made(
        mentor,
        f"/api/drafts/{draft['id']}/comments",
        version=1,
        start=12,
        end=19,
        quote="listens",
        body="Name the measure here.",
        suggestion="answers eight of ten questions after listening",
    )
    reply = await made(mentor, f"{thread_url}/messages", body="Begin with the graph you already have.")
    voice = await send_whole(mentor, recording(), gist="Lead with what opens up.")
    await made(mentor, f"{thread_url}/messages", voice_id=voice)
    takeaway = await made(
        teacher, f"{thread_url}/takeaways", message_id=reply["id"], text="Pinned: begin with the graph."
    )
    return Shelf(
        case=case["id"],
        item=item["id"],
        entry=entry["id"],
        thread=thread["id"],
        message=thread["messages"][0]["id"],
        reply=reply["id"],
        draft=draft["id"],
        comment=comment["id"],
        takeaway=takeaway["id"],
        voice=voice,
    )

"""Whoever writes it and wherever it goes: no name is stored, and what was kept on purpose is only counted."""

from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI

from app.core.ids import new_id
from tests.factories import Actor, Cast
from tests.voice.recordings import recording
from tests.voice.sending import begin, finish, send_all

NAME = "Kowalczyk"
SAID = f"Ms. {NAME} agrees."
TEXT = "The student reads aloud."
SOUND = recording(seconds=0.2)


@dataclass
class Ground:
    """A thread that the mentor holds, its draft and comment, a case and one of its items."""

    cast: Cast
    ids: dict[str, str]

    def url(self, template: str) -> str:
        return template.format_map(self.ids)


async def made(actor: Actor, url: str, **body: Any) -> dict[str, Any]:
    reply = await actor.post(url, json=body)
    assert reply.status_code == 201, reply.text
    return dict(reply.json())


@pytest.fixture
async def ground(cast: Cast) -> Ground:
    teacher = cast.teacher
    case = await made(teacher, "/api/cases", alias="Heron", plan_type="IEP")
    item = await made(teacher, f"/api/cases/{case['id']}/items", kind="goal", title="Reading")
    entry = await made(teacher, f"/api/items/{item['id']}/entries", on="2026-10-05", value=3)
    draft_id = str(new_id())
    thread = await made(
        teacher,
        "/api/threads",
        circle_id=str(cast.circle_id),
        body="And now?",
        drafts=[{"id": draft_id, "kind": "goal", "text": TEXT}],
    )
    takeaway = await made(teacher, f"/api/threads/{thread['id']}/takeaways", text="Two samples.")
    assert (await cast.mentor.post(f"/api/threads/{thread['id']}/claim")).status_code == 200
    return Ground(
        cast,
        {
            "case": case["id"],
            "item": item["id"],
            "entry": entry["id"],
            "thread": thread["id"],
            "draft": draft_id,
            "takeaway": takeaway["id"],
            "circle": str(cast.circle_id),
        },
    )


PASSAGE = {"version": 1, "start": 0, "end": 3, "quote": TEXT[:3]}
# Who writes, how, and where in it the name stands; in a thread, what is kept counts for its circle.
THREADS: dict[str, tuple[str, str, str, dict[str, Any], str]] = {
    "a question": ("teacher", "POST", "/api/threads", {"circle_id": "{circle}", "body": SAID}, "body"),
    "its title": (
        "teacher",
        "POST",
        "/api/threads",
        {"circle_id": "{circle}", "body": "So?", "title": SAID},
        "title",
    ),
    "its first draft": (
        "teacher",
        "POST",
        "/api/threads",
        {"circle_id": "{circle}", "drafts": [{"kind": "goal", "text": SAID}]},
        "drafts.0.text",
    ),
    "a draft called after its file": (
        "teacher",
        "POST",
        "/api/threads/{thread}/drafts",
        {"kind": "goal", "title": f"{NAME} Maria goals", "text": TEXT},
        "title",
    ),
    "a later title": ("teacher", "PATCH", "/api/threads/{thread}", {"title": SAID}, "title"),
    "a teacher's message": ("teacher", "POST", "/api/threads/{thread}/messages", {"body": SAID}, "body"),
    "a mentor's message": ("mentor", "POST", "/api/threads/{thread}/messages", {"body": SAID}, "body"),
    "a version": (
        "teacher",
        "POST",
        "/api/drafts/{draft}/versions",
        {"base_version": 1, "text": SAID},
        "text",
    ),
    "a mentor's comment": (
        "mentor",
        "POST",
        "/api/drafts/{draft}/comments",
        PASSAGE | {"body": SAID},
        "body",
    ),
    "a mentor's wording": (
        "mentor",
        "POST",
        "/api/drafts/{draft}/comments",
        PASSAGE | {"suggestion": SAID},
        "suggestion",
    ),
    "a takeaway": ("teacher", "POST", "/api/threads/{thread}/takeaways", {"text": SAID}, "text"),
    "a changed takeaway": ("teacher", "PATCH", "/api/takeaways/{takeaway}", {"text": SAID}, "text"),
}
RECORDS: dict[str, tuple[str, str, str, dict[str, Any], str]] = {
    "an alias": ("teacher", "POST", "/api/cases", {"alias": SAID, "plan_type": "IEP"}, "alias"),
    "another alias": ("teacher", "PATCH", "/api/cases/{case}", {"alias": SAID}, "alias"),
    "notes on a student": ("teacher", "PATCH", "/api/cases/{case}", {"notes": SAID}, "notes"),
    "an item's title": ("teacher", "POST", "/api/items", {"kind": "todo", "title": SAID}, "title"),
    "an item's details": (
        "teacher",
        "POST",
        "/api/cases/{case}/items",
        {"kind": "contact", "title": "Call", "details": {"concern": SAID}},
        "details.concern",
    ),
    "a changed item": ("teacher", "PATCH", "/api/items/{item}", {"title": SAID}, "title"),
    "an entry": ("teacher", "POST", "/api/items/{item}/entries", {"on": "2026-10-06", "note": SAID}, "note"),
    "a changed entry": ("teacher", "PATCH", "/api/entries/{entry}", {"note": SAID}, "note"),
}


def filled(body: Any, ids: dict[str, str]) -> Any:
    if isinstance(body, dict):
        return {key: filled(value, ids) for key, value in body.items()}
    return body.format_map(ids) if isinstance(body, str) and body.startswith("{") else body


@pytest.mark.parametrize("where", [*THREADS, *RECORDS])
async def test_a_name_is_stopped_wherever_it_is_written(ground: Ground, where: str):
    who, method, url, body, path = (THREADS | RECORDS)[where]
    actor: Actor = getattr(ground.cast, who)
    send = actor.client.request
    body = filled(body, ground.ids)

    refused = await send(method, ground.url(url), json=body)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/identifiers-found"), refused.text
    assert list(refused.json()["findings"]) == [path]
    assert NAME not in refused.text

    kept = await send(method, ground.url(url), json=body | {"kept": {path: [NAME, f"{NAME} Maria", SAID]}})
    assert kept.status_code in (200, 201), kept.text
    assert await counted(ground) == (1 if where in THREADS else 0)


async def counted(ground: Ground) -> int | None:
    """What the host of the circle is told."""
    reply = await ground.cast.steward.get(ground.url("/api/circles/{circle}/totals"))
    assert reply.status_code == 200, reply.text
    assert set(reply.json()) == {"people", "kept_words"}
    return reply.json()["kept_words"]


async def test_the_gist_and_marks_of_a_recording_pass_the_gate(cast: Cast):
    for actor in (cast.teacher, cast.mentor):
        voice_id = await begin(actor)
        await send_all(actor, voice_id, SOUND)
        refused = await finish(actor, voice_id, SOUND, gist=SAID)
        assert refused.json()["type"] == "/problems/identifiers-found"
        assert list(refused.json()["findings"]) == ["gist"]
        assert (await finish(actor, voice_id, SOUND, gist="What to bring.")).status_code == 200


async def test_words_kept_in_a_gist_are_counted_once_it_is_sent(ground: Ground):
    teacher = ground.cast.teacher
    for url, body in (
        ("/api/threads", {"circle_id": ground.ids["circle"]}),
        (ground.url("/api/threads/{thread}/messages"), {}),
    ):
        before = await counted(ground) or 0
        voice_id = await begin(teacher)
        await send_all(teacher, voice_id, SOUND)
        finished = await finish(teacher, voice_id, SOUND, gist=SAID, kept={"gist": [NAME]})
        assert finished.status_code == 200, finished.text
        assert await counted(ground) == before
        sent = {"id": str(new_id()), "voice_id": voice_id} | body
        for status in (201, 200):
            assert (await teacher.post(url, json=sent)).status_code == status
            assert await counted(ground) == before + 1


async def test_an_export_is_called_after_the_alias_and_nothing_else(ground: Ground):
    reply = await ground.cast.teacher.get(ground.url("/api/cases/{case}/export"))

    assert 'filename="heron-' in reply.headers["content-disposition"].lower()


async def test_a_small_circle_has_no_totals(ground: Ground, service: FastAPI):
    for name in ("other_mentor", "other_teacher"):
        person = getattr(ground.cast, name).id
        reply = await ground.cast.steward.delete(f"/api/circles/{ground.ids['circle']}/members/{person}")
        assert reply.status_code == 204, reply.text

    reply = await ground.cast.steward.get(ground.url("/api/circles/{circle}/totals"))
    assert reply.json() == {"people": 3, "kept_words": None}

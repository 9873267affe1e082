"""The contract, walked: each call of the table in `docs/contract.md` answers as it is written there."""

import asyncio
import io
import re
import zipfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from app.core.ids import new_id
from tests.factories import Actor, Cast
from tests.voice.recordings import recording
from tests.voice.sending import finish, send_slice

ROOT = Path(__file__).resolve().parents[1]
PROBLEM = "application/problem+json"
THREAD_FIELDS = {
    "id",
    "circle_id",
    "author_id",
    "mentor_id",
    "state",
    "topic",
    "help",
    "title",
    "need_by",
    "meeting_id",
    "case_id",
    "items",
    "messages",
    "drafts",
    "takeaways",
    "read_to",
}
# A point of the curve P-256, as a browser would send it.
P256DH = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"
KINDS = (
    "goal",
    "present_levels",
    "accommodation",
    "service",
    "meeting",
    "deadline",
    "contact",
    "behavior",
    "first_talk",
    "todo",
    "note",
)


def some_id() -> str:
    return str(new_id())


async def made(actor: Actor, url: str, **body: Any) -> dict[str, Any]:
    """A first create: 201, and its repeat under the same id: 200 with the same."""
    body.setdefault("id", some_id())
    first = await actor.post(url, json=body)
    assert first.status_code == 201, first.text
    again = await actor.post(url, json=body)
    assert again.status_code == 200, again.text
    assert again.json()["id"] == first.json()["id"] == body["id"]
    return dict(first.json())


@pytest.fixture
async def question(cast: Cast) -> dict[str, Any]:
    return await made(
        cast.teacher,
        "/api/threads",
        circle_id=str(cast.circle_id),
        body="What data would you bring on Friday?",
        drafts=[{"kind": "goal", "text": "The student will read better. The student will write more."}],
    )


def test_every_call_of_the_table_is_in_the_openapi_file(service: FastAPI):
    table = (ROOT / "docs" / "contract.md").read_text()
    paths = service.openapi()["paths"]
    # Names of path parameters are ours; the shape of the path is the contract's.
    ours = {
        (method.upper(), re.sub(r"\{[^}]+\}", "{}", path)) for path, its in paths.items() for method in its
    }
    calls = set(re.findall(r"^(GET|POST|PUT|PATCH|DELETE|HEAD) (/\S+)$", table, re.M))
    assert len(calls) > 60
    missing = {
        (method, path) for method, path in calls if (method, re.sub(r"\{[^}]+\}", "{}", path)) not in ours
    }
    assert missing == set()


async def test_people_circles_and_invitations(cast: Cast):
    me = (await cast.teacher.get("/api/me")).json()
    assert set(me) >= {
        "id",
        "email",
        "display_name",
        "region",
        "time_zone",
        "quiet_hours",
        "preferences",
        "works_with",
        "memberships",
    }
    place = me["memberships"][0]
    assert (place["circle_id"], place["circle_name"], place["roles"]) == (
        str(cast.circle_id),
        "River Circle",
        ["teacher"],
    )
    patched = await cast.teacher.patch(
        "/api/me", json={"quiet_hours": [{"days": [1, 2, 3, 4, 5, 6, 7], "from": "20:00", "to": "07:00"}]}
    )
    assert patched.status_code == 200
    assert patched.json()["quiet_hours"][0]["from"] == "20:00"
    circle = await made(cast.outsider, "/api/circles", name="Lakeside")
    assert any(
        each["id"] == circle["id"] for each in (await cast.outsider.get("/api/circles")).json()["items"]
    )
    invited = await cast.outsider.post(
        f"/api/circles/{circle['id']}/invitations", json={"email": "new@example.org", "roles": ["mentor"]}
    )
    assert invited.status_code == 201
    mentors = (await cast.teacher.get(f"/api/circles/{cast.circle_id}/mentors")).json()["items"]
    assert {each["display_name"] for each in mentors} == {cast.mentor.name, cast.other_mentor.name}
    assert set(mentors[0]) >= {"id", "display_name", "topics", "away_until", "open_count"}


async def test_cases_items_and_entries(cast: Cast):
    teacher = cast.teacher
    case = await made(
        teacher, "/api/cases", alias="Heron", plan_type="IEP", grade_band="3-5", support="push_in"
    )
    assert (await teacher.patch(f"/api/cases/{case['id']}", json={"support": "pull_out"})).status_code == 200
    for kind in KINDS:
        item = await made(teacher, f"/api/cases/{case['id']}/items", kind=kind, title=f"A {kind} to keep")
        assert item["kind"] == kind
        entry = await made(teacher, f"/api/items/{item['id']}/entries", on="2026-11-02", note="Went well.")
        assert (
            await teacher.patch(f"/api/entries/{entry['id']}", json={"note": "Went fine."})
        ).status_code == 200
        assert (await teacher.delete(f"/api/entries/{entry['id']}")).status_code == 204
        assert (await teacher.delete(f"/api/entries/{entry['id']}")).status_code == 404
    listed = (await teacher.get(f"/api/cases/{case['id']}/items")).json()
    assert set(listed) == {"items", "next"}
    assert len(listed["items"]) == 11
    assert (await teacher.get(f"/api/items/{listed['items'][0]['id']}")).status_code == 200
    export = await teacher.get(f"/api/cases/{case['id']}/export")
    assert export.status_code == 200
    assert zipfile.ZipFile(io.BytesIO(export.content)).testzip() is None
    assert (await teacher.delete(f"/api/cases/{case['id']}")).status_code == 204
    assert (await teacher.delete(f"/api/cases/{case['id']}")).status_code == 410
    assert (await teacher.get(f"/api/cases/{case['id']}")).status_code == 410
    assert (await cast.outsider.get(f"/api/cases/{case['id']}")).status_code == 404


async def test_a_text_is_screened_and_nothing_kept(cast: Cast):
    reply = await cast.teacher.post("/api/screen", json={"text": "Ms. Kowalczyk says Jonah reads well."})
    assert reply.status_code == 200
    found = reply.json()["findings"]
    assert {"start", "end", "label", "replacement", "reason", "band"} <= set(found[0])
    assert isinstance(reply.json()["cautions"], list)


async def test_a_question_an_answer_and_its_states(cast: Cast, question: dict[str, Any]):
    teacher, mentor = cast.teacher, cast.mentor
    url = f"/api/threads/{question['id']}"
    assert set(question) >= THREAD_FIELDS
    assert question["state"] == "waiting"
    assert question["messages"][0]["seq"] == 1
    assert set(question["messages"][0]) >= {"id", "seq", "author_id", "body", "voice", "at"}
    for box, actor in (("mine", teacher), ("waiting", teacher), ("unclaimed", mentor)):
        rows = (await actor.get(f"/api/threads?box={box}")).json()["items"]
        assert [row["id"] for row in rows] == [question["id"]], box
    claimed = await mentor.post(f"{url}/claim")
    assert (claimed.status_code, claimed.json()["state"]) == (200, "claimed")
    assert (await mentor.post(f"{url}/claim")).status_code == 200
    assert (await cast.other_mentor.post(f"{url}/claim")).status_code == 409
    assert (await cast.other_mentor.get(url)).status_code == 404
    assert (await cast.steward.get(url)).status_code == 404
    answer = await made(mentor, f"{url}/messages", body="Bring the last four weeks.")
    assert answer["seq"] == 2
    assert (await teacher.get(url)).json()["state"] == "answered"
    assert (await teacher.put(f"{url}/read", json={"seq": 2})).status_code == 204
    assert (await teacher.put(f"{url}/read", json={"seq": 1})).status_code == 204
    assert (await teacher.get(url)).json()["read_to"] == 2
    takeaway = await made(
        teacher, f"{url}/takeaways", message_id=answer["id"], text="Bring the last four weeks."
    )
    assert (
        await teacher.patch(f"/api/takeaways/{takeaway['id']}", json={"text": "Bring four weeks."})
    ).status_code == 200
    assert (await teacher.delete(f"/api/takeaways/{takeaway['id']}")).status_code == 204
    assert (await teacher.delete(f"/api/takeaways/{takeaway['id']}")).status_code == 404
    handed = await mentor.post(f"{url}/hand-over", json={"mentor_id": str(cast.other_mentor.id)})
    assert handed.status_code == 200
    assert (await mentor.get(url)).status_code == 404
    released = await cast.other_mentor.post(f"{url}/release")
    assert (released.status_code, released.json()["state"]) == (200, "waiting")
    closed = await teacher.post(f"{url}/close")
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    assert (await teacher.post(f"{url}/messages", json={"body": "One more."})).status_code == 409
    assert (await teacher.post(f"{url}/reopen")).json()["state"] == "waiting"


async def test_a_draft_its_remarks_and_its_versions(cast: Cast, question: dict[str, Any]):
    teacher, mentor = cast.teacher, cast.mentor
    draft = question["drafts"][0]
    text = draft["versions"][0]["text"]
    assert draft["versions"][0]["version"] == 1
    quote = "The student will read better."
    comment = await made(
        mentor,
        f"/api/drafts/{draft['id']}/comments",
        version=1,
        start=text.index(quote),
        end=text.index(quote) + len(quote),
        quote=quote,
        body="What would we see?",
        suggestion="The student will read 105 words correct per minute.",
    )
    assert comment["anchor"] == {"status": "kept", "start": 0, "end": len(quote)}
    wrong = await mentor.post(
        f"/api/drafts/{draft['id']}/comments",
        json={"version": 1, "start": 0, "end": 5, "quote": "Other", "body": "No."},
    )
    assert wrong.status_code == 422
    beyond = await mentor.post(
        f"/api/drafts/{draft['id']}/comments",
        json={"version": 1, "start": 0, "end": len(text) + 1, "quote": text, "body": "Too far."},
    )
    assert beyond.status_code == 422
    second = await made(
        teacher, f"/api/drafts/{draft['id']}/versions", base_version=1, text=f"Strengths first. {text}"
    )
    assert second["version"] == 2
    stale = await teacher.post(
        f"/api/drafts/{draft['id']}/versions", json={"base_version": 1, "text": "Old."}
    )
    assert stale.status_code == 409
    assert stale.json()["current"]["version"] == 2
    assert (await mentor.post(f"/api/comments/{comment['id']}/accept")).status_code == 403
    accepted = await teacher.post(f"/api/comments/{comment['id']}/accept")
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    assert (await teacher.post(f"/api/comments/{comment['id']}/accept")).status_code == 200
    newest = (await teacher.get(f"/api/threads/{question['id']}")).json()["drafts"][0]["versions"]
    assert [each["version"] for each in newest] == [1, 2, 3]
    assert newest[2]["text"] == (
        "Strengths first. The student will read 105 words correct per minute. The student will write more."
    )
    last = "The student will write more."
    at = newest[2]["text"].index(last)
    other = await made(
        mentor,
        f"/api/drafts/{draft['id']}/comments",
        version=3,
        start=at,
        end=at + len(last),
        quote=last,
        suggestion="The student will write a paragraph.",
    )
    await made(teacher, f"/api/drafts/{draft['id']}/versions", base_version=3, text="Quite another text now.")
    gone = await teacher.post(f"/api/comments/{other['id']}/accept")
    assert gone.status_code == 409
    assert (await teacher.post(f"/api/comments/{other['id']}/decline")).json()["state"] == "declined"
    added = await made(
        teacher, f"/api/threads/{question['id']}/drafts", kind="email", text="Dear family, thank you."
    )
    assert added["versions"][0]["version"] == 1


async def test_a_voice_answer_from_first_slice_to_sound(cast: Cast, question: dict[str, Any], worker):
    mentor, teacher = cast.mentor, cast.teacher
    sound = recording()
    voice = await made(mentor, "/api/voice", content_type="audio/webm;codecs=opus")
    assert (voice["state"], voice["offset"]) == ("uploading", 0)
    half = len(sound) // 2
    assert (await send_slice(mentor, voice["id"], 0, sound[:half])).headers["upload-offset"] == str(half)
    head = await mentor.client.head(f"/api/voice/{voice['id']}")
    assert head.headers["upload-offset"] == str(half)
    wrong = await send_slice(mentor, voice["id"], 0, sound[half:])
    assert (wrong.status_code, wrong.headers["upload-offset"]) == (409, str(half))
    assert (await send_slice(mentor, voice["id"], half, sound[half:])).status_code == 204
    assert (await finish(mentor, voice["id"], sound)).status_code == 422
    assert (await finish(mentor, voice["id"], sound[:-1], gist="Bring four weeks.")).status_code == 409
    done = await finish(mentor, voice["id"], sound, gist="Bring four weeks.")
    assert (done.status_code, done.json()["state"]) == (200, "processing")
    message = await mentor.post(f"/api/threads/{question['id']}/messages", json={"voice_id": voice["id"]})
    assert message.status_code == 201
    assert (await teacher.get(f"/api/voice/{voice['id']}/audio")).status_code == 409
    await worker()
    ready = (await teacher.get(f"/api/voice/{voice['id']}")).json()
    assert ready["state"] == "ready"
    assert set(ready) >= {"id", "state", "duration_ms", "peaks", "gist", "marks", "transcript"}
    assert len(ready["peaks"]) == 120
    audio = await teacher.get(f"/api/voice/{voice['id']}/audio", headers={"Range": "bytes=0-1"})
    assert (audio.status_code, len(audio.content)) == (206, 2)
    assert audio.headers["content-type"] == "audio/mp4"
    assert (await teacher.get(f"/api/threads/{question['id']}")).json()["state"] == "answered"
    assert (await cast.outsider.get(f"/api/voice/{voice['id']}/audio")).status_code == 404


async def test_the_brief_search_and_changes(cast: Cast):
    teacher = cast.teacher
    case = await made(teacher, "/api/cases", alias="Otter", plan_type="IEP")
    meeting = await made(
        teacher, f"/api/cases/{case['id']}/items", kind="meeting", title="Annual review", due_on="2026-12-04"
    )
    thread = await made(
        teacher,
        "/api/threads",
        circle_id=str(cast.circle_id),
        body="How do I argue for text-to-speech?",
        case_id=case["id"],
        meeting_id=meeting["id"],
    )
    assert thread["need_by"] == "2026-12-03"
    assert (await cast.mentor.get(f"/api/threads/{thread['id']}")).json()["meeting_id"] is None
    brief = (await teacher.get(f"/api/meetings/{meeting['id']}/brief")).json()
    assert brief["questions"][0]["thread_id"] == thread["id"]
    page = await teacher.get(f"/api/meetings/{meeting['id']}/brief.pdf")
    assert page.headers["content-type"] == "application/pdf"
    assert page.content.startswith(b"%PDF")
    for reply in (
        await teacher.get("/api/search", params={"q": "text-to-speech"}),
        await teacher.post("/api/search", json={"q": "text-to-speech"}),
    ):
        hit = reply.json()["items"][0]
        assert set(hit) >= {"type", "id", "thread_id", "case_id", "title", "snippet", "at"}
        assert "<mark>" in hit["snippet"]
    first = (await teacher.get("/api/changes")).json()
    assert {"kind", "id", "op", "seq", "object"} <= set(first["items"][0])
    rest = (await teacher.get("/api/changes", params={"since": first["next"]})).json()
    assert rest["items"] == []
    await made(teacher, f"/api/threads/{thread['id']}/messages", body="And in language arts?")
    new = (await teacher.get("/api/changes", params={"since": rest["next"]})).json()
    assert "message" in {each["kind"] for each in new["items"]}
    assert (await teacher.get("/api/changes", params={"since": "no-such-cursor"})).status_code == 410


async def test_what_is_one_s_own_calendar_push_and_export(cast: Cast, anyone, worker):
    teacher = cast.teacher
    made_at = (await teacher.post("/api/me/calendar")).json()
    address = next(value for value in made_at.values() if isinstance(value, str) and ".ics" in value)
    feed = await anyone.get(address)
    assert feed.headers["content-type"].startswith("text/calendar")
    assert (await anyone.get("/api/calendar/not-the-secret.ics")).status_code == 404
    pushed = await teacher.post(
        "/api/push/subscriptions",
        json={
            "endpoint": f"https://updates.push.services.mozilla.com/wpush/v2/{uuid4().hex}",
            "keys": {
                "p256dh": P256DH,
                "auth": "tBHItJI5svbpez7KI4CCXg",
            },
        },
    )
    assert pushed.status_code == 201
    assert (await teacher.delete(f"/api/push/subscriptions/{pushed.json()['id']}")).status_code == 204
    asked = await teacher.post("/api/me/export")
    assert asked.status_code in (201, 202)
    await worker()
    ready = (await teacher.get(f"/api/me/exports/{asked.json()['id']}")).json()
    assert ready["state"] == "ready"
    assert (await cast.outsider.get(f"/api/me/exports/{asked.json()['id']}")).status_code == 404


async def test_ids_answer_repeats_and_refuse_what_is_different(cast: Cast, question: dict[str, Any]):
    id_ = some_id()
    url = f"/api/threads/{question['id']}/messages"
    assert (await cast.teacher.post(url, json={"id": id_, "body": "Same  words"})).status_code == 201
    assert (await cast.teacher.post(url, json={"id": id_, "body": "Same  words"})).status_code == 200
    assert (await cast.teacher.post(url, json={"id": id_, "body": "Other words"})).status_code == 409
    stranger = await cast.outsider.post(
        "/api/cases", json={"id": question["id"], "alias": "Heron", "plan_type": "IEP"}
    )
    assert stranger.status_code == 201, "ids are unique per table"


async def test_twenty_mentors_hands_and_one_claim(cast: Cast, question: dict[str, Any]):
    url = f"/api/threads/{question['id']}/claim"
    both = [cast.mentor, cast.other_mentor] * 10
    codes = [reply.status_code for reply in await asyncio.gather(*(each.post(url) for each in both))]
    assert set(codes) == {200, 409}
    assert codes.count(200) == 10


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"body": NaN}',
        b'{"body": "\\ud800"}',
        b'{"body": "a\\u0000b"}',
        b'{"body": "hello", "surprise": 1}',
        b"[]",
        b'{"body": 5}',
        b'{"body": ""}',
        b'{"body": "x", "kept": {"body": "not a list"}}',
        b"[" * 100_000,
        b'{"id": "not-an-id", "body": "x"}',
    ],
)
async def test_bad_shapes_are_told_apart_and_store_nothing(cast: Cast, question: dict[str, Any], body: bytes):
    reply = await cast.teacher.post(
        f"/api/threads/{question['id']}/messages", content=body, headers={"Content-Type": "application/json"}
    )
    assert reply.status_code == 422, reply.text
    assert reply.headers["content-type"] == PROBLEM
    assert reply.json()["detail"]
    assert (await cast.teacher.get(f"/api/threads/{question['id']}")).json()["messages"][-1]["seq"] == 1


async def test_sizes(cast: Cast, question: dict[str, Any]):
    url = f"/api/threads/{question['id']}/messages"
    assert (await cast.teacher.post(url, json={"body": "word " * 20_000})).status_code == 422
    assert (await cast.teacher.post(url, json={"body": "x" * 300_000})).status_code == 413
    assert (await cast.teacher.post("/api/screen", json={"text": "a " * 50_000})).status_code == 422
    for day in ("2026-02-30", "yesterday", 20261105):
        reply = await cast.teacher.post(
            "/api/threads", json={"circle_id": str(cast.circle_id), "body": "When?", "need_by": day}
        )
        assert reply.status_code == 422, day


async def test_an_open_finding_blocks_and_kept_words_pass(cast: Cast, question: dict[str, Any]):
    url = f"/api/threads/{question['id']}/messages"
    text = "Wilson says the student reads well."
    refused = await cast.teacher.post(url, json={"body": "Ms. Kowalczyk says Jonah reads well."})
    assert refused.status_code == 422
    assert refused.json()["type"].endswith("/identifiers-found")
    assert "Kowalczyk" not in refused.text
    for finding in refused.json()["findings"]["body"]:
        assert set(finding) >= {"start", "end", "label"}
    kept = await cast.teacher.post(url, json={"body": text, "kept": {"body": ["Wilson"]}})
    assert kept.status_code == 201


async def test_nobody_signed_in_gets_401_everywhere_else(service: FastAPI, anyone):
    for path, operations in service.openapi()["paths"].items():
        for method, operation in operations.items():
            if operation.get("security") == []:
                continue
            url = re.sub(r"\{[^}]+\}", str(uuid4()), path)
            reply = await anyone.request(method, url, json={} if method in ("post", "patch", "put") else None)
            assert reply.status_code == 401, f"{method} {path}: {reply.status_code}"

"""A week of work to export: a student with everything that can hang on one."""

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest

from tests.factories import Cast
from tests.voice.recordings import recording
from tests.voice.sending import send_whole


@dataclass
class Week:
    case: dict[str, Any]
    thread: dict[str, Any]
    voice_id: str


@pytest.fixture
async def week(cast: Cast, worker) -> Week:
    """A goal with a log, a meeting, a question with a draft, a remark, a spoken answer and a takeaway."""
    teacher, mentor = cast.teacher, cast.mentor
    case = (
        await teacher.post(
            "/api/cases",
            json={
                "alias": "Otter",
                "plan_type": "IEP",
                "grade_band": "6-8",
                "notes": "Likes <b>maps</b> & charts.",
            },
        )
    ).json()
    items = f"/api/cases/{case['id']}/items"
    goal = {
        "kind": "goal",
        "title": "Reading aloud",
        "details": {
            "baseline": 79,
            "baseline_on": "2026-09-02",
            "target": 112,
            "target_on": "2027-02-05",
            "unit": "words a minute",
            "direction": "increase",
        },
    }
    goal = (await teacher.post(items, json=goal)).json()
    for day, value in (("2026-09-09", 82), ("2026-09-16", 84), ("2026-09-30", 88)):
        await teacher.post(
            f"/api/items/{goal['id']}/entries", json={"on": day, "value": value, "details": {"errors": 3}}
        )
    meeting = {
        "kind": "meeting",
        "title": "Annual review",
        "due_on": "2027-02-05",
        "details": {
            "purpose": "Keep text-to-speech.",
            "points": ["It works."],
            "say_it": "Listening is another way.",
            "checklist": [{"text": "Chart printed", "done": True}],
            "decision": "To be written.",
        },
    }
    meeting = (await teacher.post(items, json=meeting)).json()
    sent = {
        "circle_id": str(cast.circle_id),
        "title": "Text-to-speech in class",
        "body": "How have you argued this?",
        "case_id": case["id"],
        "meeting_id": meeting["id"],
        "item_ids": [goal["id"]],
        "drafts": [{"kind": "goal", "text": "The student reads aloud.", "item_id": goal["id"]}],
    }
    reply = await teacher.post("/api/threads", json=sent)
    assert reply.status_code == 201, reply.text
    thread = reply.json()
    assert (await mentor.post(f"/api/threads/{thread['id']}/claim")).status_code == 200
    voice_id = await send_whole(mentor, recording(seconds=2.0), gist="Lead with what opens up.")
    said = await mentor.post(f"/api/threads/{thread['id']}/messages", json={"voice_id": voice_id})
    assert said.status_code == 201, said.text
    await worker()
    remark = {"version": 1, "start": 0, "end": 11, "quote": "The student", "body": "Say more about this."}
    draft_id = thread["drafts"][0]["id"]
    assert (await mentor.post(f"/api/drafts/{draft_id}/comments", json=remark)).status_code == 201
    pinned = {"message_id": said.json()["id"], "text": "Lead with what opens up.", "item_id": goal["id"]}
    assert (await teacher.post(f"/api/threads/{thread['id']}/takeaways", json=pinned)).status_code == 201
    return Week(case, thread, voice_id)


def opened(content: bytes) -> tuple[zipfile.ZipFile, dict[str, Any], dict[str, Any]]:
    """An archive, its data and its manifest; every file in it is whole."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return archive, json.loads(archive.read("data.json")), json.loads(archive.read("manifest.json"))

"""A long text is read before its transaction begins, once, and off the loop that everyone shares."""

import threading
from typing import Any

import pytest

from app.screening import ahead
from tests.factories import Cast

LONG = "Ms. Kowalczyk says that the student reads well. " * 40


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the threads in which the screen read a long text."""
    found: list[str] = []
    read = ahead.deid.read

    def noted(text: str) -> Any:
        if len(text) >= ahead.LONG:
            found.append(threading.current_thread().name)
        return read(text)

    monkeypatch.setattr(ahead.deid, "read", noted)
    ahead._found.clear()
    return found


async def test_a_long_draft_is_read_once_and_elsewhere(cast: Cast, readers: list[str]):
    asked = {"circle_id": str(cast.circle_id), "drafts": [{"kind": "goal", "text": LONG}]}
    refused = await cast.teacher.post("/api/threads", json=asked)
    assert refused.status_code == 422
    assert len(refused.json()["findings"]["drafts.0.text"]) == 40
    kept = {"drafts.0.text": ["Kowalczyk"]}
    assert (await cast.teacher.post("/api/threads", json=asked | {"kept": kept})).status_code == 201
    assert len(readers) == 1
    assert readers[0].startswith("asyncio_")


@pytest.mark.parametrize(
    "where", ["messages", "takeaways", "drafts", "versions", "comments", "items", "cases"]
)
async def test_every_long_text_is_read_ahead(cast: Cast, readers: list[str], where: str):
    draft_id = "0f8fad5b-d9cb-469f-a165-70867728950e"
    thread = (
        await cast.teacher.post(
            "/api/threads",
            json={
                "circle_id": str(cast.circle_id),
                "drafts": [{"id": draft_id, "kind": "goal", "text": "The student reads."}],
            },
        )
    ).json()
    of_thread, of_draft = f"/api/threads/{thread['id']}", f"/api/drafts/{draft_id}"
    url, body = {
        "messages": (f"{of_thread}/messages", {"body": LONG}),
        "takeaways": (f"{of_thread}/takeaways", {"text": LONG}),
        "drafts": (f"{of_thread}/drafts", {"kind": "goal", "text": LONG}),
        "versions": (f"{of_draft}/versions", {"base_version": 1, "text": LONG}),
        "comments": (
            f"{of_draft}/comments",
            {"version": 1, "start": 0, "end": 3, "quote": "The", "suggestion": LONG},
        ),
        "items": ("/api/items", {"kind": "note", "title": "Long", "details": {"body": LONG}}),
        "cases": ("/api/cases", {"alias": "Heron", "plan_type": "IEP", "notes": LONG}),
    }[where]
    assert (await cast.teacher.post(url, json=body)).status_code == 422
    assert [name.split("_")[0] for name in readers] == ["asyncio"]

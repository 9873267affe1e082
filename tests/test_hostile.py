"""Input that no honest client sends (F15, F16): a 4xx in the order of the contract, and no echo."""

import base64
import json
import re
from typing import Any

import httpx
import pytest

from app.core.ids import new_id
from tests.factories import Actor, Cast

JSON = {"content-type": "application/json"}
FLAGGED = "Call Kevin Wilson at 555-123-4567."
BROKEN = {
    "cut": b'{"a":',
    "NaN": b'{"text": NaN}',
    "infinity": b'{"text": -Infinity}',
    "deep": b"[" * 100_000,
    "deep inside": b'{"a":' * 20_000,
    "lone surrogate": b'{"text": "\\ud800"}',
    "bad utf-8": b'{"text": "\xff\xfe"}',
    "empty": b"",
}
WRITES = (
    ("POST", "/api/threads"),
    ("POST", "/api/screen"),
    ("PATCH", "/api/me"),
    ("POST", "/api/me/export"),
    ("PUT", f"/api/threads/{new_id()}/read"),
)


def cursor(*place: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def some_id() -> str:
    return str(new_id())


async def ask(actor: Actor, circle_id: Any, **said: Any) -> dict[str, Any]:
    body = {"id": some_id(), "circle_id": str(circle_id), "body": "What would you bring?"} | said
    reply = await actor.post("/api/threads", json=body)
    assert reply.status_code == 201, reply.text
    return dict(reply.json())


@pytest.mark.parametrize("broken", BROKEN)
async def test_broken_json_is_401_to_strangers_and_422_to_the_signed_in(
    cast: Cast, anyone: httpx.AsyncClient, broken: str
):
    for method, url in WRITES:
        stranger = await anyone.request(method, url, content=BROKEN[broken], headers=JSON)
        assert stranger.status_code == 401, (method, url)
        if (url, broken) == ("/api/me/export", "empty"):
            continue  # Its body may be left out.
        reply = await cast.teacher.client.request(method, url, content=BROKEN[broken], headers=JSON)
        assert reply.status_code == 422, (method, url, reply.text)
        assert reply.headers["content-type"] == "application/problem+json"


async def test_an_optional_body_that_is_broken_does_nothing(cast: Cast):
    reply = await cast.teacher.post("/api/me/export", content=b'{"id":', headers=JSON)
    assert reply.status_code == 422
    assert (await cast.teacher.get("/api/me/exports")).json()["items"] == []


@pytest.mark.parametrize("number", [2**31, 2**40, 2**63, 2**70, 10**30])
async def test_numbers_beyond_the_database_are_refused(cast: Cast, number: int):
    draft = {"id": some_id(), "kind": "goal", "text": "The student reads."}
    thread = await ask(cast.teacher, cast.circle_id, drafts=[draft])
    remark = {"version": number, "start": 0, "end": 3, "quote": "The", "body": "Who?"}
    for reply in (
        await cast.teacher.post(f"/api/drafts/{draft['id']}/comments", json=remark),
        await cast.teacher.post(
            f"/api/drafts/{draft['id']}/comments", json=remark | {"version": 1, "end": number}
        ),
        await cast.teacher.post(
            f"/api/drafts/{draft['id']}/versions", json={"base_version": number, "text": "No."}
        ),
        await cast.teacher.put(f"/api/threads/{thread['id']}/read", json={"seq": number}),
        await cast.teacher.get("/api/threads", params={"limit": number}),
    ):
        assert reply.status_code == 422, reply.text


@pytest.mark.parametrize("number", [True, "1", "one", 1.5])
async def test_what_is_no_whole_number_is_not_taken_for_one(cast: Cast, number: Any):
    draft = {"id": some_id(), "kind": "goal", "text": "The student reads."}
    thread = await ask(cast.teacher, cast.circle_id, drafts=[draft])
    remark = {"version": 1, "start": 0, "end": 3, "quote": "The", "body": "Who?"}
    comments, versions = (f"/api/drafts/{draft['id']}/{each}" for each in ("comments", "versions"))
    for reply in (
        *[await cast.teacher.post(comments, json=remark | {name: number}) for name in ("version", "end")],
        await cast.teacher.post(versions, json={"base_version": number, "text": "No."}),
        await cast.teacher.put(f"/api/threads/{thread['id']}/read", json={"seq": number}),
        await cast.teacher.patch("/api/me", json={"preferences": {"mail": 1}}),
        await cast.teacher.post("/api/search", json={"q": "reads", "from": 0}),
    ):
        assert reply.status_code == 422, reply.text


async def test_a_remark_may_be_as_long_as_the_draft_it_is_on(cast: Cast):
    draft = {"id": some_id(), "kind": "other", "text": "é" * 59_999 + "."}
    await ask(cast.teacher, cast.circle_id, drafts=[draft])
    remark = {"version": 1, "start": 0, "end": 60_000, "quote": draft["text"], "suggestion": draft["text"]}
    # Spelled as `\\u00e9`, the longest way there is.
    reply = await cast.mentor.post(
        f"/api/drafts/{draft['id']}/comments", content=json.dumps(remark), headers=JSON
    )
    assert reply.status_code == 201, reply.text


CURSORS = [
    cursor(),
    cursor(None),
    cursor(-(2**40)),
    cursor(-(2**63)),
    cursor(2**63 - 1),
    cursor(0, "2026-01-01", "2026-01-01", some_id()),
    cursor(0, "2026-01-01", "0001-01-01T00:00:00+14:00", some_id()),
    cursor(0, "9999-12-31", "9999-12-31T23:59:59-14:00", some_id()),
    cursor(0, None, [], {}),
    cursor(1, "2026-01-01T00:00:00", some_id()),
    cursor(1, "0001-01-01T00:00:00+14:00", some_id()),
    cursor("2026-01-01T00:00:00", some_id()),
    cursor("2026-01-01", "2026-01-01", some_id()),
    cursor([], {}),
    "\x00",
    "é",
    "====",
    "a" * 399,
]


@pytest.mark.parametrize("after", CURSORS, ids=range(len(CURSORS)))
async def test_cursors_that_we_never_gave_are_no_trouble(cast: Cast, after: str):
    case = (await cast.teacher.post("/api/cases", json={"alias": "Heron", "plan_type": "IEP"})).json()
    goal = (
        await cast.teacher.post(f"/api/cases/{case['id']}/items", json={"kind": "goal", "title": "Reading"})
    ).json()
    thread = await ask(cast.teacher, cast.circle_id)
    for url in (
        "/api/threads",
        "/api/threads?box=inbox",
        "/api/threads?box=closed",
        "/api/cases",
        "/api/items",
        f"/api/cases/{case['id']}/items",
        f"/api/items/{goal['id']}/entries",
        "/api/circles",
        f"/api/circles/{cast.circle_id}/members",
        f"/api/circles/{cast.circle_id}/mentors",
        "/api/me/sessions",
        "/api/me/tokens",
        "/api/me/exports",
        "/api/search?q=reading",
    ):
        reply = await cast.teacher.client.get(httpx.URL(url).copy_add_param("after", after))
        assert reply.status_code in (200, 422), (url, reply.text)
    whole = await cast.teacher.get(f"/api/threads/{thread['id']}", params={"before": after})
    assert whole.status_code in (200, 422)
    assert (await cast.teacher.get("/api/changes", params={"since": after})).status_code == 410


async def test_a_refusal_never_quotes_the_names_of_fields_or_keys(cast: Cast):
    word = "Zebulon"
    for body in (
        {"text": "Fine.", word: 1},
        {"text": {word: word}},
        {"kept": {word: [""]}, "circle_id": some_id(), "body": "Fine."},
        {"kept": {f"body.{word}": 1}, "circle_id": some_id(), "body": "Fine."},
    ):
        for url in ("/api/screen", "/api/threads"):
            reply = await cast.teacher.post(url, json=body)
            assert reply.status_code == 422
            assert word not in reply.text
    reply = await cast.teacher.post("/api/items", json={"kind": "todo", "title": "", "details": {word: 1}})
    assert [each["field"] for each in reply.json()["errors"]] == ["title", "details"]


async def test_shape_comes_before_what_is_visible_then_id_then_state_then_screening(cast: Cast):
    teacher, draft_id = cast.teacher, some_id()
    thread = await ask(
        teacher, cast.circle_id, drafts=[{"id": draft_id, "kind": "goal", "text": "The student reads."}]
    )
    messages = f"/api/threads/{thread['id']}/messages"
    assert (await teacher.post(f"/api/threads/{some_id()}/messages", json={"x": 1})).status_code == 422
    assert (await cast.outsider.post(messages, json={"body": FLAGGED})).status_code == 404
    said = {"id": some_id(), "body": "One more thing."}
    assert (await teacher.post(messages, json=said)).status_code == 201
    await teacher.post(f"/api/threads/{thread['id']}/close")
    assert (await teacher.post(messages, json=said)).status_code == 200
    assert (await teacher.post(messages, json=said | {"body": FLAGGED})).status_code == 409
    assert (await teacher.post(messages, json={"body": FLAGGED})).json()["type"].endswith("thread-closed")
    remark = {"version": 7, "start": 0, "end": 3, "quote": "No.", "body": FLAGGED}
    assert (await teacher.post(f"/api/drafts/{draft_id}/comments", json=remark)).status_code == 409
    await teacher.post(f"/api/threads/{thread['id']}/reopen")
    assert (await teacher.post(messages, json={"body": FLAGGED})).status_code == 422


async def test_ids_of_drafts_in_a_question_are_checked_before_its_words(cast: Cast):
    draft = {"id": some_id(), "kind": "goal", "text": "The student reads."}
    await ask(cast.teacher, cast.circle_id, drafts=[draft])
    again = {"circle_id": str(cast.circle_id), "drafts": [draft | {"text": FLAGGED}]}
    assert (await cast.teacher.post("/api/threads", json=again)).status_code == 409
    assert (await cast.other_teacher.post("/api/threads", json=again)).status_code == 404
    twice = {"circle_id": str(cast.circle_id), "drafts": [draft | {"id": some_id()}] * 2}
    assert (await cast.teacher.post("/api/threads", json=twice)).status_code == 422


async def test_a_wrong_method_hears_which_there_are(cast: Cast):
    for url, allowed in (
        ("/api/me", "DELETE, GET, PATCH"),
        (f"/api/threads/{some_id()}", "GET, PATCH"),
        (f"/api/voice/{some_id()}", "GET, HEAD, PATCH"),
        (f"/api/circles/{some_id()}/members/me", "PATCH"),
    ):
        reply = await cast.teacher.client.request("PUT", url)
        assert (reply.status_code, reply.headers["allow"]) == (405, allowed)


async def test_short_lists_have_pages_too(cast: Cast):
    for at in range(5):
        await cast.steward.post(
            f"/api/circles/{cast.circle_id}/invitations",
            json={"email": f"new{at}@example.org", "roles": ["teacher"]},
        )
    url = f"/api/circles/{cast.circle_id}/invitations"
    whole = [each["id"] for each in (await cast.steward.get(url)).json()["items"]]
    pages, after = [], None
    while True:
        page = (await cast.steward.get(url, params={"limit": 2} | ({"after": after} if after else {}))).json()
        pages += [each["id"] for each in page["items"]]
        after = page["next"]
        if after is None:
            break
        assert len(page["items"]) == 2
    assert pages == whole
    assert len(set(pages)) == 5


def test_every_operation_declares_what_the_whole_service_may_answer(service: Any):
    for path, operations in service.openapi()["paths"].items():
        for method, operation in operations.items():
            declared = set(operation["responses"])
            assert {"422", "429", "503"} <= declared, (method, path)
            assert ("401" in declared) or operation["security"] == [], (method, path)
            assert ("404" in declared) or not re.search(r"\{", path), (method, path)

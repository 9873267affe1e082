"""Who may do what (P3, P7): every operation of the OpenAPI file, tried by everyone who might.

Each operation stands in one table with a rule; one that does not fails the build, and so does a route that is
in no file and not named here.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Route, WebSocketRoute

from app.core.ids import new_id
from tests.factories import Cast
from tests.matrix_stage import TEXT, Stage, phone, set_up, stage_of
from tests.voice.recordings import recording

SIGNED_IN = ("author", "mentor", "other mentor", "other teacher", "steward", "outsider", "removed")
DONE = frozenset({200, 201, 202, 204})
Rule = dict[str, int | frozenset[int]]


def rule(others: int | frozenset[int], **roles: int | frozenset[int]) -> Rule:
    """What each of those who are signed in is answered."""
    return {role: roles.get(role.replace(" ", "_"), others) for role in SIGNED_IN}


EACH = rule(DONE)
OWNER = rule(404, author=DONE)
READERS = rule(404, author=DONE, mentor=DONE)
ASKER = rule(404, author=DONE, mentor=403)
HOLDER = rule(404, author=403, mentor=DONE)
CLAIMS = rule(404, author=403, mentor=DONE, other_mentor=409)
MEMBERS = rule(DONE, outsider=404, removed=404)
TEACHERS = rule(403, author=DONE, other_teacher=DONE, outsider=404, removed=404)
STEWARDS = rule(403, steward=DONE, outsider=404, removed=404)
SPEAKER = rule(404, author=DONE, mentor=403)
NOT_YET = rule(404, author=409, mentor=409)
NOT_YET_HIS_OWN = rule(404, author=409)
NO_BEARER = rule(403)
UNKNOWN = rule(404)
PUBLIC: Rule = {}

Body = Callable[[dict[str, str]], dict[str, Any]]
SOUND = recording(seconds=0.2)
QUOTE = {"version": 1, "start": 0, "end": 3, "quote": "The"}


@dataclass(frozen=True)
class Op:
    """An operation's rule, and a request that whoever may do it succeeds with."""

    rule: Rule
    json: Body | None = None
    content: bytes | None = None
    headers: dict[str, str] | None = None
    query: str = ""
    # Names in the address that stand for something else here.
    named: dict[str, str] | None = None


def saying(**body: Any) -> Body:
    return lambda ids: body


def finished(ids: dict[str, str]) -> dict[str, Any]:
    return {"length": len(SOUND), "sha256": hashlib.sha256(SOUND).hexdigest()}


OPERATIONS: dict[str, Op] = {
    "POST /api/auth/sign-in": Op(PUBLIC),
    "POST /api/auth/session": Op(PUBLIC),
    "DELETE /api/auth/session": Op(NO_BEARER),
    "GET /api/me": Op(EACH),
    "PATCH /api/me": Op(EACH, saying(region="Ohio")),
    "DELETE /api/me": Op(NO_BEARER),
    "GET /api/me/sessions": Op(EACH),
    "DELETE /api/me/sessions/{session_id}": Op(OWNER),
    "GET /api/me/tokens": Op(EACH),
    "DELETE /api/me/tokens/{token_id}": Op(OWNER),
    # Before the one that gives everyone an address.
    "DELETE /api/me/calendar": Op(OWNER),
    "GET /api/me/calendar": Op(EACH),
    "POST /api/me/calendar": Op(EACH),
    "GET /api/calendar/{secret}.ics": Op(PUBLIC),
    "GET /api/meetings/{item_id}/brief": Op(OWNER, named={"item_id": "meeting_id"}),
    "GET /api/meetings/{item_id}/brief.pdf": Op(OWNER, named={"item_id": "meeting_id"}),
    "POST /api/cases": Op(EACH, saying(alias="Otter", plan_type="504")),
    "GET /api/cases": Op(EACH),
    "GET /api/cases/{case_id}": Op(OWNER),
    "PATCH /api/cases/{case_id}": Op(OWNER, saying(support="consult")),
    "DELETE /api/cases/{case_id}": Op(OWNER),
    "GET /api/cases/{case_id}/export": Op(OWNER),
    "POST /api/cases/{case_id}/items": Op(OWNER, saying(kind="todo", title="Call back")),
    "GET /api/cases/{case_id}/items": Op(OWNER),
    "POST /api/items": Op(EACH, saying(kind="todo", title="Call back")),
    "GET /api/items": Op(EACH),
    "GET /api/items/{item_id}": Op(OWNER),
    "PATCH /api/items/{item_id}": Op(OWNER, saying(due_on="2026-12-01")),
    "DELETE /api/items/{item_id}": Op(OWNER),
    "POST /api/items/{item_id}/entries": Op(OWNER, saying(on="2026-11-03", value=4)),
    "GET /api/items/{item_id}/entries": Op(OWNER),
    "PATCH /api/entries/{entry_id}": Op(OWNER, saying(value=5)),
    "DELETE /api/entries/{entry_id}": Op(OWNER),
    "POST /api/circles": Op(EACH, saying(name="Lakeside")),
    "GET /api/circles": Op(EACH),
    "GET /api/circles/{circle_id}": Op(MEMBERS),
    "GET /api/circles/{circle_id}/mentors": Op(MEMBERS),
    "GET /api/circles/{circle_id}/members": Op(MEMBERS),
    "GET /api/circles/{circle_id}/totals": Op(STEWARDS),
    "PATCH /api/circles/{circle_id}/members/me": Op(MEMBERS, saying(topics=["data"])),
    "PATCH /api/circles/{circle_id}/members/{person_id}": Op(STEWARDS, saying(roles=["mentor"])),
    "DELETE /api/circles/{circle_id}/members/{person_id}": Op(STEWARDS),
    "POST /api/circles/{circle_id}/invitations": Op(
        STEWARDS, lambda ids: {"email": f"{new_id().hex}@example.org", "roles": ["mentor"]}
    ),
    "GET /api/circles/{circle_id}/invitations": Op(STEWARDS),
    "DELETE /api/circles/{circle_id}/invitations/{invitation_id}": Op(STEWARDS),
    "POST /api/threads": Op(TEACHERS, lambda ids: {"circle_id": ids["circle_id"], "body": "And now?"}),
    "GET /api/threads": Op(EACH),
    "GET /api/threads/{thread_id}": Op(READERS),
    "PATCH /api/threads/{thread_id}": Op(ASKER, saying(topic="data")),
    "POST /api/threads/{thread_id}/messages": Op(READERS, saying(body="One thing more.")),
    "POST /api/threads/{thread_id}/claim": Op(CLAIMS),
    "POST /api/threads/{thread_id}/release": Op(HOLDER),
    "POST /api/threads/{thread_id}/hand-over": Op(HOLDER, lambda ids: {"mentor_id": ids["other_mentor"]}),
    "POST /api/threads/{thread_id}/close": Op(ASKER),
    "POST /api/threads/{thread_id}/reopen": Op(ASKER),
    "PUT /api/threads/{thread_id}/read": Op(READERS, saying(seq=1)),
    "POST /api/threads/{thread_id}/takeaways": Op(ASKER, saying(text="Bring two samples.")),
    "POST /api/threads/{thread_id}/drafts": Op(ASKER, saying(kind="goal", text=TEXT)),
    "DELETE /api/messages/{message_id}": Op(SPEAKER),
    "PATCH /api/takeaways/{takeaway_id}": Op(ASKER, saying(text="Three samples.")),
    "DELETE /api/takeaways/{takeaway_id}": Op(ASKER),
    "POST /api/drafts/{draft_id}/versions": Op(ASKER, saying(base_version=1, text=f"{TEXT} And speaks.")),
    "POST /api/drafts/{draft_id}/comments": Op(READERS, saying(**QUOTE, body="Which one?")),
    "POST /api/comments/{comment_id}/accept": Op(ASKER),
    "POST /api/comments/{comment_id}/decline": Op(ASKER),
    "POST /api/comments/{comment_id}/resolve": Op(READERS),
    "POST /api/voice": Op(EACH, saying(content_type="audio/webm")),
    "HEAD /api/voice/{voice_id}": Op(SPEAKER),
    "PATCH /api/voice/{voice_id}": Op(
        rule(404, author=409, mentor=403),
        content=b"sound",
        headers={"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
    ),
    "POST /api/voice/{voice_id}/finish": Op(SPEAKER, finished),
    "GET /api/voice/{voice_id}": Op(READERS),
    "GET /api/voice/{voice_id}/audio": Op(NOT_YET),
    "POST /api/screen": Op(EACH, saying(text=TEXT)),
    "POST /api/documents": Op(
        EACH, content=b"The student reads.", headers={"Content-Type": "application/octet-stream"}
    ),
    "POST /api/search": Op(EACH, saying(q="reads")),
    "GET /api/search": Op(EACH, query="?q=reads"),
    "GET /api/changes": Op(EACH),
    "POST /api/me/export": Op(EACH),
    "GET /api/me/exports": Op(EACH),
    "GET /api/me/exports/{export_id}": Op(OWNER),
    "GET /api/me/exports/{export_id}/archive": Op(NOT_YET_HIS_OWN),
    "GET /api/push/key": Op(EACH),
    "POST /api/push/subscriptions": Op(EACH, lambda ids: phone()),
    "DELETE /api/push/subscriptions/{subscription_id}": Op(OWNER),
    "GET /api/unsubscribe/{token}": Op(PUBLIC),
    "POST /api/unsubscribe/{token}": Op(PUBLIC),
    "GET /api/about": Op(PUBLIC),
    "GET /healthz": Op(PUBLIC),
    "GET /readyz": Op(PUBLIC),
    "GET /metrics": Op(PUBLIC),
}

# In no file: pages to read, the file itself, and the socket, which has tests of its own.
HIDDEN = {
    "/api/openapi.json",
    "/api/docs",
    "/api/docs/start.js",
    "/api/docs/viewer.js",
    "/api/docs/viewer.css",
    "/problems",
    "/problems/{slug}",
    "/api/live",
}
# What is hers alone, or her reader's, and what must not show anywhere else.
PRIVATE = ("case_id", "item_id", "meeting_id", "entry_id", "thread_id", "draft_id", "comment_id", "voice_id")
DELETED_WITH_A_CASE = ("thread_id", "case_id", "item_id", "entry_id", "draft_id", "voice_id")


def operations(service: FastAPI) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, its in service.openapi()["paths"].items():
        for method, operation in its.items():
            yield f"{method.upper()} {path}", operation


def routes(of: list[BaseRoute]) -> Iterator[BaseRoute]:
    for route in of:
        if inner := getattr(route, "original_router", None):
            yield from routes(inner.routes)
        else:
            yield route


def test_every_operation_is_classified(service: FastAPI):
    assert {name for name, _ in operations(service)} == set(OPERATIONS)
    for name, operation in operations(service):
        assert (operation["security"] == []) == (OPERATIONS[name].rule is PUBLIC), name


def test_every_hidden_route_is_known(service: FastAPI):
    shown = hidden = 0
    for route in routes(service.routes):
        assert isinstance(route, Route | WebSocketRoute | APIRoute), f"a mount? {route}"
        if isinstance(route, WebSocketRoute) or not route.include_in_schema:
            hidden += 1
            assert route.path in HIDDEN, route.path
        else:
            shown += len(route.methods or ()) if not isinstance(route, APIRoute) else len(route.methods)
    assert hidden == len(HIDDEN)
    assert shown == len(OPERATIONS)


@pytest.fixture
async def play(service: FastAPI, cast: Cast):
    async with stage_of(service, cast) as made:
        made.ids["other_mentor"] = str(cast.other_mentor.id)
        yield made


async def tried(play: Stage, name: str, role: str, *, ids: dict[str, str]) -> httpx.Response:
    op = OPERATIONS[name]
    method, _, path = name.partition(" ")
    place = ids | {key: ids[other] for key, other in (op.named or {}).items()}
    options: dict[str, Any] = {"headers": op.headers}
    if op.json:
        options["json"] = op.json(play.ids)
    elif op.content:
        options["content"] = op.content
    return await play.clients[role].request(method, path.format_map(place) + op.query, **options)


def is_as_ruled(status: int, wanted: int | frozenset[int]) -> bool:
    return status in wanted if isinstance(wanted, frozenset) else status == wanted


async def test_everyone_is_answered_as_the_table_says(play: Stage):
    wrong = []
    for name, op in OPERATIONS.items():
        if op.rule is PUBLIC:
            continue
        await set_up(play)
        # Refusals first: what succeeds may delete what it was tried on.
        for role in sorted(SIGNED_IN, key=lambda each: isinstance(op.rule[each], frozenset)):
            reply = await tried(play, name, role, ids=play.ids)
            if not is_as_ruled(reply.status_code, op.rule[role]):
                wrong.append((name, role, reply.status_code, op.rule[role]))
            if role not in ("author", "mentor") and "{" not in name:
                wrong += [(name, role, "shows", each) for each in PRIVATE if play.ids[each] in reply.text]
    assert wrong == []


async def test_nobody_is_answered_without_a_session(play: Stage):
    await set_up(play)
    wrong = []
    for name, op in OPERATIONS.items():
        for role in ("anonymous", "revoked"):
            reply = await tried(play, name, role, ids=play.ids)
            if op.rule is PUBLIC:
                if reply.status_code == 401 and name != "POST /api/auth/session":
                    wrong.append((name, role, reply.status_code))
            elif reply.status_code != 401:
                wrong.append((name, role, reply.status_code))
    assert wrong == []


async def test_what_never_was_is_404_to_everyone(play: Stage):
    await set_up(play)
    nowhere = {name: str(new_id()) for name in play.ids} | {"circle_id": play.ids["circle_id"]}
    wrong = []
    for name, op in OPERATIONS.items():
        if "{" not in name or op.rule is PUBLIC or name.split("{")[-1] in CIRCLE_ALONE:
            continue
        for role in SIGNED_IN:
            reply = await tried(play, name, role, ids=nowhere)
            # Members who are no hosts hear that they are none, whomever they name.
            wanted = {403, 404} if op.rule is STEWARDS else {404}
            if reply.status_code not in wanted:
                wrong.append((name, role, reply.status_code))
    assert wrong == []


CIRCLE_ALONE = {
    "circle_id}",
    "circle_id}/mentors",
    "circle_id}/members",
    "circle_id}/totals",
    "circle_id}/members/me",
    "circle_id}/invitations",
}


async def test_what_was_deleted_is_gone_to_those_who_knew_it_and_404_to_others(play: Stage):
    await set_up(play)
    assert (await play.clients["author"].delete(f"/api/cases/{play.ids['case_id']}")).status_code == 204
    wrong = []
    for name, op in OPERATIONS.items():
        keys = set(re.findall(r"\{(\w+)\}", name))
        if op.rule is PUBLIC or not keys & {*DELETED_WITH_A_CASE, "comment_id", "message_id", "takeaway_id"}:
            continue
        for role in SIGNED_IN:
            status = (await tried(play, name, role, ids=play.ids)).status_code
            knew = role == "author" or (role == "mentor" and op.rule["mentor"] != 404)
            wanted = {410} if knew and keys & {*DELETED_WITH_A_CASE} else {404, 410} if knew else {404}
            if role == "mentor" and "case_id" in keys:
                wanted = {410}
            if status not in wanted:
                wrong.append((name, role, status, wanted))
    assert wrong == []


async def test_a_refusal_for_shape_says_nothing_about_what_is_there(play: Stage):
    await set_up(play)
    nowhere = {name: str(new_id()) for name in play.ids}
    wrong = []
    for name, op in OPERATIONS.items():
        if op.json is None or op.rule is PUBLIC or "{" not in name:
            continue
        method, _, path = name.partition(" ")
        for role in SIGNED_IN:
            for ids in (play.ids, nowhere):
                reply = await play.clients[role].request(method, path.format_map(ids), json={"odd": 1})
                if reply.status_code != 422:
                    wrong.append((name, role, reply.status_code))
    assert wrong == []

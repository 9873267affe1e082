"""F24, P4, P5: a marker typed into every field there is turns up nowhere but before its readers."""

import hashlib
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from app.cases.entry_details import ENTRY_DETAILS
from app.cases.shapes import CaseCreate, CasePatch, EntryCreate, EntryPatch, ItemCreate, ItemPatch
from app.drafts.shapes import CommentCreate, DraftAdd, VersionCreate
from app.threads.shapes import MessageCreate, TakeawayCreate, TakeawayPatch, ThreadCreate, ThreadPatch
from app.voice.shapes import VoiceFinish
from tests.e2e.marked import ALIAS, MARK, all_of, files_that_show, marked, paths, shapes_in, shows, tables_of
from tests.e2e.people import Three
from tests.e2e.stage import Service, Sink
from tests.e2e.waiting import until
from tests.test_house import is_free, request_shapes
from tests.voice.recordings import recording

KNOWN_NAME = "Jonathan Pemberton"
SLICE = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}


class Typist:
    """Types the marker into every field of the shapes it is given, and remembers which those were."""

    def __init__(self) -> None:
        self.shapes: set[str] = set()

    def body(self, shape: type[BaseModel], **more: Any) -> dict[str, Any]:
        typed = {**(marked(shape) or {}), **more}
        assert paths(typed), f"{shape.__name__} holds no marker"
        self._note(shape)
        return typed

    def _note(self, shape: type[BaseModel]) -> None:
        self.shapes.add(shape.__name__)
        for field in shape.model_fields.values():
            for nested in shapes_in(field.annotation):
                self._note(nested)


async def everything(people: Three, typist: Typist) -> dict[str, Any]:
    """A circle, a student with every kind of item, a question with all that can follow."""
    teacher, mentor, host = people.teacher, people.mentor, people.host
    circle = await host.ask("POST", "/api/circles", {"name": ALIAS})
    await mentor.ask("PATCH", "/api/me", {"display_name": ALIAS})

    case = await teacher.ask("POST", "/api/cases", typist.body(CaseCreate, alias=ALIAS, plan_type="IEP"))
    await teacher.ask("PATCH", f"/api/cases/{case['id']}", typist.body(CasePatch, alias=ALIAS))
    items: dict[str, Any] = {}
    for shape in shapes_in(ItemCreate):
        kind = get_args(shape.model_fields["kind"].annotation)[0]
        body = typist.body(shape, kind=kind, due_on="2027-03-12")
        item = items[kind] = await teacher.ask("POST", f"/api/cases/{case['id']}/items", body)
        changed = typist.body(ItemPatch, details=body["details"])
        await teacher.ask("PATCH", f"/api/items/{item['id']}", changed)
        line = typist.body(EntryCreate, on="2026-11-12", details=marked(ENTRY_DETAILS[kind]) or {})
        entry = await teacher.ask("POST", f"/api/items/{item['id']}/entries", line)
        changed = typist.body(EntryPatch, details=line["details"])
        await teacher.ask("PATCH", f"/api/entries/{entry['id']}", changed)

    thread = await people.question(
        **{
            **typist.body(ThreadCreate),
            "drafts": [{"kind": "goal", "title": MARK, "text": f"{MARK}. {MARK}."}],
            "meeting_id": items["meeting"]["id"],
            "case_id": case["id"],
            "item_ids": [items["goal"]["id"]],
        }
    )
    address = f"/api/threads/{thread['id']}"
    await teacher.ask("PATCH", address, typist.body(ThreadPatch))
    await teacher.ask("POST", f"{address}/drafts", typist.body(DraftAdd, kind="goal"))
    await mentor.ask("POST", f"{address}/messages", typist.body(MessageCreate))
    voice = await spoken(people, typist)
    said = await mentor.ask("POST", f"{address}/messages", {"voice_id": voice})
    draft = thread["drafts"][0]["id"]
    passage = {"version": 1, "start": 0, "end": len(MARK), "quote": MARK}
    comment = await mentor.ask("POST", f"/api/drafts/{draft}/comments", typist.body(CommentCreate, **passage))
    await teacher.ask("POST", f"/api/comments/{comment['id']}/accept")
    await teacher.ask("POST", f"/api/drafts/{draft}/versions", typist.body(VersionCreate, base_version=2))
    takeaway = await teacher.ask(
        "POST",
        f"{address}/takeaways",
        typist.body(TakeawayCreate, message_id=said["id"], meeting_id=items["meeting"]["id"]),
    )
    await teacher.ask("PATCH", f"/api/takeaways/{takeaway['id']}", typist.body(TakeawayPatch))
    return {"case": case, "items": items, "thread": thread, "voice": voice, "circle": circle}


async def spoken(people: Three, typist: Typist) -> str:
    """A mentor's recording with the marker for its gist."""
    sound, mentor = recording(), people.mentor
    voice = await mentor.ask("POST", "/api/voice", {"content_type": "audio/webm;codecs=opus"})
    sent = await mentor.client.patch(f"/api/voice/{voice['id']}", content=sound, headers=SLICE)
    assert sent.status_code == 204
    proof = {"length": len(sound), "sha256": hashlib.sha256(sound).hexdigest()}
    await mentor.ask("POST", f"/api/voice/{voice['id']}/finish", typist.body(VoiceFinish, **proof))
    return str(voice["id"])


async def refused(people: Three, made: dict[str, Any]) -> list[str]:
    """What the service answers to words that it does not take."""
    client, thread = people.teacher.client, made["thread"]["id"]
    answers = [
        await client.post(f"/api/threads/{thread}/messages", json={"body": f"{MARK} for {KNOWN_NAME}"}),
        await client.post(f"/api/threads/{thread}/messages", json={"body": MARK, "id": MARK}),
        await client.post(f"/api/threads/{thread}/messages", json={"body": [MARK]}),
        await client.post(f"/api/threads/{thread}/messages", content=f'{{"body": "{MARK}'),
        await client.post(f"/api/threads/{thread}/messages", json={"body": f"{MARK}\0"}),
        await client.post("/api/threads", json={"circle_id": people.circle_id, "body": MARK * 1000}),
        await client.post("/api/cases", json={"alias": MARK, "plan_type": MARK}),
        await client.get(f"/api/threads/{MARK}"),
    ]
    assert {each.status_code for each in answers} <= {404, 422}, [each.status_code for each in answers]
    return [each.text for each in answers]


async def looked_at(people: Three, made: dict[str, Any]) -> None:
    """Its readers see it, everywhere where words are shown: the marker did arrive."""
    teacher, mentor = people.teacher, people.mentor
    meeting = made["items"]["meeting"]["id"]
    assert MARK in str(await mentor.ask("GET", f"/api/threads/{made['thread']['id']}"))
    assert MARK in str(await teacher.ask("GET", f"/api/meetings/{meeting}/brief"))
    assert (await teacher.client.get(f"/api/meetings/{meeting}/brief.pdf")).content.startswith(b"%PDF")
    found = await teacher.client.get("/api/search", params={"q": MARK})
    assert found.json()["items"]
    assert (await teacher.ask("POST", "/api/search", {"q": MARK}))["items"]
    await teacher.ask("POST", "/api/screen", {"text": f"{MARK} and {KNOWN_NAME}"})
    assert (await teacher.client.get(f"/api/cases/{made['case']['id']}/export")).content[:2] == b"PK"
    assert MARK in str(await teacher.ask("GET", "/api/changes"))

    async def is_ready() -> bool:
        return bool((await teacher.ask("GET", f"/api/voice/{made['voice']}"))["state"] == "ready")

    await until(is_ready)


async def test_the_marker_turns_up_nowhere_else(
    either_server: Service, sink: Sink, people: Three, tmp_path: Path
) -> None:
    service, secrets = either_server, (MARK, ALIAS, KNOWN_NAME)
    addresses = (people.teacher.email, people.mentor.email)
    typist = Typist()
    seen = len(sink.mails)
    made = await everything(people, typist)
    assert free_shapes() - typist.shapes == set()
    for answer in await refused(people, made):
        assert shows(answer.encode(), *secrets) == []
    await looked_at(people, made)
    archive = (await people.teacher.ask("POST", "/api/me/export"))["id"]

    async def is_packed() -> bool:
        return bool((await people.teacher.ask("GET", f"/api/me/exports/{archive}"))["state"] == "ready")

    await until(is_packed)
    await sink.next_to(people.teacher.email, after=seen)
    metrics = await people.teacher.client.get("/metrics")
    assert metrics.status_code == 200
    service.command("backup", str(tmp_path / "backup"))

    sound = recording()
    for folder in (service.data, tmp_path / "backup", Path(service.environment["TMPDIR"])):
        assert files_that_show(folder, *secrets, *addresses) == {}
        assert not any(sound[1000:1064] in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    if "DATABASE_URL" in service.environment:
        dump = await tables_of(service.environment["DATABASE_URL"])
        # What is stored in the clear is seen: the look itself is not blind.
        assert shows(dump, "message.post") == ["message.post"]
        assert shows(dump, *secrets, *addresses) == []
    else:
        assert "colleague.sqlite3-wal" in files_that_show(service.data, "message.post")
    assert shows(metrics.content, *secrets, *addresses) == []
    assert shows(service.log.read_bytes(), *secrets, *addresses) == []
    assert len(sink.mails) > seen
    for mail in sink.mails[seen:]:
        assert shows(all_of(mail), *secrets) == []
    service.stop()
    assert files_that_show(service.data, *secrets, *addresses) == {}


def free_shapes() -> set[str]:
    """Every shape that comes in with a free text of its own."""
    return {
        shape.__name__
        for shape in request_shapes()
        if any(is_free(each.annotation, each.metadata) for each in shape.model_fields.values())
    }

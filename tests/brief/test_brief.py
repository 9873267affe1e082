"""The page for a meeting: gathered from the case and its threads, for its owner alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, event

from app.brief.service import whole_sentence
from tests.factories import Actor, Cast

Json = dict[str, Any]

BASELINE = ((1, 40), (3, 44), (5, 42))
TAUGHT = ((10, 46), (17, 47), (24, 49), (31, 50))


async def made(actor: Actor, url: str, **said: Any) -> Json:
    reply = await actor.post(url, json=said)
    assert reply.status_code == 201, reply.text
    answer: Json = reply.json()
    return answer


@pytest.fixture
async def case(teacher: Actor) -> Json:
    return await made(teacher, "/api/cases", alias="Otter", plan_type="IEP", grade_band="6-8")


async def add(teacher: Actor, case: Json, kind: str, title: str, **said: Any) -> Json:
    return await made(teacher, f"/api/cases/{case['id']}/items", kind=kind, title=title, **said)


@pytest.fixture
async def meeting(teacher: Actor, case: Json) -> Json:
    return await add(
        teacher,
        case,
        "meeting",
        "Annual review",
        due_on="2026-11-27",
        details={
            "meeting_kind": "annual_review",
            "time": "09:30",
            "purpose": "Keep text-to-speech, and have it start in language arts.",
            "points": ["Nine of ten questions right with it on."],
            "say_it": "Listening is a way to the ideas.",
            "bring": ["Two work samples"],
            "question": "Who starts it?",
            "checklist": [{"text": "Notice sent", "done": True}, {"text": "Chart printed"}],
        },
    )


async def goal_with_data(teacher: Actor, case: Json) -> Json:
    goal = await add(
        teacher,
        case,
        "goal",
        "Reading aloud",
        details={
            "unit": "words correct in a minute",
            "baseline": 42,
            "baseline_on": "2026-09-03",
            "target": 80,
            "target_on": "2026-12-18",
        },
    )
    for day, value in BASELINE:
        await made(
            teacher,
            f"/api/items/{goal['id']}/entries",
            on=f"2026-09-{day:02}",
            value=value,
            details={"phase": "baseline"},
        )
    for day, value in TAUGHT:
        on = f"2026-10-{day:02}"
        await made(teacher, f"/api/items/{goal['id']}/entries", on=on, value=value)
    missed = {"absent": True, "why": "assembly"}
    await made(teacher, f"/api/items/{goal['id']}/entries", on="2026-11-04", details=missed)
    return goal


async def ask(teacher: Actor, cast: Cast, case: Json, meeting: Json | None, **said: Any) -> Json:
    for_it = {"meeting_id": meeting["id"]} if meeting else {}
    said = {"body": "How do I say it?", "case_id": case["id"], **for_it, **said}
    return await made(teacher, "/api/threads", circle_id=str(cast.circle_id), **said)


async def brief_of(actor: Actor, meeting: Json) -> Json:
    reply = await actor.get(f"/api/meetings/{meeting['id']}/brief")
    assert reply.status_code == 200, reply.text
    answer: Json = reply.json()
    return answer


async def test_a_meeting_without_anything_has_a_brief_all_the_same(teacher: Actor, case: Json) -> None:
    bare = await add(teacher, case, "meeting", "Team talk")
    brief = await brief_of(teacher, bare)
    assert brief["meeting"]["alias"] == "Otter"
    assert (brief["purpose"], brief["points"], brief["data"], brief["questions"]) == (None, [], [], [])
    assert len(brief["checklist"]) >= 10
    assert not any(tick["done"] for tick in brief["checklist"])
    pdf = await teacher.get(f"/api/meetings/{bare['id']}/brief.pdf")
    assert pdf.content.startswith(b"%PDF")


async def test_the_goal_speaks_in_one_sentence(teacher: Actor, case: Json, meeting: Json) -> None:
    await goal_with_data(teacher, case)
    (goal,) = (await brief_of(teacher, meeting))["data"]
    assert (
        goal["sentence"]
        == "42 words correct in a minute in September; 50 now. The last four are below the aim line."
    )
    assert goal["look"] == "below"
    values = [point["value"] for point in goal["points"]]
    assert values == [40, 44, 42, 46, 47, 49, 50, None]
    assert [point["is_baseline"] for point in goal["points"]] == [True] * 3 + [False] * 5


async def test_a_goal_without_data_says_so(teacher: Actor, case: Json, meeting: Json) -> None:
    await add(teacher, case, "goal", "Starts on time")
    (goal,) = (await brief_of(teacher, meeting))["data"]
    assert goal["sentence"] == "No data yet."
    assert goal["look"] == "few"


async def test_questions_come_with_their_newest_answer(
    teacher: Actor, mentor: Actor, cast: Cast, case: Json, meeting: Json
) -> None:
    thread = await ask(teacher, cast, case, meeting, title="Is listening reading?")
    other = await ask(teacher, cast, case, None, title="About the same student")
    await ask(teacher, cast, case, None, title="Over and done")
    done = (await teacher.get("/api/threads", params={"box": "mine"})).json()["items"]
    over = next(each for each in done if each["title"] == "Over and done")
    await teacher.post(f"/api/threads/{over['id']}/close")
    url = f"/api/threads/{thread['id']}/messages"
    await made(mentor, url, body="First words.")
    await made(mentor, url, body="Lead with what opens up.")
    await made(teacher, url, body="Thank you.")

    questions = {each["thread_id"]: each for each in (await brief_of(teacher, meeting))["questions"]}

    assert questions.keys() == {thread["id"], other["id"]}
    answer = questions[thread["id"]]["answer"]
    assert (answer["body"], answer["author"]) == ("Lead with what opens up.", mentor.name)
    assert questions[thread["id"]]["state"] == "claimed"
    assert questions[other["id"]]["answer"] is None


async def test_only_accepted_wording_and_what_was_pinned_for_it_come_in(
    teacher: Actor, mentor: Actor, cast: Cast, case: Json, meeting: Json
) -> None:
    drafts = [{"kind": "present_levels", "title": "Reading", "text": "The student struggles with text."}]
    thread = await ask(teacher, cast, case, meeting, drafts=drafts)
    await mentor.post(f"/api/threads/{thread['id']}/claim")
    url = f"/api/drafts/{thread['drafts'][0]['id']}/comments"
    remark = {"version": 1, "start": 12, "end": 31, "quote": "struggles with text"}
    taken = await made(mentor, url, **remark, suggestion="reads 50 words a minute")
    await made(mentor, url, **remark, suggestion="tries hard")
    assert (await teacher.post(f"/api/comments/{taken['id']}/accept")).status_code == 200
    elsewhere = await add(teacher, case, "meeting", "Another one", due_on="2026-12-01")
    reply = await made(mentor, f"/api/threads/{thread['id']}/messages", body="Numbers first. Then the plan.")
    pins = f"/api/threads/{thread['id']}/takeaways"
    await made(teacher, pins, message_id=reply["id"], text="Numbers first.", meeting_id=meeting["id"])
    await made(teacher, pins, message_id=reply["id"], text="Then the plan.")
    await made(teacher, pins, message_id=reply["id"], text="For later.", meeting_id=elsewhere["id"])
    gone = await made(teacher, pins, message_id=reply["id"], text="Never mind.", meeting_id=meeting["id"])
    await teacher.delete(f"/api/takeaways/{gone['id']}")

    brief = await brief_of(teacher, meeting)

    assert [(each["text"], each["instead_of"]) for each in brief["wording"]] == [
        ("The student reads 50 words a minute.", "struggles with text")
    ]
    assert [each["text"] for each in brief["takeaways"]] == ["Numbers first.", "Then the plan."]
    (draft,) = brief["drafts"]
    assert (draft["version"], draft["text"]) == (2, "The student reads 50 words a minute.")
    kept = "".join(piece["text"] for piece in draft["changes"] if piece["op"] != "in")
    new = "".join(piece["text"] for piece in draft["changes"] if piece["op"] != "out")
    assert (kept, new) == ("The student struggles with text.", draft["text"])


@pytest.mark.parametrize(
    ("wording", "text", "whole"),
    [
        ("two of three", "First. He did two of three today. Last.", "He did two of three today."),
        ("He did it.", "First. He did it. Last.", "He did it."),
        ("b. C", "A b. C d. E.", "A b. C d."),
        ("end", "Title\nThe end", "The end"),
        ("gone,", "Something else.", "gone,"),
        ("", "A. B.", ""),
    ],
)
def test_wording_is_read_out_as_whole_sentences(wording: str, text: str, whole: str) -> None:
    assert whole_sentence(wording, text) == whole


async def test_the_familys_words_and_what_was_tried_come_in(
    teacher: Actor, case: Json, meeting: Json
) -> None:
    said = {"concern": "Homework takes two hours.", "response": "We halved it."}
    call = await add(teacher, case, "contact", "Call home", due_on="2026-11-02", details=said)
    later = {"concern": "Reading at home is a fight."}
    await made(teacher, f"/api/items/{call['id']}/entries", on="2026-11-09", details=later)
    aid = await add(teacher, case, "accommodation", "Text-to-speech")
    for day, used in (("2026-10-01", "not"), ("2026-11-01", "sometimes")):
        await made(teacher, f"/api/items/{aid['id']}/entries", on=day, details={"used": used})

    brief = await brief_of(teacher, meeting)

    assert [(each["concern"], each["response"]) for each in brief["family"]] == [
        ("Reading at home is a fight.", None),
        ("Homework takes two hours.", "We halved it."),
    ]
    assert [(each["title"], each["used"], each["on"]) for each in brief["tried"]] == [
        ("Text-to-speech", "sometimes", "2026-11-01")
    ]
    assert brief["checklist"] == [
        {"text": "Notice sent", "done": True},
        {"text": "Chart printed", "done": False},
    ]
    assert (brief["question"], brief["bring"]) == ("Who starts it?", ["Two work samples"])


async def test_a_brief_is_its_owners_alone(
    cast: Cast, teacher: Actor, mentor: Actor, anyone: httpx.AsyncClient, case: Json, meeting: Json
) -> None:
    thread = await ask(teacher, cast, case, meeting)
    await mentor.post(f"/api/threads/{thread['id']}/claim")
    for page in ("brief", "brief.pdf"):
        url = f"/api/meetings/{meeting['id']}/{page}"
        assert (await teacher.get(url)).status_code == 200
        assert (await anyone.get(url)).status_code == 401
        for other in (mentor, cast.other_mentor, cast.other_teacher, cast.steward, cast.outsider):
            assert (await other.get(url)).status_code == 404, other.name
        assert (await teacher.get(f"/api/meetings/{uuid4()}/{page}")).status_code == 404
    await teacher.delete(f"/api/cases/{case['id']}")
    assert (await teacher.get(f"/api/meetings/{meeting['id']}/brief")).status_code == 410


async def test_only_a_meeting_has_a_brief(teacher: Actor, case: Json) -> None:
    goal = await add(teacher, case, "goal", "Reading aloud")
    assert (await teacher.get(f"/api/meetings/{goal['id']}/brief")).status_code == 404


@pytest.mark.parametrize(("region", "paper"), [("Ohio", b"[0 0 612 792]"), ("PT", b"[0 0 595.")])
async def test_the_printed_page_is_one_sheet_of_the_paper_used_there(
    teacher: Actor, cast: Cast, case: Json, meeting: Json, region: str, paper: bytes
) -> None:
    await goal_with_data(teacher, case)
    await ask(teacher, cast, case, meeting)
    assert (await teacher.patch("/api/me", json={"region": region})).status_code == 200
    reply = await teacher.get(f"/api/meetings/{meeting['id']}/brief.pdf")
    assert reply.headers["content-type"] == "application/pdf"
    assert reply.headers["content-disposition"] == 'inline; filename="brief.pdf"'
    assert reply.content.startswith(b"%PDF")
    assert b"/Count 1/" in reply.content
    assert b"MediaBox" + paper in reply.content


@contextmanager
def counted() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        # The hub looks by itself, once a second, whether another process wrote.
        if "FROM counters" not in statement:
            said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_a_full_brief_costs_no_more_queries_than_a_small_one(
    teacher: Actor, mentor: Actor, cast: Cast, case: Json, meeting: Json
) -> None:
    async def more() -> None:
        await goal_with_data(teacher, case)
        draft = [{"kind": "goal", "text": "The student reads."}]
        thread = await ask(teacher, cast, case, meeting, drafts=draft)
        reply = await made(mentor, f"/api/threads/{thread['id']}/messages", body="Say what is measured.")
        pin = {"message_id": reply["id"], "text": "Say what is measured."}
        await made(teacher, f"/api/threads/{thread['id']}/takeaways", **pin)
        await add(teacher, case, "accommodation", "Extra time")
        await add(teacher, case, "contact", "Call", details={"concern": "It is late."})

    async def cost() -> int:
        with counted() as said:
            await brief_of(teacher, meeting)
        return len([each for each in said if each.lstrip().upper().startswith("SELECT")])

    await more()
    small = await cost()
    for _ in range(4):
        await more()
    assert await cost() == small
    assert small <= 14

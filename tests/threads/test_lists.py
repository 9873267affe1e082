"""Boxes: what is in each, in which order, in pages, and in a number of queries that does not grow."""

from contextlib import contextmanager
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.factories import Cast
from tests.threads.conftest import Ask
from tests.threads.many import fill


async def ids(actor, **query):
    reply = await actor.get("/api/threads", params=query)
    assert reply.status_code == 200, reply.text
    return [each["id"] for each in reply.json()["items"]]


async def close(actor, thread):
    await actor.post(f"/api/threads/{thread['id']}/close")


async def test_each_box_holds_its_own(cast: Cast, ask: Ask):
    free, chosen, held, answered, done, theirs = [
        (await ask(**said))["id"]
        for said in (
            {},
            {"mentor_id": str(cast.mentor.id)},
            {},
            {},
            {},
            {"by": cast.other_teacher, "mentor_id": str(cast.other_mentor.id)},
        )
    ]
    await cast.mentor.post(f"/api/threads/{held}/claim")
    await cast.mentor.post(f"/api/threads/{answered}/messages", json={"body": "So."})
    await cast.teacher.post(f"/api/threads/{done}/close")

    assert set(await ids(cast.teacher, box="mine")) == {free, chosen, held, answered, done}
    assert (await ids(cast.teacher, box="mine"))[-1] == done, "what is done comes last"
    assert set(await ids(cast.teacher, box="waiting")) == {free, chosen, held}
    assert await ids(cast.teacher, box="closed") == [done]
    assert await ids(cast.teacher, box="inbox") == []
    assert await ids(cast.teacher, box="unclaimed") == []
    assert set(await ids(cast.mentor, box="inbox")) == {chosen, held, answered}
    assert await ids(cast.mentor, box="unclaimed") == [free]
    assert await ids(cast.mentor, box="closed") == [done]
    assert set(await ids(cast.mentor)) == {free, chosen, held, answered, done}
    assert await ids(cast.other_mentor, box="unclaimed") == [free]
    assert await ids(cast.other_mentor, box="inbox") == [theirs]
    for stranger in (cast.steward, cast.outsider):
        for box in ("mine", "inbox", "unclaimed", "waiting", "closed"):
            assert await ids(stranger, box=box) == []
    await cast.teacher.patch("/api/me", json={"works_with": [str(cast.mentor.id)]})
    assert await ids(cast.mentor, box="unclaimed") == []
    assert await ids(cast.mentor, box="inbox") == []


async def test_the_soonest_needed_is_on_top_and_none_last(cast: Cast, ask: Ask):
    case = (await cast.teacher.post("/api/cases", json={"alias": "Heron", "plan_type": "IEP"})).json()
    meeting = (
        await cast.teacher.post(
            f"/api/cases/{case['id']}/items",
            json={"kind": "meeting", "title": "Review", "due_on": "2031-03-04"},
        )
    ).json()
    none_first = (await ask())["id"]
    later = (await ask(need_by="2031-03-10"))["id"]
    by_meeting = (await ask(meeting_id=meeting["id"]))["id"]
    soon = (await ask(need_by="2031-03-02"))["id"]
    none_second = (await ask())["id"]
    same_day = (await ask(need_by="2031-03-03"))["id"]

    order = [soon, by_meeting, same_day, later, none_first, none_second]
    assert await ids(cast.mentor, box="unclaimed") == order
    assert await ids(cast.teacher, box="waiting") == order
    await cast.teacher.patch(f"/api/items/{meeting['id']}", json={"due_on": "2031-03-20"})
    assert await ids(cast.mentor, box="unclaimed") == [
        soon,
        same_day,
        later,
        by_meeting,
        none_first,
        none_second,
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
async def test_pages_hold_every_thread_once_in_order(cast: Cast, ask: Ask, limit):
    threads = [await ask(**({"need_by": f"2031-01-0{n}"} if n % 2 else {})) for n in range(1, 7)]
    await close(cast.teacher, threads[0])
    await close(cast.teacher, threads[3])
    for box in ("mine", "closed", None):
        whole = await ids(cast.teacher, limit=200, **({"box": box} if box else {}))
        seen, after = [], None
        while True:
            query = {"limit": limit, **({"box": box} if box else {}), **({"after": after} if after else {})}
            page = (await cast.teacher.get("/api/threads", params=query)).json()
            seen += [each["id"] for each in page["items"]]
            assert len(page["items"]) <= limit
            after = page["next"]
            if after is None:
                break
        assert seen == whole
        assert len(whole) == (2 if box == "closed" else 6)
        if box == "closed":
            assert whole == [threads[3]["id"], threads[0]["id"]], "newest first"


async def test_filters_and_wrong_queries(cast: Cast, ask: Ask):
    case = (await cast.teacher.post("/api/cases", json={"alias": "Heron", "plan_type": "IEP"})).json()
    item = (
        await cast.teacher.post(f"/api/cases/{case['id']}/items", json={"kind": "goal", "title": "Reading"})
    ).json()
    about_item = (await ask(item_ids=[item["id"]]))["id"]
    about_case = (await ask(case_id=case["id"]))["id"]
    plain = (await ask())["id"]
    assert set(await ids(cast.teacher, case_id=case["id"])) == {about_item, about_case}
    assert await ids(cast.teacher, item_id=item["id"], box="mine") == [about_item]
    assert set(await ids(cast.teacher, circle_id=str(cast.circle_id))) == {about_item, about_case, plain}
    assert await ids(cast.other_teacher, case_id=case["id"]) == []
    for wrong in ({"box": "secret"}, {"limit": 0}, {"limit": 201}, {"after": "x"}, {"case_id": "x"}):
        assert (await cast.teacher.get("/api/threads", params=wrong)).status_code == 422


async def test_a_row_says_what_a_phone_draws(cast: Cast, ask: Ask):
    thread = await ask(
        body="word " * 100, drafts=[{"kind": "goal", "text": "A text."}], topic="draft", need_by="2031-01-02"
    )
    await cast.teacher.post(f"/api/threads/{thread['id']}/messages", json={"body": "More."})
    row = (await cast.mentor.get("/api/threads?box=unclaimed")).json()["items"][0]
    assert row["opening"].startswith("word word")
    assert len(row["opening"]) <= 160
    assert (row["has_draft"], row["is_voice"], row["unread"], row["last_seq"]) == (True, False, 2, 2)
    assert row["people"] == [{"id": str(cast.teacher.id), "display_name": "Dana Whitlock", "region": "US-OH"}]
    assert row["last_at"] >= row["created_at"]
    assert not {"messages", "drafts", "takeaways"} & set(row)


@contextmanager
def counted():
    queries = []

    def note(connection, cursor, statement, *rest):
        # The hub looks by itself, once a second, whether another process wrote.
        is_the_hubs = "FROM counters" in statement
        if not is_the_hubs and statement.lstrip().upper().startswith(("SELECT", "WITH", "UPDATE", "INSERT")):
            queries.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield queries
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_four_queries_whatever_the_length(cast: Cast, ask: Ask, db):
    async def cost(actor, url):
        await actor.get(url)
        with counted() as queries:
            assert (await actor.get(url)).status_code == 200
        return len(queries)

    first = await ask()
    urls = [
        (cast.mentor, "/api/threads?box=unclaimed"),
        (cast.teacher, "/api/threads?box=mine"),
        (cast.teacher, f"/api/threads/{first['id']}"),
        (cast.mentor, f"/api/threads/{first['id']}"),
    ]
    few = [await cost(actor, url) for actor, url in urls]
    for _ in range(8):
        await ask(by=cast.other_teacher)
        await ask()
    await fill(db, UUID(first["id"]), cast.teacher.id, 400)
    many = [await cost(actor, url) for actor, url in urls]
    assert many == few
    assert max(many) <= 4

"""Catching up: every change once, in order, with its object; everything, for a phone that has nothing."""

import asyncio
import random
from uuid import UUID

import pytest
from sqlalchemy import text

from app.core import changes as recorded
from app.core.ids import new_id
from app.live.cursors import begin_epoch
from tests.factories import Cast


async def page(actor, since=None):
    reply = await actor.get("/api/changes", params={"since": since} if since else {})
    assert reply.status_code == 200, reply.text
    return reply.json()


async def all_after(actor, since=None):
    """Every change after a cursor, and the cursor after them."""
    found = []
    while True:
        got = await page(actor, since)
        assert got["next"]
        since = got["next"]
        if not got["items"]:
            return found, since
        assert len(got["items"]) <= 200
        found += got["items"]


async def caught_up(*actors):
    return [(await all_after(actor))[1] for actor in actors]


def said(found):
    return [(each["kind"], each["op"]) for each in found]


async def ask(actor, cast, **more):
    reply = await actor.post(
        "/api/threads", json={"circle_id": str(cast.circle_id), "body": "What first?", **more}
    )
    assert reply.status_code == 201, reply.text
    return reply.json()


async def test_each_object_comes_as_its_get_shows_it_to_the_caller(cast: Cast):
    hers, mentors = await caught_up(cast.teacher, cast.mentor)
    case = (await cast.teacher.post("/api/cases", json={"alias": "Heron", "plan_type": "IEP"})).json()
    item = (
        await cast.teacher.post(
            f"/api/cases/{case['id']}/items",
            json={"kind": "goal", "title": "Reading", "due_on": "2031-01-02"},
        )
    ).json()
    entry = (
        await cast.teacher.post(f"/api/items/{item['id']}/entries", json={"on": "2026-03-04", "value": 4})
    ).json()
    thread = await ask(
        cast.teacher, cast, item_ids=[item["id"]], drafts=[{"kind": "goal", "text": "The goal text."}]
    )
    url = f"/api/threads/{thread['id']}"
    await cast.mentor.post(f"{url}/messages", json={"body": "Begin with the number."})
    comment = (
        await cast.mentor.post(
            f"/api/drafts/{thread['drafts'][0]['id']}/comments",
            json={"version": 1, "start": 4, "end": 8, "quote": "goal", "suggestion": "aim"},
        )
    ).json()
    await cast.teacher.post(f"/api/comments/{comment['id']}/accept")
    takeaway = (await cast.teacher.post(f"{url}/takeaways", json={"text": "Number first."})).json()
    await cast.mentor.put(f"{url}/read", json={"seq": 2})

    for actor, since in ((cast.teacher, hers), (cast.mentor, mentors)):
        found, _ = await all_after(actor, since)
        seqs = [each["seq"] for each in found]
        assert seqs == sorted(set(seqs))
        seen = (await actor.get(url)).json()
        last = {(each["kind"], each["id"]): each.get("object") for each in found}
        assert last["thread", thread["id"]] == seen
        assert [last["message", each["id"]] for each in seen["messages"]] == seen["messages"]
        assert last["draft", seen["drafts"][0]["id"]] == seen["drafts"][0]
        assert last["takeaway", takeaway["id"]] == seen["takeaways"][0]
        place = {"draft_id": seen["drafts"][0]["id"], "thread_id": thread["id"]}
        assert last["comment", comment["id"]] == seen["drafts"][0]["comments"][0] | place
        newest = seen["drafts"][0]["versions"][-1]
        assert (newest["version"], last["version", newest["id"]]) == (2, newest | place)
        own = [each["object"] for each in found if each["kind"] == "read"]
        assert own[-1] == {"id": thread["id"], "thread_id": thread["id"], "seq": seen["read_to"]}
    hers_found, _ = await all_after(cast.teacher, hers)
    last = {(each["kind"], each["id"]): each.get("object") for each in hers_found}
    assert last["case", case["id"]] == case
    assert last["item", item["id"]] == (await cast.teacher.get(f"/api/items/{item['id']}")).json()
    assert last["entry", entry["id"]] == entry
    mentors_found, _ = await all_after(cast.mentor, mentors)
    assert not {"case", "item", "entry"} & {each["kind"] for each in mentors_found}


async def test_others_hear_nothing(cast: Cast):
    cursors = await caught_up(cast.steward, cast.outsider, cast.other_teacher)
    thread = await ask(cast.teacher, cast)
    await cast.mentor.post(f"/api/threads/{thread['id']}/messages", json={"body": "So."})
    for actor, since in zip((cast.steward, cast.outsider, cast.other_teacher), cursors, strict=True):
        assert (await all_after(actor, since))[0] == []


async def test_a_phone_with_nothing_gets_all_there_is_once(cast: Cast):
    threads = [await ask(cast.teacher, cast) for _ in range(3)]
    lost = await ask(cast.teacher, cast)
    await cast.other_mentor.post(f"/api/threads/{lost['id']}/claim")
    for body in ("One.", "Two.", "Three."):
        await cast.teacher.post(f"/api/threads/{threads[0]['id']}/messages", json={"body": body})
    takeaway = (
        await cast.teacher.post(f"/api/threads/{threads[0]['id']}/takeaways", json={"text": "Keep."})
    ).json()
    await cast.teacher.delete(f"/api/takeaways/{takeaway['id']}")

    found, cursor = await all_after(cast.mentor)
    assert {each["op"] for each in found} == {"put"}
    assert all("object" in each for each in found)
    keys = [(each["kind"], each["id"]) for each in found]
    assert len(keys) == len(set(keys))
    assert {id for kind, id in keys if kind == "thread"} == {each["id"] for each in threads}
    assert len([kind for kind, _ in keys if kind == "message"]) == 6
    assert lost["id"] not in {id for _, id in keys}
    assert "takeaway" not in {kind for kind, _ in keys}
    assert await page(cast.mentor, cursor) == {"items": [], "next": cursor}


async def test_pages_of_two_hundred_and_changes_on_the_way(cast: Cast, db):
    thread = await ask(cast.teacher, cast)
    url = f"/api/threads/{thread['id']}/messages"
    for number in range(215):
        reply = await cast.teacher.post(url, json={"body": "Again, " * (number % 7) + "please."})
        assert reply.status_code == 201
    first = await page(cast.mentor)
    assert len(first["items"]) == 200
    changed = first["items"][-1]["object"]
    assert changed["body"]
    await cast.teacher.delete(f"/api/messages/{changed['id']}")
    late = (await cast.teacher.post(url, json={"body": "The last."})).json()
    rest, _ = await all_after(cast.mentor, first["next"])
    last = {each["id"]: each["object"] for each in [*first["items"], *rest] if each["kind"] == "message"}
    assert len(last) == 217
    assert last[changed["id"]]["body"] is None
    assert last[late["id"]]["body"] == "The last."


async def test_a_page_of_what_is_lost_is_not_the_end(cast: Cast, db):
    lost = await ask(cast.teacher, cast)
    for number in range(210):
        await cast.teacher.post(
            f"/api/threads/{lost['id']}/messages", json={"body": "Again, " * (number % 7) + "please."}
        )
    hers = await ask(cast.teacher, cast)
    await cast.other_mentor.post(f"/api/threads/{lost['id']}/claim")
    found, _ = await all_after(cast.mentor)
    assert {each["id"] for each in found if each["kind"] == "thread"} == {hers["id"]}
    assert lost["id"] not in str(found)


async def test_heavy_objects_make_short_pages_that_lose_nothing(cast: Cast):
    made = [
        await ask(cast.teacher, cast, drafts=[{"kind": "other", "text": "word " * 11_900} for _ in range(4)])
        for _ in range(6)
    ]
    first = await page(cast.teacher)
    found, _ = await all_after(cast.teacher)
    assert len(first["items"]) < len(found)
    assert {each["id"] for each in found if each["kind"] == "thread"} == {each["id"] for each in made}
    assert len([each for each in found if each["kind"] == "draft"]) == 24


@pytest.mark.parametrize("cursor", ["x", "1.2", "1.2.3.4", "", " ", "0.0", "é", "f" * 17 + ".1", "1" * 300])
async def test_an_unknown_cursor_means_starting_over(cast: Cast, cursor):
    await caught_up(cast.teacher)
    reply = await cast.teacher.get("/api/changes", params={"since": cursor})
    assert (reply.status_code, reply.json()["type"].rsplit("/")[-1]) == (410, "unknown-cursor")


async def test_a_cursor_from_the_future_or_another_life_is_unknown(cast: Cast, db):
    await ask(cast.teacher, cast)
    _, cursor = await all_after(cast.teacher)
    epoch, seq = cursor.split(".")
    assert (await cast.teacher.get(f"/api/changes?since={epoch}.{int(seq) + 1}")).status_code == 410
    assert (await cast.teacher.get(f"/api/changes?since={epoch}.5.4")).status_code == 410
    await db.write(begin_epoch)
    assert (await cast.teacher.get(f"/api/changes?since={cursor}")).status_code == 410
    again, _ = await all_after(cast.teacher)
    assert "thread" in {each["kind"] for each in again}


async def test_nobody_asks_without_signing_in(anyone):
    assert (await anyone.get("/api/changes")).status_code == 401


async def test_a_claim_takes_it_from_the_others_and_a_release_gives_all_of_it_back(cast: Cast):
    thread = await ask(cast.teacher, cast, drafts=[{"kind": "goal", "text": "The goal text."}])
    url = f"/api/threads/{thread['id']}"
    mine, others = await caught_up(cast.mentor, cast.other_mentor)
    await cast.mentor.post(f"{url}/claim")
    assert said((await all_after(cast.mentor, mine))[0]) == [("thread", "put")]
    found, others = await all_after(cast.other_mentor, others)
    assert [(each["kind"], each["op"], each["id"]) for each in found] == [("thread", "gone", thread["id"])]
    await cast.mentor.post(f"{url}/messages", json={"body": "A start."})
    await cast.teacher.post(f"{url}/takeaways", json={"text": "A start."})
    assert (await all_after(cast.other_mentor, others))[0] == []

    await cast.mentor.post(f"{url}/release")
    found, others = await all_after(cast.other_mentor, others)
    assert said(found)[0] == ("thread", "put")
    assert sorted(said(found)) == [
        ("draft", "put"),
        ("message", "put"),
        ("message", "put"),
        ("takeaway", "put"),
        ("thread", "put"),
        ("version", "put"),
    ]
    assert all("object" in each for each in found)

    await cast.mentor.post(f"{url}/claim")
    _, mine = await all_after(cast.mentor, mine)
    _, others = await all_after(cast.other_mentor, others)
    await cast.mentor.post(f"{url}/hand-over", json={"mentor_id": str(cast.other_mentor.id)})
    assert said((await all_after(cast.mentor, mine))[0]) == [("thread", "gone")]
    assert ("message", "put") in said((await all_after(cast.other_mentor, others))[0])


async def test_what_was_put_and_then_lost_comes_without_its_object(cast: Cast):
    (others,) = await caught_up(cast.other_mentor)
    thread = await ask(cast.teacher, cast)
    await cast.mentor.post(f"/api/threads/{thread['id']}/claim")
    found, _ = await all_after(cast.other_mentor, others)
    assert said(found) == [("thread", "put"), ("message", "put"), ("thread", "gone")]
    assert not any("object" in each for each in found)


async def test_naming_a_colleague_takes_her_questions_away(cast: Cast):
    thread = await ask(cast.teacher, cast)
    (mine,) = await caught_up(cast.mentor)
    await cast.teacher.patch("/api/me", json={"works_with": [str(cast.mentor.id)]})
    found, mine = await all_after(cast.mentor, mine)
    assert ("thread", "gone") in said(found)
    await cast.teacher.patch("/api/me", json={"works_with": []})
    found, _ = await all_after(cast.mentor, mine)
    assert {("thread", "put"), ("message", "put")} <= set(said(found))
    assert thread["id"] in {each["id"] for each in found}


async def test_a_deleted_case_is_gone_from_every_store(cast: Cast):
    case = (await cast.teacher.post("/api/cases", json={"alias": "Heron", "plan_type": "IEP"})).json()
    await ask(cast.teacher, cast, case_id=case["id"])
    hers, mentors = await caught_up(cast.teacher, cast.mentor)
    await cast.teacher.delete(f"/api/cases/{case['id']}")
    assert ("case", "gone") in said((await all_after(cast.teacher, hers))[0])
    assert said((await all_after(cast.mentor, mentors))[0]) == [("thread", "gone")]
    assert "Heron" not in str((await all_after(cast.teacher))[0])


async def test_writers_who_commit_out_of_order_leave_no_gap_behind_a_reader(
    cast: Cast, db, monkeypatch: pytest.MonkeyPatch
):
    """Each writer dawdles before and after its number is drawn; a reader polls all the while."""
    flush = recorded.flush
    dice = random.Random(7)

    def dawdle(tx):
        if tx.dialect.name == "postgresql":
            tx.execute(text("SELECT pg_sleep(:s)"), {"s": dice.random() * 0.03})

    def slowly(tx):
        there_were = flush(tx)
        dawdle(tx)
        return there_were

    monkeypatch.setattr("app.core.db.changes.flush", slowly)
    (cursor,) = await caught_up(cast.teacher)
    ids = [new_id() for _ in range(40)]

    async def write(object_id: UUID) -> None:
        def fn(tx):
            recorded.put(tx, "read", object_id, [cast.teacher.id])
            dawdle(tx)

        await asyncio.sleep(dice.random() * 0.1)
        await db.write(fn)

    seen = []

    async def poll(since):
        while len(seen) < len(ids):
            got = await page(cast.teacher, since)
            seen.extend(got["items"])
            since = got["next"]

    await asyncio.wait_for(asyncio.gather(poll(cursor), *map(write, ids)), 30)
    assert sorted(each["id"] for each in seen) == sorted(map(str, ids))
    assert [each["seq"] for each in seen] == sorted({each["seq"] for each in seen})


async def test_what_changes_by_the_way_is_said_too(cast: Cast):
    """A thread has a draft now; a remark's words moved with the new version: both read differently."""
    thread = await ask(cast.teacher, cast)
    draft = (
        await cast.teacher.post(
            f"/api/threads/{thread['id']}/drafts", json={"kind": "goal", "text": "The student reads."}
        )
    ).json()
    remark = (
        await cast.mentor.post(
            f"/api/drafts/{draft['id']}/comments",
            json={"version": 1, "start": 4, "end": 11, "quote": "student", "body": "Which one?"},
        )
    ).json()
    found, since = await all_after(cast.mentor)
    assert next(each["object"] for each in found if each["kind"] == "thread")["has_draft"] is True
    await cast.teacher.post(
        f"/api/drafts/{draft['id']}/versions", json={"base_version": 1, "text": "Now the student reads."}
    )
    found, _ = await all_after(cast.mentor, since)
    moved = [each["object"] for each in found if (each["kind"], each["id"]) == ("comment", remark["id"])]
    assert [each["anchor"] for each in moved] == [{"status": "moved", "start": 8, "end": 15}]


async def test_a_draft_that_comes_later_changes_its_thread(cast: Cast):
    thread = await ask(cast.teacher, cast)
    _, since = await all_after(cast.mentor)
    await cast.teacher.post(
        f"/api/threads/{thread['id']}/drafts", json={"kind": "goal", "text": "The student reads."}
    )
    found, _ = await all_after(cast.mentor, since)
    assert said(found) == [("thread", "put"), ("draft", "put")]

"""Search finds what its reader could open anyway, and nothing else."""

import httpx

from tests.factories import Actor, Cast
from tests.search.conftest import Shelf, found, kinds, made

EVERYWHERE = ("maps", "headphones", "argue", "chapter", "measure", "graph", "opens", "listening", "Otter")


async def test_the_mentor_finds_the_thread_and_nothing_of_the_case(mentor: Actor, shelf: Shelf) -> None:
    for q in ("argue", "chapter", "measure", "graph", "opens up"):
        hits = await found(mentor, q)
        assert hits, q
        assert {each["thread_id"] for each in hits} == {shelf.thread}
        # Which questions are about one student is the teacher's to know.
        assert {each["case_id"] for each in hits} == {None}
    for q in ("maps", "headphones", "Otter", "aide"):
        assert await found(mentor, q) == [], q


async def test_nobody_else_finds_anything(cast: Cast, shelf: Shelf) -> None:
    for other in (cast.other_mentor, cast.other_teacher, cast.steward, cast.outsider):
        for q in EVERYWHERE:
            assert await found(other, q) == [], (other.name, q)
            assert await found(other, q, case_id=shelf.case) == []


async def test_an_open_question_is_found_by_the_mentors_until_one_has_it(
    cast: Cast, teacher: Actor, mentor: Actor, other_mentor: Actor
) -> None:
    thread = await made(
        teacher, "/api/threads", circle_id=str(cast.circle_id), body="Where do I put the kettle?"
    )
    assert await kinds(mentor, "kettle") == await kinds(other_mentor, "kettle") == {"message"}
    assert (await mentor.post(f"/api/threads/{thread['id']}/claim")).status_code == 200
    assert await kinds(mentor, "kettle") == {"message"}
    assert await found(other_mentor, "kettle") == []


async def test_what_was_handed_over_is_found_by_the_next_mentor_only(
    mentor: Actor, other_mentor: Actor, shelf: Shelf
) -> None:
    assert await kinds(mentor, "measure") == {"comment"}
    given = await mentor.post(
        f"/api/threads/{shelf.thread}/hand-over", json={"mentor_id": str(other_mentor.id)}
    )
    assert given.status_code == 200
    for q in EVERYWHERE:
        assert await found(mentor, q) == [], q
    assert await kinds(other_mentor, "measure") == {"comment"}
    assert await kinds(other_mentor, "chapter") == {"draft"}


async def test_naming_a_mentor_as_a_colleague_takes_her_finds_away(
    teacher: Actor, mentor: Actor, shelf: Shelf
) -> None:
    assert await kinds(mentor, "argue") == {"message"}
    named = await teacher.patch("/api/me", json={"works_with": [str(mentor.id)]})
    assert named.status_code == 200
    assert await found(mentor, "argue") == []


async def test_words_taken_back_are_found_no_more(teacher: Actor, mentor: Actor, shelf: Shelf) -> None:
    assert await kinds(teacher, "graph") == {"message", "takeaway"}
    assert (await mentor.delete(f"/api/messages/{shelf.reply}")).status_code == 204
    assert await kinds(teacher, "graph") == {"takeaway"}
    assert await found(mentor, "graph", kind="message") == []


async def test_nobody_searches_without_signing_in(anyone: httpx.AsyncClient) -> None:
    assert (await anyone.post("/api/search", json={"q": "maps"})).status_code == 401
    assert (await anyone.get("/api/search", params={"q": "maps"})).status_code == 401

"""What she wrote years ago is found by its words, wherever they stand."""

import pytest

from tests.factories import Actor, Cast
from tests.search.conftest import Shelf, found, kinds, made


@pytest.mark.parametrize(
    ("q", "type_", "name"),
    [
        ("maps", "case", "case"),
        ("aide opens", "item", "item"),
        ("headphones", "entry", "entry"),
        ("quicker", "entry", "entry"),
        ("argue", "message", "message"),
        ("chapter", "draft", "draft"),
        ("measure", "comment", "comment"),
        ("eight of ten", "comment", "comment"),
        ("pinned", "takeaway", "takeaway"),
        ("opens up", "voice", "voice"),
        ("listening is reading", "thread", "thread"),
    ],
)
async def test_words_are_found_wherever_they_stand(
    teacher: Actor, shelf: Shelf, q: str, type_: str, name: str
) -> None:
    hits = [each for each in await found(teacher, q) if each["type"] == type_]
    assert [each["id"] for each in hits] == [getattr(shelf, name)]
    assert hits[0]["case_id"] == shelf.case
    assert hits[0]["thread_id"] == (None if type_ in ("case", "item", "entry") else shelf.thread)
    assert hits[0]["title"]
    assert "<mark>" in hits[0]["snippet"] or type_ == "thread"


@pytest.mark.parametrize("q", ["OT", "ot", "PT", "occupational therapy", "physical therapy"])
async def test_two_letters_are_a_word_and_so_is_what_they_stand_for(
    teacher: Actor, shelf: Shelf, q: str
) -> None:
    assert [each["id"] for each in await found(teacher, q)] == [shelf.message]


async def test_a_long_name_is_found_by_its_words_too(teacher: Actor) -> None:
    apart = await made(teacher, "/api/items", kind="note", title="Levels of sound at present")
    short = await made(teacher, "/api/items", kind="note", title="PLOP, second half")
    assert {each["id"] for each in await found(teacher, "present levels")} == {apart["id"], short["id"]}
    assert [each["id"] for each in await found(teacher, '"present levels"')] == [short["id"]]
    assert [each["id"] for each in await found(teacher, "present levels second")] == [short["id"]]


async def test_a_found_line_shows_words_and_no_codes(teacher: Actor, shelf: Shelf) -> None:
    url = f"/api/cases/{shelf.case}/items"
    details = {"direction": "out", "channel": "in_person", "concern": "Too much homework."}
    call = await made(teacher, url, kind="contact", title="Home", details=details)
    (hit,) = await found(teacher, "in person")
    assert hit["id"] == call["id"]
    assert hit["snippet"].endswith(
        "Too much homework.\nDirection: out\nChannel: <mark>in</mark> <mark>person</mark>"
    )


async def test_a_phrase_is_found_in_its_order_only(teacher: Actor, shelf: Shelf) -> None:
    assert [each["id"] for each in await found(teacher, '"both come"')] == [shelf.message]
    assert await found(teacher, '"come both"') == []
    assert [each["id"] for each in await found(teacher, "come both")] == [shelf.message]


async def test_a_word_with_a_minus_must_not_be_there(teacher: Actor, shelf: Shelf) -> None:
    assert await kinds(teacher, "graph") == {"message", "takeaway"}
    assert await kinds(teacher, "graph -pinned") == {"message"}
    assert await found(teacher, "-pinned") == []


async def test_signs_that_mean_something_to_the_engine_are_words_here(teacher: Actor, shelf: Shelf) -> None:
    assert shelf.item in {each["id"] for each in await found(teacher, "text-to-speech")}
    assert shelf.item in {each["id"] for each in await found(teacher, "TTS")}
    assert [each["id"] for each in await found(teacher, "OT AND PT")] == [shelf.message]
    assert [each["id"] for each in await found(teacher, '"both come in the')] == [shelf.message]
    for q in (
        '"',
        "AND",
        "NEAR(a b)",
        "text:*",
        "title : x",
        "^begin",
        "(",
        "*",
        "a OR",
        "' OR 1=1 --",
        "{a} + b",
    ):
        assert isinstance(await found(teacher, q), list), q


async def test_other_forms_of_a_word_and_its_beginning_are_found(teacher: Actor, shelf: Shelf) -> None:
    assert shelf.draft in {each["id"] for each in await found(teacher, "listened", kind="draft")}
    assert shelf.entry in {each["id"] for each in await found(teacher, "headph")}


async def test_the_snippet_shows_the_words_and_nothing_of_them_is_markup(teacher: Actor, cast: Cast) -> None:
    body = "A <b>bold</b> claim & a list."
    await made(teacher, "/api/threads", circle_id=str(cast.circle_id), body=body)
    (hit,) = await found(teacher, "bold")
    assert hit["snippet"] == "A &lt;b&gt;<mark>bold</mark>&lt;/b&gt; claim &amp; a list."


async def test_a_search_can_be_kept_to_a_student_a_kind_and_days(teacher: Actor, shelf: Shelf) -> None:
    other = await made(teacher, "/api/cases", alias="Heron", plan_type="504", notes="Maps, too.")
    assert {each["id"] for each in await found(teacher, "maps")} == {shelf.case, other["id"]}
    assert [each["id"] for each in await found(teacher, "maps", case_id=other["id"])] == [other["id"]]
    assert await kinds(teacher, "listening", kind="comment") == {"comment"}
    assert await found(teacher, "maps", to="2020-01-01") == []
    assert len(await found(teacher, "maps", **{"from": "2020-01-01"})) == 2


async def test_many_finds_come_in_pages(teacher: Actor) -> None:
    for number in range(5):
        await made(teacher, "/api/items", kind="note", title=f"Binder {number}")
    seen: list[str] = []
    after = None
    while True:
        page = (await teacher.post("/api/search", json={"q": "binder", "limit": 2, "after": after})).json()
        seen += [each["title"] for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert sorted(seen) == [f"Binder {number}" for number in range(5)]


async def test_what_is_written_is_found_at_once_and_what_is_deleted_never(
    teacher: Actor, shelf: Shelf
) -> None:
    assert await found(teacher, "binder") == []
    note = await made(teacher, "/api/items", kind="note", title="The blue binder")
    assert [each["id"] for each in await found(teacher, "binder")] == [note["id"]]
    await teacher.patch(f"/api/items/{note['id']}", json={"title": "The blue folder"})
    assert await found(teacher, "binder") == []
    assert [each["id"] for each in await found(teacher, "folder")] == [note["id"]]
    assert (await teacher.delete(f"/api/items/{note['id']}")).status_code == 204
    assert await found(teacher, "folder") == []
    assert (await teacher.delete(f"/api/cases/{shelf.case}")).status_code == 204
    for q in ("maps", "headphones", "argue", "chapter", "measure", "pinned", "opens up"):
        assert await found(teacher, q) == [], q


async def test_a_script_may_ask_by_address(teacher: Actor, shelf: Shelf) -> None:
    reply = await teacher.get("/api/search", params={"q": "headphones", "kind": "entry"})
    assert [each["id"] for each in reply.json()["items"]] == [shelf.entry]


@pytest.mark.parametrize(
    "asked",
    [{}, {"q": "x" * 401}, {"q": "a", "kind": "rumor"}, {"q": "a", "from": "soon"}, {"q": "a", "why": 1}],
)
async def test_a_search_of_another_shape_is_refused(teacher: Actor, asked: dict[str, object]) -> None:
    assert (await teacher.post("/api/search", json=asked)).status_code == 422


async def test_nothing_asked_is_nothing_found(teacher: Actor, shelf: Shelf) -> None:
    assert await found(teacher, "") == []
    assert await found(teacher, "  … ") == []


async def test_what_it_is_called_weighs_more_than_a_word_in_a_list(cast: Cast, teacher: Actor) -> None:
    case = await made(teacher, "/api/cases", alias="Otter", plan_type="IEP")
    who = {"attendees": ["general education teacher", "parent", "speech therapist"]}
    meeting = await made(
        teacher, f"/api/cases/{case['id']}/items", kind="meeting", title="Annual review", details=who
    )
    asked = await made(
        teacher,
        "/api/threads",
        circle_id=str(cast.circle_id),
        title="The general education teacher does not come",
        body="It happened three times this fall, and nobody said why. " * 20,
    )
    hits = await found(teacher, "general education teacher")
    assert [each["thread_id"] for each in hits] == [asked["id"], asked["id"], None]
    assert hits[-1]["id"] == meeting["id"]

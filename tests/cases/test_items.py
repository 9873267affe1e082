from typing import get_args

import pytest

from app.cases.details import ItemKind
from app.core.ids import new_id
from tests.factories import Cast

GOAL = {
    "kind": "goal",
    "title": "Reading aloud",
    "due_on": "2027-05-01",
    "details": {
        "area": "reading",
        "baseline": 79,
        "target": 112,
        "measure": "rate",
        "target_on": "2027-05-01",
    },
}


@pytest.fixture
async def case(teacher):
    return (await teacher.post("/api/cases", json={"alias": "Otter", "plan_type": "IEP"})).json()


async def test_a_goal_is_kept_as_it_was_written(teacher, case):
    made = await teacher.post(f"/api/cases/{case['id']}/items", json=GOAL)
    assert made.status_code == 201
    goal = made.json()
    assert goal["case_id"] == case["id"]
    assert {name: goal[name] for name in GOAL} == GOAL
    assert (await teacher.get(f"/api/items/{goal['id']}")).json() == goal


@pytest.mark.parametrize("kind", get_args(ItemKind))
async def test_every_kind_can_be_made_with_no_details(teacher, case, kind):
    made = await teacher.post(f"/api/cases/{case['id']}/items", json={"kind": kind, "title": "Something"})
    assert made.status_code == 201
    assert made.json()["details"] == {}
    entry = await teacher.post(f"/api/items/{made.json()['id']}/entries", json={"on": "2026-11-02"})
    assert entry.status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "goal", "title": "x", "details": {"concern": "of another kind"}},
        {"kind": "goal", "title": "x", "details": {"measure": "vibes"}},
        {"kind": "goal", "title": "x", "details": {"baseline": "79"}},
        {"kind": "goal", "title": "x", "details": {"baseline": True}},
        {"kind": "goal", "title": "x", "details": {"baseline_on": "2026-02-30"}},
        {"kind": "goal", "title": "x", "details": {"baseline_on": 20260228}},
        {"kind": "goal", "title": "x", "due_on": "2026-02-30"},
        {"kind": "goal", "title": "x", "due_on": "0001-01-01"},
        {"kind": "goal", "title": "x", "due_on": "2026-02-28T10:00:00Z"},
        {"kind": "meeting", "title": "x", "details": {"time": "25:00"}},
        {"kind": "meeting", "title": "x", "details": {"checklist": [{"text": "x", "mood": "y"}]}},
        {"kind": "goal", "title": ""},
        {"kind": "goal", "title": "a\x00b"},
        {"kind": "goal", "title": "x" * 201},
        {"kind": "goal"},
        {"kind": "wish", "title": "x"},
        {"title": "x"},
        {"kind": "goal", "title": "x", "colour": "red"},
    ],
)
async def test_what_does_not_fit_its_kind_is_refused_and_not_stored(teacher, case, wrong):
    reply = await teacher.post(f"/api/cases/{case['id']}/items", json=wrong)
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"
    assert (await teacher.get(f"/api/cases/{case['id']}/items")).json()["items"] == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "wish"}, "kind"),
        ({"kind": None}, "kind"),
        ({"kind": "contact", "details": {"concern": 5}}, "details.concern"),
        ({"kind": "goal", "details": {"baseline": "79"}}, "details.baseline"),
        ({"kind": "goal", "due_on": "2026-02-30"}, "due_on"),
    ],
)
async def test_a_refusal_names_the_field_as_it_was_sent(teacher, case, wrong, field):
    reply = await teacher.post(f"/api/cases/{case['id']}/items", json={"title": "x", **wrong})
    assert [each["field"] for each in reply.json()["errors"]] == [field]


async def test_a_phone_that_retries_adds_one_item(teacher, case, other_teacher):
    url, sent = f"/api/cases/{case['id']}/items", {"id": str(new_id()), **GOAL}
    first = await teacher.post(url, json=sent)
    again = await teacher.post(url, json=sent)
    changed = await teacher.post(url, json={**sent, "details": {**GOAL["details"], "target": 113}})
    elsewhere = (await other_teacher.post("/api/cases", json={"alias": "Heron", "plan_type": "IEP"})).json()
    stranger = await other_teacher.post(f"/api/cases/{elsewhere['id']}/items", json=sent)
    assert [each.status_code for each in (first, again, changed, stranger)] == [201, 200, 409, 404]
    assert again.json() == first.json()


async def test_details_are_merged_by_key_and_null_takes_one_away(teacher, case):
    goal = (await teacher.post(f"/api/cases/{case['id']}/items", json=GOAL)).json()
    changed = await teacher.patch(
        f"/api/items/{goal['id']}", json={"details": {"target": 120, "area": None, "unit": "words a minute"}}
    )
    assert changed.status_code == 200
    expected = {**GOAL["details"], "target": 120, "unit": "words a minute"}
    del expected["area"]
    assert changed.json()["details"] == expected
    assert changed.json()["title"] == GOAL["title"]
    assert changed.json()["due_on"] == GOAL["due_on"]

    emptied = await teacher.patch(f"/api/items/{goal['id']}", json={"due_on": None, "title": "Reads aloud"})
    assert (emptied.json()["due_on"], emptied.json()["title"]) == (None, "Reads aloud")


async def test_a_change_with_details_of_another_kind_is_refused_by_name(teacher, case):
    goal = (await teacher.post(f"/api/cases/{case['id']}/items", json=GOAL)).json()
    reply = await teacher.patch(f"/api/items/{goal['id']}", json={"details": {"pwn": "sent"}})
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["reason"] == "There is a field here that is not known."
    unheard = await teacher.patch(f"/api/items/{new_id()}", json={"details": {"no_such_field": 1}})
    assert unheard.status_code == 422  # Shape comes before what is there.
    assert (
        await teacher.patch(f"/api/items/{new_id()}", json={"details": {"pwn": "sent"}})
    ).status_code == 404


async def test_a_name_deep_in_the_details_stops_the_write(teacher, case):
    meeting = {
        "kind": "meeting",
        "title": "Annual review",
        "details": {
            "points": ["It works.", "Ask Emily Johnson."],
            "actions": [{"text": "Call 614-555-0134", "by_whom": "case manager"}],
        },
    }
    reply = await teacher.post(f"/api/cases/{case['id']}/items", json=meeting)
    assert reply.status_code == 422
    assert set(reply.json()["findings"]) == {"details.points.1", "details.actions.0.text"}
    assert "Emily" not in reply.text


async def test_words_that_stand_already_are_not_asked_about_again(teacher, case):
    note = {
        "kind": "note",
        "title": "Program",
        "details": {"body": "Emily Johnson wrote it."},
        "kept": {"details.body": ["Emily Johnson"]},
    }
    made = (await teacher.post(f"/api/cases/{case['id']}/items", json=note)).json()
    same = await teacher.patch(f"/api/items/{made['id']}", json={"title": "Plan", "details": made["details"]})
    assert same.status_code == 200
    longer = await teacher.patch(
        f"/api/items/{made['id']}", json={"details": {"body": "Emily Johnson wrote it. It is good."}}
    )
    assert longer.status_code == 200
    other = await teacher.patch(f"/api/items/{made['id']}", json={"details": {"body": "Jacob Miller did."}})
    assert other.status_code == 422


async def test_items_come_by_due_day_in_pages(teacher, case):
    url = f"/api/cases/{case['id']}/items"
    for title, due_on in (
        ("c", None),
        ("b", "2027-03-02"),
        ("d", None),
        ("a", "2027-03-01"),
        ("b2", "2027-03-02"),
    ):
        await teacher.post(url, json={"kind": "todo", "title": title, "due_on": due_on})
    whole = [item["title"] for item in (await teacher.get(url)).json()["items"]]
    assert whole == ["a", "b", "b2", "c", "d"]
    seen, after = [], ""
    while True:
        page = (await teacher.get(f"{url}?limit=1{after}")).json()
        seen += [item["title"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == whole
    await teacher.post(url, json=GOAL)
    assert [item["kind"] for item in (await teacher.get(f"{url}?kind=goal")).json()["items"]] == ["goal"]
    assert (await teacher.get(f"{url}?after=WzEsMiwzXQ")).status_code == 422


async def test_a_todo_needs_no_case_and_a_goal_does(teacher, outsider, case):
    made = await teacher.post("/api/items", json={"kind": "todo", "title": "Book the room"})
    assert made.status_code == 201
    assert made.json()["case_id"] is None
    assert (await teacher.post("/api/items", json=GOAL)).status_code == 422
    await teacher.post(f"/api/cases/{case['id']}/items", json={"kind": "todo", "title": "Of a case"})
    assert [item["title"] for item in (await teacher.get("/api/items")).json()["items"]] == ["Book the room"]
    assert (await outsider.get("/api/items")).json()["items"] == []
    done = await teacher.patch(f"/api/items/{made.json()['id']}", json={"details": {"done": True}})
    assert done.json()["details"] == {"done": True}
    assert (await teacher.delete(f"/api/items/{made.json()['id']}")).status_code == 204


async def test_a_deleted_item_stays_deleted(teacher, case):
    sent = {"id": str(new_id()), **GOAL}
    url = f"/api/cases/{case['id']}/items"
    await teacher.post(url, json=sent)
    assert (await teacher.delete(f"/api/items/{sent['id']}")).status_code == 204
    assert (await teacher.delete(f"/api/items/{sent['id']}")).status_code == 404
    assert (await teacher.post(url, json=sent)).status_code == 404
    assert (await teacher.get(f"/api/items/{sent['id']}")).status_code == 404
    assert (await teacher.get(url)).json()["items"] == []


async def test_others_never_learn_that_an_item_exists(cast: Cast, case):
    goal = (await cast.teacher.post(f"/api/cases/{case['id']}/items", json=GOAL)).json()
    for other in (cast.mentor, cast.other_teacher, cast.steward, cast.outsider):
        assert (await other.get(f"/api/items/{goal['id']}")).status_code == 404
        assert (await other.patch(f"/api/items/{goal['id']}", json={"title": "x"})).status_code == 404
        assert (await other.delete(f"/api/items/{goal['id']}")).status_code == 404
        assert (await other.post(f"/api/cases/{case['id']}/items", json=GOAL)).status_code == 404
        assert (await other.get(f"/api/items/{goal['id']}/entries")).status_code == 404


async def test_a_loose_to_do_is_put_on_a_student_with_its_log_and_its_questions(cast, teacher, case):
    sent = {"id": str(new_id()), "kind": "todo", "title": "Copy the forms", "details": {}}
    todo = (await teacher.post("/api/items", json=sent)).json()
    line = {"id": str(new_id()), "on": "2026-11-02", "note": "Two are missing."}
    await teacher.post(f"/api/items/{todo['id']}/entries", json=line)
    other = (await teacher.post("/api/cases", json={"alias": "Heron", "plan_type": "IEP"})).json()
    asked = {"circle_id": str(cast.circle_id), "body": "Which forms?", "item_ids": [todo["id"]]}
    free = (await teacher.post("/api/threads", json=asked)).json()
    elsewhere = (await teacher.post("/api/threads", json=asked | {"case_id": other["id"]})).json()
    after = (await all_changes(teacher))[1]

    moved = await teacher.patch(f"/api/items/{todo['id']}", json={"case_id": case["id"]})

    assert moved.status_code == 200
    assert (moved.json()["case_id"], moved.json()["title"]) == (case["id"], "Copy the forms")
    assert (await teacher.get("/api/items")).json()["items"] == []
    assert [each["id"] for each in (await teacher.get(f"/api/cases/{case['id']}/items")).json()["items"]] == [
        todo["id"]
    ]
    log = (await teacher.get(f"/api/items/{todo['id']}/entries")).json()["items"]
    assert [each["note"] for each in log] == ["Two are missing."]
    assert (await teacher.get(f"/api/threads/{free['id']}")).json()["case_id"] == case["id"]
    assert (await teacher.get(f"/api/threads/{elsewhere['id']}")).json()["item_ids"] == []
    told = {(each["kind"], each["id"]) for each in (await all_changes(teacher, after))[0]}
    assert told == {("item", todo["id"]), ("thread", free["id"]), ("thread", elsewhere["id"])}
    # A phone that comes late with what made them finds them made.
    assert (await teacher.post("/api/items", json=sent)).status_code == 200
    assert (await teacher.post(f"/api/items/{todo['id']}/entries", json=line)).status_code == 200
    again = await teacher.patch(f"/api/items/{todo['id']}", json={"case_id": case["id"]})
    assert (again.status_code, again.json()) == (200, moved.json())

    await teacher.delete(f"/api/cases/{case['id']}")
    assert (await teacher.get(f"/api/items/{todo['id']}")).status_code == 410


async def test_an_item_stays_with_its_student(cast, teacher, case):
    url = f"/api/cases/{case['id']}/items"
    other = (await teacher.post("/api/cases", json={"alias": "Heron", "plan_type": "IEP"})).json()
    note = (await teacher.post(url, json={"kind": "note", "title": "A note"})).json()
    for case_id in (other["id"], None):
        refused = await teacher.patch(f"/api/items/{note['id']}", json={"case_id": case_id})
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/of-another-case")
    loose = (await teacher.post("/api/items", json={"kind": "note", "title": "A note"})).json()
    hers = (await cast.other_teacher.post("/api/cases", json={"alias": "Heron", "plan_type": "504"})).json()
    for case_id in (hers["id"], str(new_id())):
        refused = await teacher.patch(f"/api/items/{loose['id']}", json={"case_id": case_id})
        assert refused.status_code == 404
    assert (await teacher.get(f"/api/items/{loose['id']}")).json()["case_id"] is None


async def all_changes(actor, since=None):
    said, next_one = [], since
    while True:
        page = (await actor.get("/api/changes", params={"since": next_one} if next_one else None)).json()
        if not page["items"]:
            return said, page["next"]
        said += page["items"]
        next_one = page["next"]

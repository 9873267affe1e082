from app.core.ids import new_id
from tests.factories import Cast

OTTER = {
    "alias": "Otter",
    "grade_band": "6-8",
    "plan_type": "IEP",
    "support": "push_in",
    "notes": "Likes maps.",
}


async def test_a_teacher_keeps_a_student_by_an_alias(teacher):
    made = await teacher.post("/api/cases", json=OTTER)
    assert made.status_code == 201
    case = made.json()
    assert {name: case[name] for name in OTTER} == OTTER

    assert (await teacher.get(f"/api/cases/{case['id']}")).json() == case
    listed = (await teacher.get("/api/cases")).json()
    assert listed == {"items": [case], "next": None}


async def test_a_phone_that_retries_adds_one_student(teacher, other_teacher):
    sent = {"id": str(new_id()), **OTTER}
    first = await teacher.post("/api/cases", json=sent)
    again = await teacher.post("/api/cases", json={**sent, "notes": "Likes maps.\u200b"})
    other = await teacher.post("/api/cases", json={**sent, "alias": "Heron"})
    stranger = await other_teacher.post("/api/cases", json=sent)

    assert [each.status_code for each in (first, again, other, stranger)] == [201, 200, 409, 404]
    assert again.json() == first.json()
    assert len((await teacher.get("/api/cases")).json()["items"]) == 1


async def test_a_change_touches_only_what_was_sent(teacher):
    case = (await teacher.post("/api/cases", json=OTTER)).json()
    changed = await teacher.patch(f"/api/cases/{case['id']}", json={"support": None, "grade_band": "9-12"})
    assert changed.status_code == 200
    assert changed.json() == case | {
        "support": None,
        "grade_band": "9-12",
        "updated_at": changed.json()["updated_at"],
    }


async def test_what_must_be_there_cannot_be_emptied(teacher):
    case = (await teacher.post("/api/cases", json=OTTER)).json()
    for wrong in ({"alias": None}, {"alias": "  "}, {"plan_type": None}, {"plan_type": "XYZ"}, {"name": "x"}):
        reply = await teacher.patch(f"/api/cases/{case['id']}", json=wrong)
        assert reply.status_code == 422, wrong
    assert (await teacher.get(f"/api/cases/{case['id']}")).json() == case


async def test_a_name_is_no_alias_and_nothing_of_it_is_kept(teacher):
    reply = await teacher.post("/api/cases", json={**OTTER, "alias": "Emily Johnson"})
    assert reply.status_code == 422
    assert reply.json()["type"].endswith("/identifiers-found")
    assert list(reply.json()["findings"]) == ["alias"]
    assert "Emily" not in reply.text
    assert (await teacher.get("/api/cases")).json()["items"] == []


async def test_animals_and_plants_pass_and_so_does_the_alias_in_the_notes(teacher):
    for alias in ("Heron", "Jackdaw", "Maple", "Thistle", "Fern", "Lynx"):
        sent = {
            "alias": alias,
            "plan_type": "504",
            "notes": f"{alias} has strong ideas. We like {alias}’s maps.",
        }
        assert (await teacher.post("/api/cases", json=sent)).status_code == 201, alias


async def test_words_kept_once_are_not_asked_about_again(teacher):
    notes = "Starts Wilson on Mondays with Emily Johnson."
    refused = await teacher.post("/api/cases", json={**OTTER, "notes": notes})
    assert refused.status_code == 422
    quotes = {notes[each["start"] : each["end"]] for each in refused.json()["findings"]["notes"]}
    kept = await teacher.post("/api/cases", json={**OTTER, "notes": notes, "kept": {"notes": sorted(quotes)}})
    assert kept.status_code == 201
    longer = await teacher.patch(f"/api/cases/{kept.json()['id']}", json={"notes": notes + " It helps."})
    assert longer.status_code == 200


async def test_others_never_learn_that_a_case_exists(cast: Cast):
    case = (await cast.teacher.post("/api/cases", json=OTTER)).json()
    for other in (cast.mentor, cast.other_teacher, cast.steward, cast.outsider):
        assert (await other.get(f"/api/cases/{case['id']}")).status_code == 404
        assert (await other.patch(f"/api/cases/{case['id']}", json={"notes": "x"})).status_code == 404
        assert (await other.delete(f"/api/cases/{case['id']}")).status_code == 404
        assert (await other.get(f"/api/cases/{case['id']}/items")).status_code == 404
        assert (await other.get("/api/cases")).json()["items"] == []


async def test_nobody_signed_out_reaches_a_case(anyone):
    for call in (anyone.get("/api/cases"), anyone.post("/api/cases", json=OTTER)):
        assert (await call).status_code == 401


async def test_a_long_caseload_comes_in_pages(teacher):
    for number in range(5):
        await teacher.post("/api/cases", json={**OTTER, "alias": f"Otter {number}"})
    seen, after = [], ""
    while True:
        page = (await teacher.get(f"/api/cases?limit=2{after}")).json()
        seen += [case["alias"] for case in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == [f"Otter {number}" for number in range(5)]
    assert (await teacher.get("/api/cases?after=nonsense")).status_code == 422


async def test_a_create_sent_again_after_changes_answers_with_what_is_stored(cast):
    """A phone whose first answer was lost tries again, perhaps after another phone has changed things."""
    case = {"id": str(new_id()), "alias": "Heron", "plan_type": "IEP", "notes": "Likes maps."}
    item = {"id": str(new_id()), "kind": "goal", "title": "Reading", "details": {"target": 90}}
    entry = {"id": str(new_id()), "on": "2026-11-02", "value": 3, "note": "Calm."}
    for url, sent, there, change, wanted in (
        ("/api/cases", case, "/api/cases", {"notes": "Likes trains."}, ("notes", "Likes trains.")),
        (f"/api/cases/{case['id']}/items", item, "/api/items", {"title": "Fluency"}, ("title", "Fluency")),
        (f"/api/items/{item['id']}/entries", entry, "/api/entries", {"value": 4}, ("value", 4)),
    ):
        assert (await cast.teacher.post(url, json=sent)).status_code == 201
        changed = await cast.teacher.patch(f"{there}/{sent['id']}", json=change)
        assert changed.status_code == 200, changed.text
        again = await cast.teacher.post(url, json=sent)
        assert (again.status_code, again.json()[wanted[0]]) == (200, wanted[1])
        assert (await cast.teacher.post(url, json=sent | change)).status_code == 409
    spelled = entry | {"value": 3.0}
    assert (await cast.teacher.post(f"/api/items/{item['id']}/entries", json=spelled)).status_code == 200

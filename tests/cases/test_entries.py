import pytest

from app.core.ids import new_id


@pytest.fixture
async def goal(teacher):
    case = (await teacher.post("/api/cases", json={"alias": "Otter", "plan_type": "IEP"})).json()
    return (
        await teacher.post(f"/api/cases/{case['id']}/items", json={"kind": "goal", "title": "Reading aloud"})
    ).json()


POINT = {
    "on": "2026-11-04",
    "value": 93,
    "note": "Careful and a little slow.",
    "details": {"errors": 2, "phase": "long-word routine", "help": "independent"},
}


async def test_a_measurement_is_kept_as_it_was_taken(teacher, goal):
    made = await teacher.post(f"/api/items/{goal['id']}/entries", json=POINT)
    assert made.status_code == 201
    point = made.json()
    assert {name: point[name] for name in POINT} == POINT
    assert point["item_id"] == goal["id"]
    assert (await teacher.get(f"/api/items/{goal['id']}/entries")).json()["items"] == [point]


async def test_a_phone_that_retries_adds_one_line(teacher, goal, other_teacher):
    url, sent = f"/api/items/{goal['id']}/entries", {"id": str(new_id()), **POINT}
    first, again = await teacher.post(url, json=sent), await teacher.post(url, json=sent)
    other = await teacher.post(url, json={**sent, "value": 94})
    assert [each.status_code for each in (first, again, other)] == [201, 200, 409]
    assert (await other_teacher.post(url, json=sent)).status_code == 404


async def test_a_missed_day_is_no_zero(teacher, goal):
    sent = {"on": "2026-11-11", "details": {"absent": True, "why": "assembly took the period"}}
    made = await teacher.post(f"/api/items/{goal['id']}/entries", json=sent)
    assert made.json()["value"] is None
    zero = await teacher.post(f"/api/items/{goal['id']}/entries", json={"on": "2026-11-12", "value": 0})
    assert zero.json()["value"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"on": "2026-11-04", "details": {"used": "always"}},  # An accommodation check, not a measurement.
        {"on": "2026-11-04", "details": {"no_such_field": 1}},
        {"on": "2026-11-04", "value": "93"},
        {"on": "2026-11-04", "value": True},
        {"on": "2026-11-31"},
        {"value": 93},
    ],
)
async def test_what_does_not_fit_the_kind_is_refused(teacher, goal, wrong):
    url = f"/api/items/{goal['id']}/entries"
    assert (await teacher.post(url, json=wrong)).status_code == 422
    assert (await teacher.get(url)).json()["items"] == []


async def test_a_line_can_be_corrected_and_deleted(teacher, goal, outsider):
    url = f"/api/items/{goal['id']}/entries"
    point = (await teacher.post(url, json={"id": str(new_id()), **POINT})).json()
    fixed = await teacher.patch(
        f"/api/entries/{point['id']}",
        json={"value": 92.5, "note": None, "details": {"errors": None, "total": 3}},
    )
    assert fixed.status_code == 200
    assert (fixed.json()["value"], fixed.json()["note"], fixed.json()["on"]) == (92.5, None, POINT["on"])
    assert fixed.json()["details"] == {"phase": "long-word routine", "help": "independent", "total": 3}

    assert (await outsider.patch(f"/api/entries/{point['id']}", json={"value": 1})).status_code == 404
    assert (await outsider.delete(f"/api/entries/{point['id']}")).status_code == 404
    assert (await teacher.delete(f"/api/entries/{point['id']}")).status_code == 204
    assert (await teacher.delete(f"/api/entries/{point['id']}")).status_code == 404
    assert (await teacher.post(url, json={"id": point["id"], **POINT})).status_code == 404
    assert (await teacher.get(url)).json()["items"] == []


async def test_a_name_in_a_line_stops_it(teacher, goal):
    sent = {**POINT, "note": "With Emily Johnson", "details": {"who": "Jacob Miller"}}
    reply = await teacher.post(f"/api/items/{goal['id']}/entries", json=sent)
    assert reply.status_code == 422
    assert set(reply.json()["findings"]) == {"note", "details.who"}


async def test_the_log_is_newest_first_in_pages(teacher, goal):
    url = f"/api/items/{goal['id']}/entries"
    for on, value in (("2026-11-03", 2), ("2026-11-02", 1), ("2026-11-04", 4), ("2026-11-03", 3)):
        await teacher.post(url, json={"on": on, "value": value})
    seen, after = [], ""
    while True:
        page = (await teacher.get(f"{url}?limit=1{after}")).json()
        seen += [entry["value"] for entry in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == [4, 3, 2, 1]

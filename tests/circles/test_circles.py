"""Circles as their members, and others, meet them."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from app.circles.models import Circle
from tests.circles.threads import ask, told


async def test_whoever_makes_a_circle_becomes_its_steward(outsider, db):
    circle = {"id": str(uuid4()), "name": "Harbor Circle"}
    made = await outsider.post("/api/circles", json=circle)
    again = await outsider.post("/api/circles", json={**circle, "name": " Harbor  Circle "})

    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json() == again.json()
    assert made.json()["roles"] == ["steward"]
    assert [member["display_name"] for member in made.json()["members"]] == ["Olu Fairbanks"]
    assert [kind for kind, _, op in await told(db, outsider.id)] == ["circle"]
    me = (await outsider.get("/api/me")).json()
    assert me["memberships"][-1]["circle_name"] == "Harbor Circle"


async def test_an_id_that_is_taken_is_refused_without_telling_more(cast):
    mine = {"id": str(uuid4()), "name": "Harbor Circle"}
    await cast.teacher.post("/api/circles", json=mine)

    other_name = await cast.teacher.post("/api/circles", json={**mine, "name": "Cove Circle"})
    assert (other_name.status_code, other_name.json()["type"]) == (409, "/problems/id-taken")
    assert (await cast.mentor.post("/api/circles", json=mine)).status_code == 404
    same_place = {"id": str(cast.circle_id), "name": "River Circle"}
    assert (await cast.teacher.post("/api/circles", json=same_place)).status_code == 409
    assert (await cast.outsider.post("/api/circles", json=same_place)).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": "a" * 201}, {"name": "x", "roles": ["mentor"]}, {"name": "\ud800"}]
)
async def test_a_misshapen_circle_is_refused(teacher, body):
    import json

    refused = await teacher.post(
        "/api/circles", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    assert refused.status_code == 422


async def test_members_see_the_circle_and_others_do_not(cast):
    url = f"/api/circles/{cast.circle_id}"
    for member in (cast.teacher, cast.mentor, cast.steward):
        assert (await member.get(url)).json()["name"] == "River Circle"
    for path in ("", "/members", "/mentors", "/invitations"):
        assert (await cast.outsider.get(url + path)).status_code == 404
    listed = (await cast.teacher.get("/api/circles")).json()
    assert [circle["id"] for circle in listed["items"]] == [str(cast.circle_id)]
    assert listed["next"] is None


async def test_names_of_circles_are_sealed(cast, db):
    names = await db.read(lambda tx: tx.execute(select(Circle.__table__.c.name)).scalars().all())
    assert len(names) == 2
    assert not any(b"River" in name for name in names)


async def test_lists_come_in_pages(cast):
    url = f"/api/circles/{cast.circle_id}/members"
    first = (await cast.teacher.get(url, params={"limit": 3})).json()
    second = (await cast.teacher.get(url, params={"limit": 3, "after": first["next"]})).json()
    together = [member["id"] for member in first["items"] + second["items"]]
    whole = [member["id"] for member in (await cast.teacher.get(url)).json()["items"]]
    assert together == whole
    assert (len(together), second["next"]) == (5, None)
    assert (await cast.teacher.get(url, params={"after": "nonsense"})).status_code == 422
    assert (await cast.teacher.get(url, params={"limit": 0})).status_code == 422


async def test_mentors_are_shown_with_what_helps_to_choose(cast, db):
    await ask(db, cast, cast.other_teacher.id, mentor=cast.mentor.id)
    await ask(db, cast, cast.other_teacher.id, mentor=cast.mentor.id, state="closed")
    await cast.mentor.patch(
        f"/api/circles/{cast.circle_id}/members/me",
        json={"topics": ["behavior", "meeting", "behavior"], "away_until": "2031-02-03"},
    )
    await cast.teacher.patch("/api/me", json={"works_with": [str(cast.other_mentor.id)]})

    mentors = (await cast.teacher.get(f"/api/circles/{cast.circle_id}/mentors")).json()["items"]
    assert {mentor.pop("id") for mentor in mentors} == {str(cast.mentor.id), str(cast.other_mentor.id)}
    assert sorted(mentors, key=lambda mentor: mentor["display_name"], reverse=True) == [
        {
            "display_name": "Ruth Ambrose",
            "topics": ["behavior", "meeting"],
            "away_until": "2031-02-03",
            "open_count": 1,
            "works_with_me": False,
        },
        {
            "display_name": "Ines Calloway",
            "topics": [],
            "away_until": None,
            "open_count": 0,
            "works_with_me": True,
        },
    ]


async def test_a_mentor_does_not_see_herself_among_the_mentors(cast):
    mentors = (await cast.mentor.get(f"/api/circles/{cast.circle_id}/mentors")).json()["items"]
    assert [mentor["display_name"] for mentor in mentors] == ["Ines Calloway"]


async def test_a_steward_sees_no_persons_figures(cast, db):
    await ask(db, cast, cast.teacher.id, mentor=cast.mentor.id)
    mentors = (await cast.steward.get(f"/api/circles/{cast.circle_id}/mentors")).json()["items"]
    assert {mentor["open_count"] for mentor in mentors} == {None}


async def test_what_a_member_says_of_herself_reaches_the_others(cast, db):
    url = f"/api/circles/{cast.circle_id}/members/me"
    mine = await cast.mentor.patch(url, json={"away_until": "2031-02-03"})
    assert (mine.json()["away_until"], mine.json()["topics"]) == ("2031-02-03", [])
    assert await told(db, cast.teacher.id) == [("circle", cast.circle_id, "put")]
    assert (await cast.mentor.patch(url, json={"away_until": None})).json()["away_until"] is None
    for wrong in ({"topics": ["cooking"]}, {"away_until": "2031-02-30"}, {"away_until": 7}, {"roles": []}):
        assert (await cast.mentor.patch(url, json=wrong)).status_code == 422
    assert (await cast.outsider.patch(url, json={"topics": []})).status_code == 404


async def test_a_new_display_name_reaches_the_others(cast, db):
    await cast.mentor.patch("/api/me", json={"display_name": "Ruth A."})
    assert await told(db, cast.teacher.id) == [("circle", cast.circle_id, "put")]
    circle = (await cast.teacher.get(f"/api/circles/{cast.circle_id}")).json()
    assert "Ruth A." in [member["display_name"] for member in circle["members"]]


async def test_only_stewards_change_roles_and_remove_others(cast):
    url = f"/api/circles/{cast.circle_id}/members/{cast.other_teacher.id}"
    for who, status in ((cast.teacher, 403), (cast.mentor, 403), (cast.outsider, 404)):
        assert (await who.patch(url, json={"roles": ["mentor"]})).status_code == status
        assert (await who.delete(url)).status_code == status
    assert (await cast.steward.patch(url, json={"roles": []})).status_code == 422
    assert (await cast.steward.delete(url)).status_code == 204
    assert (await cast.steward.delete(url)).status_code == 404
    assert (await cast.steward.patch(url, json={"roles": ["mentor"]})).status_code == 404


async def test_who_is_alone_in_her_circle_stays_its_host_or_leaves_it(cast):
    circle = (await cast.outsider.post("/api/circles", json={"name": "Lakeside"})).json()
    url = f"/api/circles/{circle['id']}/members/{cast.outsider.id}"
    refused = await cast.outsider.patch(url, json={"roles": ["teacher"]})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/last-steward")
    both = await cast.outsider.patch(url, json={"roles": ["teacher", "steward"]})
    assert both.json()["roles"] == ["teacher", "steward"]
    assert (await cast.outsider.delete(url)).status_code == 204


async def test_a_member_may_leave_but_never_the_last_steward(cast):
    url = f"/api/circles/{cast.circle_id}/members"
    assert (await cast.teacher.delete(f"{url}/{cast.teacher.id}")).status_code == 204
    refused = await cast.steward.delete(f"{url}/{cast.steward.id}")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/last-steward")
    demoted = await cast.steward.patch(f"{url}/{cast.steward.id}", json={"roles": ["teacher"]})
    assert demoted.status_code == 409

    await cast.steward.patch(f"{url}/{cast.mentor.id}", json={"roles": ["mentor", "steward"]})
    assert (await cast.steward.delete(f"{url}/{cast.steward.id}")).status_code == 204

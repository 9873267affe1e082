"""What a person sees and changes of herself."""

from uuid import UUID

import pytest
from sqlalchemy import select

from app.access import Me
from app.accounts.models import Person
from app.core.audit import AuditRow
from app.core.clock import now
from app.live.hub import SESSION_ENDED, Socket
from tests.accounts.signing_in import OURS, sign_in

USUAL = [{"days": [1, 2, 3, 4, 5, 6, 7], "from": "20:00", "to": "07:00"}]


async def test_me_has_the_contracts_fields(cast):
    me = (await cast.mentor.get("/api/me")).json()
    assert me == {
        "id": str(cast.mentor.id),
        "email": cast.mentor.email,
        "display_name": "Ruth Ambrose",
        "region": "US-OH",
        "time_zone": "America/New_York",
        "quiet_hours": [],
        "preferences": {"mail": True, "push": True, "theme": "system", "speed": 1.0},
        "works_with": [],
        "memberships": [
            {
                "circle_id": str(cast.circle_id),
                "circle_name": "River Circle",
                "roles": ["mentor"],
                "topics": [],
                "away_until": None,
            }
        ],
    }


async def test_nobody_else_has_a_me(anyone):
    assert (await anyone.get("/api/me")).status_code == 401
    assert (await anyone.patch("/api/me", json={})).status_code == 401


async def test_what_is_sent_changes_and_the_rest_stays(teacher):
    changed = await teacher.patch(
        "/api/me",
        json={
            "display_name": "  Dana\u202e  Whitlock-Reyes ",
            "region": "colorado",
            "time_zone": "America/Denver",
            "quiet_hours": [{"days": [7, 6, 6], "from": "18:30", "to": "09:00"}],
            "preferences": {"theme": "dark"},
        },
    )
    assert changed.status_code == 200
    me = changed.json()
    assert me["display_name"] == "Dana Whitlock-Reyes"
    assert (me["region"], me["time_zone"]) == ("US-CO", "America/Denver")
    assert me["quiet_hours"] == [{"days": [7, 6, 6], "from": "18:30", "to": "09:00"}]

    again = (await teacher.patch("/api/me", json={"preferences": {"mail": False}})).json()
    assert again["preferences"] == {"mail": False, "push": True, "theme": "dark", "speed": 1.0}
    assert again["display_name"] == "Dana Whitlock-Reyes"
    assert (await teacher.get("/api/me")).json() == again


async def test_quiet_hours_can_be_none_or_the_usual_ones(teacher):
    assert (await teacher.patch("/api/me", json={"quiet_hours": []})).json()["quiet_hours"] == []
    assert (await teacher.patch("/api/me", json={"quiet_hours": None})).json()["quiet_hours"] == USUAL


@pytest.mark.parametrize(
    "change",
    [
        {"display_name": ""},
        {"display_name": "   "},
        {"display_name": None},
        {"display_name": "a" * 201},
        {"display_name": "Da\x00na"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": None},
        {"time_zone": ""},
        {"region": "Springfield"},
        {"quiet_hours": [{"days": [], "from": "20:00", "to": "07:00"}]},
        {"quiet_hours": [{"days": [0], "from": "20:00", "to": "07:00"}]},
        {"quiet_hours": [{"days": [8], "from": "20:00", "to": "07:00"}]},
        {"quiet_hours": [{"days": [1], "from": "24:00", "to": "07:00"}]},
        {"quiet_hours": [{"days": [1], "from": "20:00"}]},
        {"quiet_hours": [{"days": [1], "from_": "20:00", "to": "07:00"}]},
        {"quiet_hours": [{"days": [1], "from": "20:00", "to": "07:00"}] * 22},
        {"preferences": {"theme": "mauve"}},
        {"preferences": {"colour": "red"}},
        {"preferences": {"speed": 9}},
        {"works_with": ["me"]},
        {"email": "other@example.org"},
        {"id": "0198c0de-0000-7000-8000-000000000000"},
        {"memberships": []},
    ],
)
async def test_what_is_not_right_is_refused_and_changes_nothing(teacher, change):
    before = (await teacher.get("/api/me")).json()
    refused = await teacher.patch("/api/me", json={"region": "US-ME", **change})
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert (await teacher.get("/api/me")).json() == before


async def test_the_people_i_work_with_are_people_of_my_circles(cast):
    teacher = cast.teacher
    named = await teacher.patch("/api/me", json={"works_with": [str(cast.mentor.id)]})
    assert named.json()["works_with"] == [str(cast.mentor.id)]

    for stranger in (cast.outsider.id, "0198c0de-0000-7000-8000-000000000000"):
        refused = await teacher.patch("/api/me", json={"works_with": [str(stranger)]})
        assert refused.status_code == 404
    assert (await teacher.patch("/api/me", json={"works_with": [str(teacher.id)]})).status_code == 422
    assert (await teacher.get("/api/me")).json()["works_with"] == [str(cast.mentor.id)]
    assert (await teacher.patch("/api/me", json={"works_with": []})).json()["works_with"] == []


async def test_names_and_addresses_are_sealed(teacher, db):
    await teacher.patch("/api/me", json={"display_name": "Zenobia Marker"})
    stored = await db.read(lambda tx: tx.execute(select(Person.__table__)).all())
    assert b"Zenobia" not in b"".join(row.display_name for row in stored)
    assert all(teacher.email.encode() not in row.email for row in stored)


async def test_a_change_is_noted_without_its_words(teacher, db):
    await teacher.patch("/api/me", json={"display_name": "Zenobia Marker"})
    noted = await db.read(lambda tx: tx.execute(select(AuditRow.__table__)).all())
    assert [row.act for row in noted] == ["account.change"]
    assert "Zenobia" not in str(noted)


async def test_sessions_and_tokens_are_listed_and_end_one_by_one(cast, anyone, db):
    await sign_in(anyone, db, cast.teacher.email)
    (session,) = (await anyone.get("/api/me/sessions")).json()["items"]
    (token,) = (await anyone.get("/api/me/tokens")).json()["items"]
    assert (session["is_current"], token["is_current"]) == (True, False)
    assert (session["device"], token["label"]) == ("mine", "test")

    for foreign in (cast.mentor, cast.outsider, cast.steward):
        assert (await foreign.delete(f"/api/me/sessions/{session['id']}")).status_code == 404
        assert (await foreign.delete(f"/api/me/tokens/{token['id']}")).status_code == 404

    revoked = await anyone.delete(f"/api/me/tokens/{token['id']}", headers=OURS)
    assert revoked.status_code == 204
    assert (await cast.teacher.get("/api/me")).status_code == 401
    assert (await anyone.delete(f"/api/me/tokens/{token['id']}", headers=OURS)).status_code == 404

    assert (await anyone.delete(f"/api/me/sessions/{session['id']}", headers=OURS)).status_code == 204
    assert (await anyone.get("/api/me")).status_code == 401


async def test_a_write_from_another_site_is_refused(cast, anyone, db):
    await sign_in(anyone, db, cast.teacher.email)
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        refused = await anyone.patch("/api/me", json={"region": "US-ME"}, headers=headers)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/foreign-origin")
    allowed = await anyone.patch(
        "/api/me", json={"region": "US-ME"}, headers={"Origin": "http://localhost:8000"}
    )
    assert allowed.status_code == 200


async def test_ending_a_session_closes_its_socket(cast, anyone, db, service):
    await sign_in(anyone, db, cast.teacher.email)
    (session,) = (await anyone.get("/api/me/sessions")).json()["items"]
    mine = Socket(Me(cast.teacher.id, UUID(session["id"]), "cookie", now()), 0)
    other = Socket(Me(cast.teacher.id, cast.teacher.id, "bearer", now()), 0)
    for socket in (mine, other):
        service.state.hub.join(socket)
    await anyone.delete("/api/auth/session", headers=OURS)
    assert (mine.code, other.code) == (SESSION_ENDED, None)
    assert await mine.next_line() is None

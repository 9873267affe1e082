"""Invitations, from the steward's tap to the first sign-in."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.circles.models import Invitation
from app.core import clock
from app.core.outbox import Fact
from tests.accounts.signing_in import sign_in

NEW = "mara.quill@example.org"


def url(cast):
    return f"/api/circles/{cast.circle_id}/invitations"


async def facts(db):
    rows = await db.read(lambda tx: tx.execute(select(Fact.__table__.c.fact)).scalars().all())
    return [fact for fact in rows if fact == "circles.invited"]


async def test_an_invited_address_joins_by_signing_in(cast, anyone, db):
    invited = await cast.steward.post(
        url(cast), json={"email": " Mara.Quill@Example.ORG", "roles": ["teacher"]}
    )
    assert invited.status_code == 201
    assert (invited.json()["email"], invited.json()["roles"]) == (NEW, ["teacher"])
    assert await facts(db) == ["circles.invited"]

    user = (await sign_in(anyone, db, NEW)).json()["user"]
    assert user["memberships"][0]["roles"] == ["teacher"]
    assert (await cast.steward.get(url(cast))).json()["items"] == []


async def test_someone_with_an_account_joins_at_her_next_sign_in(cast, anyone, db):
    await cast.steward.post(url(cast), json={"email": cast.outsider.email, "roles": ["mentor"]})
    assert (await cast.outsider.get(f"/api/circles/{cast.circle_id}")).status_code == 404
    await sign_in(anyone, db, cast.outsider.email)
    assert (await cast.outsider.get(f"/api/circles/{cast.circle_id}")).json()["roles"] == ["mentor"]


async def test_a_member_has_her_new_roles_at_once_and_gets_no_mail(cast, db):
    invited = await cast.steward.post(url(cast), json={"email": cast.teacher.email, "roles": ["mentor"]})
    assert invited.json()["accepted_at"] is not None
    assert await facts(db) == []
    mine = (await cast.teacher.get(f"/api/circles/{cast.circle_id}")).json()
    assert mine["roles"] == ["teacher", "mentor"]


async def test_only_stewards_invite_and_see_invitations(cast):
    body = {"email": NEW, "roles": ["teacher"]}
    for who, status in ((cast.teacher, 403), (cast.mentor, 403), (cast.outsider, 404)):
        assert (await who.post(url(cast), json=body)).status_code == status
        assert (await who.get(url(cast))).status_code == status


async def test_the_same_invitation_again_is_the_same_and_sends_no_second_mail(cast, db):
    body = {"id": str(uuid4()), "email": NEW, "roles": ["mentor", "teacher"]}
    first = await cast.steward.post(url(cast), json=body)
    again = await cast.steward.post(url(cast), json={**body, "roles": ["teacher", "mentor"]})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert await facts(db) == ["circles.invited"]

    other = await cast.steward.post(url(cast), json={**body, "roles": ["steward"]})
    assert (other.status_code, other.json()["type"]) == (409, "/problems/id-taken")


async def test_an_id_of_another_circle_is_not_found(cast):
    body = {"id": str(uuid4()), "email": NEW, "roles": ["teacher"]}
    await cast.steward.post(url(cast), json=body)
    (elsewhere,) = (await cast.outsider.get("/api/circles")).json()["items"]
    refused = await cast.outsider.post(f"/api/circles/{elsewhere['id']}/invitations", json=body)
    assert refused.status_code == 404


async def test_inviting_again_renews_with_the_new_roles(cast, anyone, db):
    await cast.steward.post(url(cast), json={"email": NEW, "roles": ["mentor"]})
    clock.travel(timedelta(days=5))
    await cast.steward.post(url(cast), json={"email": NEW, "roles": ["teacher"]})
    assert len((await cast.steward.get(url(cast))).json()["items"]) == 1
    assert await facts(db) == ["circles.invited"] * 2

    clock.travel(timedelta(days=11))
    user = (await sign_in(anyone, db, NEW)).json()["user"]
    assert user["memberships"][0]["roles"] == ["teacher"]


async def test_after_seven_days_an_invitation_is_over(cast, anyone, db):
    await cast.steward.post(url(cast), json={"email": NEW, "roles": ["teacher"]})
    clock.travel(timedelta(days=7, seconds=1))
    assert (await sign_in(anyone, db, NEW)).status_code == 401


async def test_a_withdrawn_invitation_opens_nothing(cast, anyone, db):
    invited = (await cast.steward.post(url(cast), json={"email": NEW, "roles": ["teacher"]})).json()
    assert (await cast.teacher.delete(f"{url(cast)}/{invited['id']}")).status_code == 403
    assert (await cast.steward.delete(f"{url(cast)}/{invited['id']}")).status_code == 204
    assert (await cast.steward.delete(f"{url(cast)}/{invited['id']}")).status_code == 404
    assert (await sign_in(anyone, db, NEW)).status_code == 401


async def test_twenty_a_day_is_the_most(cast, service):
    service.state.limits.off = False
    for number in range(20):
        body = {"email": f"guest{number}@example.org", "roles": ["teacher"]}
        assert (await cast.steward.post(url(cast), json=body)).status_code == 201
    refused = await cast.steward.post(url(cast), json={"email": NEW, "roles": ["teacher"]})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 86_400
    clock.travel(timedelta(days=1, seconds=2))
    assert (await cast.steward.post(url(cast), json={"email": NEW, "roles": ["teacher"]})).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"email": NEW},
        {"email": NEW, "roles": []},
        {"email": NEW, "roles": ["host"]},
        {"email": "nowhere", "roles": ["teacher"]},
        {"email": NEW, "roles": ["teacher"], "name": "Mara"},
    ],
)
async def test_a_misshapen_invitation_is_refused(cast, body):
    refused = await cast.steward.post(url(cast), json=body)
    assert refused.status_code == 422
    assert "Mara" not in refused.text


async def test_addresses_are_sealed(cast, db):
    await cast.steward.post(url(cast), json={"email": NEW, "roles": ["teacher"]})
    rows = await db.read(lambda tx: tx.execute(select(Invitation.__table__)).all())
    assert NEW not in str(rows)
    assert b"mara" not in rows[0].email

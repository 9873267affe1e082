"""Signing in by mail: promises P6 and P7, and the counts of `reliability.md` sections 5 and 7."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Person, Session, SignIn
from app.core import clock
from app.core.limits import Limits
from tests.accounts.signing_in import OURS, invited, letter_for, sign_in
from tests.conftest import client_of

NEW = "mara.quill@example.org"


async def ask(browser, email):
    return await browser.post("/api/auth/sign-in", json={"email": email}, headers=OURS)


async def redeem(browser, **body):
    return await browser.post("/api/auth/session", json=body, headers=OURS)


async def rows(db, model):
    return await db.read(lambda tx: tx.execute(select(model.__table__)).all())


async def test_the_answer_is_the_same_for_known_and_unknown_addresses(cast, anyone, db):
    known = await ask(anyone, cast.teacher.email)
    unknown = await ask(anyone, "nobody.here@example.org")

    assert (known.status_code, unknown.status_code) == (202, 202)
    assert known.content == unknown.content
    assert "signin=" in unknown.headers["set-cookie"]
    assert len(await rows(db, SignIn)) == 2


async def test_the_link_signs_in_the_browser_that_asked(cast, anyone, db):
    reply = await sign_in(anyone, db, cast.teacher.email)

    assert reply.status_code == 201
    assert reply.json()["user"]["display_name"] == "Dana Whitlock"
    cookie = next(each for each in reply.headers.get_list("set-cookie") if each.startswith("sid="))
    assert {"HttpOnly", "Path=/", "SameSite=strict", "Max-Age=7776000"} <= set(cookie.split("; "))
    assert (await anyone.get("/api/me")).json()["email"] == cast.teacher.email


async def test_the_code_signs_in_too_and_may_be_written_with_a_space(cast, anyone, db):
    await ask(anyone, cast.teacher.email)
    code = (await letter_for(db, cast.teacher.email)).code

    reply = await redeem(anyone, email=" Teacher@Example.org ", code=f"{code[:4]} {code[4:]}")
    assert reply.status_code == 201
    assert (await anyone.get("/api/me")).status_code == 200


async def test_a_link_opened_in_another_browser_neither_signs_in_nor_is_used_up(cast, anyone, db, service):
    await ask(anyone, cast.teacher.email)
    letter = await letter_for(db, cast.teacher.email)
    async with client_of(service) as elsewhere:
        for body in ({"token": letter.token}, {"email": cast.teacher.email, "code": letter.code}):
            refused = await redeem(elsewhere, **body)
            assert refused.status_code == 401
            assert refused.json()["type"] == "/problems/sign-in-elsewhere"
            assert "sid" not in elsewhere.cookies
        await ask(elsewhere, "somebody@example.org")
        assert (await redeem(elsewhere, token=letter.token)).status_code == 401

    assert (await redeem(anyone, token=letter.token)).status_code == 201


async def test_a_link_works_once_and_takes_the_code_with_it(cast, anyone, db):
    await ask(anyone, cast.teacher.email)
    letter = await letter_for(db, cast.teacher.email)
    cookie = anyone.cookies["signin"]

    assert (await redeem(anyone, token=letter.token)).status_code == 201
    anyone.cookies.set("signin", cookie)
    for body in ({"token": letter.token}, {"email": cast.teacher.email, "code": letter.code}):
        again = await redeem(anyone, **body)
        assert (again.status_code, again.json()["type"]) == (401, "/problems/sign-in-refused")


async def test_of_two_taps_at_once_one_signs_in(cast, anyone, db, service):
    await ask(anyone, cast.teacher.email)
    letter = await letter_for(db, cast.teacher.email)
    cookies = {"signin": anyone.cookies["signin"]}
    async with client_of(service, cookies=cookies) as one, client_of(service, cookies=cookies) as two:
        replies = await asyncio.gather(*(redeem(each, token=letter.token) for each in (one, two)))
    assert sorted(each.status_code for each in replies) == [201, 401]


async def test_after_ten_minutes_the_mail_is_worth_nothing(cast, anyone, db):
    await ask(anyone, cast.teacher.email)
    letter = await letter_for(db, cast.teacher.email)
    clock.travel(timedelta(minutes=10, seconds=1))

    assert (await redeem(anyone, token=letter.token)).status_code == 401
    assert (await redeem(anyone, email=cast.teacher.email, code=letter.code)).status_code == 401


async def test_looking_at_the_link_consumes_nothing(cast, anyone, db):
    await ask(anyone, cast.teacher.email)
    letter = await letter_for(db, cast.teacher.email)
    for path in ("/api/auth/session", "/api/auth/sign-in"):
        assert (await anyone.get(path, params={"token": letter.token})).status_code in (404, 405)
        assert (await anyone.head(path)).status_code in (404, 405)
    assert (await redeem(anyone, token=letter.token)).status_code == 201


async def test_five_wrong_codes_end_the_request_but_not_the_next_one(cast, anyone, db):
    await ask(anyone, cast.teacher.email)
    letter = await letter_for(db, cast.teacher.email)
    wrong = f"{(int(letter.code) + 1) % 10**8:08d}"
    for _ in range(5):
        assert (await redeem(anyone, email=cast.teacher.email, code=wrong)).status_code == 401
    assert (await redeem(anyone, email=cast.teacher.email, code=letter.code)).status_code == 401
    assert (await redeem(anyone, token=letter.token)).status_code == 401

    await ask(anyone, cast.teacher.email)
    code = (await letter_for(db, cast.teacher.email)).code
    assert (await redeem(anyone, email=cast.teacher.email, code=code)).status_code == 201


async def test_a_right_code_does_not_count_as_wrong(cast, anyone, db):
    await ask(anyone, cast.teacher.email)
    code = (await letter_for(db, cast.teacher.email)).code
    assert (await redeem(anyone, email=cast.teacher.email, code=code)).status_code == 201
    assert [row.wrong_codes for row in await rows(db, SignIn)] == [0]


async def test_twenty_wrong_codes_a_day_close_the_code_for_every_browser(cast, db, service):
    """Counted in the database, so that neither a restart nor RATE_LIMITS=off forgives."""
    for _ in range(4):
        async with client_of(service) as guesser:
            await ask(guesser, cast.teacher.email)
            for _ in range(5):
                assert (await redeem(guesser, email=cast.teacher.email, code="00000000")).status_code == 401

    async with client_of(service) as owner:
        await ask(owner, cast.teacher.email)
        letter = await letter_for(db, cast.teacher.email)
        closed = await redeem(owner, email=cast.teacher.email, code=letter.code)
        assert closed.status_code == 429
        assert 0 < int(closed.headers["retry-after"]) <= 24 * 3600
        assert (await redeem(owner, token=letter.token)).status_code == 201


async def test_parallel_guesses_do_not_outrun_the_count(cast, anyone):
    await ask(anyone, cast.teacher.email)
    replies = await asyncio.gather(
        *(redeem(anyone, email=cast.teacher.email, code=f"{guess:08d}") for guess in range(12))
    )
    assert {each.status_code for each in replies} == {401}


async def test_the_first_of_two_mails_still_counts_in_the_same_browser(cast, anyone, db):
    await ask(anyone, cast.teacher.email)
    first = await letter_for(db, cast.teacher.email)
    await ask(anyone, cast.teacher.email)
    await letter_for(db, cast.teacher.email)
    assert (await redeem(anyone, token=first.token)).status_code == 201


async def test_a_planted_cookie_is_not_taken_over(cast, anyone):
    anyone.cookies.set("signin", "planted-by-someone-else")
    reply = await ask(anyone, cast.teacher.email)
    assert "planted" not in reply.headers["set-cookie"]


async def test_a_new_sign_in_has_a_new_secret_and_ends_this_browsers_old_session(cast, anyone, db):
    await sign_in(anyone, db, cast.teacher.email)
    old = anyone.cookies["sid"]
    await sign_in(anyone, db, cast.teacher.email)

    assert anyone.cookies["sid"] != old
    anyone.cookies.set("sid", old)
    assert (await anyone.get("/api/me")).status_code == 401


async def test_signing_out_counts_from_the_next_request(cast, anyone, db):
    await sign_in(anyone, db, cast.teacher.email)
    sid = anyone.cookies["sid"]
    gone = await anyone.delete("/api/auth/session", headers=OURS)

    assert gone.status_code == 204
    assert "clear-site-data" not in gone.headers
    assert "sid" not in anyone.cookies
    anyone.cookies.set("sid", sid)
    assert (await anyone.get("/api/me")).status_code == 401
    assert (await anyone.delete("/api/auth/session", headers=OURS)).status_code == 401


async def test_a_shared_device_forgets_soon_and_is_told_to_clear_itself(cast, anyone, db):
    reply = await sign_in(anyone, db, cast.teacher.email, device="shared")
    cookie = next(each for each in reply.headers.get_list("set-cookie") if each.startswith("sid="))
    assert "Max-Age" not in cookie

    clock.travel(timedelta(minutes=29))
    assert (await anyone.get("/api/me")).status_code == 200
    clock.travel(timedelta(minutes=60))
    assert (await anyone.get("/api/me")).status_code == 401

    clock.travel(timedelta(0))
    await sign_in(anyone, db, cast.teacher.email, device="shared")
    gone = await anyone.delete("/api/auth/session", headers=OURS)
    assert gone.headers["clear-site-data"] == '"cache", "storage"'


async def test_an_own_device_outlasts_a_school_break_but_not_a_summer(cast, anyone, db):
    await sign_in(anyone, db, cast.teacher.email)
    clock.travel(timedelta(days=29))
    assert (await anyone.get("/api/me")).status_code == 200
    clock.travel(timedelta(days=60))
    assert (await anyone.get("/api/me")).status_code == 401


async def test_the_first_sign_in_makes_the_account_and_accepts_every_invitation(cast, anyone, db):
    await invited(db, cast, NEW, "teacher")
    await invited(db, cast, NEW, "mentor")
    reply = await sign_in(anyone, db, NEW)

    user = reply.json()["user"]
    assert reply.status_code == 201
    assert user["display_name"] == "Mara Quill"
    assert user["memberships"] == [
        {
            "circle_id": str(cast.circle_id),
            "circle_name": "River Circle",
            "roles": ["teacher", "mentor"],
            "topics": [],
            "away_until": None,
        }
    ]


async def test_an_address_without_account_or_invitation_stays_outside(cast, anyone, db):
    await invited(db, cast, NEW, "teacher", lasts=timedelta(minutes=5))
    await ask(anyone, NEW)
    letter = await letter_for(db, NEW)
    clock.travel(timedelta(minutes=6))
    people = len(await rows(db, Person))

    assert (await redeem(anyone, token=letter.token)).status_code == 401
    assert len(await rows(db, Person)) == people


async def test_only_hashes_of_secrets_are_stored(cast, anyone, db):
    await ask(anyone, cast.teacher.email)
    letter = await letter_for(db, cast.teacher.email)
    browser = anyone.cookies["signin"]
    stored = str(await rows(db, SignIn))
    assert letter.token not in stored
    assert letter.code not in stored
    assert browser not in stored

    await redeem(anyone, token=letter.token)
    assert anyone.cookies["sid"] not in str(await rows(db, Session))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"token": "x" * 43, "code": "12345678"},
        {"code": "12345678"},
        {"email": "teacher@example.org"},
        {"email": "teacher@example.org", "code": "1234567"},
        {"email": "teacher@example.org", "code": "١٢٣٤٥٦٧٨"},
        {"token": "x" * 43, "device": "borrowed"},
        {"token": "x" * 43, "next": "/"},
        {"token": 7},
    ],
)
async def test_a_misshapen_sign_in_is_refused_and_not_echoed(anyone, body):
    refused = await redeem(anyone, **body)
    assert refused.status_code == 422
    assert "xxx" not in refused.text


@pytest.mark.parametrize("email", ["", "teacher", "a@b@c", "a b@example.org", "@example.org", "a@", 5, None])
async def test_what_is_no_address_is_refused(anyone, email):
    assert (await ask(anyone, email)).status_code == 422


async def test_a_bearer_token_neither_signs_in_nor_out(cast):
    for method, path, body in (
        ("POST", "/api/auth/sign-in", {"email": cast.teacher.email}),
        ("POST", "/api/auth/session", {"token": "x" * 43}),
        ("DELETE", "/api/auth/session", None),
    ):
        assert (await cast.teacher.client.request(method, path, json=body)).status_code == 403
    assert (await cast.teacher.get("/api/me")).status_code == 200


async def test_asking_too_often_is_refused_alike_for_every_address(cast, anyone, service):
    service.state.limits = Limits()
    for email in (cast.teacher.email, "nobody.here@example.org"):
        statuses = [(await ask(anyone, email)).status_code for _ in range(4)]
        assert statuses == [202, 202, 202, 429]
    refused = await ask(anyone, cast.teacher.email)
    assert int(refused.headers["retry-after"]) > 60


async def test_a_sign_in_from_something_new_is_told_to_its_owner(cast, anyone, service, db):
    from app.core.outbox import Fact

    async def facts():
        return [row.fact for row in await rows(db, Fact) if row.fact == "accounts.signed_in"]

    await sign_in(anyone, db, cast.teacher.email)
    assert await facts() == []
    async with client_of(service, headers={"User-Agent": "Mozilla/5.0 (Android) Firefox/140.0"}) as phone:
        await sign_in(phone, db, cast.teacher.email)
        assert await facts() == ["accounts.signed_in"]
        await sign_in(phone, db, cast.teacher.email)
        assert await facts() == ["accounts.signed_in"]


async def test_old_sign_ins_are_forgotten(cast, anyone, db, worker):
    await ask(anyone, cast.teacher.email)
    clock.travel(timedelta(days=7, minutes=1))
    await ask(anyone, cast.mentor.email)
    assert len(await rows(db, SignIn)) == 2
    await worker()
    (left,) = await rows(db, SignIn)
    assert left.person_id == cast.mentor.id


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("America/Denver", "America/Denver"),
        ("Mars/Olympus_Mons", "America/New_York"),
        (None, "America/New_York"),
    ],
)
async def test_a_new_account_starts_in_the_browsers_time_zone(cast, anyone, db, said, kept):
    await invited(db, cast, NEW, "teacher")
    reply = await sign_in(anyone, db, NEW, **({"time_zone": said} if said else {}))
    assert (reply.status_code, reply.json()["user"]["time_zone"]) == (201, kept)


async def test_an_account_that_is_there_keeps_its_time_zone(cast, anyone, db):
    before = (await cast.teacher.get("/api/me")).json()["time_zone"]
    reply = await sign_in(anyone, db, cast.teacher.email, time_zone="Asia/Tokyo")
    assert reply.json()["user"]["time_zone"] == before != "Asia/Tokyo"

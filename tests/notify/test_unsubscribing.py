"""One click out of notices by mail (RFC 8058), for whoever holds the mail, and nothing else."""

import base64

import pytest

from app.notify.unsubscribing import unsubscribe_token


@pytest.fixture
def address(db, mentor) -> str:
    return f"/api/unsubscribe/{unsubscribe_token(db.keyring, mentor.id)}"


async def likes(actor) -> bool:
    return (await actor.get("/api/me")).json()["preferences"]["mail"]


async def test_looking_at_the_page_changes_nothing(office, sink, anyone, mentor, address):
    page = await anyone.get(address)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert '<form method="post"><button>' in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert mentor.email not in page.text
    assert await likes(mentor) is True


async def test_one_click_from_a_mailbox_switches_notices_off(office, sink, anyone, mentor, address):
    click = {"List-Unsubscribe": "One-Click"}
    done = await anyone.post(address, data=click, headers={"Origin": "https://mail.example"})
    again = await anyone.post(address, data=click)
    assert (done.status_code, again.status_code) == (200, 200)
    assert await likes(mentor) is False
    await office.question(mentor=mentor)
    await office.worker()
    assert sink.taken == []
    # Settings switch them on again.
    await mentor.patch("/api/me", json={"preferences": {"mail": True}})
    await office.question(mentor=mentor)
    await office.worker()
    assert len(sink.to(mentor.email)) == 1


async def test_the_click_needs_no_origin_even_where_she_is_signed_in(anyone, mentor, address):
    secret = mentor.client.headers["Authorization"].removeprefix("Bearer ")
    headers = {"Cookie": f"sid={secret}", "Sec-Fetch-Site": "cross-site"}
    assert (await anyone.post(address, headers=headers)).status_code == 200
    assert await likes(mentor) is False


async def test_other_preferences_stay_as_they_are(office, anyone, mentor, address):
    await mentor.patch("/api/me", json={"preferences": {"theme": "dark"}})
    await anyone.post(address)
    told = (await mentor.get("/api/me")).json()["preferences"]
    assert (told["theme"], told["mail"]) == ("dark", False)


async def test_an_address_that_we_did_not_write_is_nowhere(db, anyone, mentor, teacher, address):
    ours = unsubscribe_token(db.keyring, mentor.id)
    signature = base64.urlsafe_b64decode(ours + "=")[16:]
    swapped = base64.urlsafe_b64encode(teacher.id.bytes + signature).decode().rstrip("=")
    for token in (swapped, ours[:-2], ours + "AA", "x", "é", "%00", "A" * 43):
        for method in ("GET", "POST"):
            reply = await anyone.request(method, f"/api/unsubscribe/{token}")
            assert reply.status_code in (404, 422), token
    assert await likes(teacher) is True
    assert await likes(mentor) is True

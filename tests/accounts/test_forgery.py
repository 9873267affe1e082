"""Writes with a session cookie that another site may have caused are refused (reliability.md, section 5)."""

import httpx
import pytest

from tests.accounts.signing_in import sign_in
from tests.factories import Cast

OURS = "http://localhost:8000"
ELSEWHERE = "https://elsewhere.example"


@pytest.fixture
async def secret(cast: Cast, anyone: httpx.AsyncClient, db) -> str:
    """The teacher's session, taken out of its browser."""
    assert (await sign_in(anyone, db, cast.teacher.email)).status_code == 201
    secret = anyone.cookies["sid"]
    anyone.cookies.clear()
    return secret


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ([], 403),
        ([("Sec-Fetch-Site", "same-origin")], 201),
        ([("Sec-Fetch-Site", "same-site")], 403),
        ([("Sec-Fetch-Site", "cross-site")], 403),
        ([("Sec-Fetch-Site", "none")], 403),
        ([("Sec-Fetch-Site", "cross-site"), ("Origin", OURS)], 403),
        ([("Origin", OURS)], 201),
        ([("Origin", "null")], 403),
        ([("Origin", ELSEWHERE)], 403),
        ([("Origin", f"{OURS}.elsewhere.example")], 403),
        ([("Origin", "http://localhost:1")], 403),
        ([("Authorization", "Bearer ")], 403),
        ([("Authorization", "Bearer made-up")], 403),
    ],
    ids=str,
)
async def test_who_may_write_with_a_cookie(anyone: httpx.AsyncClient, secret: str, said, status: int):
    headers = [("Cookie", f"sid={secret}"), *said]
    made = await anyone.post("/api/circles", json={"name": "Lakeside"}, headers=headers)
    assert made.status_code == status
    assert (await anyone.get("/api/me", headers=[headers[0]])).status_code == 200


@pytest.mark.parametrize("spelling", ["a=b|sid={}", "sid ={}", ' sid="{}"', "a=b; sid={}"])
async def test_no_odd_spelling_of_the_cookie_gets_past_it(
    anyone: httpx.AsyncClient, secret: str, spelling: str
):
    headers = [("Cookie", part) for part in spelling.format(secret).split("|")]
    made = await anyone.post("/api/circles", json={"name": "Lakeside"}, headers=headers)
    assert made.status_code == 403
    ended = await anyone.delete("/api/auth/session", headers=headers)
    assert ended.status_code == 403


async def test_a_script_s_token_needs_no_origin(cast: Cast):
    headers = {"Origin": ELSEWHERE, "Sec-Fetch-Site": "cross-site"}
    made = await cast.teacher.post("/api/circles", json={"name": "Lakeside"}, headers=headers)
    assert made.status_code == 201


async def test_a_form_of_another_site_is_no_request_at_all(anyone: httpx.AsyncClient, secret: str):
    headers = [("Cookie", f"sid={secret}"), ("Sec-Fetch-Site", "same-origin")]
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"):
        made = await anyone.post(
            "/api/circles", content=b'{"name": "Lakeside"}', headers=[*headers, ("Content-Type", kind)]
        )
        assert made.status_code == 422, kind

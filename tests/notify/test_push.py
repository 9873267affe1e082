"""Phones that want to be told: only at known push services, sealed, told once, forgotten when gone."""

import asyncio
import base64
import json
import os

import http_ece
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from app.core.ids import new_id
from app.core.settings import Settings
from app.notify import push
from app.notify.models import PushSubscription

KNOWN = "https://updates.push.services.mozilla.com/wpush/v2/abc"


def text64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Phone:
    """A browser's side of web push."""

    def __init__(self) -> None:
        self.secret = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)
        point = self.secret.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.keys = {"p256dh": text64(point), "auth": text64(self.auth)}

    def subscription(self, endpoint: str = KNOWN, **more: object) -> dict[str, object]:
        return {"endpoint": endpoint, "keys": self.keys, **more}

    def read(self, body: bytes) -> dict:
        return json.loads(http_ece.decrypt(body, private_key=self.secret, auth_secret=self.auth))


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.mark.parametrize(
    ("endpoint", "known"),
    [
        (KNOWN, True),
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://web.push.apple.com/QGuQ", True),
        ("https://wns2-by3p.notify.windows.com/w/?token=x", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://fcm.googleapis.com@evil.example/x", False),
        ("https://me@fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com.evil.example/x", False),
        ("https://evilpush.apple.com.example/x", False),
        ("https://127.0.0.1/x", False),
        ("https://[::1]/x", False),
        ("https://[", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_the_known_push_services_are_ever_called(endpoint, known):
    assert push.is_known_service(endpoint) is known
    assert push.may_be_called(endpoint, Settings(_env_file=None, base_url="https://c.example.org")) is known


@pytest.mark.parametrize("endpoint", ["https://push.example.org/x", "http://127.0.0.1:9/p", KNOWN])
async def test_on_ones_own_machine_any_push_service_will_do(phone, settings, teacher, endpoint):
    assert settings.is_development
    reply = await teacher.post("/api/push/subscriptions", json=phone.subscription(endpoint))
    assert reply.status_code == 201


async def test_a_phone_is_added_once_and_taken_away(phone, db, teacher, mentor):
    asked = phone.subscription(id=str(new_id()), expirationTime=None)
    first = await teacher.post("/api/push/subscriptions", json=asked)
    again = await teacher.post("/api/push/subscriptions", json=asked)
    fresh_id = await teacher.post("/api/push/subscriptions", json=phone.subscription())
    assert (first.status_code, again.status_code, fresh_id.status_code) == (201, 200, 200)
    assert first.json() == again.json() == fresh_id.json() == {"id": asked["id"]}
    stored = await db.read(lambda tx: tx.execute(select(PushSubscription.__table__)).one())
    assert b"mozilla" not in stored.subscription
    assert phone.keys["auth"].encode() not in stored.subscription
    assert (await mentor.delete(f"/api/push/subscriptions/{asked['id']}")).status_code == 404
    assert (await teacher.delete(f"/api/push/subscriptions/{asked['id']}")).status_code == 204
    assert (await teacher.delete(f"/api/push/subscriptions/{asked['id']}")).status_code == 404


async def test_an_id_holds_one_phone_of_one_person(phone, teacher, mentor):
    asked = phone.subscription(id=str(new_id()))
    await teacher.post("/api/push/subscriptions", json=asked)
    other = Phone().subscription(KNOWN + "d", id=asked["id"])
    assert (await teacher.post("/api/push/subscriptions", json=other)).status_code == 409
    assert (await mentor.post("/api/push/subscriptions", json=other)).status_code == 404


async def test_a_phone_follows_whoever_signed_in_on_it_last(phone, db, teacher, mentor):
    await teacher.post("/api/push/subscriptions", json=phone.subscription())
    assert (await mentor.post("/api/push/subscriptions", json=phone.subscription())).status_code == 201
    rows = await db.read(lambda tx: list(tx.execute(select(PushSubscription.__table__))))
    assert [row.person_id for row in rows] == [mentor.id]


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "ftp://evil.example/push"},
        {"keys": {"p256dh": "AAAA", "auth": text64(b"0" * 16)}},
        {"keys": {"p256dh": text64(b"\x04" + b"0" * 64), "auth": text64(b"0" * 16)}},
        {"keys": {"p256dh": "ü", "auth": "?"}},
        {"surprise": 1},
    ],
)
async def test_a_subscription_of_the_wrong_shape_is_refused_without_an_echo(phone, teacher, wrong):
    reply = await teacher.post("/api/push/subscriptions", json=phone.subscription() | wrong)
    assert reply.status_code == 422
    assert "evil" not in reply.text
    assert "surprise" not in reply.text


async def test_the_key_that_signs_is_made_once_and_kept_to_its_owner(settings, teacher):
    key = (await teacher.get("/api/push/key")).json()["key"]
    assert (await teacher.get("/api/push/key")).json()["key"] == key
    assert len(base64.urlsafe_b64decode(key + "=")) == 65
    path = push.key_path(settings)
    assert path.parent == settings.data_dir / "keys"
    assert path.stat().st_mode & 0o777 == 0o400
    push._signing_key.cache_clear()
    assert push.public_key(settings) == key


@pytest.fixture
async def push_service():
    """A push service on this machine that keeps what it is sent and answers `status`."""
    got: list[tuple[dict[str, str], bytes]] = []

    class Service:
        status = 201
        endpoint = ""
        received = got

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])
        }
        got.append((headers, await reader.readexactly(int(headers.get("content-length", 0)))))
        writer.write(f"HTTP/1.1 {Service.status} said\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    Service.endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/p"
    yield Service
    server.close()


async def test_a_push_says_no_more_than_a_mail_and_only_her_phone_can_read_it(
    office, sink, phone, push_service, mentor
):
    await mentor.post("/api/push/subscriptions", json=phone.subscription(push_service.endpoint))
    thread_id = await office.question(mentor=mentor)
    await office.worker()
    [(headers, body)] = push_service.received
    assert phone.read(body) == {
        "web_push": 8030,
        "notification": {
            "title": "A question is waiting",
            "navigate": f"http://localhost:8000/threads/{thread_id}",
        },
    }
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["authorization"].startswith("vapid t=")
    assert int(headers["ttl"]) > 3600
    assert len(sink.to(mentor.email)) == 1


async def test_a_push_is_not_repeated_when_its_mail_is(office, sink, phone, push_service, mentor):
    await mentor.post("/api/push/subscriptions", json=phone.subscription(push_service.endpoint))
    sink.mode = "rcpt_450"
    await office.question(mentor=mentor)
    await office.worker()
    sink.mode = "ok"
    office.later(minutes=2)
    await office.worker()
    assert (len(push_service.received), len(sink.taken)) == (1, 1)


async def test_who_wants_pushes_only_gets_no_mail(office, sink, phone, push_service, mentor):
    await mentor.patch("/api/me", json={"preferences": {"mail": False}})
    await mentor.post("/api/push/subscriptions", json=phone.subscription(push_service.endpoint))
    await office.question(mentor=mentor)
    await office.worker()
    assert (len(push_service.received), len(sink.taken)) == (1, 0)
    await mentor.patch("/api/me", json={"preferences": {"push": False}})
    office.later(minutes=6)
    await office.question(mentor=mentor)
    await office.worker()
    assert len(push_service.received) == 1


@pytest.mark.parametrize(("status", "stays"), [(410, 0), (404, 0), (403, 0), (500, 1), (201, 1)])
async def test_a_phone_that_its_service_does_not_know_is_forgotten(
    office, db, phone, push_service, mentor, status, stays
):
    push_service.status = status
    await mentor.post("/api/push/subscriptions", json=phone.subscription(push_service.endpoint))
    await office.question(mentor=mentor)
    await office.worker()
    rows = await db.read(lambda tx: list(tx.execute(select(PushSubscription.__table__))))
    assert len(rows) == stays


async def test_pushes_keep_quiet_hours_too(office, phone, push_service, mentor):
    await office.set_person(mentor, quiet_hours=None)
    await mentor.post("/api/push/subscriptions", json=phone.subscription(push_service.endpoint))
    office.at("Wednesday", "21:00")
    await office.question(mentor=mentor)
    await office.worker()
    assert push_service.received == []

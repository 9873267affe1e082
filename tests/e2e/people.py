"""Three people of one circle, let in as a host would: invited, and signed in with the code of their mail."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.e2e.stage import CODE, Service, Sink, code_in

CIRCLE = "Riverbend"
HOST, TEACHER, MENTOR = "hanna@example.org", "dana@example.org", "ruth@example.org"
# What a browser says of a page's own requests.
OURS = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Person:
    """Somebody signed in, with the client that holds her cookie."""

    email: str
    id: str
    client: httpx.AsyncClient

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Call and expect it to be done; gives back what was answered."""
        reply = await self.client.request(method, path, json=body)
        assert reply.is_success, f"{method} {path}: {reply.status_code} {reply.text}"
        return reply.json() if reply.content else None

    @property
    def cookie(self) -> str:
        return f"sid={self.client.cookies['sid']}"


@dataclass
class Three:
    """A circle and its people."""

    circle_id: str
    host: Person
    teacher: Person
    mentor: Person

    async def close(self) -> None:
        for person in (self.host, self.teacher, self.mentor):
            await person.client.aclose()

    async def question(self, body: str = "How would you word the goal?", **more: Any) -> Any:
        """A question of the teacher's to the circle."""
        return await self.teacher.ask(
            "POST", "/api/threads", {"id": str(uuid4()), "circle_id": self.circle_id, "body": body, **more}
        )


async def sign_in(service: Service, sink: Sink, address: str) -> Person:
    """Ask for the mail, read its code, use it."""
    client = httpx.AsyncClient(base_url=service.url, headers=OURS, timeout=30)
    seen = len(sink.mails)
    asked = await client.post("/api/auth/sign-in", json={"email": address})
    assert asked.status_code == 202, asked.text
    mail = await sink.next_to(address, saying=CODE, after=seen)
    done = await client.post("/api/auth/session", json={"email": address, "code": code_in(mail)})
    assert done.status_code == 201, done.text
    return Person(address, done.json()["user"]["id"], client)


async def three(service: Service, sink: Sink) -> Three:
    """A host let in by `colleague invite`, who invites a teacher and a mentor. No one has quiet hours."""
    await asyncio.to_thread(service.command, "invite", HOST, "--circle", CIRCLE, "--role", "steward")
    host = await sign_in(service, sink, HOST)
    circle_id = (await host.ask("GET", "/api/circles"))["items"][0]["id"]
    for address, role in ((TEACHER, "teacher"), (MENTOR, "mentor")):
        await host.ask("POST", f"/api/circles/{circle_id}/invitations", {"email": address, "roles": [role]})
        await sink.next_to(address)
    teacher, mentor = await asyncio.gather(sign_in(service, sink, TEACHER), sign_in(service, sink, MENTOR))
    for person, name in ((host, "Hanna Voss"), (teacher, "Dana Whitlock"), (mentor, "Ruth Ambrose")):
        await person.ask("PATCH", "/api/me", {"display_name": name, "quiet_hours": []})
    return Three(circle_id, host, teacher, mentor)

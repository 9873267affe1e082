"""People of one circle, let in as a host would: invited, and signed in with the code of their mail."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.e2e.stage import CODE, Service, Sink, code_in

CIRCLE = "Riverbend"
HOST = "hanna@example.org"
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
    clients: AsyncExitStack

    async def another_mentor(self, service: Service, sink: Sink, address: str) -> Person:
        """One more who may answer."""
        other = await invited(service, sink, self.host, self.circle_id, address, "mentor")
        self.clients.push_async_callback(other.client.aclose)
        return other

    async def question(self, body: str = "How would you word the goal?", **more: Any) -> Any:
        """A question of the teacher's to the circle."""
        return await self.teacher.ask(
            "POST", "/api/threads", {"id": str(uuid4()), "circle_id": self.circle_id, "body": body, **more}
        )


def client_of(service: Service, cookie: str = "") -> httpx.AsyncClient:
    """A browser's client; `cookie` is a sign-in that was made before."""
    return httpx.AsyncClient(
        base_url=service.url, headers=OURS, cookies={"sid": cookie} if cookie else None, timeout=30
    )


async def sign_in(service: Service, sink: Sink, address: str) -> Person:
    """Ask for the mail, read its code, use it."""
    client = client_of(service)
    try:
        seen = len(sink.mails)
        asked = await client.post("/api/auth/sign-in", json={"email": address})
        assert asked.status_code == 202, asked.text
        mail = await sink.next_to(address, saying=CODE, after=seen)
        done = await client.post("/api/auth/session", json={"email": address, "code": code_in(mail)})
        assert done.status_code == 201, done.text
    except BaseException:
        await client.aclose()
        raise
    return Person(address, done.json()["user"]["id"], client)


async def first_host(service: Service, sink: Sink) -> Person:
    """The first one in, let in by `colleague invite`."""
    await asyncio.to_thread(service.command, "invite", HOST, "--circle", "First", "--role", "steward")
    return await sign_in(service, sink, HOST)


@asynccontextmanager
async def three(service: Service, sink: Sink, host: Person) -> AsyncIterator[Three]:
    """A new circle of the host's, and a teacher and a mentor whom she invited. No one has quiet hours."""
    async with AsyncExitStack() as clients:
        clients.push_async_callback(host.client.aclose)
        circle = await host.ask("POST", "/api/circles", {"name": CIRCLE})
        await host.ask("PATCH", "/api/me", {"display_name": "Hanna Voss", "quiet_hours": []})
        both, tag = [], uuid4().hex[:8]
        for role, name in (("teacher", "Dana Whitlock"), ("mentor", "Ruth Ambrose")):
            address = f"{name.split()[0].lower()}.{tag}@example.org"
            person = await invited(service, sink, host, circle["id"], address, role)
            clients.push_async_callback(person.client.aclose)
            await person.ask("PATCH", "/api/me", {"display_name": name, "quiet_hours": []})
            both.append(person)
        yield Three(circle["id"], host, *both, clients)


async def invited(
    service: Service, sink: Sink, host: Person, circle_id: str, address: str, role: str
) -> Person:
    """Somebody whom the host invited, and who has signed in."""
    invitation = {"email": address, "roles": [role]}
    await host.ask("POST", f"/api/circles/{circle_id}/invitations", invitation)
    return await sign_in(service, sink, address)

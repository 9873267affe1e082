"""Makes people and circles straight in the database, where a test is about something else."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import Connection, insert

from app.accounts.models import Person, Session
from app.accounts.signed_in import hashed
from app.circles.models import Circle, Membership
from app.core.clock import now
from app.core.db import Database
from app.core.ids import new_id
from app.core.seal import keyring


@dataclass
class Actor:
    """One of the cast: who she is, and her client."""

    id: UUID
    name: str
    email: str
    client: httpx.AsyncClient

    async def get(self, url: str, **options: Any) -> httpx.Response:
        return await self.client.get(url, **options)

    async def post(self, url: str, **options: Any) -> httpx.Response:
        return await self.client.post(url, **options)

    async def put(self, url: str, **options: Any) -> httpx.Response:
        return await self.client.put(url, **options)

    async def patch(self, url: str, **options: Any) -> httpx.Response:
        return await self.client.patch(url, **options)

    async def delete(self, url: str, **options: Any) -> httpx.Response:
        return await self.client.delete(url, **options)


@dataclass
class Cast:
    """Everyone in the play."""

    circle_id: UUID
    teacher: Actor
    mentor: Actor
    other_mentor: Actor
    other_teacher: Actor
    steward: Actor
    outsider: Actor


async def make_person(db: Database, name: str, email: str) -> tuple[UUID, str]:
    """A person with a bearer token; returns her id and the token."""
    person_id, token = new_id(), secrets.token_urlsafe(32)

    def make(tx: Connection) -> None:
        ring = keyring(tx)
        key = ring.make_key(tx)
        moment = now()
        tx.execute(
            insert(Person),
            {
                "id": person_id,
                "email_hash": ring.keyed_hash("email", email),
                "email": key.seal("people", "email", person_id, email),
                "display_name": key.seal("people", "display_name", person_id, name),
                "key_id": key.id,
                "region": "US-OH",
                "time_zone": "America/New_York",
                "quiet_hours": [],
                "preferences": {},
                "created_at": moment - timedelta(days=30),
            },
        )
        tx.execute(
            insert(Session),
            {
                "id": new_id(),
                "person_id": person_id,
                "secret_hash": hashed(token),
                "kind": "bearer",
                "device": "mine",
                "label": "test",
                "created_at": moment,
                "seen_at": moment,
                "expires_at": moment + timedelta(days=90),
            },
        )

    await db.write(make)
    return person_id, token


async def make_circle(
    db: Database, name: str, *, teachers: Sequence[UUID], mentors: Sequence[UUID], stewards: Sequence[UUID]
) -> UUID:
    """A circle with these members."""
    circle_id = new_id()

    def make(tx: Connection) -> None:
        key = keyring(tx).make_key(tx)
        moment = now()
        tx.execute(
            insert(Circle),
            {
                "id": circle_id,
                "name": key.seal("circles", "name", circle_id, name),
                "key_id": key.id,
                "created_at": moment,
                "kept_count": 0,
            },
        )
        for person_id in dict.fromkeys([*teachers, *mentors, *stewards]):
            tx.execute(
                insert(Membership),
                {
                    "circle_id": circle_id,
                    "person_id": person_id,
                    "is_teacher": person_id in teachers,
                    "is_mentor": person_id in mentors,
                    "is_steward": person_id in stewards,
                    "topics": [],
                    "joined_at": moment,
                },
            )

    await db.write(make)
    return circle_id

"""What the permission matrix is played with: one of everything, around one thread, and who tries."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from app import standing
from app.accounts.sessions import open_session
from app.circles.invitations import add
from app.circles.shapes import InvitationCreate
from app.core.db import Database
from app.core.ids import new_id
from app.notify.unsubscribing import unsubscribe_token
from tests.conftest import client_of
from tests.factories import Actor, Cast, make_person
from tests.voice.recordings import recording
from tests.voice.sending import send_whole

# A point of the curve P-256, as a browser would send it.
P256DH = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"
TEXT = "The student reads. The student writes."


@dataclass
class Stage:
    """Clients by role, and ids of the author's things by the names that addresses have for them."""

    clients: dict[str, httpx.AsyncClient]
    cast: Cast
    db: Database
    ids: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def stage_of(service: FastAPI, cast: Cast) -> AsyncIterator[Stage]:
    """The cast by role, with someone who was removed from the circle and someone whose token is revoked."""
    db: Database = service.state.db
    async with AsyncExitStack() as open_clients:

        async def client(token: str | None) -> httpx.AsyncClient:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            return await open_clients.enter_async_context(client_of(service, headers=headers))

        removed_id, removed_token = await make_person(db, "Bea Norwood", "removed@example.org")
        await db.write(lambda tx: standing.add_roles(tx, cast.circle_id, removed_id, ["mentor", "teacher"]))
        opened = await db.write(lambda tx: open_session(tx, cast.teacher.id, kind="bearer"))
        revoked = await client(opened.secret)
        assert (await revoked.delete(f"/api/me/tokens/{opened.id}")).status_code == 204
        yield Stage(
            {
                "anonymous": await client(None),
                "revoked": revoked,
                "author": cast.teacher.client,
                "mentor": cast.mentor.client,
                "other mentor": cast.other_mentor.client,
                "other teacher": cast.other_teacher.client,
                "steward": cast.steward.client,
                "outsider": cast.outsider.client,
                "removed": await client(removed_token),
            },
            cast,
            db,
            {"removed": str(removed_id)},
        )


async def _make(actor: Actor | httpx.AsyncClient, url: str, **body: Any) -> str:
    reply = await actor.post(url, json=body)
    assert reply.status_code == 201, (url, reply.text)
    return str(reply.json()["id"])


async def set_up(stage: Stage) -> None:
    """One of everything anew: the author's case and thread, which had another holder, who was removed."""
    cast, ids, author = stage.cast, stage.ids, stage.cast.teacher
    circle_id = str(cast.circle_id)
    removed = stage.clients["removed"]
    await stage.db.write(
        lambda tx: standing.add_roles(tx, cast.circle_id, UUID(ids["removed"]), ["mentor", "teacher"])
    )
    case_id = await _make(author, "/api/cases", alias="Heron", plan_type="IEP")
    item_id = await _make(author, f"/api/cases/{case_id}/items", kind="goal", title="Reading")
    meeting_id = await _make(
        author, f"/api/cases/{case_id}/items", kind="meeting", title="Annual review", due_on="2026-12-11"
    )
    draft_id = str(new_id())
    thread_id = await _make(
        author,
        "/api/threads",
        circle_id=circle_id,
        body="What would you bring?",
        case_id=case_id,
        item_ids=[item_id],
        meeting_id=meeting_id,
        drafts=[{"id": draft_id, "kind": "goal", "text": TEXT}],
    )
    await removed.post(f"/api/threads/{thread_id}/claim")
    await cast.steward.delete(f"/api/circles/{circle_id}/members/{ids['removed']}")
    assert (await cast.mentor.post(f"/api/threads/{thread_id}/claim")).status_code == 200
    sound = recording(seconds=0.2)
    voice_id = await send_whole(author, sound)
    message_id = await _make(author, f"/api/threads/{thread_id}/messages", voice_id=voice_id)
    remark = {"version": 1, "start": 0, "end": 3, "quote": "The", "suggestion": "Every"}
    opened = await stage.db.write(lambda tx: open_session(tx, author.id, kind="cookie"))
    token = await stage.db.write(lambda tx: open_session(tx, author.id, kind="bearer"))
    email = f"{uuid4().hex}@example.org"
    guest_id, _ = await make_person(stage.db, "Cal Oduya", email)
    await stage.db.write(lambda tx: standing.add_roles(tx, cast.circle_id, guest_id, ["teacher"]))
    asked = InvitationCreate(email=f"{uuid4().hex}@example.org", roles=["mentor"])
    # Not by the steward herself, who may invite only so many a day.
    invitation = await stage.db.write(lambda tx: add(tx, cast.circle_id, asked, invited_by=None))
    calendar = (await author.post("/api/me/calendar")).json()["url"]
    ids |= {
        "circle_id": circle_id,
        "case_id": case_id,
        "item_id": item_id,
        "meeting_id": meeting_id,
        "entry_id": await _make(author, f"/api/items/{item_id}/entries", on="2026-11-02", value=3),
        "thread_id": thread_id,
        "draft_id": draft_id,
        "comment_id": await _make(cast.mentor, f"/api/drafts/{draft_id}/comments", **remark),
        "message_id": message_id,
        "takeaway_id": await _make(author, f"/api/threads/{thread_id}/takeaways", text="Two samples."),
        "voice_id": voice_id,
        "person_id": str(guest_id),
        "invitation_id": str(invitation.id),
        "session_id": str(opened.id),
        "token_id": str(token.id),
        "export_id": await _make(author, "/api/me/export"),
        "subscription_id": await _make(author, "/api/push/subscriptions", **phone()),
        "secret": calendar.rpartition("/")[2].removesuffix(".ics"),
        "token": unsubscribe_token(stage.db.keyring, author.id),
    }


def phone() -> dict[str, Any]:
    """A browser's push subscription."""
    return {
        "endpoint": f"https://updates.push.services.mozilla.com/wpush/v2/{uuid4().hex}",
        "keys": {"p256dh": P256DH, "auth": "tBHItJI5svbpez7KI4CCXg"},
    }

"""Sessions and bearer tokens: made, listed, ended. Only the hash of a secret is ever stored."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, exists, insert, select, update

from app.access import Me
from app.accounts.models import Session
from app.accounts.shapes import SessionRead
from app.accounts.signed_in import hashed
from app.core import audit, outbox
from app.core.clock import now
from app.core.errors import NotFound
from app.core.http import Page, paged
from app.core.ids import new_id

OWN = timedelta(days=90)
SHARED = timedelta(hours=12)
BEARER = timedelta(days=90)

Kind = Literal["cookie", "bearer"]
Device = Literal["mine", "shared"]

sessions: Any = Session.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Opened:
    """A new session and its secret, which is shown once and never stored."""

    id: UUID
    secret: str


def open_session(
    tx: Connection, person_id: UUID, *, kind: Kind, device: Device = "mine", label: str = ""
) -> Opened:
    """A new session for someone who has just proven who she is."""
    opened = Opened(new_id(), secrets.token_urlsafe(32))
    moment = now()
    lasts = BEARER if kind == "bearer" else SHARED if device == "shared" else OWN
    is_new_device = kind == "cookie" and _is_new_device(tx, person_id, label)
    tx.execute(
        insert(sessions),
        {
            "id": opened.id,
            "person_id": person_id,
            "secret_hash": hashed(opened.secret),
            "kind": kind,
            "device": device,
            "label": label,
            "created_at": moment,
            "seen_at": moment,
            "expires_at": moment + lasts,
        },
    )
    audit.note(tx, f"session.open.{kind}", person_id=person_id, object_id=opened.id)
    if is_new_device:
        outbox.record(tx, "accounts.signed_in", session_id=opened.id)
    if kind == "bearer":
        outbox.record(tx, "accounts.token_made", session_id=opened.id)
    return opened


def _is_new_device(tx: Connection, person_id: UUID, label: str) -> bool:
    """She has signed in before, but never from something that calls itself so."""
    earlier = (sessions.c.person_id == person_id, sessions.c.kind == "cookie")
    before, from_this = tx.execute(
        select(exists().where(*earlier), exists().where(*earlier, sessions.c.label == label))
    ).one()
    return bool(before and not from_this)


def listed(tx: Connection, me: Me, kind: Kind, limit: int, after: str | None) -> Page[SessionRead]:
    """A page of the caller's sessions (or tokens) that still count, last used first."""
    rows = tx.execute(
        select(sessions)
        .where(
            sessions.c.person_id == me.id,
            sessions.c.kind == kind,
            sessions.c.revoked_at.is_(None),
            sessions.c.expires_at > now(),
        )
        .order_by(sessions.c.seen_at.desc(), sessions.c.id.desc())
    )
    found = [
        SessionRead(
            id=row.id,
            device=row.device,
            label=row.label,
            created_at=row.created_at,
            seen_at=row.seen_at,
            expires_at=row.expires_at,
            is_current=row.id == me.session_id,
        )
        for row in rows
    ]

    def place(session: SessionRead) -> list[str]:
        return [session.seen_at.isoformat(), str(session.id)]

    return paged(found, limit, after, place, newest_first=True)


def end(tx: Connection, me: Me, session_id: UUID, kind: Kind) -> None:
    """End one of the caller's sessions or tokens. Raises NotFound, also when it has ended already."""
    ended = tx.execute(
        update(sessions)
        .where(
            sessions.c.id == session_id,
            sessions.c.person_id == me.id,
            sessions.c.kind == kind,
            sessions.c.revoked_at.is_(None),
        )
        .values(revoked_at=now())
    ).rowcount
    if not ended:
        raise NotFound()
    audit.note(tx, f"session.end.{kind}", person_id=me.id, object_id=session_id)


def end_by_secret(tx: Connection, secret: str) -> UUID | None:
    """End the browser session behind a cookie, if it is one; a new sign-in replaces it. Returns its id."""
    ended: UUID | None = tx.execute(
        update(sessions)
        .where(
            sessions.c.secret_hash == hashed(secret),
            sessions.c.kind == "cookie",
            sessions.c.revoked_at.is_(None),
        )
        .values(revoked_at=now())
        .returning(sessions.c.id)
    ).scalar_one_or_none()
    return ended


def end_all(tx: Connection, *kinds: Kind) -> None:
    """End everybody's sessions of these kinds."""
    tx.execute(
        update(sessions)
        .where(sessions.c.kind.in_(kinds), sessions.c.revoked_at.is_(None))
        .values(revoked_at=now())
    )


def is_shared(tx: Connection, session_id: UUID) -> bool:
    """Whether a session was opened on a device that others use too."""
    return tx.execute(select(sessions.c.device).where(sessions.c.id == session_id)).scalar() == "shared"

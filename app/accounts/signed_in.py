"""Who is asking: the session cookie or a bearer token, looked up on every request."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import Connection, bindparam, select, update
from starlette.requests import HTTPConnection

from app.access import Me
from app.accounts.models import Session
from app.core.clock import now
from app.core.db import Database
from app.core.errors import Forbidden, NotSignedIn
from app.core.http import database
from app.core.limits import Limits
from app.core.prepared import Prepared

OWN_IDLE = timedelta(days=30)
SHARED_IDLE = timedelta(minutes=30)
SEEN_EVERY = timedelta(minutes=5)
RECENTLY = timedelta(minutes=10)


class FreshSignInNeeded(Forbidden):
    slug, title = "fresh-sign-in-needed", "Please sign in once more first"
    detail = "This needs a sign-in of the last ten minutes: sign out, sign in, and do it then."


sessions = Session.__table__  # type: ignore[attr-defined]
_BY_SECRET = Prepared(
    select(
        sessions.c.id,
        sessions.c.person_id,
        sessions.c.kind,
        sessions.c.device,
        sessions.c.created_at,
        sessions.c.seen_at,
        sessions.c.expires_at,
    ).where(sessions.c.secret_hash == bindparam("secret_hash"), sessions.c.revoked_at.is_(None))
)
_BY_ID = select(
    sessions.c.id, sessions.c.kind, sessions.c.device, sessions.c.seen_at, sessions.c.expires_at
).where(sessions.c.id.in_(bindparam("ids", expanding=True)), sessions.c.revoked_at.is_(None))
_SEEN = update(sessions).where(sessions.c.id == bindparam("session_id")).values(seen_at=bindparam("at"))


def hashed(secret: str) -> str:
    """How session and token secrets are stored: SHA-256, since they are 256 random bits themselves."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_session(tx: Connection, secret: str) -> tuple[Me, bool]:
    """The person behind a secret, and whether her last-seen moment is due. Raises NotSignedIn."""
    row = _BY_SECRET.row(tx, {"secret_hash": hashed(secret)})
    moment = now()
    if row is None or _has_ended(row, moment):
        raise NotSignedIn()
    return Me(row.person_id, row.id, row.kind, row.created_at), row.seen_at + SEEN_EVERY <= moment


def _has_ended(row: Any, moment: datetime) -> bool:
    idle = SHARED_IDLE if row.device == "shared" else OWN_IDLE
    is_idle: bool = row.kind == "cookie" and row.seen_at + idle <= moment
    return is_idle or bool(row.expires_at <= moment)


def open_sessions(tx: Connection, session_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these sessions that still hold. Asking does not count as use."""
    moment = now()
    rows = tx.execute(_BY_ID, {"ids": list(session_ids)})
    return {row.id for row in rows if not _has_ended(row, moment)}


def secret_of(request: HTTPConnection, *, secure: bool) -> str | None:
    """The session secret that a request carries: bearer first, then the cookie."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return request.cookies.get("__Host-sid" if secure else "sid")


async def session_of(db: Database, secret: str | None) -> Me:
    """The person behind a secret; notes now and then that the session is in use. Raises NotSignedIn."""
    if not secret:
        raise NotSignedIn()
    me, is_due = await db.read(lambda tx: find_session(tx, secret), brief=True)
    if is_due:
        await db.write(lambda tx: tx.execute(_SEEN, {"session_id": me.session_id, "at": now()}))
    return me


async def signed_in(request: Request) -> Me:
    """The dependency behind `SignedIn`. It depends on nothing: each dependency costs every request."""
    secret = secret_of(request, secure=not request.app.state.settings.is_development)
    limits: Limits = request.app.state.limits
    try:
        me = await session_of(database(request), secret)
    except NotSignedIn:
        if secret:
            # Who shows no secret at all has been counted at the door.
            limits.count_address(request.client, has_session=False)
        raise
    limits.count_address(request.client, has_session=True)
    limits.count_person(me.id, request.method)
    return me


SignedIn = Annotated[Me, Depends(signed_in)]


async def just_signed_in(me: SignedIn) -> Me:
    """The dependency behind `JustSignedIn`: a phone that lies about must not give everything away."""
    if me.kind == "cookie" and me.signed_in_at + RECENTLY <= now():
        raise FreshSignInNeeded()
    return me


JustSignedIn = Annotated[Me, Depends(just_signed_in)]

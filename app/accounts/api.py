"""Routes of accounts: the signed-in person, and those of signing in."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

import app.accounts.handlers  # noqa: F401
from app.accounts import service, sessions, sign_in_api
from app.accounts.shapes import MePatch, MeRead, SessionRead
from app.accounts.signed_in import SignedIn
from app.core.http import After, Db, Limit, Page, StrictRoute, answer, refusals

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["accounts"])
router.include_router(sign_in_api.router)


@router.get("/me", response_model=MeRead)
async def read_me(me: SignedIn, db: Db) -> Response:
    """The signed-in person: what she set, whom she named as colleagues, and what she is in which circle."""
    return answer(await db.read(lambda tx: service.read_me(tx, me.id)))


@router.patch("/me", response_model=MeRead, responses=refusals(404))
async def change_me(data: MePatch, me: SignedIn, db: Db) -> Response:
    """Change what is sent; the rest stays.

    `works_with` names people who share a circle with her: from then on none of them reads a thread of hers,
    and a thread that one of them held waits for someone else. `preferences` merge, the rest is replaced.
    """
    return answer(await db.write(lambda tx: service.change_me(tx, me, data)))


@router.get("/me/sessions", response_model=Page[SessionRead])
async def list_sessions(me: SignedIn, db: Db, limit: Limit = 50, after: After = None) -> Response:
    """The browsers in which she is signed in, last used first."""
    return answer(await db.read(lambda tx: sessions.listed(tx, me, "cookie", limit, after)))


@router.delete("/me/sessions/{session_id}", status_code=204)
async def end_session(session_id: UUID, me: SignedIn, db: Db, request: Request) -> Response:
    """Sign a browser out from afar; its next request is refused and its sockets close."""
    await db.write(lambda tx: sessions.end(tx, me, session_id, "cookie"))
    request.app.state.hub.close_session(session_id)
    return Response(status_code=204)


@router.get("/me/tokens", response_model=Page[SessionRead])
async def list_tokens(me: SignedIn, db: Db, limit: Limit = 50, after: After = None) -> Response:
    """Her bearer tokens; made with `colleague token EMAIL`, good for 90 days."""
    return answer(await db.read(lambda tx: sessions.listed(tx, me, "bearer", limit, after)))


@router.delete("/me/tokens/{token_id}", status_code=204)
async def revoke_token(token_id: UUID, me: SignedIn, db: Db, request: Request) -> Response:
    """Revoke a bearer token."""
    await db.write(lambda tx: sessions.end(tx, me, token_id, "bearer"))
    request.app.state.hub.close_session(token_id)
    return Response(status_code=204)

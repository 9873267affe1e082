"""Routes of live: the changes a client missed, and those that happen now."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.websockets import WebSocket

from app.access import Me
from app.accounts.signed_in import SignedIn, secret_of, session_of
from app.core.errors import ForeignOrigin, NotSignedIn, Problem, TooMany
from app.core.http import Db, StrictRoute, refusals
from app.live import sockets
from app.live.catching_up import ChangesRead, changes_page
from app.live.cursors import UnknownCursor, stand_of
from app.live.hub import Hub, Socket

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["live"])

SOCKETS_EACH = 5
UNKNOWN_CURSOR = 4410

Since = Annotated[str | None, Query(description="`next` of the page before.")]


@router.get("/changes", response_model=ChangesRead, responses=refusals(410))
async def list_changes(me: SignedIn, db: Db, since: Since = None) -> Response:
    """Every change the caller may see, in order, none missed, none twice; without `since`, all there is now.

    At most 200 a page: ask again with `next` until `items` is empty, then keep it for the next time. 410
    means that the service does not know the cursor: start over without one.
    """
    page = await db.read(lambda tx: changes_page(tx, me, since))
    if page is None:
        await stand_of(db)
        page = await db.read(lambda tx: changes_page(tx, me, since))
    return Response(page, media_type="application/json")


@router.websocket("/live")
async def live(ws: WebSocket, since: str | None = None) -> None:
    """The same changes as they happen, as `{seq, kind, id, op}` without content; first those after `since`.

    Signed in as everywhere; with the cookie, `Origin` must be ours. Closes with 1013 when the client reads
    too slowly, 4401 when the session ends, 4410 for a cursor that is not known.
    """
    hub: Hub = ws.app.state.hub
    limits = ws.app.state.limits
    try:
        me = await _signed_in(ws)
        if not limits.off and hub.sockets_of(me.id) >= SOCKETS_EACH:
            raise TooMany("Five windows are open already.", headers={"Retry-After": "10"})
    except Problem as problem:
        await _refuse(ws, problem)
        return
    stand = await stand_of(hub.db)
    await ws.accept()
    try:
        place = stand.now if since is None else stand.place(since)
    except UnknownCursor:
        await ws.close(UNKNOWN_CURSOR)
        return
    after = place.seq if place.high is None else place.high
    await sockets.serve(ws, hub, hub.db, Socket(me, after), counted=not limits.off)


async def _signed_in(ws: WebSocket) -> Me:
    settings = ws.app.state.settings
    is_bearer = ws.headers.get("authorization", "").lower().startswith("bearer ")
    if not is_bearer and ws.headers.get("origin") != settings.origin:
        # A browser sends the cookie with any page's socket; only our own pages may open one.
        raise ForeignOrigin() if ws.cookies else NotSignedIn()
    return await session_of(ws.app.state.db, secret_of(ws, secure=not settings.is_development))


async def _refuse(ws: WebSocket, problem: Problem) -> None:
    if "websocket.http.response" in ws.scope.get("extensions", {}):
        await ws.send_denial_response(problem.response())
        # The server would report an unfinished handshake if this ended before the connection has.
        await asyncio.sleep(0.05)
    else:
        await ws.close(4000 + problem.status)

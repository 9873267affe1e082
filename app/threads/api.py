"""Routes of threads: asking, reading, answering, holding and closing a question, and pinning advice."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

import app.threads.handlers  # noqa: F401
from app import access
from app.access import Me
from app.accounts.posting import count_post
from app.accounts.signed_in import SignedIn, signed_in
from app.core.http import After, Db, Limit, Page, StrictRoute, again, answer, created, refusals
from app.screening.ahead import read_ahead
from app.threads import (
    asking,
    changing,
    holding,
    lists,
    reading,
    retracting,
    service,
    showing,
    takeaways,
)
from app.threads.lists import Wanted
from app.threads.shapes import (
    Box,
    HandOver,
    MessageCreate,
    MessageRead,
    ReadTo,
    TakeawayCreate,
    TakeawayPatch,
    TakeawayRead,
    ThreadCreate,
    ThreadListed,
    ThreadPatch,
    ThreadRead,
)

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["threads"])


async def _posting(request: Request) -> Me:
    me = await signed_in(request)
    await count_post(request.app.state.limits, request.app.state.db, me)
    return me


Posting = Annotated[Me, Depends(_posting)]


# Routes are tried in order: the busiest first.
@router.post(
    "/threads/{thread_id}/messages",
    status_code=201,
    response_model=MessageRead,
    responses=again(MessageRead) | refusals(404, 409, 410),
)
async def post_message(thread_id: UUID, data: MessageCreate, me: Posting, db: Db) -> Response:
    """Post words or a spoken note. The same id with the same content again answers 200.

    A mentor's message takes a question that waits, and answers it (a spoken one when it can be heard).
    """
    await read_ahead(data)
    posted = await db.write(lambda tx: service.post_message(tx, me, thread_id, data))
    return created(posted.message, is_new=posted.is_new)


@router.get("/threads/{thread_id}", response_model=ThreadRead, responses=refusals(404, 410))
async def get_thread(
    thread_id: UUID,
    me: SignedIn,
    db: Db,
    before: Annotated[str | None, Query(max_length=100, description="`earlier` of the page after.")] = None,
) -> Response:
    """A thread with its last 200 messages, oldest first; `earlier` leads to those before them."""
    return answer(await db.read(lambda tx: showing.thread_read(tx, me, thread_id, before)))


@router.post(
    "/threads",
    status_code=201,
    response_model=ThreadRead,
    responses=again(ThreadRead) | refusals(403, 404, 409, 410),
)
async def ask(data: ThreadCreate, me: Posting, db: Db) -> Response:
    """Ask in a circle: words, a spoken note, a draft, or all of them; the question is message 1.

    Without `mentor_id` every mentor of the circle may answer, but for those the asker works with.
    """
    await read_ahead(data)
    asked = await db.write(lambda tx: asking.ask(tx, me, data))
    return created(asked.thread, is_new=asked.is_new)


@router.get("/threads", response_model=Page[ThreadListed])
async def list_threads(
    me: SignedIn,
    db: Db,
    box: Annotated[Box | None, Query(description="Left out: all the caller may read.")] = None,
    case_id: UUID | None = None,
    item_id: UUID | None = None,
    circle_id: UUID | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Response:
    """Threads by the day they are needed (none last), then oldest first; closed ones last, newest first.

    `mine`: I asked. `inbox`: open, and I have it or was chosen. `unclaimed`: open to me to take. `waiting`:
    mine and unanswered. `closed`: closed and readable.
    """
    wanted = Wanted(box, case_id, item_id, circle_id, limit, after)
    return answer(await db.read(lambda tx: lists.list_threads(tx, me, wanted)))


@router.patch("/threads/{thread_id}", response_model=ThreadRead, responses=refusals(403, 404, 409, 410))
async def change_thread(thread_id: UUID, data: ThreadPatch, me: SignedIn, db: Db) -> Response:
    """Say more about a question after sending it. `mentor_id: null` opens it to anyone."""
    return answer(await db.write(lambda tx: changing.change(tx, me, thread_id, data)))


@router.delete("/messages/{message_id}", status_code=204, responses=refusals(403, 404, 410))
async def retract_message(message_id: UUID, me: SignedIn, db: Db) -> Response:
    """Take back one's own words; an empty message keeps the place."""
    await db.write(lambda tx: retracting.retract(tx, me, message_id))
    return Response(status_code=204)


@router.post("/threads/{thread_id}/claim", response_model=ThreadRead, responses=refusals(403, 404, 409, 410))
async def claim(thread_id: UUID, me: SignedIn, db: Db) -> Response:
    """Take a waiting question. One mentor wins; the others get 409."""
    return answer(await db.write(lambda tx: holding.claim(tx, me, thread_id)))


@router.post(
    "/threads/{thread_id}/release", response_model=ThreadRead, responses=refusals(403, 404, 409, 410)
)
async def release(thread_id: UUID, me: SignedIn, db: Db) -> Response:
    """Give a question back to the circle, or to its author when she had chosen this mentor."""
    return answer(await db.write(lambda tx: holding.release(tx, me, thread_id)))


@router.post(
    "/threads/{thread_id}/hand-over", response_model=ThreadRead, responses=refusals(403, 404, 409, 410)
)
async def hand_over(thread_id: UUID, data: HandOver, me: SignedIn, db: Db) -> Response:
    """Give a question to another mentor of the circle; it leaves the giver's view."""
    return answer(await db.write(lambda tx: holding.hand_over(tx, me, thread_id, data.mentor_id)))


@router.post("/threads/{thread_id}/close", response_model=ThreadRead, responses=refusals(403, 404, 410))
async def close(thread_id: UUID, me: SignedIn, db: Db) -> Response:
    """Done, says who asked."""
    return answer(await db.write(lambda tx: holding.close(tx, me, thread_id)))


@router.post("/threads/{thread_id}/reopen", response_model=ThreadRead, responses=refusals(403, 404, 410))
async def reopen(thread_id: UUID, me: SignedIn, db: Db) -> Response:
    """Not done after all."""
    return answer(await db.write(lambda tx: holding.reopen(tx, me, thread_id)))


@router.put("/threads/{thread_id}/read", status_code=204, responses=refusals(404, 410))
async def mark_read(thread_id: UUID, data: ReadTo, me: SignedIn, db: Db) -> Response:
    """How far the caller has read; it never moves backwards."""
    await db.write(lambda tx: reading.mark_read(tx, me, thread_id, data.seq))
    return Response(status_code=204)


@router.post(
    "/threads/{thread_id}/takeaways",
    status_code=201,
    response_model=TakeawayRead,
    responses=again(TakeawayRead) | refusals(403, 404, 409, 410),
)
async def pin(thread_id: UUID, data: TakeawayCreate, me: SignedIn, db: Db) -> Response:
    """Pin a passage of advice in one's own thread: to the case, an item, or the brief of a meeting."""
    await read_ahead(data)
    pinned = await db.write(lambda tx: takeaways.pin(tx, access.own_thread(tx, me, thread_id), me, data))
    return created(pinned.takeaway, is_new=pinned.is_new)


@router.patch("/takeaways/{takeaway_id}", response_model=TakeawayRead, responses=refusals(403, 404, 410))
async def change_takeaway(takeaway_id: UUID, data: TakeawayPatch, me: SignedIn, db: Db) -> Response:
    """Reword a takeaway or put it elsewhere."""
    await read_ahead(data)
    return answer(
        await db.write(lambda tx: takeaways.change(tx, *access.own_takeaway(tx, me, takeaway_id), me, data))
    )


@router.delete("/takeaways/{takeaway_id}", status_code=204, responses=refusals(403, 404, 410))
async def unpin(takeaway_id: UUID, me: SignedIn, db: Db) -> Response:
    """Take a takeaway down."""
    await db.write(lambda tx: takeaways.unpin(tx, *access.own_takeaway(tx, me, takeaway_id), me))
    return Response(status_code=204)

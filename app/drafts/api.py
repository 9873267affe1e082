"""Routes of drafts: versions, remarks on a passage, and what becomes of them."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy import Connection

from app import access
from app.access import Me
from app.accounts.signed_in import SignedIn
from app.core.http import Db, StrictRoute, again, answer, created, refusals
from app.drafts import service
from app.drafts.shapes import (
    CommentCreate,
    CommentRead,
    DraftAdd,
    DraftRead,
    VersionCreate,
    VersionRead,
)
from app.screening.ahead import read_ahead

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["drafts"])

MADE = refusals(403, 409, 410)
DECIDED = refusals(403, 409, 410)


@router.post(
    "/threads/{thread_id}/drafts",
    status_code=201,
    response_model=DraftRead,
    responses=again(DraftRead) | MADE,
)
async def post_draft(thread_id: UUID, data: DraftAdd, me: SignedIn, db: Db) -> Response:
    """Put a draft into one's own thread. The same id with the same words again answers 200."""
    await read_ahead(data)
    made = await db.write(lambda tx: service.post_draft(tx, access.own_thread(tx, me, thread_id), me, data))
    return created(made.shape, is_new=made.is_new)


@router.post(
    "/drafts/{draft_id}/versions",
    status_code=201,
    response_model=VersionRead,
    responses=again(VersionRead) | MADE,
)
async def post_version(draft_id: UUID, data: VersionCreate, me: SignedIn, db: Db) -> Response:
    """The author's next version. A `base_version` that is not the newest is 409 with `current`."""
    await read_ahead(data)

    def post(tx: Connection) -> service.Made[VersionRead]:
        service.lock(tx, draft_id)
        draft, _ = access.readable_draft(tx, me, draft_id)
        return service.post_version(tx, draft, access.own_thread(tx, me, draft.thread_id), me, data)

    made = await db.write(post)
    return created(made.shape, is_new=made.is_new)


@router.post(
    "/drafts/{draft_id}/comments",
    status_code=201,
    response_model=CommentRead,
    responses=again(CommentRead) | MADE,
)
async def post_comment(draft_id: UUID, data: CommentCreate, me: SignedIn, db: Db) -> Response:
    """A remark on a passage of one version, with or without suggested wording."""
    await read_ahead(data)

    def post(tx: Connection) -> service.Made[CommentRead]:
        draft, thread = access.readable_draft(tx, me, draft_id)
        return service.post_comment(tx, draft, thread, me, data)

    made = await db.write(post)
    return created(made.shape, is_new=made.is_new)


@router.post("/comments/{comment_id}/accept", response_model=CommentRead, responses=DECIDED)
async def accept(comment_id: UUID, me: SignedIn, db: Db) -> Response:
    """Take the suggested wording over into a new version; 409 when the words it was made on are gone."""
    return answer(await db.write(partial(_decide, service.accept, comment_id, me)))


@router.post("/comments/{comment_id}/decline", response_model=CommentRead, responses=DECIDED)
async def decline(comment_id: UUID, me: SignedIn, db: Db) -> Response:
    """Leave the draft as it is."""
    return answer(await db.write(partial(_decide, service.decline, comment_id, me)))


@router.post("/comments/{comment_id}/resolve", response_model=CommentRead, responses=DECIDED)
async def resolve(comment_id: UUID, me: SignedIn, db: Db) -> Response:
    """Mark a remark as dealt with."""
    return answer(await db.write(partial(_decide, service.resolve, comment_id, me)))


def _decide(decide: Callable[..., CommentRead], comment_id: UUID, me: Me, tx: Connection) -> CommentRead:
    service.lock(tx, comment_id=comment_id)
    return decide(tx, *access.readable_comment(tx, me, comment_id), me)

"""Search over all that the caller may read. Words travel in a body; the GET form is for scripts."""

import asyncio
import html
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt
from sqlalchemy import Connection, bindparam, func, select

from app.access import Me
from app.accounts.signed_in import SignedIn
from app.core.changes import Change
from app.core.days import Day
from app.core.db import Database
from app.core.http import After, Db, Limit, Page, StrictRoute, answer, cursor, place_of
from app.core.text import Line
from app.search.gather import Doc, gather
from app.search.index import CLOSE, OPEN, Hit, Index, Indexes
from app.search.query import read

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["search"])

FoundType = Literal["case", "item", "entry", "thread", "message", "draft", "comment", "takeaway", "voice"]
changes = Change.__table__  # type: ignore[attr-defined]
_LAST_SEEN = select(func.max(changes.c.seq)).where(changes.c.reader_id == bindparam("me"))


class Found(BaseModel):
    """A found text. `snippet` is HTML-escaped, its matches in `<mark>`."""

    type: FoundType
    id: UUID
    thread_id: UUID | None
    case_id: UUID | None
    title: str
    snippet: str
    at: str


class SearchAsked(BaseModel):
    """What to look for, and where."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    q: Annotated[Line, Field(max_length=400)] = Field(description='Words, "phrases" and -words.')
    case_id: UUID | None = None
    kind: FoundType | None = None
    since: Day | None = Field(None, alias="from")
    until: Day | None = Field(None, alias="to")
    limit: StrictInt = Field(50, ge=1, le=200)
    after: str | None = Field(None, max_length=400)


async def _index(me: Me, db: Database, indexes: Indexes) -> Index:
    """Her index as of now. It is built beside the event loop, which on PostgreSQL the reading is on."""

    def look(tx: Connection) -> tuple[Index | None, int, list[Doc]]:
        # Read first: what changes while the index is built makes it stale, never wrong unnoticed.
        seq = tx.execute(_LAST_SEEN, {"me": me.id}).scalar() or 0
        index = indexes.fresh(me.id, seq)
        return index, seq, [] if index else list(gather(tx, me))

    index, seq, docs = await db.read(look)
    if index is None:
        index = await asyncio.to_thread(Index, docs, seq)
        indexes.keep(me.id, index)
    return index


async def _search(asked: SearchAsked, me: Me, db: Db, request: Request) -> Response:
    request.app.state.limits.take("search", str(me.id), 30, 60)
    offset = place_of(asked.after, 1)[0] if asked.after else 0
    offset = offset if isinstance(offset, int) and 0 <= offset < 1_000_000 else 0
    index = await _index(me, db, request.app.state.indexes)
    hits = await asyncio.to_thread(
        index.find,
        read(asked.q),
        case_id=asked.case_id,
        kind=asked.kind,
        since=asked.since,
        until=asked.until,
        limit=asked.limit + 1,
        offset=offset,
    )
    following = cursor(offset + asked.limit) if len(hits) > asked.limit else None
    return answer(Page[Found](items=[_shown(hit) for hit in hits[: asked.limit]], next=following))


def _shown(hit: Hit) -> Found:
    marked = html.escape(hit.snippet).replace(OPEN, "<mark>").replace(CLOSE, "</mark>")
    return Found(
        type=hit.type,
        id=hit.id,
        thread_id=hit.thread_id,
        case_id=hit.case_id,
        title=hit.title,
        snippet=marked,
        at=hit.at,
    )


@router.post("/search", response_model=Page[Found])
async def search(asked: SearchAsked, me: SignedIn, db: Db, request: Request) -> Response:
    """Find texts by their words: messages, drafts, comments, takeaways, items, entries, gists, cases."""
    return await _search(asked, me, db, request)


@router.get("/search", response_model=Page[Found])
async def search_by_address(
    me: SignedIn,
    db: Db,
    request: Request,
    q: Annotated[Line, Query(max_length=400)],
    case_id: UUID | None = None,
    kind: FoundType | None = None,
    since: Annotated[Day | None, Query(alias="from")] = None,
    until: Annotated[Day | None, Query(alias="to")] = None,
    limit: Limit = 50,
    after: After = None,
) -> Response:
    """As `POST /api/search`, for scripts; the client posts, so that words stay out of addresses."""
    asked = SearchAsked.model_validate(
        {"q": q, "case_id": case_id, "kind": kind, "from": since, "to": until, "limit": limit, "after": after}
    )
    return await _search(asked, me, db, request)

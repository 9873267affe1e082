"""Routes of cases, their items and the items' entries. All of them are their owner's alone: to others 404."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import access
from app.accounts.signed_in import SignedIn
from app.cases import entries, items, service
from app.cases.details import ItemKind
from app.cases.shapes import (
    CaseCreate,
    CasePatch,
    CaseRead,
    EntryCreate,
    EntryPatch,
    EntryRead,
    ItemCreate,
    ItemPatch,
    ItemRead,
    LooseItemCreate,
)
from app.cases.views import case_view, item_view
from app.core.http import After, Db, Limit, Page, StrictRoute, again, answer, created, refusals
from app.screening.ahead import read_ahead

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["cases"])

Kind = Annotated[ItemKind | None, Query(description="Only items of this kind.")]


@router.post(
    "/cases", status_code=201, response_model=CaseRead, responses=again(CaseRead) | refusals(404, 409, 410)
)
async def make_case(data: CaseCreate, me: SignedIn, db: Db) -> Response:
    """Add a student to the caller's caseload, by alias only."""
    await read_ahead(data)
    made = await db.write(lambda tx: service.make_case(tx, me, data))
    return created(made.shown, is_new=made.is_new)


@router.get("/cases", response_model=Page[CaseRead])
async def list_cases(me: SignedIn, db: Db, limit: Limit = 50, after: After = None) -> Response:
    """The caller's cases, oldest first."""
    found, following = await db.read(lambda tx: service.list_cases(tx, me, limit, after))
    return answer(Page[CaseRead](items=found, next=following))


@router.get("/cases/{case_id}", response_model=CaseRead, responses=refusals(404, 410))
async def get_case(case_id: UUID, me: SignedIn, db: Db) -> Response:
    """One case. 410 after it was deleted."""
    return answer(await db.read(lambda tx: case_view(access.own_case(tx, me, case_id))))


@router.patch("/cases/{case_id}", response_model=CaseRead, responses=refusals(404, 410))
async def change_case(case_id: UUID, data: CasePatch, me: SignedIn, db: Db) -> Response:
    """Change what is sent; what is left out stays, null empties what may be empty."""
    await read_ahead(data)
    return answer(await db.write(lambda tx: service.change_case(tx, me, case_id, data)))


@router.delete("/cases/{case_id}", status_code=204, responses=refusals(404, 410))
async def delete_case(case_id: UUID, me: SignedIn, db: Db) -> Response:
    """Delete a case with its items, threads and voice, and destroy their keys. 410 the second time."""
    await db.write(lambda tx: service.delete_case(tx, me, case_id))
    return Response(status_code=204)


@router.post(
    "/cases/{case_id}/items",
    status_code=201,
    response_model=ItemRead,
    responses=again(ItemRead) | refusals(404, 409, 410),
)
async def make_item(case_id: UUID, data: ItemCreate, me: SignedIn, db: Db) -> Response:
    """Add a goal, a meeting, a call home … to a case; `details` are those of the `kind`, all optional."""
    await read_ahead(data)
    made = await db.write(lambda tx: items.make_item(tx, me, case_id, data))
    return created(made.shown, is_new=made.is_new)


@router.get("/cases/{case_id}/items", response_model=Page[ItemRead], responses=refusals(404, 410))
async def list_items(
    case_id: UUID, me: SignedIn, db: Db, kind: Kind = None, limit: Limit = 50, after: After = None
) -> Response:
    """A case's items by due day, those without one last; then oldest first."""
    found, following = await db.read(lambda tx: items.list_items(tx, me, case_id, kind, limit, after))
    return answer(Page[ItemRead](items=found, next=following))


@router.post(
    "/items", status_code=201, response_model=ItemRead, responses=again(ItemRead) | refusals(404, 409, 410)
)
async def make_loose_item(data: LooseItemCreate, me: SignedIn, db: Db) -> Response:
    """Add a to-do or a note that belongs to no case."""
    await read_ahead(data)
    made = await db.write(lambda tx: items.make_item(tx, me, None, data))
    return created(made.shown, is_new=made.is_new)


@router.get("/items", response_model=Page[ItemRead])
async def list_loose_items(
    me: SignedIn, db: Db, kind: Kind = None, limit: Limit = 50, after: After = None
) -> Response:
    """The caller's to-dos and notes that belong to no case, by due day, those without one last."""
    found, following = await db.read(lambda tx: items.list_items(tx, me, None, kind, limit, after))
    return answer(Page[ItemRead](items=found, next=following))


@router.get("/items/{item_id}", response_model=ItemRead, responses=refusals(404, 410))
async def get_item(item_id: UUID, me: SignedIn, db: Db) -> Response:
    """One item. 410 after its case was deleted."""
    return answer(await db.read(lambda tx: item_view(access.own_item(tx, me, item_id))))


@router.patch("/items/{item_id}", response_model=ItemRead, responses=refusals(404, 409, 410))
async def change_item(item_id: UUID, data: ItemPatch, me: SignedIn, db: Db) -> Response:
    """Change what is sent. `details` is merged by top-level keys: what is left out stays, null removes.

    `case_id` puts a to-do or a note that belongs to no case on one; 409 when it belongs to another already.
    """
    await read_ahead(data)
    return answer(await db.write(lambda tx: items.change_item(tx, me, item_id, data)))


@router.delete("/items/{item_id}", status_code=204, responses=refusals(404, 410))
async def delete_item(item_id: UUID, me: SignedIn, db: Db) -> Response:
    """Delete an item and its log. Questions for a deleted meeting keep the need-by they had."""
    await db.write(lambda tx: items.delete_item(tx, me, item_id))
    return Response(status_code=204)


@router.post(
    "/items/{item_id}/entries",
    status_code=201,
    response_model=EntryRead,
    responses=again(EntryRead) | refusals(404, 409, 410),
)
async def make_entry(item_id: UUID, data: EntryCreate, me: SignedIn, db: Db) -> Response:
    """Add a dated line to an item's log: a measurement, minutes served, a call home …"""
    await read_ahead(data)
    made = await db.write(lambda tx: entries.make_entry(tx, me, item_id, data))
    return created(made.shown, is_new=made.is_new)


@router.get("/items/{item_id}/entries", response_model=Page[EntryRead], responses=refusals(404, 410))
async def list_entries(
    item_id: UUID, me: SignedIn, db: Db, limit: Limit = 50, after: After = None
) -> Response:
    """An item's log, newest day first."""
    found, following = await db.read(lambda tx: entries.list_entries(tx, me, item_id, limit, after))
    return answer(Page[EntryRead](items=found, next=following))


@router.patch("/entries/{entry_id}", response_model=EntryRead, responses=refusals(404, 410))
async def change_entry(entry_id: UUID, data: EntryPatch, me: SignedIn, db: Db) -> Response:
    """Change what is sent. `details` is merged by top-level keys: what is left out stays, null removes."""
    await read_ahead(data)
    return answer(await db.write(lambda tx: entries.change_entry(tx, me, entry_id, data)))


@router.delete("/entries/{entry_id}", status_code=204, responses=refusals(404, 410))
async def delete_entry(entry_id: UUID, me: SignedIn, db: Db) -> Response:
    """Delete one line."""
    await db.write(lambda tx: entries.delete_entry(tx, me, entry_id))
    return Response(status_code=204)

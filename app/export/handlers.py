"""What the worker does for archives: prepare the one that was asked for, remove the one that is too old."""

import asyncio
from typing import Protocol
from uuid import UUID

from app.access import Me
from app.core.db import Database
from app.core.errors import NotFound
from app.core.objects import Objects
from app.core.outbox import job
from app.export import service
from app.export.archive import zipped
from app.export.gather import person_book
from app.export.pages import pages_of


class Ground(Protocol):
    """What these jobs use of what the worker offers."""

    @property
    def db(self) -> Database: ...

    @property
    def objects(self) -> Objects: ...


@job("export.asked")
async def prepare(ground: Ground, *, export_id: UUID | str) -> None:
    """Gather, draw and store an archive, sealed. Runs again from the start after a crash at any point."""
    export_id = UUID(str(export_id))
    found = await ground.db.read(lambda tx: service.to_prepare(tx, export_id))
    if found is None:
        return
    row, key = found
    owner = Me(row.person_id, row.id, "export", row.created_at)
    try:
        book, sounds = await ground.db.read(lambda tx: person_book(tx, owner))
    except NotFound:
        # The account was deleted meanwhile.
        await ground.db.write(lambda tx: service.settle_gone(tx, export_id, "failed"))
        return
    pages = await asyncio.to_thread(pages_of, book, sounds)
    name = f"exports/{export_id}"
    await ground.objects.put(name, key.secret, zipped(book, pages, sounds, ground.objects))
    size = await ground.objects.size(name)
    if not await ground.db.write(lambda tx: service.settle_ready(tx, export_id, name, size)):
        # The account was deleted while this was written; its key is gone, and now the file too.
        await ground.objects.delete(name)


@job("export.expired")
async def remove(ground: Ground, *, export_id: UUID | str) -> None:
    """Take an archive out of the store when its week is over."""
    export_id = UUID(str(export_id))
    await ground.db.write(lambda tx: service.settle_gone(tx, export_id, "expired"))
    await ground.objects.delete(f"exports/{export_id}")

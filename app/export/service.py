"""Archives of everything: asked for, prepared by the worker, kept for a week, fetched by their owner only."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update

from app.access import Me
from app.core import audit, outbox
from app.core.clock import now
from app.core.errors import Conflict, Gone, NotFound
from app.core.http import Page, paged
from app.core.seal import Key, destroy, keyring
from app.export.models import Export
from app.export.shapes import ExportRead

KEPT_FOR = timedelta(days=7)

exports: Any = Export.__table__  # type: ignore[attr-defined]


class ArchiveNotReady(Conflict):
    slug, title = "archive-not-ready", "This archive is not ready"
    detail = "It is being prepared, or that failed: `state` says which. A mail comes when it is ready."


def ask(tx: Connection, person_id: UUID, export_id: UUID) -> tuple[ExportRead, bool]:
    """Ask for an archive of everything; and whether it is new. Raises NotFound for someone else's id.

    Facts: `export.asked` now, `export.ready` when the worker has prepared it.
    """
    row = _find(tx, export_id)
    if row is not None:
        if row.person_id != person_id:
            raise NotFound()
        return _view(row), False
    moment = now()
    tx.execute(
        insert(exports),
        {
            "id": export_id,
            "person_id": person_id,
            "key_id": keyring(tx).make_key(tx).id,
            "state": "preparing",
            "created_at": moment,
            "expires_at": moment + KEPT_FOR,
        },
    )
    outbox.record(tx, "export.asked", export_id=export_id)
    audit.note(tx, "export.ask", person_id=person_id, object_id=export_id)
    return _view(own(tx, person_id, export_id)), True


def own(tx: Connection, person_id: UUID, export_id: UUID) -> Row[Any]:
    """An archive of hers. Raises NotFound."""
    row = _find(tx, export_id)
    if row is None or row.person_id != person_id:
        raise NotFound()
    return row


def read(tx: Connection, me: Me, export_id: UUID) -> ExportRead:
    """How far one of the caller's archives is. Raises NotFound."""
    return _view(own(tx, me.id, export_id))


def list_own(tx: Connection, me: Me, limit: int, after: str | None) -> Page[ExportRead]:
    """A page of the caller's archives, newest first."""
    rows: Sequence[Row[Any]] = tx.execute(
        select(exports)
        .where(exports.c.person_id == me.id)
        .order_by(exports.c.created_at.desc(), exports.c.id.desc())
    ).all()

    def place(export: ExportRead) -> list[str]:
        return [export.created_at.isoformat(), str(export.id)]

    return paged([_view(row) for row in rows], limit, after, place, newest_first=True)


def to_fetch(tx: Connection, me: Me, export_id: UUID) -> tuple[str, Key, int]:
    """Where the archive lies, its key and its size. Raises NotFound, ArchiveNotReady and, expired, Gone."""
    row = own(tx, me.id, export_id)
    if row.state == "expired" or row.expires_at <= now():
        raise Gone("An archive is kept for a week. Ask for a new one.")
    if row.state != "ready":
        raise ArchiveNotReady()
    audit.note(tx, "export.fetch", person_id=me.id, object_id=export_id)
    return row.object_name, keyring(tx).key(tx, row.key_id), row.size_bytes


def to_prepare(tx: Connection, export_id: UUID) -> tuple[Row[Any], Key] | None:
    """An archive that still has to be prepared, and its key."""
    row = _find(tx, export_id)
    if row is None or row.state != "preparing":
        return None
    return row, keyring(tx).key(tx, row.key_id)


def settle_ready(tx: Connection, export_id: UUID, object_name: str, size: int) -> bool:
    """It lies in the store: its owner is told, and a week later it goes. False if it is not wanted now."""
    moment = now()
    person_id = tx.execute(
        update(exports)
        .where(exports.c.id == export_id, exports.c.state == "preparing")
        .values(
            state="ready",
            object_name=object_name,
            size_bytes=size,
            ready_at=moment,
            expires_at=moment + KEPT_FOR,
        )
        .returning(exports.c.person_id)
    ).scalar_one_or_none()
    if person_id is None:
        return False
    outbox.record(tx, "export.ready", export_id=export_id, person_id=person_id)
    outbox.record(tx, "export.expired", after=KEPT_FOR, export_id=export_id)
    return True


def settle_gone(tx: Connection, export_id: UUID, state: str) -> None:
    """It failed or has expired: its key is destroyed, so that no copy of it opens any more."""
    row = _find(tx, export_id)
    if row is None:
        return
    tx.execute(
        update(exports)
        .where(exports.c.id == export_id)
        .values(state=state, object_name=None, size_bytes=None, key_id=None)
    )
    if row.key_id:
        destroy(tx, {row.key_id})


def _find(tx: Connection, export_id: UUID) -> Row[Any] | None:
    return tx.execute(select(exports).where(exports.c.id == export_id)).one_or_none()


def _view(row: Row[Any]) -> ExportRead:
    return ExportRead(
        id=row.id,
        state=row.state,
        size_bytes=row.size_bytes,
        created_at=row.created_at,
        ready_at=row.ready_at,
        expires_at=row.expires_at,
    )

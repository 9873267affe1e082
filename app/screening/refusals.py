"""Remembers that a text was refused, so that its writer can be told when she has not come back to it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select

from app.core import outbox
from app.core.clock import now
from app.core.ids import new_id
from app.screening.gate import About
from app.screening.models import Refusal

PATIENCE = timedelta(minutes=30)

refusals: Any = Refusal.__table__  # type: ignore[attr-defined]


def note_refusal(tx: Connection, about: About) -> None:
    """Once per person and id, however often a phone tries; `screening.refused` follows half an hour later."""
    known = select(refusals.c.id).where(
        refusals.c.person_id == about.person_id, refusals.c.object_id == about.object_id
    )
    if tx.execute(known).first():
        return
    refusal_id: UUID = new_id()
    tx.execute(
        insert(refusals),
        {
            "id": refusal_id,
            "person_id": about.person_id,
            "object_kind": about.kind,
            "object_id": about.object_id,
            "at": now(),
        },
    )
    outbox.record(tx, "screening.refused", after=PATIENCE, refusal_id=refusal_id)

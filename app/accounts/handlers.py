"""What accounts do when a fact is recorded."""

from uuid import UUID

from sqlalchemy import Connection

from app.accounts import sign_in
from app.core.outbox import on


@on("accounts.sign_in_asked")
def forget_old_sign_ins(tx: Connection, *, sign_in_id: UUID) -> None:
    """Each new one is the moment to drop those that no count needs any more."""
    sign_in.sweep(tx)

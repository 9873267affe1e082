"""Where mails and pushes go: addresses are opened at the moment of sending, never before."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from app.access import circles, invitations, keys, people
from app.core.seal import keyring
from app.notify.models import PushSubscription

subscriptions: Any = PushSubscription.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Phone:
    """A place to push to, opened."""

    id: UUID
    subscription: dict[str, Any]


def address_of(tx: Connection, row: Any) -> str | None:
    """Where this mail goes: the account's address, or the invited one. None when it is gone."""
    if row.person_id:
        person = tx.execute(
            select(people.c.id, people.c.email, people.c.key_id).where(
                people.c.id == row.person_id, people.c.deleted_at.is_(None), people.c.email.is_not(None)
            )
        ).one_or_none()
        if person is None:
            return None
        return keyring(tx).key(tx, person.key_id).open("people", "email", person.id, person.email)
    invited = tx.execute(
        select(invitations.c.id, invitations.c.email, circles.c.key_id)
        .join(circles, circles.c.id == invitations.c.circle_id)
        .where(invitations.c.id == row.invitation_id)
    ).one_or_none()
    if invited is None:
        return None
    return keyring(tx).key(tx, invited.key_id).open("invitations", "email", invited.id, invited.email)


def phones_of(tx: Connection, person_id: UUID) -> tuple[Phone, ...]:
    """Every phone of hers that asked to be told."""
    rows = tx.execute(
        select(subscriptions, people.c.key_id, keys.c.kek, keys.c.wrapped)
        .join(people, people.c.id == subscriptions.c.person_id)
        .join(keys, keys.c.id == people.c.key_id)
        .where(subscriptions.c.person_id == person_id)
        .order_by(subscriptions.c.id)
    )
    ring = keyring(tx)
    return tuple(
        Phone(
            row.id,
            ring.unwrap(row.key_id, row.kek, row.wrapped).open_json(
                "push_subscriptions", "subscription", row.id, row.subscription
            ),
        )
        for row in rows
    )

"""Who has an account, and how one begins: with the first sign-in from an invited address."""

import re
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select

from app import standing
from app.accounts.models import Person
from app.core import audit
from app.core.clock import now
from app.core.ids import new_id
from app.core.seal import keyring

people: Any = Person.__table__  # type: ignore[attr-defined]


def email_hash(tx: Connection, email: str) -> str:
    """How an address (as `shapes.email_address` gives it) is looked up."""
    return keyring(tx).keyed_hash("email", email)


def person_with(tx: Connection, address_hash: str) -> UUID | None:
    """Whose address this is."""
    person_id: UUID | None = tx.execute(
        select(people.c.id).where(people.c.email_hash == address_hash)
    ).scalar_one_or_none()
    return person_id


def enter(tx: Connection, address_hash: str, time_zone: str | None = None) -> UUID | None:
    """The person whose address has been proven, made if need be, and in every circle she was invited to.

    None when the address has neither an account nor an open invitation. `time_zone` is a new account's.
    """
    person_id = person_with(tx, address_hash)
    if person_id is None:
        invited = standing.open_invitations(tx, address_hash)
        if not invited:
            return None
        first = invited[0]
        sealed_under = keyring(tx).key(tx, first.key_id)
        email = sealed_under.open("invitations", "email", first.id, first.email)
        person_id = make_person(tx, email, time_zone=time_zone)
    standing.accept_invitations(tx, person_id, address_hash)
    return person_id


def make_person(
    tx: Connection,
    email: str,
    display_name: str = "",
    *,
    person_id: UUID | None = None,
    time_zone: str | None = None,
) -> UUID:
    """A new account for an address, under a key of its own."""
    person_id, key = person_id or new_id(), keyring(tx).make_key(tx)
    tx.execute(
        insert(people),
        {
            "id": person_id,
            "email_hash": email_hash(tx, email),
            "email": key.seal("people", "email", person_id, email),
            "display_name": key.seal("people", "display_name", person_id, display_name or name_from(email)),
            "key_id": key.id,
            "region": "",
            "time_zone": time_zone or "America/New_York",
            "quiet_hours": None,
            "preferences": {},
            "created_at": now(),
        },
    )
    audit.note(tx, "account.make", person_id=person_id, object_id=person_id)
    return person_id


def name_from(email: str) -> str:
    """A first display name, until she writes her own: "ruth.ambrose@…" becomes "Ruth Ambrose"."""
    words = re.findall(r"[^\W\d_]+", email.partition("@")[0].partition("+")[0])
    return " ".join(word.capitalize() for word in words) or "New colleague"

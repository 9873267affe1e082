"""The address in a notice's List-Unsubscribe (RFC 8058): signed, so that it needs no sign-in, and good for
nothing but switching notices by mail off.
"""

import base64
import binascii
import hmac
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from app.accounts.models import Person
from app.core import audit
from app.core.errors import NotFound
from app.core.seal import Keyring, keyring

people: Any = Person.__table__  # type: ignore[attr-defined]
_SIGNATURE = 16


def unsubscribe_token(ring: Keyring, person_id: UUID) -> str:
    """The last part of her address: who she is and the proof that we wrote it."""
    return base64.urlsafe_b64encode(person_id.bytes + _signature(ring, person_id)).decode().rstrip("=")


def _signature(ring: Keyring, person_id: UUID) -> bytes:
    return bytes.fromhex(ring.keyed_hash("unsubscribe", str(person_id)))[:_SIGNATURE]


def person_of(ring: Keyring, token: str) -> UUID:
    """Whose address this is. Raises NotFound for any that we did not write."""
    try:
        said = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError) as error:
        raise NotFound() from error
    if len(said) != 16 + _SIGNATURE:
        raise NotFound()
    person_id = UUID(bytes=said[:16])
    if not hmac.compare_digest(said[16:], _signature(ring, person_id)):
        raise NotFound()
    return person_id


def switch_mail_off(tx: Connection, token: str) -> None:
    """No more notices by mail for her; a second time changes nothing. Raises NotFound."""
    person_id = person_of(keyring(tx), token)
    row = tx.execute(
        select(people.c.preferences).where(people.c.id == person_id, people.c.deleted_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound()
    preferences = dict(row.preferences or {})
    if preferences.get("mail", True):
        tx.execute(
            update(people).where(people.c.id == person_id).values(preferences=preferences | {"mail": False})
        )
        audit.note(tx, "account.unsubscribe", person_id=person_id, object_id=person_id)

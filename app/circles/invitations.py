"""Invitations: an address that may join a circle. Signing in with it accepts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from app import standing
from app.access import Me, invitations, memberships, people, steward_of
from app.circles.service import circle_key
from app.circles.shapes import InvitationCreate, InvitationRead
from app.core import audit, outbox
from app.core.clock import now
from app.core.errors import IdTaken, NotFound, TooMany
from app.core.http import Page, paged
from app.core.ids import new_id
from app.core.seal import Key, keyring
from app.core.turns import take_turns

LASTS = timedelta(days=7)
PER_DAY = 20


@dataclass(frozen=True)
class Invited:
    """An invitation, and whether this call made it."""

    invitation: InvitationRead
    is_new: bool


def invite(
    tx: Connection, me: Me, circle_id: UUID, data: InvitationCreate, *, counted: bool = True
) -> Invited:
    """Invite an address as a steward of the circle. Raises NotFound, Forbidden, IdTaken, TooMany."""
    steward_of(tx, me, circle_id)
    stored = _by_id(tx, data.id) if data.id else None
    if stored is not None:
        return Invited(_repeated(tx, me, circle_id, stored, data), is_new=False)
    if counted:
        # Side by side, several calls would each find room for one more.
        take_turns(tx, f"invitations of {me.id}")
        _count(tx, me)
    return Invited(add(tx, circle_id, data, invited_by=me.id), is_new=True)


def _by_id(tx: Connection, invitation_id: UUID) -> Any:
    return tx.execute(select(invitations).where(invitations.c.id == invitation_id)).one_or_none()


def _repeated(tx: Connection, me: Me, circle_id: UUID, stored: Any, data: InvitationCreate) -> InvitationRead:
    if stored.circle_id != circle_id and stored.invited_by != me.id:
        raise NotFound()
    is_same = (
        stored.circle_id == circle_id
        and stored.email_hash == keyring(tx).keyed_hash("email", data.email)
        and standing.roles_of(stored) == data.roles
    )
    if not is_same:
        raise IdTaken()
    return _shown(stored, circle_key(tx, circle_id))


def _count(tx: Connection, me: Me) -> None:
    moment = now()
    made, since = tx.execute(
        select(func.count(), func.min(invitations.c.created_at)).where(
            invitations.c.invited_by == me.id, invitations.c.created_at > moment - timedelta(days=1)
        )
    ).one()
    if made >= PER_DAY:
        wait = since + timedelta(days=1) - moment
        raise TooMany(
            "Twenty invitations a day is the most.",
            headers={"Retry-After": str(int(wait.total_seconds()) + 1)},
        )


def add(
    tx: Connection, circle_id: UUID, data: InvitationCreate, *, invited_by: UUID | None
) -> InvitationRead:
    """Invite an address; an open invitation of the same address to the same circle gives way to this one.

    A member gets the roles at once, besides her own, and no mail: her address has been proven already.
    """
    invitation_id = data.id or new_id()
    moment, key = now(), circle_key(tx, circle_id)
    address_hash = keyring(tx).keyed_hash("email", data.email)
    tx.execute(
        update(invitations)
        .where(
            invitations.c.circle_id == circle_id,
            invitations.c.email_hash == address_hash,
            invitations.c.accepted_at.is_(None),
            invitations.c.expires_at > moment,
        )
        .values(expires_at=moment)
    )
    member_id = tx.execute(
        select(memberships.c.person_id)
        .join(people, people.c.id == memberships.c.person_id)
        .where(memberships.c.circle_id == circle_id, people.c.email_hash == address_hash)
    ).scalar_one_or_none()
    tx.execute(
        insert(invitations),
        {
            "id": invitation_id,
            "circle_id": circle_id,
            "email_hash": address_hash,
            "email": key.seal("invitations", "email", invitation_id, data.email),
            **{f"is_{role}": role in data.roles for role in standing.ROLES},
            "invited_by": invited_by,
            "created_at": moment,
            "expires_at": moment + LASTS,
            "accepted_at": moment if member_id else None,
        },
    )
    if member_id:
        standing.add_roles(tx, circle_id, member_id, data.roles)
    else:
        outbox.record(tx, "circles.invited", invitation_id=invitation_id)
    audit.note(tx, "circle.invite", person_id=invited_by, object_id=circle_id)
    return _shown(_by_id(tx, invitation_id), key)


def _shown(row: Any, key: Key) -> InvitationRead:
    return InvitationRead(
        id=row.id,
        circle_id=row.circle_id,
        email=key.open("invitations", "email", row.id, row.email),
        roles=standing.roles_of(row),
        created_at=row.created_at,
        expires_at=row.expires_at,
        accepted_at=row.accepted_at,
    )


def list_open(tx: Connection, me: Me, circle_id: UUID, limit: int, after: str | None) -> Page[InvitationRead]:
    """A page of the invitations that wait for their address to sign in, newest first; for stewards."""
    steward_of(tx, me, circle_id)
    key = circle_key(tx, circle_id)
    rows = tx.execute(
        select(invitations)
        .where(
            invitations.c.circle_id == circle_id,
            invitations.c.accepted_at.is_(None),
            invitations.c.expires_at > now(),
        )
        .order_by(invitations.c.created_at.desc(), invitations.c.id.desc())
    )

    def place(invitation: InvitationRead) -> list[str]:
        return [invitation.created_at.isoformat(), str(invitation.id)]

    return paged([_shown(row, key) for row in rows], limit, after, place, newest_first=True)


def withdraw(tx: Connection, me: Me, circle_id: UUID, invitation_id: UUID) -> None:
    """End an open invitation. Raises NotFound, also for one that is accepted or over."""
    steward_of(tx, me, circle_id)
    ended = tx.execute(
        update(invitations)
        .where(
            invitations.c.id == invitation_id,
            invitations.c.circle_id == circle_id,
            invitations.c.accepted_at.is_(None),
            invitations.c.expires_at > now(),
        )
        .values(expires_at=now())
    ).rowcount
    if not ended:
        raise NotFound()
    audit.note(tx, "circle.withdraw", person_id=me.id, object_id=circle_id)

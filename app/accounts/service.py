"""What a person sees and changes of herself."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select, update

from app import standing
from app.access import Me, circles, keys, memberships, people, threads, works_with
from app.accounts.shapes import (
    USUAL_QUIET_HOURS,
    MembershipRead,
    MePatch,
    MeRead,
    Preferences,
    QuietSpan,
)
from app.accounts.sign_in import make_secrets
from app.core import audit, outbox
from app.core.errors import Invalid, NotFound
from app.core.seal import Key, keyring

__all__ = ["address_of", "change_me", "make_secrets", "read_me"]


def _person(tx: Connection, person_id: UUID) -> tuple[Any, Key]:
    row = tx.execute(
        select(people, keys.c.kek, keys.c.wrapped)
        .join(keys, keys.c.id == people.c.key_id)
        .where(people.c.id == person_id, people.c.deleted_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound()
    return row, keyring(tx).unwrap(row.key_id, row.kek, row.wrapped)


def read_me(tx: Connection, person_id: UUID) -> MeRead:
    """Someone as she sees herself. Raises NotFound for a deleted account."""
    row, key = _person(tx, person_id)
    return MeRead(
        id=row.id,
        email=key.open("people", "email", row.id, row.email),
        display_name=key.open("people", "display_name", row.id, row.display_name),
        region=row.region,
        time_zone=row.time_zone,
        quiet_hours=(
            USUAL_QUIET_HOURS
            if row.quiet_hours is None
            else [QuietSpan.model_validate(span) for span in row.quiet_hours]
        ),
        preferences=Preferences(**(row.preferences or {})),
        works_with=_works_with(tx, person_id),
        memberships=_memberships(tx, person_id),
    )


def address_of(tx: Connection, person_id: UUID) -> str:
    """Where mail to someone goes. Raises NotFound for a deleted account."""
    row, key = _person(tx, person_id)
    return key.open("people", "email", row.id, row.email)


def _works_with(tx: Connection, person_id: UUID) -> list[UUID]:
    return list(
        tx.execute(
            select(works_with.c.other_id)
            .where(works_with.c.person_id == person_id)
            .order_by(works_with.c.other_id)
        ).scalars()
    )


def _memberships(tx: Connection, person_id: UUID) -> list[MembershipRead]:
    rows = tx.execute(
        select(memberships, circles.c.name, keys.c.id.label("key_id"), keys.c.kek, keys.c.wrapped)
        .join(circles, circles.c.id == memberships.c.circle_id)
        .join(keys, keys.c.id == circles.c.key_id)
        .where(memberships.c.person_id == person_id)
        .order_by(memberships.c.joined_at, memberships.c.circle_id)
    )
    ring = keyring(tx)
    return [
        MembershipRead(
            circle_id=row.circle_id,
            circle_name=ring.unwrap(row.key_id, row.kek, row.wrapped).open(
                "circles", "name", row.circle_id, row.name
            ),
            roles=standing.roles_of(row),
            topics=row.topics or [],
            away_until=row.away_until,
        )
        for row in rows
    ]


def change_me(tx: Connection, me: Me, data: MePatch) -> MeRead:
    """Change what was sent, and let her circles and threads follow. Raises NotFound, Invalid."""
    row, key = _person(tx, me.id)
    sent = data.model_fields_set
    changed: dict[str, Any] = {}
    if "display_name" in sent:
        changed["display_name"] = key.seal("people", "display_name", me.id, data.display_name)
    if "region" in sent:
        changed["region"] = data.region or ""
    if "time_zone" in sent:
        changed["time_zone"] = data.time_zone
    if "quiet_hours" in sent:
        spans = data.quiet_hours
        changed["quiet_hours"] = None if spans is None else [span.model_dump() for span in spans]
    if "preferences" in sent:
        changed["preferences"] = (row.preferences or {}) | data.preferences.model_dump(exclude_unset=True)
    if "works_with" in sent:
        _name_colleagues(tx, me, data.works_with)
    if changed:
        tx.execute(update(people).where(people.c.id == me.id).values(**changed))
        audit.note(tx, "account.change", person_id=me.id, object_id=me.id)
    if changed.keys() & {"quiet_hours", "time_zone"}:
        outbox.record(tx, "accounts.hours_changed", person_id=me.id)
    if "display_name" in sent:
        for circle_id in standing.circles_of(tx, me.id):
            standing.tell_circle(tx, circle_id)
    return read_me(tx, me.id)


def _name_colleagues(tx: Connection, me: Me, named: Iterable[UUID]) -> None:
    """These are the people she works with: none of them reads her threads from now on, held ones included."""
    wanted, before = set(named), set(_works_with(tx, me.id))
    added, dropped = wanted - before, before - wanted
    if me.id in added:
        raise Invalid("You cannot name yourself.")
    if added - _fellows(tx, me.id, added):
        raise NotFound("Name people who share a circle with you.")
    if not added and not dropped:
        return
    with standing.readers_follow(tx, threads.c.author_id == me.id):
        if dropped:
            tx.execute(
                delete(works_with).where(works_with.c.person_id == me.id, works_with.c.other_id.in_(dropped))
            )
        for other_id in added:
            tx.execute(insert(works_with), {"person_id": me.id, "other_id": other_id})
    audit.note(tx, "account.works_with", person_id=me.id, object_id=me.id)


def _fellows(tx: Connection, person_id: UUID, among: set[UUID]) -> set[UUID]:
    """Those of these people who share a circle with someone."""
    hers = select(memberships.c.circle_id).where(memberships.c.person_id == person_id)
    return set(
        tx.execute(
            select(memberships.c.person_id).where(
                memberships.c.circle_id.in_(hers), memberships.c.person_id.in_(among)
            )
        ).scalars()
    )

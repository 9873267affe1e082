"""Circles: made, shown, and who is what in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from app import standing
from app.access import Me, Place, circles, keys, memberships, place_in, steward_of, threads, works_with
from app.accounts.people import shown_people
from app.circles.shapes import CircleCreate, CircleRead, MemberRead, MembershipPatch, MentorRead
from app.core import audit
from app.core.clock import now
from app.core.errors import Conflict, Forbidden, IdTaken, NotFound
from app.core.http import Page, cursor, paged, place_of
from app.core.ids import new_id
from app.core.seal import Key, keyring
from app.standing import Role


class LastSteward(Conflict):
    slug, title = "last-steward", "A circle needs a host"
    detail = "Make someone else a host of this circle first."


@dataclass(frozen=True)
class Made:
    """A circle, and whether this call made it."""

    circle: CircleRead
    is_new: bool


def circle_key(tx: Connection, circle_id: UUID) -> Key:
    """The key that a circle's name and invitations are sealed under."""
    row = tx.execute(
        select(keys.c.id, keys.c.kek, keys.c.wrapped)
        .join(circles, circles.c.key_id == keys.c.id)
        .where(circles.c.id == circle_id)
    ).one()
    return keyring(tx).unwrap(row.id, row.kek, row.wrapped)


def make_circle(tx: Connection, me: Me, data: CircleCreate) -> Made:
    """A new circle with the caller as its steward; the same id and name again answers with what is stored."""
    circle_id = data.id or new_id()
    stored = tx.execute(select(circles.c.made_by).where(circles.c.id == circle_id)).one_or_none()
    if stored is not None:
        circle = shown(tx, me, "circle", [circle_id]).get(circle_id)
        if circle is None:
            raise NotFound()
        if stored.made_by != me.id or circle.name != data.name:
            raise IdTaken()
        return Made(circle, is_new=False)
    add_circle(tx, circle_id, data.name, made_by=me.id)
    standing.add_roles(tx, circle_id, me.id, ["steward"])
    return Made(shown(tx, me, "circle", [circle_id])[circle_id], is_new=True)


def add_circle(tx: Connection, circle_id: UUID, name: str, *, made_by: UUID | None) -> None:
    """A circle under a key of its own, without members yet."""
    key = keyring(tx).make_key(tx)
    tx.execute(
        insert(circles),
        {
            "id": circle_id,
            "name": key.seal("circles", "name", circle_id, name),
            "key_id": key.id,
            "made_by": made_by,
            "created_at": now(),
            "kept_count": 0,
        },
    )
    audit.note(tx, "circle.make", person_id=made_by, object_id=circle_id)


def circle_called(tx: Connection, name: str) -> UUID | None:
    """The oldest circle of this name, whatever its case; names are sealed, so each one is opened."""
    rows = tx.execute(
        select(circles.c.id, circles.c.name, keys.c.id.label("key_id"), keys.c.kek, keys.c.wrapped)
        .join(keys, keys.c.id == circles.c.key_id)
        .order_by(circles.c.created_at, circles.c.id)
    )
    ring = keyring(tx)
    for row in rows:
        opened = ring.unwrap(row.key_id, row.kek, row.wrapped).open("circles", "name", row.id, row.name)
        if opened.casefold() == name.casefold():
            circle_id: UUID = row.id
            return circle_id
    return None


def shown(tx: Connection, me: Me, kind: str, ids: Sequence[UUID]) -> dict[UUID, CircleRead]:
    """Those of these circles that the caller belongs to, as she sees them; three queries, however many."""
    if not ids:
        return {}
    mine = (
        select(
            memberships,
            circles.c.name,
            circles.c.created_at,
            keys.c.id.label("key_id"),
            keys.c.kek,
            keys.c.wrapped,
        )
        .join(circles, circles.c.id == memberships.c.circle_id)
        .join(keys, keys.c.id == circles.c.key_id)
        .where(memberships.c.person_id == me.id, memberships.c.circle_id.in_(ids))
        .order_by(memberships.c.joined_at, memberships.c.circle_id)
    )
    rows = tx.execute(mine).all()
    members = _members(tx, [row.circle_id for row in rows])
    ring = keyring(tx)
    return {
        row.circle_id: CircleRead(
            id=row.circle_id,
            name=ring.unwrap(row.key_id, row.kek, row.wrapped).open(
                "circles", "name", row.circle_id, row.name
            ),
            roles=standing.roles_of(row),
            created_at=row.created_at,
            members=members.get(row.circle_id, []),
        )
        for row in rows
    }


def read_circle(tx: Connection, me: Me, circle_id: UUID) -> CircleRead:
    """One circle. Raises NotFound to those outside it."""
    place_in(tx, me, circle_id)
    return shown(tx, me, "circle", [circle_id])[circle_id]


def list_circles(tx: Connection, me: Me, limit: int, after: str | None) -> Page[CircleRead]:
    """The caller's circles, the one she joined first on top."""
    ids = standing.circles_of(tx, me.id)
    found = shown(tx, me, "circle", ids)
    place = [str(each) for each in ids]
    start = place.index(last) + 1 if after and (last := place_of(after, 1)[0]) in place else 0
    some = ids[start : start + limit]
    more = start + limit < len(ids)
    return Page(items=[found[each] for each in some], next=cursor(some[-1]) if more else None)


def _members(tx: Connection, circle_ids: Sequence[UUID]) -> dict[UUID, list[MemberRead]]:
    rows = tx.execute(
        select(memberships)
        .where(memberships.c.circle_id.in_(circle_ids))
        .order_by(memberships.c.joined_at, memberships.c.person_id)
    ).all()
    names = shown_people(tx, (row.person_id for row in rows))
    found: dict[UUID, list[MemberRead]] = {}
    for row in rows:
        if row.person_id in names:
            found.setdefault(row.circle_id, []).append(_member(row, names[row.person_id].display_name))
    return found


def _member(row: Any, display_name: str) -> MemberRead:
    return MemberRead(
        id=row.person_id,
        display_name=display_name,
        roles=standing.roles_of(row),
        topics=row.topics or [],
        away_until=row.away_until,
        joined_at=row.joined_at,
    )


def list_members(tx: Connection, me: Me, circle_id: UUID, limit: int, after: str | None) -> Page[MemberRead]:
    """Who belongs to a circle, who joined first on top. Raises NotFound to those outside it."""
    place_in(tx, me, circle_id)
    return _page(_members(tx, [circle_id]).get(circle_id, []), limit, after)


def _page(members: list[MemberRead], limit: int, after: str | None) -> Page[MemberRead]:
    def place(member: MemberRead) -> list[str]:
        return [member.joined_at.isoformat(), str(member.id)]

    return paged(members, limit, after, place, newest_first=False)


def list_mentors(tx: Connection, me: Me, circle_id: UUID, limit: int, after: str | None) -> Page[MentorRead]:
    """Who answers in a circle, besides the caller. Raises NotFound to those outside it."""
    here = place_in(tx, me, circle_id)
    mentors = [
        member
        for member in _members(tx, [circle_id]).get(circle_id, [])
        if "mentor" in member.roles and member.id != me.id
    ]
    page = _page(mentors, limit, after)
    counts = _open_counts(tx, here)
    named = set(tx.execute(select(works_with.c.other_id).where(works_with.c.person_id == me.id)).scalars())
    return Page(
        items=[
            MentorRead(
                id=member.id,
                display_name=member.display_name,
                topics=member.topics,
                away_until=member.away_until,
                open_count=None if counts is None else counts.get(member.id, 0),
                works_with_me=member.id in named,
            )
            for member in page.items
        ],
        next=page.next,
    )


def _open_counts(tx: Connection, here: Place) -> dict[UUID, int] | None:
    """Open threads by mentor, for those who ask and answer. A steward sees no person's figures: None."""
    if not (here.is_teacher or here.is_mentor):
        return None
    rows = tx.execute(
        select(threads.c.mentor_id, func.count().label("open_count"))
        .where(
            threads.c.circle_id == here.circle_id,
            threads.c.mentor_id.is_not(None),
            threads.c.state != "closed",
            threads.c.deleted_at.is_(None),
        )
        .group_by(threads.c.mentor_id)
    )
    return {row.mentor_id: row.open_count for row in rows}


def change_my_place(tx: Connection, me: Me, circle_id: UUID, data: MembershipPatch) -> MemberRead:
    """What the caller says of herself in a circle. Raises NotFound to those outside it."""
    place_in(tx, me, circle_id)
    changed: dict[str, Any] = {}
    if "topics" in data.model_fields_set:
        changed["topics"] = list(dict.fromkeys(data.topics))
    if "away_until" in data.model_fields_set:
        changed["away_until"] = data.away_until
    if changed:
        tx.execute(
            update(memberships)
            .where(memberships.c.circle_id == circle_id, memberships.c.person_id == me.id)
            .values(**changed)
        )
        standing.tell_circle(tx, circle_id)
    return _read_member(tx, circle_id, me.id)


def _read_member(tx: Connection, circle_id: UUID, person_id: UUID) -> MemberRead:
    found = [each for each in _members(tx, [circle_id]).get(circle_id, []) if each.id == person_id]
    if not found:
        raise NotFound()
    return found[0]


def set_roles(tx: Connection, me: Me, circle_id: UUID, person_id: UUID, roles: Sequence[Role]) -> MemberRead:
    """Make a member exactly these things. Raises NotFound, Forbidden to other members, LastSteward."""
    steward_of(tx, me, circle_id)
    member = _read_member(tx, circle_id, person_id)
    if "steward" in member.roles and "steward" not in roles and not _other_stewards(tx, circle_id, person_id):
        raise LastSteward()
    if list(member.roles) != list(roles):
        standing.set_roles(tx, circle_id, person_id, roles)
        audit.note(tx, "circle.roles", person_id=me.id, object_id=circle_id)
    return _read_member(tx, circle_id, person_id)


def remove_member(tx: Connection, me: Me, circle_id: UUID, person_id: UUID) -> None:
    """End a membership: a steward any, a member her own. Raises NotFound, Forbidden, LastSteward."""
    here = place_in(tx, me, circle_id)
    member = _read_member(tx, circle_id, person_id)
    if not here.is_steward and person_id != me.id:
        raise Forbidden("Only a host of this circle can do this.")
    is_last = "steward" in member.roles and not _other_stewards(tx, circle_id, person_id)
    # A circle that nobody else is in may be left, and is empty then.
    if is_last and len(standing.members_of(tx, circle_id)) > 1:
        raise LastSteward()
    standing.leave(tx, circle_id, person_id)
    audit.note(tx, "circle.remove_member", person_id=me.id, object_id=circle_id)


def _other_stewards(tx: Connection, circle_id: UUID, person_id: UUID) -> int:
    """How many of the circle's other members are its stewards."""
    # The lock keeps two stewards from removing each other at the same moment.
    tx.execute(select(circles.c.id).where(circles.c.id == circle_id).with_for_update())
    count: int = tx.execute(
        select(func.count()).where(
            memberships.c.circle_id == circle_id,
            memberships.c.person_id != person_id,
            memberships.c.is_steward,
        )
    ).scalar_one()
    return count

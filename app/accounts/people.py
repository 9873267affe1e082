"""Who is who on screen: display names, opened a batch at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from app.accounts.models import Person
from app.core.seal import KeyRow, keyring

people: Any = Person.__table__  # type: ignore[attr-defined]
keys: Any = KeyRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Shown:
    """What others in a thread see of a person."""

    id: UUID
    display_name: str
    region: str
    time_zone: str


def shown_people(tx: Connection, person_ids: Iterable[UUID]) -> dict[UUID, Shown]:
    """These people by id, in one query; deleted accounts are left out."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    rows = tx.execute(
        select(
            people.c.id,
            people.c.display_name,
            people.c.region,
            people.c.time_zone,
            people.c.key_id,
            keys.c.kek,
            keys.c.wrapped,
        )
        .select_from(people.join(keys, keys.c.id == people.c.key_id))
        .where(people.c.id.in_(wanted))
    )
    ring = keyring(tx)
    return {
        row.id: Shown(
            row.id,
            ring.unwrap(row.key_id, row.kek, row.wrapped).open(
                "people", "display_name", row.id, row.display_name
            ),
            row.region,
            row.time_zone,
        )
        for row in rows
        if row.display_name is not None
    }


def names_of(tx: Connection, *person_ids: UUID | None) -> list[str]:
    """Display names of these people, for the screen: in their own thread they are no findings."""
    return [each.display_name for each in shown_people(tx, (each for each in person_ids if each)).values()]

"""The circle and who is in it."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from app import standing
from app.access import circles, people
from app.accounts.joining import email_hash, make_person, person_with
from app.accounts.service import change_me
from app.accounts.shapes import MePatch
from app.circles.service import add_circle, change_my_place
from app.circles.shapes import MembershipPatch
from app.core.clock import travel_to
from app.demo.ids import acting, id_of
from app.demo.story import Json

# Accounts are as old as the oldest data of the cases, so that nothing happened before anyone was there.
BEFORE = timedelta(days=90)


class NotTheDemos(Exception):
    """An address of the story belongs to an account that is not of the demo."""


def began(tx: Connection, maker: str) -> datetime | None:
    """The moment as of which the story was told here, if it was begun."""
    made_at = tx.execute(
        select(people.c.created_at).where(people.c.id == id_of("person", maker))
    ).scalar_one_or_none()
    return made_at + BEFORE if made_at else None


def tell_people(tx: Connection, story: Json, told_at: datetime) -> bool:
    """Everyone's account and place in the circle; what is there stays as it is. True if anything was made.

    Raises NotTheDemos.
    """
    circle, circle_id = story["circle"], id_of("circle", story["circle"]["key"])
    ids = {id_of("person", person["key"]): person for person in story["people"]}
    known = set(tx.execute(select(people.c.id).where(people.c.id.in_(ids))).scalars())
    missing = [person for person_id, person in ids.items() if person_id not in known]
    travel_to(told_at - BEFORE)
    for person in missing:
        _tell_person(tx, person)
    if missing and not tx.execute(select(circles.c.id).where(circles.c.id == circle_id)).first():
        add_circle(tx, circle_id, circle["name"], made_by=id_of("person", circle["made_by"]))
    for minutes, person in enumerate(missing, 1):
        travel_to(told_at - BEFORE + timedelta(minutes=minutes))
        standing.add_roles(tx, circle_id, id_of("person", person["key"]), person["roles"])
        if topics := person.get("topics"):
            change_my_place(tx, acting(person["key"]), circle_id, MembershipPatch(topics=topics))
    return bool(missing)


def _tell_person(tx: Connection, person: Json) -> None:
    person_id = id_of("person", person["key"])
    if person_with(tx, email_hash(tx, person["email"])):
        raise NotTheDemos(f"{person['email']} has an account already, which is not the demo's")
    make_person(tx, person["email"], person["name"], person_id=person_id)
    about = {name: person[name] for name in ("region", "time_zone", "quiet_hours")}
    change_me(tx, acting(person_id), MePatch.model_validate(about))

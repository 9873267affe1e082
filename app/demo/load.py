"""Tells the story to a database: people, cases, notes and threads, through the same services as anyone's.

Ids follow from the story's keys, so a second telling finds everything there and changes nothing, and one that
was cut short goes on where it stopped, on the calendar it began with.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from app.access import people
from app.core.clock import now, returning
from app.core.db import Database
from app.core.objects import Objects
from app.demo import people as circle
from app.demo.cases import tell_case
from app.demo.quietly import Quietly
from app.demo.story import Json, read, told
from app.demo.threads import tell_thread
from app.demo.voices import tell_voices


async def load(db: Database, objects: Objects) -> bool:
    """Fill the demo circle, or what is missing of it. True if anything was added.

    Moves this process's clock while it runs, so nothing else should be going on in it. Raises NotTheDemos.
    """
    quiet = Quietly(db)
    maker = read()["circle"]["made_by"]
    told_at = await db.read(lambda tx: circle.began(tx, maker)) or now()
    story = told(told_at)
    zones = {person["key"]: ZoneInfo(person["time_zone"]) for person in story["people"]}
    with returning():
        added = await quiet.write(lambda tx: circle.tell_people(tx, story, told_at))
        for place, case in enumerate(story["cases"]):
            added |= await quiet.write(_with(tell_case, place, case, zones[case["owner"]], told_at))
        added |= await tell_voices(quiet, objects, story)
        for thread in story["threads"]:
            added |= await quiet.write(_with(tell_thread, thread, story["circle"]["key"]))
    return added


def _with(tell: Callable[..., bool], *about: object) -> Callable[[Connection], bool]:
    return lambda tx: tell(tx, *about)


async def is_empty(db: Database) -> bool:
    """Whether nobody has an account yet."""
    return await db.read(lambda tx: tx.execute(select(people.c.id).limit(1)).first()) is None


def welcome(base_url: str) -> str:
    """How to look around as a teacher and as a mentor, for the terminal."""
    everyone: list[Json] = read()["people"]
    lines = []
    for role in ("teacher", "mentor"):
        person = next(each for each in everyone if role in each["roles"])
        lines.append(f"  {role:8} {person['email']:20} {person['name']}")
    return "\n".join(
        [
            f"Open {base_url} and type one of these addresses:",
            *lines,
            "The code to sign in with is then printed in the terminal where the service runs.",
        ]
    )

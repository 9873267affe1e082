"""Ids that follow from the story's keys, so that telling it again finds what is there already."""

from uuid import UUID, uuid5

from app.access import Me
from app.core.clock import now
from app.core.ids import new_id
from app.demo.story import Json

_STORY = UUID("6f1d3c52-8a0e-4c1b-9d27-5b7ac04e91f3")


def id_of(kind: str, *keys: object) -> UUID:
    """The id of a part of the story: `id_of("item", "otter", "tts")`."""
    return uuid5(_STORY, ":".join([kind, *map(str, keys)]))


def item_id(pointer: str | None) -> UUID | None:
    """The id of the item that the story points at as `case.item`."""
    return id_of("item", *pointer.split(".")) if pointer else None


def acting(person: str | UUID) -> Me:
    """Someone of the story, as the services know who acts; she needs no session for that."""
    person_id = person if isinstance(person, UUID) else id_of("person", person)
    return Me(person_id, session_id=new_id(), kind="bearer", signed_in_at=now())


def people_ids(story: Json) -> list[UUID]:
    """The ids of everyone in the story."""
    return [id_of("person", person["key"]) for person in story["people"]]

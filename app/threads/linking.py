"""What a question may be tied to: its author's own case, items and meeting, and a mentor she may ask."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import Connection, delete, insert

from app import access
from app.access import ItemRow, Me, items, links
from app.core.errors import Invalid, NotFound, Problem


class NotAMentor(Problem):
    slug, title, status = "not-a-mentor", "This person cannot be asked", 422
    detail = (
        "Choose a mentor of the circle who is not yourself and not among the people the asker works with."
    )


def check_mentor(tx: Connection, circle_id: UUID, author_id: UUID, mentor_id: UUID) -> None:
    """Raises NotAMentor unless this author's threads may be given to her."""
    if mentor_id not in access.mentors_for(tx, circle_id, author_id):
        raise NotAMentor()


def own_meeting(tx: Connection, me: Me, meeting_id: UUID) -> ItemRow:
    """The caller's own meeting. Raises NotFound, and Invalid for an item of another kind."""
    meeting = access.own_item(tx, me, meeting_id)
    if meeting.kind != "meeting":
        raise Invalid("`meeting_id` must be an item of kind meeting.")
    return meeting


def own_items(tx: Connection, me: Me, item_ids: Iterable[UUID]) -> list[ItemRow]:
    """The caller's own items with these ids. Raises NotFound when one of them is not."""
    wanted = set(item_ids)
    found = access.own_items(tx, me, items.c.id.in_(wanted)) if wanted else []
    if len(found) != len(wanted):
        raise NotFound()
    return found


def case_of(case_id: UUID | None, about: Sequence[ItemRow]) -> UUID | None:
    """The case that a thread about these items belongs to. Raises Invalid when they are not of one case."""
    of_items = {each.case_id for each in about if each.case_id}
    if case_id is None and len(of_items) == 1:
        return of_items.pop()
    if of_items - {case_id}:
        raise Invalid("`item_ids` must be items of the thread's own case.")
    return case_id


def link(tx: Connection, thread_id: UUID, item_ids: Iterable[UUID]) -> None:
    """Tie a thread to exactly these items."""
    tx.execute(delete(links).where(links.c.thread_id == thread_id))
    rows = [{"thread_id": thread_id, "item_id": item_id} for item_id in dict.fromkeys(item_ids)]
    if rows:
        tx.execute(insert(links), rows)

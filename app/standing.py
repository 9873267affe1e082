"""What follows when someone's place among others changes: she joins, leaves, mentors no more, or is named
as a colleague. Threads she may no longer hold go back, and every store hears of what it gained or lost.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, insert, select, update

from app import access
from app.access import circles, invitations, memberships, threads
from app.core import changes, outbox
from app.core.clock import now
from app.core.turns import take_turns

Role = Literal["teacher", "mentor", "steward"]
# What a question is about, and what a mentor likes to be asked about.
Topic = Literal[
    "draft",
    "meeting",
    "placement",
    "behavior",
    "family",
    "team",
    "accommodations",
    "data",
    "paperwork",
    "caseload",
    "wrong",
    "think",
]
ROLES: tuple[Role, ...] = get_args(Role)


_PLACES = "places in circles"


def hold_places(tx: Connection) -> None:
    """Before someone takes or is given a thread: until this commits, nobody's place among others changes.

    Otherwise a mentor who leaves at that very moment would keep a thread that she cannot read.
    """
    take_turns(tx, _PLACES, shared=True)


@contextmanager
def readers_follow(tx: Connection, *which: ColumnElement[bool]) -> Iterator[None]:
    """Around a change of who may mentor whom, for the threads that meet conditions on `access.threads`.

    A thread whose mentor may no longer read it goes back to waiting: for anyone, or, when its author had
    chosen that mentor, to the author to choose again.
    """
    take_turns(tx, _PLACES)
    before = access.readers_of_threads(tx, *which)
    yield
    returned = _give_back(tx, *which)
    after = access.readers_of_threads(tx, *which)
    gained: dict[UUID, set[UUID]] = {}
    for thread_id, readers in after.items():
        changes.gone(tx, "thread", thread_id, before.get(thread_id, set()) - readers)
        if thread_id in returned:
            changes.put(tx, "thread", thread_id, readers)
        if new := readers - before.get(thread_id, set()):
            gained[thread_id] = new
    put_whole(tx, gained)


def _give_back(tx: Connection, *which: ColumnElement[bool]) -> set[UUID]:
    returned = tx.execute(
        update(threads)
        .where(
            *which,
            threads.c.deleted_at.is_(None),
            threads.c.state != "closed",
            threads.c.mentor_id.is_not(None),
            ~access.is_mentor_for(threads, threads.c.mentor_id),
        )
        .values(mentor_id=None, state="waiting", claimed_at=None)
        .returning(threads.c.id)
    )
    ids = set(returned.scalars())
    for thread_id in ids:
        outbox.record(tx, "threads.given_back", thread_id=thread_id)
    return ids


def put_whole(tx: Connection, gained: Mapping[UUID, Iterable[UUID]]) -> None:
    """Tell people's stores of threads that are new to them: each thread, then every part of it."""
    readers = {thread_id: list(people) for thread_id, people in gained.items()}
    if not readers:
        return
    for thread_id, people in readers.items():
        changes.put(tx, "thread", thread_id, people)
    of_these = readers.keys()
    drafts, comments = access.drafts, access.comments
    for kind, parts in (
        ("message", _parts(access.messages)),
        ("draft", _parts(drafts)),
        ("version", _parts(access.draft_versions, drafts)),
        ("comment", _parts(comments, drafts)),
        ("takeaway", _parts(access.takeaways)),
        ("voice", _parts(access.voice_notes)),
    ):
        for thread_id, part_id in tx.execute(parts(of_these)):
            changes.put(tx, kind, part_id, readers[thread_id])  # type: ignore[arg-type]
    marks = select(access.reads.c.thread_id, access.reads.c.person_id)
    for thread_id, person_id in tx.execute(marks.where(access.reads.c.thread_id.in_(list(of_these)))):
        if person_id in readers[thread_id]:
            changes.put(tx, "read", thread_id, [person_id])


def _parts(table: Any, through: Any = None) -> Any:
    home = table if through is None else through

    def query(thread_ids: Iterable[UUID]) -> Any:
        found = select(home.c.thread_id, table.c.id).where(home.c.thread_id.in_(list(thread_ids)))
        if through is not None:
            found = found.select_from(table.join(through, through.c.id == table.c.draft_id))
        if "deleted_at" in table.c:
            found = found.where(table.c.deleted_at.is_(None))
        return found.order_by(table.c.id)

    return query


def members_of(tx: Connection, circle_id: UUID) -> list[UUID]:
    """Everyone in a circle: the readers of its changes."""
    return list(
        tx.execute(select(memberships.c.person_id).where(memberships.c.circle_id == circle_id)).scalars()
    )


def circles_of(tx: Connection, person_id: UUID) -> list[UUID]:
    """The circles someone belongs to, oldest membership first."""
    return list(
        tx.execute(
            select(memberships.c.circle_id)
            .where(memberships.c.person_id == person_id)
            .order_by(memberships.c.joined_at, memberships.c.circle_id)
        ).scalars()
    )


def tell_circle(tx: Connection, circle_id: UUID) -> None:
    """Something that all its members see of a circle is different."""
    changes.put(tx, "circle", circle_id, members_of(tx, circle_id))


def add_roles(tx: Connection, circle_id: UUID, person_id: UUID, roles: Iterable[str]) -> None:
    """Make someone these things in a circle, besides what she is there already."""
    flags = {f"is_{role}": True for role in roles}
    with readers_follow(tx, threads.c.circle_id == circle_id):
        was_there = tx.execute(
            update(memberships)
            .where(memberships.c.circle_id == circle_id, memberships.c.person_id == person_id)
            .values(**flags)
        ).rowcount
        if not was_there:
            tx.execute(
                insert(memberships),
                {
                    "circle_id": circle_id,
                    "person_id": person_id,
                    "joined_at": now(),
                    "topics": [],
                    **{f"is_{role}": f"is_{role}" in flags for role in ROLES},
                },
            )
    tell_circle(tx, circle_id)


def set_roles(tx: Connection, circle_id: UUID, person_id: UUID, roles: Iterable[str]) -> None:
    """Make a member exactly these things."""
    wanted = set(roles)
    with readers_follow(tx, threads.c.circle_id == circle_id):
        tx.execute(
            update(memberships)
            .where(memberships.c.circle_id == circle_id, memberships.c.person_id == person_id)
            .values(**{f"is_{role}": role in wanted for role in ROLES})
        )
    tell_circle(tx, circle_id)


def leave(tx: Connection, circle_id: UUID, person_id: UUID) -> None:
    """End a membership: what she held there goes back, what she asked there stays hers."""
    with readers_follow(tx, threads.c.circle_id == circle_id):
        tx.execute(
            memberships.delete().where(
                memberships.c.circle_id == circle_id, memberships.c.person_id == person_id
            )
        )
    changes.gone(tx, "circle", circle_id, [person_id])
    tell_circle(tx, circle_id)


def open_invitations(tx: Connection, email_hash: str) -> list[Any]:
    """Invitations for an address that can still be accepted, oldest first, each with its key's id."""
    return list(
        tx.execute(
            select(invitations, circles.c.key_id)
            .join(circles, circles.c.id == invitations.c.circle_id)
            .where(
                invitations.c.email_hash == email_hash,
                invitations.c.accepted_at.is_(None),
                invitations.c.expires_at > now(),
            )
            .order_by(invitations.c.created_at, invitations.c.id)
        )
    )


def accept_invitations(tx: Connection, person_id: UUID, email_hash: str) -> None:
    """Let someone whose address is proven into every circle that it was invited to."""
    for invitation in open_invitations(tx, email_hash):
        tx.execute(update(invitations).where(invitations.c.id == invitation.id).values(accepted_at=now()))
        add_roles(tx, invitation.circle_id, person_id, roles_of(invitation))


def roles_of(row: Any) -> list[Role]:
    """The roles that a membership or an invitation carries, in their usual order."""
    return [role for role in ROLES if getattr(row, f"is_{role}")]

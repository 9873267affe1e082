"""What a host may know of a circle beyond its people: totals, never words, never one person's figures."""

from uuid import UUID

from sqlalchemy import Connection, func, select

from app.access import Me, circles, memberships, steward_of
from app.circles.shapes import TotalsRead

# Below this a total would speak of someone.
LEAST_PEOPLE = 5


def totals(tx: Connection, me: Me, circle_id: UUID) -> TotalsRead:
    """The totals of a circle for its steward, hidden while it is small."""
    steward_of(tx, me, circle_id)
    belong = select(func.count()).where(memberships.c.circle_id == circle_id)
    people = tx.execute(belong).scalar_one()
    kept = tx.execute(select(circles.c.kept_count).where(circles.c.id == circle_id)).scalar_one()
    return TotalsRead(people=people, kept_words=kept if people >= LEAST_PEOPLE else None)

"""Routes of circles."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.accounts.signed_in import SignedIn
from app.circles import invitations, service
from app.circles import totals as counted
from app.circles.shapes import (
    CircleCreate,
    CircleRead,
    InvitationCreate,
    InvitationRead,
    MemberRead,
    MembershipPatch,
    MentorRead,
    RolesPatch,
    TotalsRead,
)
from app.core.http import After, Db, Limit, Page, StrictRoute, again, answer, created, refusals

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["circles"])


@router.post(
    "/circles",
    status_code=201,
    response_model=CircleRead,
    responses=again(CircleRead) | refusals(404, 409),
)
async def make_circle(data: CircleCreate, me: SignedIn, db: Db) -> Response:
    """Make a circle; whoever does becomes its steward. The same id and name again answers 200."""
    made = await db.write(lambda tx: service.make_circle(tx, me, data))
    return created(made.circle, is_new=made.is_new)


@router.get("/circles", response_model=Page[CircleRead])
async def list_circles(me: SignedIn, db: Db, limit: Limit = 50, after: After = None) -> Response:
    """The circles that the caller belongs to, with their members' names."""
    return answer(await db.read(lambda tx: service.list_circles(tx, me, limit, after)))


@router.get("/circles/{circle_id}", response_model=CircleRead)
async def read_circle(circle_id: UUID, me: SignedIn, db: Db) -> Response:
    """One circle, with its members' names."""
    return answer(await db.read(lambda tx: service.read_circle(tx, me, circle_id)))


@router.get("/circles/{circle_id}/totals", response_model=TotalsRead, responses=refusals(403))
async def read_totals(circle_id: UUID, me: SignedIn, db: Db) -> Response:
    """What was counted for the circle as a whole; for stewards, and hidden below five people."""
    return answer(await db.read(lambda tx: counted.totals(tx, me, circle_id)))


@router.get("/circles/{circle_id}/mentors", response_model=Page[MentorRead])
async def list_mentors(
    circle_id: UUID, me: SignedIn, db: Db, limit: Limit = 50, after: After = None
) -> Response:
    """Who answers here, besides the caller: what each likes to be asked about, and until when she is away."""
    return answer(await db.read(lambda tx: service.list_mentors(tx, me, circle_id, limit, after)))


@router.get("/circles/{circle_id}/members", response_model=Page[MemberRead])
async def list_members(
    circle_id: UUID, me: SignedIn, db: Db, limit: Limit = 50, after: After = None
) -> Response:
    """Who belongs to a circle, and as what."""
    return answer(await db.read(lambda tx: service.list_members(tx, me, circle_id, limit, after)))


@router.patch("/circles/{circle_id}/members/me", response_model=MemberRead)
async def change_my_place(circle_id: UUID, data: MembershipPatch, me: SignedIn, db: Db) -> Response:
    """What the caller likes to be asked about here, and until when she is away (`null`: she is not)."""
    return answer(await db.write(lambda tx: service.change_my_place(tx, me, circle_id, data)))


@router.patch("/circles/{circle_id}/members/{person_id}", response_model=MemberRead, responses=refusals(409))
async def set_roles(
    circle_id: UUID, person_id: UUID, data: RolesPatch, me: SignedIn, db: Db, request: Request
) -> Response:
    """Say what a member is here; for stewards. Who mentors no more loses what she held: it waits again."""
    member = await db.write(lambda tx: service.set_roles(tx, me, circle_id, person_id, data.roles))
    request.app.state.hub.close_person(person_id)
    return answer(member)


@router.delete("/circles/{circle_id}/members/{person_id}", status_code=204, responses=refusals(403, 409))
async def remove_member(circle_id: UUID, person_id: UUID, me: SignedIn, db: Db, request: Request) -> Response:
    """End a membership: a steward any, a member her own. What she held waits; what she asked is hers."""
    await db.write(lambda tx: service.remove_member(tx, me, circle_id, person_id))
    request.app.state.hub.close_person(person_id)
    return Response(status_code=204)


@router.post(
    "/circles/{circle_id}/invitations",
    status_code=201,
    response_model=InvitationRead,
    responses=again(InvitationRead) | refusals(404, 409),
)
async def invite(circle_id: UUID, data: InvitationCreate, me: SignedIn, db: Db, request: Request) -> Response:
    """Invite an address, as a steward; good for seven days, twenty a day.

    Signing in with that address accepts. Inviting it again renews it: roles, seven days, a mail.
    A member of the circle has the new roles at once.
    """
    counted = not request.app.state.limits.off
    invited = await db.write(lambda tx: invitations.invite(tx, me, circle_id, data, counted=counted))
    return created(invited.invitation, is_new=invited.is_new)


@router.get("/circles/{circle_id}/invitations", response_model=Page[InvitationRead], responses=refusals(403))
async def list_invitations(
    circle_id: UUID, me: SignedIn, db: Db, limit: Limit = 50, after: After = None
) -> Response:
    """The invitations still open, newest first; for stewards."""
    return answer(await db.read(lambda tx: invitations.list_open(tx, me, circle_id, limit, after)))


@router.delete("/circles/{circle_id}/invitations/{invitation_id}", status_code=204, responses=refusals(403))
async def withdraw_invitation(circle_id: UUID, invitation_id: UUID, me: SignedIn, db: Db) -> Response:
    """Take an open invitation back; for stewards."""
    await db.write(lambda tx: invitations.withdraw(tx, me, circle_id, invitation_id))
    return Response(status_code=204)

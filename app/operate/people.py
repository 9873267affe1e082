"""Letting people in from the command line; both commands work while `serve` runs."""

from uuid import UUID

from sqlalchemy import Connection

from app.accounts import joining, sessions
from app.accounts.shapes import email_address
from app.circles import invitations
from app.circles.service import add_circle, circle_called
from app.circles.shapes import InvitationCreate, InvitationRead
from app.core.db import Database
from app.core.ids import new_id
from app.core.text import TITLE_MAX, single_line
from app.export import service as export
from app.operate.ground import Refused
from app.standing import Role


def _address(said: str) -> str:
    try:
        return email_address(said)
    except ValueError as error:
        raise Refused(str(error)) from None


def _name(said: str) -> str:
    try:
        name = single_line(said)
    except ValueError as error:
        raise Refused(str(error)) from None
    if not 1 <= len(name) <= TITLE_MAX:
        raise Refused(f"A circle's name has 1 to {TITLE_MAX} characters.")
    return name


async def invite(db: Database, email: str, circle: str, roles: list[Role]) -> InvitationRead:
    """Invite an address to a circle, which is made if it is not there."""
    asked, name = InvitationCreate(email=_address(email), roles=roles), _name(circle)

    def within(tx: Connection) -> InvitationRead:
        circle_id = circle_called(tx, name)
        if circle_id is None:
            circle_id = new_id()
            add_circle(tx, circle_id, name, made_by=None)
        return invitations.add(tx, circle_id, asked, invited_by=None)

    return await db.write(within)


async def prepare_export(db: Database, email: str) -> str:
    """Ask for an archive of all that is someone's, which only she can fetch; returns her address."""
    address = _address(email)

    def within(tx: Connection) -> bool:
        person_id = joining.person_with(tx, joining.email_hash(tx, address))
        if person_id is not None:
            export.ask(tx, person_id, new_id())
        return person_id is not None

    if not await db.write(within):
        raise Refused("There is no account with this address.")
    return address


async def make_token(db: Database, email: str) -> str:
    """A bearer token for someone with an account, or an open invitation, which this accepts; she is told."""
    address = _address(email)

    def within(tx: Connection) -> str | None:
        person_id: UUID | None = joining.enter(tx, joining.email_hash(tx, address))
        if person_id is None:
            return None
        return sessions.open_session(tx, person_id, kind="bearer", label="colleague token").secret

    token = await db.write(within)
    if token is None:
        raise Refused(
            "There is no account and no open invitation with this address. Invite it first:\n"
            f'    colleague invite {address} --circle "Our circle" --role teacher'
        )
    return token

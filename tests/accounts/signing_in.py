"""What the mailbox holds, without a mailbox: makes a sign-in's link and code as sending would."""

from dataclasses import dataclass

import httpx
from sqlalchemy import Connection, insert, select

from app.accounts.models import SignIn
from app.accounts.service import make_secrets
from app.circles.models import Invitation
from app.circles.service import circle_key
from app.core.clock import now
from app.core.db import Database
from app.core.ids import new_id
from app.core.seal import keyring
from tests.factories import Cast

sign_ins = SignIn.__table__


@dataclass(frozen=True)
class Letter:
    """The two ways in that a sign-in mail offers."""

    token: str
    code: str


async def letter_for(db: Database, email: str) -> Letter:
    """The newest mail to this address."""

    def make(tx: Connection) -> Letter:
        newest = (
            select(sign_ins.c.id)
            .where(sign_ins.c.email_hash == keyring(tx).keyed_hash("email", email))
            .order_by(sign_ins.c.created_at.desc(), sign_ins.c.id.desc())
            .limit(1)
        )
        made = make_secrets(tx, tx.execute(newest).scalar_one())
        assert made is not None
        return Letter(*made)

    return await db.write(make)


async def sign_in(browser: httpx.AsyncClient, db: Database, email: str, **device: str) -> httpx.Response:
    """The whole way through the mail's link."""
    asked = await browser.post("/api/auth/sign-in", json={"email": email}, headers=OURS)
    assert asked.status_code == 202
    letter = await letter_for(db, email)
    return await browser.post("/api/auth/session", json={"token": letter.token, **device}, headers=OURS)


# What a browser says of a page's own requests.
OURS = {"Sec-Fetch-Site": "same-origin"}


async def invited(db: Database, cast: Cast, email: str, *roles: str, lasts: object = None) -> None:
    """An open invitation to the cast's circle."""
    from app.circles.invitations import LASTS

    def make(tx: Connection) -> None:
        invitation_id = new_id()
        tx.execute(
            insert(Invitation),
            {
                "id": invitation_id,
                "circle_id": cast.circle_id,
                "email_hash": keyring(tx).keyed_hash("email", email),
                "email": circle_key(tx, cast.circle_id).seal("invitations", "email", invitation_id, email),
                **{f"is_{role}": True for role in roles},
                "created_at": now(),
                "expires_at": now() + (lasts or LASTS),
            },
        )

    await db.write(make)

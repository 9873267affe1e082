"""Sign-in by mail: a link's token or an eight-digit code, once, for ten minutes, in the browser that asked.

Known and unknown addresses take the same steps, so that neither the answer nor its time tells them apart.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update

from app import standing
from app.accounts.joining import enter
from app.accounts.models import Person, SignIn
from app.accounts.sessions import Device, Opened, end_by_secret, open_session
from app.accounts.signed_in import hashed
from app.core import outbox
from app.core.clock import now
from app.core.errors import Problem, TooMany
from app.core.ids import new_id
from app.core.turns import take_turns

LASTS = timedelta(minutes=10)
KEPT = timedelta(days=7)
WRONG_PER_REQUEST = 5
WRONG_PER_DAY = 20
# So many open requests of one browser for one address count; someone taps "send again" twice, not ten times.
OPEN_AT_ONCE = 3

people: Any = Person.__table__  # type: ignore[attr-defined]
sign_ins: Any = SignIn.__table__  # type: ignore[attr-defined]


class SignInRefused(Problem):
    slug, title, status = "sign-in-refused", "This link or code does not count", 401
    detail = "It may be used, older than ten minutes, or mistyped. Ask for a new mail in this browser."


class SignInElsewhere(Problem):
    slug, title, status = "sign-in-elsewhere", "Sign in where you started", 401
    detail = (
        "Type the code from the mail in the browser or app that asked for it, or ask for a new mail here."
    )


def ask(tx: Connection, email_hash: str, browser: str | None) -> str:
    """Note that a browser asks for an address; the mail follows from the fact. Returns the browser's secret.

    A browser that is asking already keeps its secret, so that the first of two mails still counts.
    """
    moment = now()
    known = browser is not None and _asks_already(tx, browser)
    secret = browser if browser is not None and known else secrets.token_urlsafe(32)
    person_id = tx.execute(select(people.c.id).where(people.c.email_hash == email_hash)).scalar_one_or_none()
    invited = standing.open_invitations(tx, email_hash)
    sign_in_id = new_id()
    tx.execute(
        insert(sign_ins),
        {
            "id": sign_in_id,
            "browser_hash": hashed(secret),
            "email_hash": email_hash,
            "person_id": person_id,
            "invitation_id": invited[0].id if invited and person_id is None else None,
            "wrong_codes": 0,
            "created_at": moment,
            "expires_at": moment + LASTS,
        },
    )
    # For strangers too: whoever turns this into a mail finds nobody to send it to.
    outbox.record(tx, "accounts.sign_in_asked", sign_in_id=sign_in_id)
    return secret


def _asks_already(tx: Connection, browser: str) -> bool:
    return (
        tx.execute(
            select(sign_ins.c.id)
            .where(
                sign_ins.c.browser_hash == hashed(browser),
                sign_ins.c.used_at.is_(None),
                sign_ins.c.expires_at > now(),
            )
            .limit(1)
        ).first()
        is not None
    )


def make_secrets(tx: Connection, sign_in_id: UUID) -> tuple[str, str] | None:
    """Token and code for a mail that leaves now; those of an earlier try end. None once it is too late."""
    token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**8):08d}"
    salt = secrets.token_hex(16)
    made = tx.execute(
        update(sign_ins)
        .where(sign_ins.c.id == sign_in_id, sign_ins.c.used_at.is_(None), sign_ins.c.expires_at > now())
        .values(token_hash=hashed(token), code_salt=salt, code_hash=_scrypt(code, salt))
    ).rowcount
    return (token, code) if made else None


def _scrypt(code: str, salt: str) -> str:
    return hashlib.scrypt(code.encode(), salt=bytes.fromhex(salt), n=2**14, r=8, p=1).hex()


def redeem_token(tx: Connection, token: str, browser: str | None) -> UUID:
    """The sign-in behind a mail's link, not used up yet. Raises SignInElsewhere in another browser."""
    row = tx.execute(select(sign_ins).where(sign_ins.c.token_hash == hashed(token))).one_or_none()
    if row is None or row.used_at is not None or row.expires_at <= now():
        raise SignInRefused()
    if row.wrong_codes >= WRONG_PER_REQUEST:
        raise SignInRefused()
    if browser is None or not hmac.compare_digest(row.browser_hash, hashed(browser)):
        raise SignInElsewhere()
    sign_in_id: UUID = row.id
    return sign_in_id


@dataclass(frozen=True)
class CodeTry:
    """One guess at the codes of a browser's open sign-ins, counted as wrong until it proves right."""

    sign_in_ids: tuple[UUID, ...]
    hashes: tuple[tuple[str, str | None], ...]

    def matching(self, code: str) -> UUID | None:
        """The sign-in whose code this is; for use off the event loop and outside a transaction.

        Slow on purpose, and just as slow where no code was ever made.
        """
        found = None
        for sign_in_id, (salt, stored) in zip(self.sign_in_ids, self.hashes, strict=True):
            if hmac.compare_digest(_scrypt(code, salt), stored or "") and found is None:
                found = sign_in_id
        return found


def count_code_try(tx: Connection, email_hash: str, browser: str | None) -> CodeTry:
    """Count a guess before it is compared, so that parallel guesses cannot outrun the count.

    Raises SignInElsewhere without the browser's cookie, TooMany after 20 wrong ones for an address in a day.
    """
    if browser is None:
        raise SignInElsewhere()
    take_turns(tx, f"codes for {email_hash}")
    moment = now()
    wrong, since = tx.execute(
        select(func.coalesce(func.sum(sign_ins.c.wrong_codes), 0), func.min(sign_ins.c.created_at)).where(
            sign_ins.c.email_hash == email_hash,
            sign_ins.c.created_at > moment - timedelta(days=1),
            sign_ins.c.wrong_codes > 0,
        )
    ).one()
    if wrong >= WRONG_PER_DAY:
        wait = since + timedelta(days=1) - moment
        raise TooMany(
            "Too many wrong codes today. Use the link in the mail.",
            headers={"Retry-After": str(max(60, int(wait.total_seconds())))},
        )
    rows = tx.execute(
        select(sign_ins.c.id, sign_ins.c.code_salt, sign_ins.c.code_hash)
        .where(
            sign_ins.c.browser_hash == hashed(browser),
            sign_ins.c.email_hash == email_hash,
            sign_ins.c.used_at.is_(None),
            sign_ins.c.expires_at > moment,
            sign_ins.c.wrong_codes < WRONG_PER_REQUEST,
        )
        .order_by(sign_ins.c.created_at.desc(), sign_ins.c.id.desc())
        .limit(OPEN_AT_ONCE)
        .with_for_update()
    ).all()
    if not rows:
        raise SignInRefused()
    ids = tuple(row.id for row in rows)
    tx.execute(update(sign_ins).where(sign_ins.c.id.in_(ids)).values(wrong_codes=sign_ins.c.wrong_codes + 1))
    return CodeTry(ids, tuple((row.code_salt or "00" * 16, row.code_hash) for row in rows))


def forgive(tx: Connection, sign_in_ids: Sequence[UUID]) -> None:
    """Take a guess back from the count: it was right."""
    tx.execute(
        update(sign_ins).where(sign_ins.c.id.in_(sign_in_ids)).values(wrong_codes=sign_ins.c.wrong_codes - 1)
    )


@dataclass(frozen=True)
class SignedInNow:
    """Who has signed in, through which session, and which session of this browser that ended."""

    person_id: UUID
    session: Opened
    ended_id: UUID | None


def complete(
    tx: Connection,
    sign_in_id: UUID,
    *,
    device: Device,
    label: str,
    old_secret: str | None,
    time_zone: str | None,
) -> SignedInNow:
    """Use a sign-in up and open the session: account, invitations, session in one transaction.

    Raises SignInRefused when it was used meanwhile, or when the address has neither account nor invitation.
    """
    used = tx.execute(
        update(sign_ins)
        .where(sign_ins.c.id == sign_in_id, sign_ins.c.used_at.is_(None), sign_ins.c.expires_at > now())
        .values(used_at=now(), token_hash=None, code_hash=None)
        .returning(sign_ins.c.email_hash, sign_ins.c.browser_hash)
    ).one_or_none()
    if used is None:
        raise SignInRefused()
    # What else this browser asked for has served its purpose.
    tx.execute(
        update(sign_ins)
        .where(sign_ins.c.browser_hash == used.browser_hash, sign_ins.c.used_at.is_(None))
        .values(used_at=now(), token_hash=None, code_hash=None)
    )
    person_id = enter(tx, used.email_hash, time_zone)
    if person_id is None:
        raise SignInRefused()
    ended_id = end_by_secret(tx, old_secret) if old_secret else None
    session = open_session(tx, person_id, kind="cookie", device=device, label=label)
    return SignedInNow(person_id, session, ended_id)


def sweep(tx: Connection) -> None:
    """Forget sign-ins that no count needs any more."""
    tx.execute(delete(sign_ins).where(sign_ins.c.created_at < now() - KEPT))

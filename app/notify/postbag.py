"""Which mails leave now: leases them for a minute, gathers what belongs together, books how each try ended.

A notice leaves at once outside its receiver's quiet hours; what follows for her within five minutes waits
and then leaves as one mail. What she has read meanwhile, or may read no more, is dropped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, or_, select, text, update

from app.access import invitations
from app.accounts.sign_in import make_secrets
from app.core.clock import now
from app.core.seal import keyring
from app.core.settings import Settings
from app.notify import wording
from app.notify.addressing import Phone, address_of, phones_of
from app.notify.gathering import gather, leaves_at, receiver, words_for
from app.notify.letters import Letter, message_id_for, root_for
from app.notify.queue import NOTICES, mails
from app.notify.unsubscribing import unsubscribe_token
from app.notify.wording import Words

LEASE = timedelta(seconds=60)
AT_ONCE = 5
RETRIES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
RETRY_LATER = timedelta(hours=4)
GIVE_UP = timedelta(hours=48)
SECOND_TRY_IN_DOUBT = timedelta(minutes=15)
SIGN_IN_LASTS = timedelta(minutes=10)
_ONE_BAG = 7_305_811


@dataclass(frozen=True)
class Outcome:
    """How a try ended: `sent`, `later` (not taken, try again), `dead` (refused for good), `unknown`."""

    kind: str
    code: str


@dataclass(frozen=True)
class Leased:
    """One mail to send now; `letter` is None for someone who wants pushes only."""

    mail_id: UUID
    attempt: int
    words: Words
    letter: Letter | None
    phones: tuple[Phone, ...] = ()


def any_due(tx: Connection) -> bool:
    """Whether a look into the bag is worth a write."""
    moment = now()
    due = select(mails.c.id).where(
        or_(
            and_(mails.c.state == "queued", mails.c.not_before <= moment),
            and_(mails.c.state == "sending", mails.c.lease_until < moment),
        )
    )
    return tx.execute(due.limit(1)).first() is not None


def lease(tx: Connection, settings: Settings) -> tuple[list[Leased], bool]:
    """Take the next mails to send, and whether anything at all was due."""
    if tx.dialect.name == "postgresql":
        # One at a time, so that two workers cannot each take a first notice for the same person.
        tx.execute(text("SELECT pg_advisory_xact_lock(:bag)"), {"bag": _ONE_BAG})
    lost = tx.execute(
        select(mails).where(mails.c.state == "sending", mails.c.lease_until < now()).limit(AT_ONCE)
    ).all()
    for row in lost:
        # Whoever had it was stopped, perhaps after the other side took it.
        _book(tx, row, Outcome("unknown", "lost"))
    due = tx.execute(
        select(mails)
        .where(mails.c.state == "queued", mails.c.not_before <= now())
        .order_by(mails.c.not_before, mails.c.id)
        .limit(4 * AT_ONCE)
    ).all()
    taken: list[Leased] = []
    gathered: set[UUID] = set()
    for row in due:
        if len(taken) == AT_ONCE:
            break
        if row.id in gathered:
            continue
        leased, with_it = _take(tx, row, settings)
        gathered |= with_it
        if leased:
            taken.append(leased)
    return taken, bool(due or lost)


def settle(tx: Connection, leased: Leased, outcome: Outcome) -> None:
    """Book how a try ended, unless the lease has passed to another meanwhile."""
    row = tx.execute(
        select(mails).where(
            mails.c.id == leased.mail_id,
            mails.c.state == "sending",
            mails.c.attempts == leased.attempt,
        )
    ).one_or_none()
    if row:
        _book(tx, row, outcome)


def _book(tx: Connection, row: Any, outcome: Outcome) -> None:
    moment = now()
    values: dict[str, Any] = {"state": outcome.kind, "last_code": outcome.code, "lease_until": None}
    retry_at: datetime | None = None
    if outcome.kind == "sent":
        values["sent_at"] = moment
    elif outcome.kind == "unknown":
        values["doubts"] = row.doubts + 1
        retry_at = moment + SECOND_TRY_IN_DOUBT if row.doubts == 0 else None
    elif outcome.kind == "later":
        values["state"] = "dead"
        step = row.attempts - 1
        retry_at = moment + (RETRIES[step] if step < len(RETRIES) else RETRY_LATER)
    lasts = SIGN_IN_LASTS if row.kind == "sign_in" else GIVE_UP
    if retry_at and retry_at < row.created_at + lasts:
        values |= {"state": "queued", "not_before": retry_at}
    tx.execute(update(mails).where(mails.c.id == row.id).values(**values))


def _set(tx: Connection, mail_ids: Sequence[UUID], **values: Any) -> None:
    if mail_ids:
        tx.execute(update(mails).where(mails.c.id.in_(mail_ids)).values(**values))


def _drop(tx: Connection, row: Any, why: str) -> tuple[None, set[UUID]]:
    _set(tx, [row.id], state="dropped", last_code=why)
    return None, {row.id}


def _take(tx: Connection, row: Any, settings: Settings) -> tuple[Leased | None, set[UUID]]:
    """Lease one mail with all that leaves with it. Returns what to send and the rows seen to."""
    if row.kind in NOTICES:
        return _take_notice(tx, row, settings)
    to = address_of(tx, row)
    words = _urgent_words(tx, row)
    if to is None or words is None:
        return _drop(tx, row, "gone")
    message_id = _mark_sending(tx, row, settings)
    letter = Letter(to, message_id, words)
    return Leased(row.id, row.attempts + 1, words, letter), {row.id}


def _mark_sending(tx: Connection, row: Any, settings: Settings) -> str:
    message_id: str = row.message_id or message_id_for(settings, row.id)
    _set(
        tx,
        [row.id],
        state="sending",
        lease_until=now() + LEASE,
        attempts=row.attempts + 1,
        message_id=message_id,
    )
    return message_id


def _urgent_words(tx: Connection, row: Any) -> Words | None:
    """None when it has lost its purpose."""
    if row.kind == "sign_in":
        made = make_secrets(tx, row.sign_in_id)
        return wording.sign_in(*made) if made else None
    if row.kind == "invitation":
        still_open = select(invitations.c.id).where(
            invitations.c.id == row.invitation_id,
            invitations.c.accepted_at.is_(None),
            invitations.c.expires_at > now(),
        )
        return wording.INVITATION if tx.execute(still_open).first() else None
    return {"token_made": wording.TOKEN_MADE, "signed_in": wording.SIGNED_IN}[row.kind]


def _take_notice(tx: Connection, row: Any, settings: Settings) -> tuple[Leased | None, set[UUID]]:
    her = receiver(tx, row.person_id)
    if her is None:
        return _drop(tx, row, "gone")
    # A phone is told once; only the mail has further tries.
    phones = phones_of(tx, her.id) if her.wants_push and row.attempts == 0 else ()
    to = address_of(tx, row) if her.wants_mail else None
    if to is None and not phones:
        return _drop(tx, row, "not wanted")
    opening = leaves_at(tx, row, her)
    if opening is None:
        return _drop(tx, row, "always quiet")
    if opening > now():
        _set(tx, [row.id], not_before=opening)
        return None, {row.id}
    news = gather(tx, row)
    dealt_with = {each.id for each in (*news.told, *news.stale)}
    _set(tx, [each.id for each in news.stale], state="dropped", last_code="no longer news")
    if not news.told:
        return None, dealt_with
    _set(tx, [each.id for each in news.told if each.id != row.id], state="merged", merged_into=row.id)
    words = words_for(tx, news.told, her)
    message_id = _mark_sending(tx, row, settings)
    letter = None
    if to is not None:
        root = root_for(settings, news.thread_id, her.id) if news.thread_id else None
        token = unsubscribe_token(keyring(tx), her.id)
        unsubscribe = f"{settings.base_url}/api/unsubscribe/{token}"
        letter = Letter(to, message_id, words, root, unsubscribe)
    return Leased(row.id, row.attempts + 1, words, letter, phones), dealt_with

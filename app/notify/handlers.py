"""Facts recorded elsewhere, turned into mails for those they concern. What is in a thread stays there."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from app import access
from app.accounts.models import Person, Session, SignIn
from app.circles.models import Membership
from app.core.clock import now, today_in
from app.core.outbox import on
from app.notify.queue import NOTICES, is_waiting, mails, queue
from app.notify.wordless import Posted, Standing, posted, spoken, standing_of
from app.screening.models import Refusal

sign_ins: Any = SignIn.__table__  # type: ignore[attr-defined]
sessions: Any = Session.__table__  # type: ignore[attr-defined]
memberships: Any = Membership.__table__  # type: ignore[attr-defined]
people: Any = Person.__table__  # type: ignore[attr-defined]
refusals: Any = Refusal.__table__  # type: ignore[attr-defined]


@on("accounts.sign_in_asked")
def send_link_and_code(tx: Connection, *, sign_in_id: UUID) -> None:
    """Only to an address with an account or an open invitation; to any other nothing is ever sent."""
    row = tx.execute(
        select(sign_ins.c.person_id, sign_ins.c.invitation_id).where(sign_ins.c.id == sign_in_id)
    ).one_or_none()
    if row is None or (row.person_id is None and row.invitation_id is None):
        return
    queue(
        tx,
        "sign_in",
        f"accounts.sign_in_asked:{sign_in_id}",
        person_id=row.person_id,
        invitation_id=None if row.person_id else row.invitation_id,
        sign_in_id=sign_in_id,
    )


@on("circles.invited")
def send_invitation(tx: Connection, *, invitation_id: UUID) -> None:
    """One mail per invitation."""
    queue(tx, "invitation", f"circles.invited:{invitation_id}", invitation_id=invitation_id)


@on("accounts.token_made")
def tell_of_a_token(tx: Connection, *, session_id: UUID) -> None:
    """A token acts for its owner, so she hears of each."""
    owner = tx.execute(select(sessions.c.person_id).where(sessions.c.id == session_id)).scalar_one_or_none()
    if owner:
        queue(tx, "token_made", f"accounts.token_made:{session_id}", person_id=owner)


@on("accounts.signed_in")
def tell_of_a_sign_in(tx: Connection, *, session_id: UUID) -> None:
    """From a device that she has not used before."""
    owner = tx.execute(select(sessions.c.person_id).where(sessions.c.id == session_id)).scalar_one_or_none()
    if owner:
        queue(tx, "signed_in", f"accounts.signed_in:{session_id}", person_id=owner)


@on("accounts.hours_changed")
def wait_by_the_new_hours(tx: Connection, *, person_id: UUID) -> None:
    """What waits for her is looked at again, and waits on only if her hours still say so."""
    tx.execute(
        update(mails)
        .where(
            mails.c.person_id == person_id,
            mails.c.kind.in_(NOTICES),
            mails.c.state == "queued",
            mails.c.attempts == 0,
        )
        .values(not_before=now())
    )


@on("threads.asked")
def tell_mentors(tx: Connection, *, thread_id: UUID) -> None:
    """The chosen mentor; else every mentor who may take it and is not away."""
    thread = standing_of(tx, thread_id)
    if thread and thread.state == "waiting":
        # Asked of her again after she gave it back, it is news to her once more.
        about = f"threads.asked:{thread_id}:{thread.released_by or ''}"
        for mentor in _may_take(tx, thread):
            queue(tx, "question_waiting", about, person_id=mentor, thread_id=thread_id)


def _may_take(tx: Connection, thread: Standing) -> Iterable[UUID]:
    readers = access.thread_readers(
        tx,
        circle_id=thread.circle_id,
        author_id=thread.author_id,
        mentor_id=thread.mentor_id,
        for_anyone=thread.for_anyone,
    )[1:]
    if thread.mentor_id:
        return readers
    rows = tx.execute(
        select(memberships.c.person_id, memberships.c.away_until, people.c.time_zone)
        .select_from(memberships.join(people, people.c.id == memberships.c.person_id))
        .where(memberships.c.circle_id == thread.circle_id, memberships.c.person_id.in_(readers))
        .order_by(memberships.c.person_id)
    )
    return [
        row.person_id for row in rows if row.away_until is None or row.away_until < today_in(row.time_zone)
    ]


@on("threads.message_posted")
def tell_the_other(tx: Connection, *, message_id: UUID) -> None:
    """Typed words at once; spoken ones when they can be heard (`voice.ready`)."""
    message = posted(tx, message_id)
    if message and message.voice_state in (None, "ready"):
        _tell_of(tx, message)


@on("voice.ready")
def tell_of_a_voice(tx: Connection, *, voice_id: UUID) -> None:
    """A voice note counts from now on."""
    if message := spoken(tx, voice_id):
        _tell_of(tx, message)


def _tell_of(tx: Connection, message: Posted) -> None:
    thread = standing_of(tx, message.thread_id)
    if thread is None or message.seq == 1:
        # The first message is the question itself, and `threads.asked` tells of that.
        return
    if message.author_id != thread.author_id:
        receiver, kind = thread.author_id, "reply_waiting"
    elif thread.mentor_id and thread.help != "listen":
        # Who only wants to be heard asks nothing more of anyone, so her mentor is not called back.
        receiver, kind = thread.mentor_id, "follow_up_waiting"
    else:
        return
    queue(
        tx,
        kind,
        f"threads.message_posted:{message.id}",
        person_id=receiver,
        thread_id=thread.id,
        message_seq=message.seq,
    )


@on("threads.handed_over")
def tell_the_new_mentor(tx: Connection, *, thread_id: UUID) -> None:
    """It is hers now."""
    thread = standing_of(tx, thread_id)
    if thread and thread.mentor_id:
        _queue_again(tx, "question_given", thread.id, thread.mentor_id)


@on("threads.released")
@on("threads.given_back")
@on("threads.reopened")
def tell_who_may_take_it_now(tx: Connection, *, thread_id: UUID) -> None:
    """A question that waits again: to those who may take it, or to its author, who then chooses again."""
    thread = standing_of(tx, thread_id)
    if thread is None or thread.state != "waiting":
        return
    if thread.mentor_id is None and not thread.for_anyone:
        _queue_again(tx, "question_returned", thread.id, thread.author_id)
        return
    for mentor in _may_take(tx, thread):
        _queue_again(tx, "question_waiting", thread.id, mentor)


def _queue_again(tx: Connection, kind: str, thread_id: UUID, person_id: UUID) -> None:
    """For what may happen to a thread more than once: numbered, and never while the last still waits."""
    if is_waiting(tx, kind, person_id, thread_id):
        return
    earlier = select(mails.c.id).where(
        mails.c.kind == kind, mails.c.person_id == person_id, mails.c.thread_id == thread_id
    )
    count = len(tx.execute(earlier).all())
    queue(tx, kind, f"threads.moved:{thread_id}:{count}", person_id=person_id, thread_id=thread_id)


@on("screening.refused")
def ask_for_one_look(tx: Connection, *, refusal_id: UUID) -> None:
    """Half an hour after a refusal: what she wrote is still on her phone if nothing came under its id."""
    refusal = tx.execute(select(refusals).where(refusals.c.id == refusal_id)).one_or_none()
    if refusal is None:
        return
    accepted = access.threads if refusal.object_kind == "thread" else access.messages
    if tx.execute(select(accepted.c.id).where(accepted.c.id == refusal.object_id)).first() is None:
        queue(tx, "one_look", f"screening.refused:{refusal_id}", person_id=refusal.person_id)


@on("export.ready")
def tell_of_an_archive(tx: Connection, *, export_id: UUID, person_id: UUID) -> None:
    """What she asked for can be fetched."""
    queue(tx, "archive_ready", f"export.ready:{export_id}", person_id=person_id)

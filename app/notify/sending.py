"""Sends what is due: leases a few mails, renders and hands each over at the same time, books how it ended."""

import asyncio
import sys
from email.errors import MessageError
from email.message import EmailMessage
from functools import partial

import app.notify.handlers  # noqa: F401
from app.core.db import Database
from app.core.settings import Settings
from app.notify.letters import Letter, written
from app.notify.postbag import Leased, Outcome, any_due, lease, settle
from app.notify.push import push_to
from app.notify.smtp import deliver


async def send_due(db: Database, settings: Settings) -> bool:
    """Send one round of the mails that are due. True if there were any."""
    if not await db.read(any_due):
        return False
    leased, was_due = await db.write(lambda tx: lease(tx, settings))
    await asyncio.gather(*(_send(db, settings, each) for each in leased))
    return was_due


async def _send(db: Database, settings: Settings, leased: Leased) -> None:
    outcome, _ = await asyncio.gather(
        _mail(leased.letter, settings), push_to(db, settings, leased.phones, leased.words)
    )
    await db.write(partial(settle, leased=leased, outcome=outcome))


async def _mail(letter: Letter | None, settings: Settings) -> Outcome:
    if letter is None:
        return Outcome("sent", "push")
    try:
        message = written(letter, settings)
    except (ValueError, IndexError, MessageError):
        # Only the address is not ours in a mail, and one that cannot be written will not get better.
        return Outcome("dead", "address")
    if settings.smtp_url:
        return await deliver(message, settings)
    _print(message)
    return Outcome("sent", "printed")


def _print(message: EmailMessage) -> None:
    """Into the terminal of whoever tries this on her own machine; elsewhere SMTP_URL is required."""
    body = message.get_body(("plain",))
    text = body.get_content() if body else ""
    rule = "-" * 72
    sys.stdout.write(f"\n{rule}\nMail to {message['To']}\n\n{text.strip()}\n{rule}\n")
    sys.stdout.flush()

"""A look at everything that a host can get wrong, in words, with what to do."""

import asyncio
import os
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, func, select

from app.core import migrate
from app.core.clock import now
from app.core.db import Database
from app.core.errors import Problem
from app.core.objects import Objects
from app.core.outbox import Fact
from app.core.seal import KeyMissing
from app.core.settings import Settings, SettingsRefused
from app.notify.models import Mail
from app.operate import ground, keys
from app.operate.backup import free_bytes
from app.operate.ground import Refused

GB = 1024**3
LITTLE_ROOM = 2 * GB
NO_ROOM = GB // 4
PATIENCE_S = 10


@dataclass(frozen=True)
class Finding:
    """One thing looked at, and how it is."""

    state: Literal["ok", "look", "bad"]
    what: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything, one after the other; never raises for what it finds."""
    yield from _folder(settings)
    yield from _stored(settings)
    yield from _mail(settings)
    yield _address(settings)


def _stored(settings: Settings) -> Iterator[Finding]:
    try:
        has_data = asyncio.run(ground.has_data(settings))
    except Refused as error:
        yield Finding("bad", str(error))
        return
    if has_data or ground.keys_at(settings).exists():
        yield from _keys(settings)
        yield from _database(settings)
    else:
        yield Finding(
            "look", "Nothing is stored here yet; the first `colleague serve` makes key and database."
        )


def _folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    probe = folder / ".doctor"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        yield Finding("bad", f"DATA_DIR {folder} cannot be written ({error.strerror}).")
        return
    yield Finding("ok", f"DATA_DIR {folder} can be written.")
    free = free_bytes(folder)
    said = f"{free / GB:.1f} GB are free there."
    state: Literal["ok", "look", "bad"] = "ok" if free > LITTLE_ROOM else "look" if free > NO_ROOM else "bad"
    yield Finding(state, said if state == "ok" else f"Only {said} Recordings and backups need room.")


def _keys(settings: Settings) -> Iterator[Finding]:
    try:
        files = keys.files_of(settings)
    except Refused as error:
        yield Finding("bad", str(error))
        return
    yield Finding("ok", f"The key is there ({len(files) - 1} key file{'s' if len(files) > 2 else ''}).")
    open_to_others = [file.name for file in files if file.stat().st_mode & 0o077]
    if open_to_others and os.name == "posix":
        yield Finding("look", f"Other users can read {', '.join(open_to_others)}: chmod 400 them.")
    if left := keys.not_exported(settings):
        yield Finding(
            "look",
            f"The key was never exported ({', '.join(left)}). A lost key is lost data: run "
            "`colleague key export FILE` and keep the file apart from database and backups.",
        )


def _database(settings: Settings) -> Iterator[Finding]:
    found: list[Finding] = []

    async def look(db: Database) -> None:
        found.extend(await db.read(lambda tx: list(_tables(tx, db))))
        found.append(await _store(settings))

    try:
        ground.look(settings, look)
    except Refused as error:
        found.append(Finding("bad", str(error)))
    except Exception as error:
        found.append(Finding("bad", f"The database does not answer as it should ({type(error).__name__})."))
    yield from found


def _tables(tx: Connection, db: Database) -> Iterator[Finding]:
    if ground.is_empty(tx):
        yield Finding("look", "The database is empty; the first `colleague serve` fills it.")
        return
    if db.dialect == "sqlite":
        said = list(tx.exec_driver_sql("PRAGMA quick_check").scalars())
        broken = tx.exec_driver_sql("PRAGMA foreign_key_check").first() is not None
        if said != ["ok"] or broken:
            yield Finding("bad", "The database file is damaged. Stop the service and restore a backup.")
        else:
            yield Finding("ok", "The database is sound.")
    else:
        yield Finding("ok", "The database answers.")
    if ground.revision_of(tx) == migrate.newest():
        yield Finding("ok", "The tables are those of this release.")
    else:
        yield Finding("bad", "The tables are of another release. Make a backup, then: colleague migrate")
    try:
        ground.opens(tx, db.keyring)
        yield Finding("ok", "The key opens what is stored.")
    except KeyMissing as error:
        yield Finding("bad", f"The key does not open what is stored: {error}.")
    yield from _queues(tx)


def _queues(tx: Connection) -> Iterator[Finding]:
    mails: Any = Mail.__table__  # type: ignore[attr-defined]
    facts: Any = Fact.__table__  # type: ignore[attr-defined]
    rows = tx.execute(select(mails.c.state, func.count().label("how_many")).group_by(mails.c.state))
    counts = {row.state: row.how_many for row in rows}
    failed = counts.get("dead", 0) + counts.get("unknown", 0)
    if failed:
        yield Finding("look", f"{failed} mails failed for good or may not have arrived.")
    else:
        yield Finding("ok", f"No mail has failed; {counts.get('queued', 0)} wait.")
    stuck = tx.execute(
        select(func.count()).where(facts.c.done_at.is_(None), facts.c.attempts >= 3, facts.c.at < now())
    ).scalar_one()
    if stuck:
        yield Finding("look", f"{stuck} things to do have failed three times or more; the log says which.")


async def _store(settings: Settings) -> Finding:
    try:
        await Objects(settings.data_dir / "objects", settings.object_store_url).ready()
    except (Problem, OSError, ValueError) as error:
        return Finding("bad", f"Recordings cannot be reached ({type(error).__name__}).")
    return Finding("ok", "Recordings can be reached.")


def _mail(settings: Settings) -> Iterator[Finding]:
    if not settings.smtp_url:
        try:
            settings.check_mail()
        except SettingsRefused as error:
            yield Finding("bad", str(error))
        else:
            yield Finding("ok", "No SMTP_URL: mails are printed in the terminal (development).")
        return
    relay = urlsplit(settings.smtp_url)
    host, port = relay.hostname or "", relay.port or (465 if relay.scheme == "smtps" else 25)
    try:
        if relay.scheme == "smtps":
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=PATIENCE_S, context=ssl.create_default_context()
            )
        else:
            client = smtplib.SMTP(host, port, timeout=PATIENCE_S)
        with client:
            client.ehlo()
            if client.has_extn("starttls") and relay.scheme == "smtp":
                client.starttls(context=ssl.create_default_context())
                client.ehlo()
            if relay.username:
                client.login(unquote(relay.username), unquote(relay.password or ""))
            client.noop()
    except (OSError, smtplib.SMTPException) as error:
        yield Finding("bad", f"The mail relay {host}:{port} does not take mail ({type(error).__name__}).")
    else:
        yield Finding("ok", f"The mail relay {host}:{port} answers.")


def _address(settings: Settings) -> Finding:
    if settings.is_development:
        return Finding("ok", f"BASE_URL {settings.base_url}: for this machine only (development).")
    if settings.trusted_proxies:
        return Finding("ok", f"BASE_URL {settings.base_url}, behind a proxy at {settings.trusted_proxies}.")
    return Finding(
        "look",
        f"BASE_URL {settings.base_url} without TRUSTED_PROXIES: behind a proxy everyone would count as one "
        "address.",
    )

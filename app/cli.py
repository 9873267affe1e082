"""The `colleague` command: serve, let people in, back up, look after."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from app.accounts.sessions import end_all
from app.core import logs, migrate
from app.core.db import Database
from app.core.objects import Objects
from app.core.settings import Settings
from app.live.cursors import begin_epoch
from app.notify import overview
from app.operate import backup, doctor, ground, keys, people, restore, serving
from app.operate.ground import Refused
from app.standing import ROLES, Role

cli = typer.Typer(
    help="Pocket Colleague: a colleague in your pocket for special-education case managers.",
    no_args_is_help=True,
    add_completion=False,
    # Its tracebacks show the values of variables, secrets included.
    pretty_exceptions_enable=False,
)
key = typer.Typer(help="The key that everything stored is sealed under.", no_args_is_help=True)
cli.add_typer(key, name="key")

Email = Annotated[str, typer.Argument(metavar="EMAIL")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", file_okay=False)]


def say(words: str) -> None:
    """A line for whoever reads along; standard output stays free for what scripts take."""
    typer.echo(words, err=True)


@cli.command()
def serve(
    port: Annotated[int | None, typer.Option(help="Instead of PORT.", min=1, max=65535)] = None,
    host: Annotated[str | None, typer.Option(help="Instead of HOST.")] = None,
    with_worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Work the outbox in this process, too.")
    ] = True,
) -> None:
    """Serve the API and the phone client. An empty database is made ready first."""
    changed = {name: value for name, value in (("port", port), ("host", host)) if value is not None}
    serving.serve(ground.settings_now(**changed), with_worker=with_worker, say=say)


@cli.command()
def worker() -> None:
    """Work the outbox: mail, notices, recordings. For beside `serve --no-worker`."""
    serving.work(ground.settings_now(), say)


@cli.command("migrate")
def bring_up_to_date() -> None:
    """Bring the database to this release. Make a backup first."""
    settings = ground.settings_now()
    ground.look(settings, lambda db: db.read(lambda tx: None))
    migrate.migrate(settings.database_url)
    say("The database is up to date.")


@cli.command()
def invite(
    email: Email,
    circle: Annotated[str, typer.Option(help="The circle's name; it is made if it is not there.")],
    role: Annotated[list[str], typer.Option(help="teacher, mentor or steward; may be given several times.")],
) -> None:
    """Invite an address to a circle: signing in with it accepts, within seven days."""
    roles = [_role(each) for each in role]
    settings = ground.settings_now()
    made = ground.run(settings, lambda db: people.invite(db, email, circle, roles))
    if made.accepted_at:
        say(f"{made.email} belongs to this circle already and is now {' and '.join(made.roles)} as well.")
    else:
        say(f"Invited. {made.email} opens {settings.base_url} and signs in with that address.")


def _role(said: str) -> Role:
    for role in ROLES:
        if role == said:
            return role
    raise Refused("A role is teacher, mentor or steward.")


@cli.command()
def token(email: Email) -> None:
    """Print a bearer token for scripts: 90 days, revocable; its owner is told by mail."""
    typer.echo(ground.run(ground.settings_now(), lambda db: people.make_token(db, email)))


@cli.command("export")
def prepare_export(email: Email) -> None:
    """Prepare an archive of all that is someone's; only she can fetch it, signed in. A mail says when."""
    address = ground.run(ground.settings_now(), lambda db: people.prepare_export(db, email))
    say(f"An archive is being prepared. {address} gets a mail, and fetches it signed in, within a week.")


@cli.command()
def demo(
    remove: Annotated[bool, typer.Option("--remove", help="Take the demo back.")] = False,
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Only where nobody is yet.")] = False,
) -> None:
    """Fill a circle with believable, wholly invented people, cases and threads."""
    settings = ground.settings_now()
    logs.set_up(for_reading=True)
    said = ground.run(settings, lambda db: _demo(db, settings, remove=remove, if_empty=if_empty))
    say(said)


async def _demo(db: Database, settings: Settings, *, remove: bool, if_empty: bool) -> str:
    # Brought in here because reading the story takes a moment that other commands need not wait.
    from app.demo import load as loading
    from app.demo.people import NotTheDemos, began
    from app.demo.remove import remove as take_back
    from app.demo.story import read

    objects = Objects(settings.data_dir / "objects", settings.object_store_url)
    if remove:
        return "The demo is gone." if await take_back(db, objects) else "There is no demo here."
    maker = read()["circle"]["made_by"]
    if not await db.read(lambda tx: began(tx, maker)):
        if if_empty and not await loading.is_empty(db):
            return "There are people here already; the demo was not added."
        say("Filling the demo circle…")
    try:
        added = await loading.load(db, objects)
    except NotTheDemos as error:
        raise Refused(f"{error}. The demo was not added.") from None
    return f"{'' if added else 'Everything of the demo is there. '}{loading.welcome(settings.base_url)}"


@cli.command("backup")
def make_backup(folder: Folder) -> None:
    """Copy database and recordings to a new folder, while the service runs. Keys are never in it."""
    settings = ground.settings_now()
    made = asyncio.run(backup.make(settings, folder, say))
    say(f"Backed up to {folder}: the database and {len(made.objects)} recordings. The key is not in it.")


@cli.command("restore")
def bring_back(
    folder: Folder,
    key_file: Annotated[
        Path | None, typer.Option("--key", help="The file that `colleague key export` wrote.")
    ] = None,
    end_tokens: Annotated[
        bool, typer.Option("--end-tokens", help="End every bearer token too: one revoked since would count.")
    ] = False,
) -> None:
    """Bring a backup back into an empty DATA_DIR (or an empty PostgreSQL database).

    Every browser has to sign in again: a session that was ended since would count again otherwise.
    """

    def ask() -> Path | None:
        if key_file is None and sys.stdin.isatty():
            return Path(
                typer.prompt("A backup never holds its key. Where is the exported key file?", err=True)
            )
        return key_file

    settings = ground.settings_now()
    made = asyncio.run(restore.restore(settings, folder, ask, say))
    ground.look(settings, lambda db: db.write(lambda tx: _begin_again(tx, end_tokens=end_tokens)))
    say(f"Restored the backup of {made.made_at:%Y-%m-%d %H:%M} UTC. Everyone signs in again.")
    if not end_tokens:
        say(
            "Tokens count as they did then, one revoked since included: its owner can end it in her settings."
        )
    if made.revision != migrate.newest():
        say("It was made by another release. Run: colleague migrate")


def _begin_again(tx: Connection, *, end_tokens: bool) -> None:
    # Phones that were ahead of this copy start over, or they would take its next changes for known ones.
    begin_epoch(tx)
    end_all(tx, *(("cookie", "bearer") if end_tokens else ("cookie",)))


@cli.command("verify-backup")
def verify_backup(folder: Folder) -> None:
    """Prove a backup whole: every hash, the database's own check, every recording it points to."""
    made = asyncio.run(backup.verify(folder))
    say(
        f"Whole: made {made.made_at:%Y-%m-%d %H:%M} UTC, the database and {len(made.objects)} recordings. "
        "Restoring it needs its key."
    )


@key.command("export")
def export_key(
    target: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A new file; without it, standard output.")
    ] = None,
) -> None:
    """Write the key out, to be kept apart from database and backups. A lost key is lost data."""
    text = keys.export(ground.settings_now(), target)
    if target is None:
        typer.echo(text, nl=False)
    else:
        say(f"The key is in {target}. Keep it apart from the database and its backups.")


@cli.command("mails")
def look_at_mails(
    retry: Annotated[bool, typer.Option("--retry", help="Try again what failed for good.")] = False,
) -> None:
    """Count the mails by state, and list what is stuck: its kind, code and a hash of its address."""
    settings = ground.settings_now()
    if retry:
        say(f"{ground.run(settings, lambda db: db.write(overview.try_again))} mails will be tried again.")
    for state, many in sorted(ground.run(settings, lambda db: db.read(overview.counts)).items()):
        typer.echo(f"{many:7} {state}")
    for each in ground.run(settings, lambda db: db.read(lambda tx: list(overview.stuck(tx)))):
        since = f"{each.since:%Y-%m-%d %H:%M}Z"
        typer.echo(f"{since}  {each.state:8}{each.kind:20}{each.code:12}{each.address_hash}")


@cli.command("doctor")
def examine() -> None:
    """Look at everything that can be wrong: key, folder, database, mail, room. Exits 1 if something is."""
    marks = {"ok": "ok  ", "look": "look", "bad": "BAD "}
    is_well = True
    for finding in doctor.examine(ground.settings_now()):
        typer.echo(f"{marks[finding.state]}  {finding.what}")
        is_well = is_well and finding.state != "bad"
    if not is_well:
        raise typer.Exit(1)


def main() -> None:
    """The command as installed: what it cannot do it says in a sentence, and exits 1."""
    # What the service keeps is for its own user alone.
    os.umask(0o077)
    try:
        cli()
    except Refused as refused:
        say(str(refused))
        sys.exit(1)


if __name__ == "__main__":
    main()

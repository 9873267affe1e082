"""PostgreSQL's own tools for what a file copy does elsewhere; `pg_dump` and `pg_restore` have to be there."""

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.seal import Keyring
from app.core.settings import Settings
from app.operate.ground import Refused, is_empty, opens, revision_of

DIALECT = "postgresql"
FILE = "colleague.pgdump"


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Refused(
            f"{name} is not installed. On Debian it comes with postgresql-client; its version must "
            "not be older than the server's."
        )
    return found


async def _run(url: URL | None, name: str, *arguments: str) -> None:
    environment = dict(os.environ)
    place: list[str] = []
    if url is not None:
        # The password goes by the environment: other users of the machine can read arguments.
        if url.password:
            environment["PGPASSWORD"] = str(url.password)
        place = [
            f"--host={url.host or 'localhost'}",
            f"--port={url.port or 5432}",
            f"--username={url.username or 'postgres'}",
            f"--dbname={url.database}",
            "--no-password",
        ]
    process = await asyncio.create_subprocess_exec(
        _tool(name),
        *place,
        *arguments,
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode:
        last = said.decode(errors="replace").strip().splitlines()[-1:] or [""]
        raise Refused(f"{name} did not succeed: {last[0][:300]}")


async def snapshot(
    settings: Settings, target: Path, names_in: Callable[[Connection], set[str]]
) -> tuple[set[str], str | None]:
    """A dump of one snapshot, and what that same snapshot says of the files it points to and its revision."""
    url = make_url(settings.database_url)
    engine = create_async_engine(url, isolation_level="REPEATABLE READ", hide_parameters=True)
    try:
        async with engine.connect() as connection:
            held = (await connection.execute(text("SELECT pg_export_snapshot()"))).scalar_one()
            wanted = await connection.run_sync(names_in)
            revision = await connection.run_sync(revision_of)
            _make_private(target)
            await _run(
                url, "pg_dump", "--format=custom", "--no-owner", f"--snapshot={held}", f"--file={target}"
            )
    finally:
        await engine.dispose()
    return wanted, revision


def _make_private(target: Path) -> None:
    target.unlink(missing_ok=True)
    target.touch(0o600)


async def check(file: Path) -> None:
    """Whether a dump can be read to its end. Raises Refused."""
    await _run(None, "pg_restore", "--file=-", str(file))


async def refuse_if_used(settings: Settings) -> None:
    """A restore never overwrites."""
    engine = create_async_engine(make_url(settings.database_url), hide_parameters=True)
    try:
        async with engine.connect() as connection:
            if not await connection.run_sync(is_empty):
                raise Refused("The database of DATABASE_URL is not empty. Create a new one to restore into.")
    finally:
        await engine.dispose()


async def put_in_place(settings: Settings, file: Path, keyring: Keyring) -> None:
    """Load a dump in one transaction, and see that the keys open it. Raises KeyMissing, Refused."""
    url = make_url(settings.database_url)
    await _run(url, "pg_restore", "--no-owner", "--single-transaction", "--exit-on-error", str(file))
    engine = create_async_engine(url, hide_parameters=True)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(lambda tx: opens(tx, keyring))
    finally:
        await engine.dispose()

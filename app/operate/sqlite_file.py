"""The database file as a whole: snapshot, check, put in place."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from app.core.seal import Keyring
from app.core.settings import Settings
from app.operate.ground import Refused, opens, revision_of

DIALECT = "sqlite"
FILE = "colleague.sqlite3"


def path_of(settings: Settings) -> Path:
    """Where the database lies."""
    return Path(make_url(settings.database_url).database or "")


async def snapshot(
    settings: Settings, target: Path, names_in: Callable[[Connection], set[str]]
) -> tuple[set[str], str | None]:
    """A consistent copy, made while others write; the names of the files it points to, and its revision."""
    _copy(path_of(settings), target)
    with _reading(target) as tx:
        return names_in(tx), revision_of(tx)


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise Refused(f"There is no database at {source}.")
    target.unlink(missing_ok=True)
    try:
        with contextlib.closing(sqlite3.connect(source, timeout=30, isolation_level=None)) as raw:
            raw.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        raise Refused(f"The database cannot be copied ({error.sqlite_errorname}).") from None
    target.chmod(0o600)
    flush(target)


def flush(file: Path) -> None:
    """Make a finished file and its name durable."""
    for path in (file, file.parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _reading(file: Path) -> Iterator[Connection]:
    url = f"sqlite:///file:{file.resolve()}?mode=ro&immutable=1&uri=true"
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as tx:
            yield tx
    finally:
        engine.dispose()


def check(file: Path, names_in: Callable[[Connection], set[str]]) -> set[str]:
    """SQLite's own checks on a copy; returns the names of the files it points to. Raises Refused."""
    try:
        with _reading(file) as tx:
            said = tx.exec_driver_sql("PRAGMA integrity_check").scalars().all()
            if list(said) != ["ok"]:
                raise Refused(f"The database in {file.parent} is damaged.")
            if tx.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise Refused(f"The database in {file.parent} has rows that point nowhere.")
            return names_in(tx)
    except Refused:
        raise
    except Exception as error:
        raise Refused(f"{file} cannot be read as a database ({type(error).__name__}).") from None


def check_key(file: Path, keyring: Keyring) -> None:
    """Whether these keys open this copy. Raises KeyMissing."""
    with _reading(file) as tx:
        opens(tx, keyring)


def refuse_if_used(settings: Settings) -> None:
    """A restore never overwrites."""
    target = path_of(settings)
    if target.exists():
        raise Refused(f"There is a database at {target} already. Move it away first, with its -wal file.")


async def put_in_place(settings: Settings, file: Path) -> None:
    """Make a copy the service's database, all at once."""
    target = path_of(settings)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = target.with_name(f"{target.name}.restoring")
    shutil.copyfile(file, half)
    half.chmod(0o600)
    flush(half)
    half.rename(target)
    flush(target)

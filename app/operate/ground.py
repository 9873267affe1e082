"""What every command stands on: the settings, the keys, a database of this release."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from app.core import migrate
from app.core.db import Database
from app.core.errors import Problem
from app.core.seal import KeyMissing, Keyring, KeyRow
from app.core.settings import Settings, SettingsRefused

T = TypeVar("T")

keys = KeyRow.__table__  # type: ignore[attr-defined]


class Refused(Exception):
    """Why a command cannot do its work, in words for whoever typed it."""


def settings_now(**changed: object) -> Settings:
    """The settings from the environment and `.env`. Raises Refused with what is wrong, never a value."""
    try:
        return Settings(**changed)  # type: ignore[arg-type]
    except ValidationError as error:
        said = "; ".join(
            ": ".join(
                [*(str(part).upper() for part in each["loc"][:1]), each["msg"].removeprefix("Value error, ")]
            )
            for each in error.errors(include_input=False, include_context=False)
        )
        raise Refused(f"The settings are not right. {said}") from None


def run(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Do something with the database of these settings; makes the tables first where there are none."""
    prepare(settings)
    return look(settings, work)


def look(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """As `run`, for a database that is there, whatever its state. Raises Refused."""

    async def within() -> T:
        async with opened(settings) as db:
            return await work(db)

    try:
        return asyncio.run(within())
    except Problem as problem:
        raise Refused(f"{problem.title}. {problem.detail}") from None
    except SettingsRefused as error:
        raise Refused(str(error)) from None


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The database with its keys. Raises Refused when either cannot be had."""
    keyring = await _keyring(settings)
    try:
        db = Database(settings.database_url, keyring)
    except OSError as error:
        raise unreachable(settings, error) from None
    try:
        try:
            await db.read(lambda tx: tx.execute(text("SELECT 1")))
        except (OSError, DBAPIError, Problem) as error:
            raise unreachable(settings, error) from None
        yield db
    finally:
        await db.close()


def keys_at(settings: Settings) -> Path:
    """Where the key files lie."""
    return settings.key_file or settings.data_dir / "keys"


async def _keyring(settings: Settings) -> Keyring:
    """The keys; new ones only for a database in which nothing was ever written."""
    path = keys_at(settings)
    try:
        return Keyring(path)
    except KeyMissing as error:
        if _is_there(path) or await has_data(settings):
            raise Refused(key_missing(settings, error)) from None
    try:
        return Keyring.create(path)
    except OSError as error:
        raise Refused(f"{path} cannot be written ({error.strerror}).") from None


async def has_data(settings: Settings) -> bool:
    """Whether there is a database to which keys must fit. Raises Refused when it cannot be reached."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        return _is_there(Path(url.database or ""))
    engine = create_async_engine(url, hide_parameters=True)
    try:
        async with engine.connect() as connection:
            return not await connection.run_sync(is_empty)
    except (OSError, DBAPIError) as error:
        raise unreachable(settings, error) from None
    finally:
        await engine.dispose()


def unreachable(settings: Settings, error: Exception) -> Refused:
    """Why the database cannot be had, without a word of the address, which can hold a password."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        return Refused(
            f"The database {url.database} cannot be opened. May this user write in its folder? "
            "A read-only or full disk will not do."
        )
    said = getattr(error, "orig", None) or error
    why = type(said.__cause__ or said).__name__
    return Refused(
        f"The database of DATABASE_URL cannot be reached ({why}). Is it running, and are host, name, user "
        "and password right?"
    )


def _is_there(path: Path) -> bool:
    return path.exists()


def key_missing(settings: Settings, error: Exception) -> str:
    """Why nothing can be read, and what to do."""
    return (
        f"The key is missing or not the right one: {error}. What is stored cannot be read without it. "
        f"Put the key files back under {keys_at(settings)}, or point KEY_FILE "
        "at them. Nothing was changed."
    )


def prepare(settings: Settings) -> bool:
    """Bring an empty database to this release; True if it was empty. Raises Refused for another release's."""

    async def state(db: Database) -> tuple[bool, str | None]:
        return await db.read(lambda tx: (is_empty(tx), revision_of(tx)))

    empty, revision = look(settings, state)
    if empty:
        migrate.migrate(settings.database_url)
    elif revision != migrate.newest():
        raise Refused("This database belongs to another release. Make a backup, then run: colleague migrate")
    look(settings, lambda db: db.read(_check_key))
    return empty


def is_empty(tx: Connection) -> bool:
    """Nobody has ever migrated it."""
    return not inspect(tx).has_table("people")


def revision_of(tx: Connection) -> str | None:
    """Where in the chain of migrations the database stands."""
    if not inspect(tx).has_table("alembic_version"):
        return None
    found: str | None = tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


def _check_key(tx: Connection) -> None:
    try:
        opens(tx, tx.info["keyring"])
    except KeyMissing as error:
        raise Refused(
            f"The key is not the one this database was written with: {error}. Nothing was changed."
        ) from None


def opens(tx: Connection, keyring: Keyring) -> None:
    """Whether the newest and the oldest wrapped key open. Raises KeyMissing."""
    for order in (keys.c.created_at, keys.c.created_at.desc()):
        row = tx.execute(select(keys).order_by(order).limit(1)).one_or_none()
        if row is not None:
            keyring.unwrap(row.id, row.kek, row.wrapped)

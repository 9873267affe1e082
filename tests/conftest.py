"""The cast and the stage: the same people in every test, on SQLite and on PostgreSQL.

`teacher` and `mentor` share a circle, `steward` runs it and reads no words, `outsider` is elsewhere.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.core import clock
from app.core.db import Database
from app.core.seal import Keyring
from app.core.settings import Settings
from app.core.sqlite import sqlite_engine
from app.main import create_app
from app.tables import metadata
from tests.factories import Actor, Cast, make_circle, make_person

IN_CI = os.environ.get("CI") == "true"
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres")


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the keys and an empty database that each test copies."""
    folder = tmp_path_factory.mktemp("stage")
    Keyring.create(folder / "keys")
    engine = sqlite_engine(f"sqlite:///{folder / 'empty.sqlite3'}", writer=True)
    with engine.begin() as tx:
        metadata.create_all(tx)
    with engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.rollback()
    engine.dispose()
    return folder


async def _on_server(*statements: str) -> None:
    import asyncpg

    server = await asyncpg.connect(POSTGRES.replace("+asyncpg", ""))
    try:
        for statement in statements:
            await server.execute(statement)
    finally:
        await server.close()


@pytest.fixture(scope="session")
def postgres_url(stage: Path) -> Iterator[str]:
    """A database of this run's own on the server at TEST_POSTGRES_URL."""
    name = f"colleague_{os.getpid()}_{uuid4().hex[:6]}"
    try:
        asyncio.run(_on_server(f'CREATE DATABASE "{name}"'))
    except OSError:
        if IN_CI:
            raise
        pytest.skip("PostgreSQL is not there: set TEST_POSTGRES_URL")
    url = POSTGRES.rsplit("/", 1)[0] + f"/{name}"

    async def lay_tables() -> None:
        from sqlalchemy.ext.asyncio import create_async_engine

        engine = create_async_engine(url)
        async with engine.begin() as tx:
            await tx.run_sync(metadata.create_all)
        await engine.dispose()

    asyncio.run(lay_tables())
    yield url
    asyncio.run(_on_server(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, stage: Path, tmp_path: Path) -> Settings:
    """A development setting with a folder and an empty database of its own."""
    shutil.copytree(stage / "keys", tmp_path / "keys")
    if request.param == "sqlite":
        shutil.copy(stage / "empty.sqlite3", tmp_path / "colleague.sqlite3")
        url = f"sqlite:///{tmp_path / 'colleague.sqlite3'}"
    else:
        url = request.getfixturevalue("postgres_url")
    return Settings(
        _env_file=None,
        base_url="http://localhost:8000",
        database_url=url,
        data_dir=tmp_path,
        rate_limits="off",
        smtp_url="",
    )


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[FastAPI]:
    """The running service; the worker stands still until a test says `await worker()`."""
    app = create_app(settings, with_worker=False)
    async with app.router.lifespan_context(app):
        if settings.database_url.startswith("postgresql"):
            await app.state.db.write(_empty)
        yield app
    clock.travel(timedelta(0))


def _empty(tx: object) -> None:
    names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
    tx.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))  # type: ignore[attr-defined]


@pytest.fixture
def db(service: FastAPI) -> Database:
    """The service's database."""
    return service.state.db


@pytest.fixture
def worker(service: FastAPI) -> Callable[[], Awaitable[None]]:
    """Let the worker do all that is due."""
    return service.state.worker.settle


@pytest.fixture
async def anyone(service: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which nobody has signed in."""
    async with client_of(service) as browser:
        yield browser


def client_of(service: FastAPI, **options: object) -> httpx.AsyncClient:
    """A client that speaks to the service in this process."""
    transport = httpx.ASGITransport(app=service, raise_app_exceptions=True)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", **options)  # type: ignore[arg-type]


@pytest.fixture
async def cast(service: FastAPI, db: Database) -> AsyncIterator[Cast]:
    """Everyone, signed in with bearer tokens of their own; `cast.circle_id` is what they share."""
    actors: dict[str, Actor] = {}
    clients = []
    for name, shown in (
        ("teacher", "Dana Whitlock"),
        ("mentor", "Ruth Ambrose"),
        ("other_mentor", "Ines Calloway"),
        ("other_teacher", "Priya Lindqvist"),
        ("steward", "Tomas Arkwright"),
        ("outsider", "Olu Fairbanks"),
    ):
        person_id, token = await make_person(db, shown, f"{name}@example.org")
        client = client_of(service, headers={"Authorization": f"Bearer {token}"})
        clients.append(client)
        actors[name] = Actor(person_id, shown, f"{name}@example.org", client)
    circle_id: UUID = await make_circle(
        db,
        "River Circle",
        teachers=[actors["teacher"].id, actors["other_teacher"].id],
        mentors=[actors["mentor"].id, actors["other_mentor"].id],
        stewards=[actors["steward"].id],
    )
    await make_circle(
        db, "Elsewhere", teachers=[actors["outsider"].id], mentors=[], stewards=[actors["outsider"].id]
    )
    yield Cast(circle_id=circle_id, **actors)
    for client in clients:
        await client.aclose()


@pytest.fixture
def teacher(cast: Cast) -> Actor:
    return cast.teacher


@pytest.fixture
def mentor(cast: Cast) -> Actor:
    return cast.mentor


@pytest.fixture
def other_mentor(cast: Cast) -> Actor:
    return cast.other_mentor


@pytest.fixture
def other_teacher(cast: Cast) -> Actor:
    return cast.other_teacher


@pytest.fixture
def steward(cast: Cast) -> Actor:
    return cast.steward


@pytest.fixture
def outsider(cast: Cast) -> Actor:
    return cast.outsider

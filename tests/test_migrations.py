"""One chain of migrations, up and down, on both databases; the tables are what the models say."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.migrate import downgrade, migrate, newest
from app.core.sqlite import sqlite_engine
from app.tables import metadata
from tests.conftest import IN_CI, POSTGRES, _on_server


def drift(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_sqlite_goes_up_without_drift_and_down_to_nothing(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'chain.sqlite3'}"
    migrate(url)
    engine = sqlite_engine(url, writer=True)
    with engine.connect() as connection:
        assert drift(connection) == []
        assert tables(connection) == set(metadata.tables)
        connection.rollback()
    downgrade(url, "base")
    with engine.connect() as connection:
        assert tables(connection) == set()
        connection.rollback()
    migrate(url)
    engine.dispose()


def test_postgresql_goes_up_without_drift_and_down_to_nothing():
    name = f"colleague_chain_{os.getpid()}"
    try:
        asyncio.run(_on_server(f'CREATE DATABASE "{name}"'))
    except OSError:
        if IN_CI:
            raise
        pytest.skip("PostgreSQL is not there: set TEST_POSTGRES_URL")
    url = POSTGRES.rsplit("/", 1)[0] + f"/{name}"

    async def look(what):
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            seen = await connection.run_sync(what)
        await engine.dispose()
        return seen

    try:
        migrate(url)
        assert asyncio.run(look(drift)) == []
        assert asyncio.run(look(tables)) == set(metadata.tables)
        downgrade(url, "base")
        assert asyncio.run(look(tables)) == set()
        migrate(url)
    finally:
        asyncio.run(_on_server(f'DROP DATABASE "{name}" WITH (FORCE)'))


def test_the_command_migrates_an_empty_folder(tmp_path: Path):
    environment = {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(tmp_path),
        "BASE_URL": "http://localhost:8000",
    }
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "migrate"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    engine = sqlite_engine(f"sqlite:///{tmp_path / 'colleague.sqlite3'}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == newest()
        connection.rollback()
    engine.dispose()

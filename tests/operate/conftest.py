"""Hosts for the tests of the command line."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import IN_CI, POSTGRES, _on_server
from tests.operate.stage import Host


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A machine on which nothing has run yet."""
    return Host(tmp_path / "data")


@pytest.fixture(params=["sqlite", "postgresql"])
def any_host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Host]:
    """As `host`, on either database."""
    if request.param == "sqlite":
        yield Host(tmp_path / "data")
        return
    name = f"colleague_cli_{os.getpid()}_{abs(hash(str(tmp_path))) % 10**6}"
    try:
        asyncio.run(_on_server(f'CREATE DATABASE "{name}"', f'CREATE DATABASE "{name}_2"'))
    except OSError:
        if IN_CI:
            raise
        pytest.skip("PostgreSQL is not there: set TEST_POSTGRES_URL")
    yield Host(tmp_path / "data", {"DATABASE_URL": POSTGRES.rsplit("/", 1)[0] + f"/{name}"})
    asyncio.run(_on_server(f'DROP DATABASE "{name}" WITH (FORCE)', f'DROP DATABASE "{name}_2" WITH (FORCE)'))


@pytest.fixture
def lived_in(any_host: Host) -> Host:
    """A host with a database, a circle and one invited teacher."""
    made = any_host.run("invite", "mara.quill@example.org", "--circle", "River Circle", "--role", "teacher")
    assert made.returncode == 0, made.stderr
    return any_host

"""The real thing: the service in its own process, an SMTP sink that keeps what arrives, real Chromium."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from playwright.async_api import Browser, async_playwright

from app.core.settings import Settings
from tests.conftest import IN_CI, POSTGRES, _on_server
from tests.e2e.people import Three, three
from tests.e2e.phone import arguments, chromium_path
from tests.e2e.stage import Service, Sink, free_port, service_in


@pytest.fixture
def mailbox() -> Iterator[tuple[Sink, int]]:
    """A real SMTP server on loopback, and its port."""
    handler, port = Sink(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


@pytest.fixture
def sink(mailbox: tuple[Sink, int]) -> Sink:
    """All mail that the service sent."""
    return mailbox[0]


@pytest.fixture
def server(mailbox: tuple[Sink, int], tmp_path: Path) -> Iterator[Service]:
    """A fresh service on SQLite with mail going to the sink."""
    service = service_in(tmp_path, mailbox[1])
    service.start()
    yield service
    service.stop()


@pytest.fixture
def database_url() -> Iterator[str]:
    """An empty database of this test's own on the PostgreSQL server at TEST_POSTGRES_URL."""
    name = f"colleague_{uuid4().hex}"
    try:
        asyncio.run(_on_server(f'CREATE DATABASE "{name}"'))
    except OSError:
        if IN_CI:
            raise
        pytest.skip("PostgreSQL is not there: set TEST_POSTGRES_URL")
    yield POSTGRES.rsplit("/", 1)[0] + f"/{name}"
    asyncio.run(_on_server(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(params=["sqlite", "postgresql"])
def either_server(
    request: pytest.FixtureRequest, mailbox: tuple[Sink, int], tmp_path: Path
) -> Iterator[Service]:
    """A fresh service, on each of the two databases."""
    more = {}
    if request.param == "postgresql":
        more["DATABASE_URL"] = request.getfixturevalue("database_url")
    service = service_in(tmp_path, mailbox[1], **more)
    service.start()
    yield service
    service.stop()


@pytest.fixture
async def people(request: pytest.FixtureRequest, sink: Sink) -> AsyncIterator[Three]:
    """A host, a teacher and a mentor of one circle, signed in."""
    name = "either_server" if "either_server" in request.fixturenames else "server"
    cast = await three(request.getfixturevalue(name), sink)
    yield cast
    await cast.close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is. The client must be built."""
    assert (Settings().web_dir / "200.html").exists(), "make build first: the client is not built"
    path = chromium_path()
    if path is None:
        if IN_CI:
            pytest.fail("Chromium is not there: set CHROMIUM_PATH")
        pytest.skip("Chromium is not there: set CHROMIUM_PATH")
    return path


@pytest.fixture
async def browser(request: pytest.FixtureRequest, chromium: str) -> AsyncIterator[Browser]:
    """Chromium whose microphone hears the test's `recording`, or a beep."""
    wav = None
    if "recording" in request.fixturenames:
        wav = str(request.getfixturevalue("recording"))
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=arguments(wav))
        yield launched
        await launched.close()

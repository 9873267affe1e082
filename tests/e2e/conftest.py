"""The real thing: the service in its own process, an SMTP sink that keeps what arrives, real Chromium."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from playwright.async_api import Browser, async_playwright

from app.core.settings import Settings
from tests.conftest import IN_CI, POSTGRES, _on_server
from tests.e2e.people import HOST, Person, Three, client_of, first_host, three
from tests.e2e.phone import arguments, chromium_path
from tests.e2e.stage import Service, Sink, free_port, service_in


@dataclass
class Ground:
    """A service, and the first one who was let in."""

    service: Service
    host_id: str
    cookie: str


def let_host_in(service: Service, sink: Sink) -> Ground:
    async def enter() -> Ground:
        host = await first_host(service, sink)
        await host.client.aclose()
        return Ground(service, host.id, host.client.cookies["sid"])

    return asyncio.run(enter())


@pytest.fixture(scope="session")
def mailbox() -> Iterator[tuple[Sink, int]]:
    """A real SMTP server on loopback, and its port."""
    handler, port = Sink(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


@pytest.fixture(scope="session")
def sink(mailbox: tuple[Sink, int]) -> Sink:
    """All mail that any service sent."""
    return mailbox[0]


@pytest.fixture(scope="session")
def server(mailbox: tuple[Sink, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service that tests share, each with a circle of its own. None may stop it."""
    service = service_in(tmp_path_factory.mktemp("service"), mailbox[1])
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="session")
def shared(server: Service, sink: Sink) -> Ground:
    """The shared service and who hosts on it."""
    return let_host_in(server, sink)


@pytest.fixture
def own_server(mailbox: tuple[Sink, int], tmp_path: Path) -> Iterator[Service]:
    """A fresh service on SQLite, to stop and to kill."""
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
    """A fresh service on each of the two databases, to stop and to kill."""
    more = {}
    if request.param == "postgresql":
        more["DATABASE_URL"] = request.getfixturevalue("database_url")
    service = service_in(tmp_path, mailbox[1], **more)
    service.start()
    yield service
    service.stop()


@pytest.fixture
def ground(request: pytest.FixtureRequest, sink: Sink) -> Ground:
    """The test's own service if it asks for one, else the shared one."""
    for own in ("own_server", "either_server"):
        if own in request.fixturenames:
            return let_host_in(request.getfixturevalue(own), sink)
    shared: Ground = request.getfixturevalue("shared")
    return shared


@pytest.fixture
async def people(ground: Ground, sink: Sink) -> AsyncIterator[Three]:
    """A host, a teacher and a mentor of a circle of their own, signed in by API."""
    host = Person(HOST, ground.host_id, client_of(ground.service, ground.cookie))
    async with three(ground.service, sink, host) as cast:
        yield cast


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is. The client must be built."""
    assert (Settings(_env_file=None).web_dir / "200.html").exists(), (
        "make build first: the client is not built"
    )
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

"""The real thing: the service in its own process, an SMTP sink that keeps what arrives, real Chromium."""

import asyncio
import email
import email.policy
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.conftest import IN_CI

ROOT = Path(__file__).resolve().parents[2]
PHONE = {"width": 390, "height": 844}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Sink:
    """Every mail that arrived, oldest first."""

    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    async def next_to(self, address: str, *, after: int = 0, within_s: float = 20) -> EmailMessage:
        """The first mail to this address past the first `after` mails."""
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            for mail in self.mails[after:]:
                if address in str(mail["to"]):
                    return mail
            await asyncio.sleep(0.1)
        raise AssertionError(f"no mail to {address}; {len(self.mails)} in all")

    @staticmethod
    def code_in(mail: EmailMessage) -> str:
        """The eight digits of a sign-in mail."""
        body = mail.get_body(("plain",))
        assert body is not None
        found = re.search(r"\b(\d{4})\s?(\d{4})\b", body.get_content())
        assert found is not None
        return found[1] + found[2]


@pytest.fixture
def sink() -> Iterator[tuple[Sink, int]]:
    """A real SMTP server on loopback and its port."""
    handler, port = Sink(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


@dataclass
class Service:
    """The service in its own process; it can be killed and started again on the same data."""

    url: str
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "serve"],
                env=self.environment,
                cwd=ROOT,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            time.sleep(0.1)
        raise AssertionError(self.log.read_text()[-2000:])

    def kill(self) -> None:
        """As a power cut would: no goodbye."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def command(self, *words: str) -> str:
        """Run `colleague …` on this service's data and give back what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", *words],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def server(sink: tuple[Sink, int], tmp_path: Path) -> Iterator[Service]:
    """A fresh service on SQLite with mail going to the sink."""
    assert (ROOT / "web" / "build" / "200.html").exists(), "make build first: the client is not built"
    port = free_port()
    url = f"http://localhost:{port}"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", str(tmp_path)),
        "DATA_DIR": str(tmp_path / "data"),
        "PORT": str(port),
        "BASE_URL": url,
        "SMTP_URL": f"smtp://127.0.0.1:{sink[1]}",
        "MAIL_FROM": "Pocket Colleague <colleague@example.org>",
        "RATE_LIMITS": "off",
    }
    service = Service(url, environment, tmp_path / "service.log")
    service.start()
    yield service
    service.stop()


def chromium_path() -> str | None:
    """Where the distribution's Chromium is, or CHROMIUM_PATH."""
    for name in (os.environ.get("CHROMIUM_PATH"), "chromium", "chromium-browser", "google-chrome"):
        if name and (found := shutil.which(name)):
            return found
    return None


@pytest.fixture
async def browser(request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    """Chromium whose microphone plays the WAV file of `@pytest.mark.microphone(path)`, or a beep."""
    path = chromium_path()
    if path is None:
        if IN_CI:
            pytest.fail("Chromium is not there: set CHROMIUM_PATH")
        pytest.skip("Chromium is not there: set CHROMIUM_PATH")
    arguments = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        "--autoplay-policy=no-user-gesture-required",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    if mark := request.node.get_closest_marker("microphone"):
        arguments.append(f"--use-file-for-fake-audio-capture={mark.args[0]}%noloop")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=arguments)
        yield chromium
        await chromium.close()


@dataclass
class Someone:
    """A person with a phone of her own."""

    email: str
    context: BrowserContext
    page: Page
    complaints: list[str]


async def phone(browser: Browser, service: Service, address: str, *, dark: bool = False) -> Someone:
    """A fresh phone-sized browser; console errors and CSP violations are kept in `complaints`."""
    context = await browser.new_context(
        base_url=service.url,
        viewport=PHONE,
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        color_scheme="dark" if dark else "light",
        locale="en-US",
        timezone_id="America/New_York",
        permissions=["microphone"],
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"page error: {error}"))
    page.on(
        "console",
        lambda said: complaints.append(f"{said.type}: {said.text}") if said.type == "error" else None,
    )
    return Someone(address, context, page, complaints)

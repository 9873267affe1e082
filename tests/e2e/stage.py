"""The service in a process of its own, and an SMTP server that keeps what arrives."""

import asyncio
import email
import email.policy
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import httpx
from aiosmtpd.smtp import SMTP, Envelope, Session

ROOT = Path(__file__).resolve().parents[2]
UP_WITHIN_S = 60
STOP_WITHIN_S = 15
CODE = r"(?m)^\s*(\d{4}) ?(\d{4})\s*$"


def free_port() -> int:
    """A port that nobody listens on just now."""
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

    async def next_to(
        self, address: str, *, saying: str = "", after: int = 0, within_s: float = 30
    ) -> EmailMessage:
        """The first mail to this address past the first `after` mails whose text matches `saying`."""
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            for mail in self.mails[after:]:
                if address in str(mail["to"]) and re.search(saying, text_of(mail)):
                    return mail
            await asyncio.sleep(0.05)
        raise AssertionError(f"no mail to {address}; {len(self.mails)} in all")


def text_of(mail: EmailMessage) -> str:
    """The plain part of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def code_in(mail: EmailMessage) -> str:
    """The eight digits of a sign-in mail."""
    found = re.search(CODE, text_of(mail))
    assert found is not None
    return found[1] + found[2]


def link_in(mail: EmailMessage) -> str:
    """The first link of a mail."""
    found = re.search(r"https?://\S+", text_of(mail))
    assert found is not None
    return found[0]


@dataclass
class Service:
    """The service in its own process; it can be killed and started again on the same data."""

    url: str
    data: Path
    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self, *, under: Sequence[str] = ()) -> None:
        """Start it, with a tracer in front if one is given, and wait until it is ready."""
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [*under, sys.executable, "-m", "app.cli", "serve"],
                env=self.environment,
                cwd=self.data.parent,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + UP_WITHIN_S
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            time.sleep(0.05)
        raise AssertionError(self.log.read_text()[-2000:])

    def kill(self) -> None:
        """As a power cut would: no goodbye."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """As a host would; killed when it does not listen."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                self.kill()

    def command(self, *words: str) -> str:
        """Run `colleague …` on this service's data and give back what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", *words],
            env=self.environment,
            cwd=self.data.parent,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def service_in(folder: Path, smtp_port: int, **more: str) -> Service:
    """A service, not yet started, whose data lies in this folder and whose mail goes to the sink."""
    port = free_port()
    url = f"http://localhost:{port}"
    (folder / "tmp").mkdir()
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "WEB_DIR") if name in os.environ},
        "PYTHONPATH": str(ROOT),
        "DATA_DIR": str(folder / "data"),
        "TMPDIR": str(folder / "tmp"),
        "PORT": str(port),
        "BASE_URL": url,
        "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "MAIL_FROM": "Pocket Colleague <colleague@example.org>",
        "RATE_LIMITS": "off",
        **more,
    }
    return Service(url, folder / "data", environment, folder / "service.log")

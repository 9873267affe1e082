"""A real SMTP server that keeps what it is given, or misbehaves as a test wants."""

import asyncio
import email
import email.policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP


class Sink:
    """`mode` is how the relay behaves: ok, rcpt_450, rcpt_550, data_451, data_554, hang, drop,
    hang_after_data, drop_after_data.
    """

    def __init__(self) -> None:
        self.mode = "ok"
        self.taken: list[EmailMessage] = []
        self.envelopes: list[list[str]] = []
        self.port = 0
        self._released = asyncio.Event()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen, on the port of the last time if there was one."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="sink", loop=loop), "127.0.0.1", self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse connections from now on, and let those who hang go."""
        self._released.set()
        if self._server:
            self._server.close()
            self._server = None
        await asyncio.sleep(0.05)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        """What came for one receiver, in order."""
        return [message for message, to in zip(self.taken, self.envelopes, strict=True) if to == [address]]

    def texts(self, address: str) -> list[str]:
        return [text_of(message) for message in self.to(address)]

    def subjects(self, address: str) -> list[str]:
        return [str(message["Subject"]) for message in self.to(address)]

    async def _misbehave(self, server: Any, mode: str) -> None:
        if self.mode == f"drop{mode}":
            server.transport.abort()
            await asyncio.sleep(0)
        if self.mode == f"hang{mode}":
            await self._released.wait()

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        await self._misbehave(server, "")
        if self.mode == "rcpt_450":
            return "450 4.2.1 later, please"
        if self.mode == "rcpt_550":
            return "550 5.1.1 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.mode == "data_451":
            return "451 4.3.0 later, please"
        if self.mode == "data_554":
            return "554 5.7.1 not wanted"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.envelopes.append(list(envelope.rcpt_tos))
        await self._misbehave(server, "_after_data")
        return "250 OK"


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())

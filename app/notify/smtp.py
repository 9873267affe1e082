"""One mail to the relay, and what became of it.

The stage at which a connection breaks decides: before the text was handed over it may be tried again, after
that nobody knows whether it was taken.
"""

import asyncio
import logging
import re
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from app.core.settings import LOOPBACK, Settings
from app.notify.letters import host_of
from app.notify.postbag import Outcome

log = logging.getLogger(__name__)

CONNECT_S = 10.0
ANSWER_S = 20.0
WHOLE_S = 50.0  # under the lease of a minute

_LONE_BREAKS = re.compile(rb"\r\n|\n|\r")


def relay(settings: Settings) -> aiosmtplib.SMTP:
    """The relay that SMTP_URL names. A password goes over TLS only, but to this machine itself."""
    url = urlsplit(settings.smtp_url)
    user = unquote(url.username) if url.username else None
    must_encrypt = user is not None and url.hostname not in LOOPBACK
    return aiosmtplib.SMTP(
        hostname=url.hostname,
        port=url.port or (465 if url.scheme == "smtps" else 25),
        username=user,
        password=unquote(url.password) if url.password else None,
        use_tls=url.scheme == "smtps",
        start_tls=True if must_encrypt and url.scheme == "smtp" else None,
        local_hostname=host_of(settings),
        timeout=CONNECT_S,
    )


async def deliver(message: EmailMessage, settings: Settings) -> Outcome:
    """Hand one message over. Never raises: every end is an Outcome."""
    handing = _Handing(message, settings)
    try:
        async with asyncio.timeout(WHOLE_S):
            return await handing.over()
    except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
        return handing.failed(error)
    finally:
        handing.smtp.close()


class _Handing:
    def __init__(self, message: EmailMessage, settings: Settings) -> None:
        self.message = message
        self.smtp = relay(settings)
        # `greeting` until the relay lets us in, `envelope` until the text leaves, then `text`.
        self.stage = "greeting"

    async def over(self) -> Outcome:
        smtp = self.smtp
        await smtp.connect()
        self.stage = "envelope"
        await smtp.mail(self.message["From"].addresses[0].addr_spec, timeout=ANSWER_S)
        await smtp.rcpt(self.message["To"].addresses[0].addr_spec, timeout=ANSWER_S)
        code, _ = await smtp.execute_command(b"DATA", timeout=ANSWER_S)
        if code != 354:
            return _refused(code)
        assert smtp.protocol is not None
        self.stage = "text"
        smtp.protocol.write(_dotted(self.message.as_bytes()))
        code, _ = await smtp.protocol.read_response(timeout=WHOLE_S)
        if code == 250:
            return Outcome("sent", "250")
        return _refused(code)

    def failed(self, error: Exception) -> Outcome:
        code = getattr(error, "code", None)
        if self.stage == "text" and code is None:
            return Outcome("unknown", "lost")
        if code is None:
            if isinstance(error, ValueError):
                # An address that cannot be written into a command will not get better.
                return Outcome("dead", "address")
            return Outcome("later", "timeout" if isinstance(error, TimeoutError) else "no connection")
        if self.stage == "greeting":
            # The relay does not want us at all: a matter for the host, not a verdict on this mail.
            return Outcome("later", str(code))
        return _refused(code)


def _refused(code: int) -> Outcome:
    return Outcome("dead" if 500 <= code < 600 else "later", str(code))


def _dotted(text: bytes) -> bytes:
    """The text as DATA takes it (RFC 5321, 4.5.2): CRLF, leading dots doubled, a dot alone at the end."""
    lines = _LONE_BREAKS.sub(b"\r\n", text).rstrip(b"\r\n").split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n.\r\n"

"""A mail as it goes over the wire: headers, plain text and HTML, made at the moment of sending."""

import hashlib
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from app.core.clock import now
from app.core.settings import Settings
from app.notify.wording import Words

# Folding would break the long address in List-Unsubscribe; every header is far under the 998 that may be.
WHOLE_LINES = SMTP.clone(max_line_length=None)

_templates = Environment(
    loader=PackageLoader("app.notify"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True)
class Letter:
    """What is needed to write one mail; `root` is the conversation it belongs to, if it is of one thread."""

    to: str
    message_id: str
    words: Words
    root: str | None = None
    unsubscribe: str | None = None


def host_of(settings: Settings) -> str:
    """The name after the @ in message ids."""
    return urlsplit(settings.base_url).hostname or "localhost"


def message_id_for(settings: Settings, mail_id: UUID) -> str:
    """A mail's Message-ID, the same for all its tries."""
    return f"<{mail_id.hex}@{host_of(settings)}>"


def root_for(settings: Settings, thread_id: UUID, person_id: UUID) -> str:
    """What all mails to one person about one thread refer to, so that they stand together in her mailbox."""
    name = hashlib.sha256(b"mail thread" + thread_id.bytes + person_id.bytes).hexdigest()[:32]
    return f"<{name}.thread@{host_of(settings)}>"


def render(template: str, **values: object) -> str:
    """One of the templates in this folder."""
    return _templates.get_template(template).render(**values)


def written(letter: Letter, settings: Settings) -> EmailMessage:
    """The whole message."""
    message = EmailMessage(policy=WHOLE_LINES)
    message["From"] = _from(settings)
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = letter.words.heading
    message["Date"] = format_datetime(now())
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if letter.root:
        message["In-Reply-To"] = letter.root
        message["References"] = letter.root
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    values = {"words": letter.words, "base": settings.base_url, "unsubscribe": letter.unsubscribe}
    # Plain ASCII in short lines needs no transfer encoding, so that links and codes survive every reader.
    message.set_content(_tidy(render("letter.txt", **values)), cte="7bit")
    message.add_alternative(render("letter.html", **values), subtype="html", cte="7bit")
    return message


def _from(settings: Settings) -> Address:
    name, address = parseaddr(settings.mail_from)
    return Address(display_name=name, addr_spec=address)


def _tidy(text: str) -> str:
    """At most one empty line in a row, none at the ends."""
    kept: list[str] = []
    for line in text.splitlines():
        if line.strip() or (kept and kept[-1]):
            kept.append(line.rstrip())
    return "\n".join(kept).strip("\n") + "\n"

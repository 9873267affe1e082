"""Web push (RFC 8030): a phone's subscription, and the same constant words as a mail's heading sent to it.

Pushes are best effort and go out once, beside the first try of the mail. The address comes from the phone,
so only the known push services are ever called; in development any, to be able to play one.
"""

import asyncio
import base64
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Connection, delete

from app.core.db import Database
from app.core.settings import Settings
from app.notify.addressing import Phone, subscriptions
from app.notify.wording import Words

log = logging.getLogger(__name__)

SERVICES = ("fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com")
SERVICE_DOMAINS = (".push.services.mozilla.com", ".push.apple.com", ".notify.windows.com")
LASTS = timedelta(hours=12)
ANSWER_S = 10.0
GONE = {401, 403, 404, 410}


def is_known_service(endpoint: str) -> bool:
    """Whether this is an address of one of the push services that browsers use."""
    try:
        url = urlsplit(endpoint)
        host, port = url.hostname or "", url.port
    except ValueError:
        return False
    return (
        url.scheme == "https"
        and port in (None, 443)
        and url.username is None
        and (host in SERVICES or host.endswith(SERVICE_DOMAINS))
    )


def may_be_called(endpoint: str, settings: Settings) -> bool:
    """Whether we push to this address. In development a push service of one's own will do."""
    if is_known_service(endpoint):
        return True
    try:
        url = urlsplit(endpoint)
        return settings.is_development and url.scheme in ("http", "https") and bool(url.hostname)
    except ValueError:
        return False


def key_path(settings: Settings) -> Path:
    """Where the key that signs pushes lies: beside the key-encryption keys."""
    keys = settings.key_file or settings.data_dir / "keys"
    return (keys if keys.is_dir() else keys.parent) / "push.pem"


def signing_key(settings: Settings) -> ec.EllipticCurvePrivateKey:
    """The key that phones know us by, made at first use: another one would end every subscription."""
    return _signing_key(key_path(settings))


@lru_cache(maxsize=4)
def _signing_key(path: Path) -> ec.EllipticCurvePrivateKey:
    if not path.exists():
        made = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        draft = path.with_name(f"push.{os.getpid()}.new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as out:
            out.write(made)
            out.flush()
            os.fsync(out.fileno())
        # A link fails where another process was first, and then its key is the key.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def public_key(settings: Settings) -> str:
    """What a phone subscribes with (`applicationServerKey`): the uncompressed point, base64url."""
    point = (
        signing_key(settings)
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


def payload(words: Words, settings: Settings) -> bytes:
    """Declarative web push: iOS shows it without a worker, elsewhere the worker reads the same JSON."""
    shown = {"title": words.heading, "navigate": f"{settings.base_url}{words.path}"}
    return orjson.dumps({"web_push": 8030, "notification": shown})


async def push_to(db: Database, settings: Settings, phones: Sequence[Phone], words: Words) -> None:
    """Push to these phones; those whose service knows them no more are forgotten."""
    if not phones:
        return
    told = await asyncio.gather(*(_push(phone, settings, words) for phone in phones))
    gone = [phone.id for phone, is_there in zip(phones, told, strict=True) if not is_there]
    if gone:
        await db.write(lambda tx: _forget(tx, gone))


async def _push(phone: Phone, settings: Settings, words: Words) -> bool:
    """False when the service says that this phone is gone."""
    _, sender = parseaddr(settings.mail_from)
    claims: dict[str, Any] = {"sub": f"mailto:{sender}"}
    # Fifteen megabytes that a service without push need not hold.
    import aiohttp
    from py_vapid import Vapid
    from pywebpush import WebPushException, webpush_async

    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_S)) as session:
            await webpush_async(
                phone.subscription,
                payload(words, settings).decode(),
                vapid_private_key=Vapid(signing_key(settings)),
                vapid_claims=claims,
                ttl=int(LASTS.total_seconds()),
                timeout=aiohttp.ClientTimeout(total=ANSWER_S),
                aiohttp_session=session,
            )
    except WebPushException as error:
        status = getattr(error.response, "status", None)
        log.info("push: %s", status)
        return status not in GONE
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        log.info("push: %s", type(error).__name__)
    return True


def _forget(tx: Connection, ids: Sequence[UUID]) -> None:
    tx.execute(delete(subscriptions).where(subscriptions.c.id.in_(ids)))

"""`serve` and `worker`: the service, and the outbox apart from it."""

import asyncio
import errno
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import closing

import uvicorn
from sqlalchemy import exists, select

from app.access import people
from app.core import logs
from app.core.db import Database
from app.core.objects import Objects
from app.core.settings import Settings, SettingsRefused
from app.main import create_app
from app.operate import ground
from app.operate.connection import Connection
from app.operate.ground import Refused
from app.worker import Worker

Say = Callable[[str], None]

GRACE_S = 10
# Connections and running requests together; more are told 503 and try again.
AT_ONCE = 2000
FRAME_MAX = 64 * 1024


def serve(settings: Settings, *, with_worker: bool, say: Say) -> None:
    """Serve until told to stop. Raises Refused when it cannot begin."""
    _check_mail(settings)
    logs.set_up(for_reading=settings.is_development)
    with closing(listen(settings)) as listener:
        if ground.prepare(settings):
            say("A new database was made.")
        if ground.look(settings, _is_nobody_here):
            say(first_steps(settings))
        say(f"Pocket Colleague is at {settings.base_url} (Ctrl+C stops it).")
        _server(settings, with_worker=with_worker).run(sockets=[listener])


def _server(settings: Settings, *, with_worker: bool) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            create_app(settings, with_worker=with_worker),
            http=Connection,
            loop="uvloop" if sys.platform != "win32" else "asyncio",
            ws_max_size=FRAME_MAX,
            ws_ping_interval=20,
            ws_ping_timeout=20,
            ws_per_message_deflate=False,
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies or None,
            limit_concurrency=AT_ONCE,
            timeout_graceful_shutdown=GRACE_S,
        )
    )


def listen(settings: Settings) -> socket.socket:
    """The open port. Raises Refused when it is taken or may not be opened."""
    host, port = settings.listen_host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise Refused(
                f"Port {port} is taken, perhaps by another Pocket Colleague. Stop that one, or choose "
                f"another port: PORT={port + 1} colleague serve"
            ) from None
        if error.errno == errno.EACCES:
            raise Refused(f"Port {port} may not be opened by this user: choose one above 1023.") from None
        raise Refused(f"{host}:{port} cannot be opened ({error.strerror}).") from None
    return listener


async def _is_nobody_here(db: Database) -> bool:
    return not await db.read(lambda tx: tx.execute(select(exists().where(people.c.id.is_not(None)))).scalar())


def first_steps(settings: Settings) -> str:
    """How the first steward signs in."""
    mail = (
        "The mail with the link and the code comes to that address."
        if settings.smtp_url
        else "There is no SMTP_URL, so the mail with the link and the code is printed here."
    )
    return (
        "Nobody has an account yet. For the first host, type in another terminal:\n\n"
        '    colleague invite you@example.org --circle "Our circle" --role steward\n\n'
        f"Then open {settings.base_url} and sign in with that address. {mail}\n"
    )


def _check_mail(settings: Settings) -> None:
    try:
        settings.check_mail()
    except SettingsRefused as error:
        raise Refused(str(error)) from None


def work(settings: Settings, say: Say) -> None:
    """Work the outbox until told to stop, beside one or more `serve --no-worker`."""
    _check_mail(settings)
    logs.set_up(for_reading=settings.is_development)
    ground.prepare(settings)
    say("Working the outbox (Ctrl+C stops it).")
    ground.look(settings, lambda db: _work(db, settings))


async def _work(db: Database, settings: Settings) -> None:
    objects = Objects(settings.data_dir / "objects", settings.object_store_url)
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    async with Worker(db, settings, objects).running():
        await stop.wait()

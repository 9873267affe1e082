"""Plain ASGI middleware before any route: sizes, slow bodies, foreign origins, headers on every answer."""

import asyncio
import logging
import time
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection

from app.core.errors import ForeignOrigin, Problem, TooLarge, Unexpected
from app.core.limits import Limits
from app.core.settings import Settings

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

JSON_MAX = 256 * 1024
DRAFT_JSON_MAX = 1024 * 1024
SLICE_MAX = 1024 * 1024
FILE_MAX = 10 * 1024 * 1024
# A body may pause so long, and must come at least this fast once the grace is used up: a phone on a bad
# network gets through, one byte a second does not.
IDLE_S = 12.0
GRACE_S = 12.0
SLOWEST_BYTES_S = 1024
SAFE = {"GET", "HEAD", "OPTIONS"}
# A mailbox's own page sends this click (RFC 8058); the signed address is all the right it needs.
ONE_CLICK = "/api/unsubscribe/"

SECURITY_HEADERS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
}


class SlowBody(Problem):
    slug, title, status = "slow-body", "The request came in too slowly", 408
    detail = "Try again on a better connection; what you wrote is kept on your device."


def body_limit(method: str, path: str) -> int:
    """Bytes a request may carry: slices of audio, a document, JSON with drafts in it, or any other JSON."""
    if path.startswith("/api/voice/") and method == "PATCH":
        return SLICE_MAX
    if path == "/api/documents":
        return FILE_MAX
    if (
        path == "/api/threads"
        or path == "/api/screen"
        or path.endswith(("/drafts", "/versions", "/comments"))
    ):
        return DRAFT_JSON_MAX
    return JSON_MAX


class Guard:
    """Wraps the whole service. Counts bytes as they stream in, whatever Content-Length says."""

    def __init__(self, app: App, settings: Settings) -> None:
        self.app = app
        self.origin = settings.origin
        self.cookie = "sid" if settings.is_development else "__Host-sid"
        self.headers = dict(SECURITY_HEADERS)
        if settings.is_development:
            del self.headers["Strict-Transport-Security"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        method, path = scope["method"], scope["path"]
        headers = Headers(scope=scope)
        limit = body_limit(method, path)
        body = _Body(receive, limit)

        async def send_if_whole(message: Message) -> None:
            # The framework takes any trouble with a body for bad JSON; what it really was is said below.
            if started or body.refusal is None:
                await send_with_headers(message)

        try:
            if method not in SAFE and not path.startswith(ONE_CLICK) and self._is_forged(scope, headers):
                raise ForeignOrigin()
            if _declared_length(headers) > limit:
                raise TooLarge()
            if path.startswith("/api/"):
                self._count(scope, headers)
            await self.app(scope, body.receive, send_if_whole)
            if body.refusal and not started:
                raise body.refusal
        except Problem as problem:
            if started:
                raise
            await problem.response()(scope, receive, send_with_headers)
        except Exception as error:
            # The class and the place, never the message: it could quote what was sent.
            log.error("unexpected %s at %s", type(error).__name__, _place_of(error))
            if started:
                raise ConnectionError("the answer broke off") from None
            await Unexpected().response()(scope, receive, send_with_headers)

    def _count(self, scope: Scope, headers: Headers) -> None:
        """Who shows no session is counted by address, here for all routes; who does, once it is found."""
        limits: Limits = scope["app"].state.limits
        if limits.off or "authorization" in headers or self.cookie in HTTPConnection(scope).cookies:
            return
        limits.count_address(scope.get("client"), has_session=False)

    def _is_forged(self, scope: Scope, headers: Headers) -> bool:
        """A cookie session's write that another site may have caused (`reliability.md`, section 5)."""
        # Read as the session is, so that no odd spelling is a cookie there and none here.
        if self.cookie not in HTTPConnection(scope).cookies:
            return False
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site != "same-origin"
        return headers.get("origin") != self.origin


def _place_of(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/app/" in frame.filename] or frames
    return " < ".join(f"{frame.filename.rsplit('/app/')[-1]}:{frame.lineno}" for frame in reversed(ours[-4:]))


def _declared_length(headers: Headers) -> int:
    try:
        return int(headers.get("content-length", "0"))
    except ValueError:
        return 0


class _Body:
    """Hands a request's body on while it is within its limits of size and time."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._taken = 0
        self._is_whole = False
        self._began: float | None = None
        self.refusal: Problem | None = None

    async def receive(self) -> Message:
        """The next piece. Raises TooLarge and SlowBody, and again for whoever asks once more."""
        if self._is_whole:
            return await self._receive()
        if self.refusal:
            raise self.refusal
        try:
            return await self._next()
        except Problem as refusal:
            self.refusal = refusal
            raise

    async def _next(self) -> Message:
        moment = time.monotonic()
        if self._began is None:
            self._began = moment
        left = self._began + GRACE_S + self._taken / SLOWEST_BYTES_S - moment
        try:
            async with asyncio.timeout(min(IDLE_S, left)):
                message = await self._receive()
        except TimeoutError as error:
            raise SlowBody() from error
        if message["type"] == "http.request":
            self._taken += len(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
            if self._taken > self._limit:
                raise TooLarge()
        return message

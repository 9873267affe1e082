"""One HTTP connection, with limits that the server itself lacks: how long and how large a head may be, and
how much of a refused body is still taken so that its sender hears the refusal.
"""

import asyncio
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_MAX = 64 * 1024
HEAD_WITHIN_S = 15.0
# What comes of a body after its answer: enough to let an honest client finish and read why.
LEFTOVER_MAX = 2 * 1024 * 1024
LEFTOVER_WITHIN_S = 10.0


def _answer(status: int, phrase: str, slug: str, title: str, detail: str) -> bytes:
    """A refusal from before there is a request, in the shape of all others."""
    body = orjson.dumps({"type": f"/problems/{slug}", "title": title, "status": status, "detail": detail})
    head = (
        f"HTTP/1.1 {status} {phrase}\r\ncontent-type: application/problem+json\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body


_TOO_LARGE = _answer(
    431,
    "Request Header Fields Too Large",
    "too-large",
    "The request's headers are too large",
    "Send fewer or shorter headers; cookies of other programs on this host count, too.",
)
_NOT_HTTP = _answer(
    400, "Bad Request", "invalid", "This is not a request", "Speak HTTP/1.1 here; https:// goes elsewhere."
)


class HeadTooLarge(Exception):
    """More headers than anyone needs."""


class Connection(HttpToolsProtocol):
    """Cuts a connection whose next request does not show its whole head within 15 s or 64 KiB."""

    _head_bytes = 0  # as the parser hands them on
    _unparsed_bytes = 0  # as they came in, while the head is not whole
    _leftover_bytes = 0  # of a body whose answer is out already
    _waiting: asyncio.TimerHandle | None = None
    _is_reading_head = True
    _has_ended = False  # a request, within the bytes that came just now

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(HEAD_WITHIN_S)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._has_ended = False
        super().data_received(data)
        if self.transport.is_closing() or self._has_ended:
            # How much of these bytes begins a next head is not known; it is counted from the next ones on.
            return
        if self._is_reading_head:
            self._count_head(data)
        elif self.cycle is not None and self.cycle.response_complete:
            self._count_leftover(data)

    def _count_head(self, data: bytes) -> None:
        # A single endless header reaches no callback, so what was read is counted, too.
        self._unparsed_bytes += len(data)
        if self._unparsed_bytes > HEAD_MAX:
            self._refuse()
        elif self._waiting is None:
            self._wait(HEAD_WITHIN_S)

    def _count_leftover(self, data: bytes) -> None:
        self._leftover_bytes += len(data)
        if self._leftover_bytes > LEFTOVER_MAX:
            self._give_up()
        elif self._waiting is None:
            self._wait(LEFTOVER_WITHIN_S)

    def on_message_begin(self) -> None:
        self._begin_head()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(name + value)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._is_reading_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._has_ended = True
        self._stop_waiting()
        self._begin_head()

    def send_400_response(self, msg: str) -> None:
        if self._head_bytes > HEAD_MAX:
            self._refuse()
        else:
            self.transport.write(_NOT_HTTP)
            self.transport.close()

    def _begin_head(self) -> None:
        self._is_reading_head = True
        self._head_bytes = self._unparsed_bytes = self._leftover_bytes = 0

    def _count(self, part: bytes) -> None:
        self._head_bytes += len(part)
        if self._head_bytes > HEAD_MAX:
            raise HeadTooLarge

    def _refuse(self) -> None:
        self._stop_waiting()
        self.transport.write(_TOO_LARGE)
        self.transport.close()

    def _wait(self, seconds: float) -> None:
        self._stop_waiting()
        self._waiting = self.loop.call_later(seconds, self._give_up)

    def _give_up(self) -> None:
        self._stop_waiting()
        transport: Any = self.transport
        if not transport.is_closing():
            transport.abort()

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

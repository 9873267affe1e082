"""One HTTP connection, with limits that the server itself lacks: how long and how large a head may be."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_MAX = 64 * 1024
HEAD_WITHIN_S = 15.0

_TOO_LARGE = b"The request's headers are too large."
_ANSWER_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%s" % (len(_TOO_LARGE), _TOO_LARGE)
)


class HeadTooLarge(Exception):
    """More headers than anyone needs."""


class Connection(HttpToolsProtocol):
    """Cuts a connection whose next request does not show its whole head within 15 s or 64 KiB."""

    _head_bytes = 0  # as the parser hands them on
    _unparsed_bytes = 0  # as they came in, while the head is not whole
    _waiting: asyncio.TimerHandle | None = None
    _is_reading_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.transport.is_closing() or not self._is_reading_head:
            return
        # A single endless header reaches no callback, so what was read is counted, too.
        self._unparsed_bytes += len(data)
        if self._unparsed_bytes > HEAD_MAX:
            self._refuse()
        elif self._waiting is None:
            self._wait_for_head()

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
        self._begin_head()

    def send_400_response(self, msg: str) -> None:
        if self._head_bytes > HEAD_MAX:
            self._refuse()
        else:
            super().send_400_response(msg)

    def _begin_head(self) -> None:
        self._is_reading_head = True
        self._head_bytes = self._unparsed_bytes = 0

    def _count(self, part: bytes) -> None:
        self._head_bytes += len(part)
        if self._head_bytes > HEAD_MAX:
            raise HeadTooLarge

    def _refuse(self) -> None:
        self._stop_waiting()
        self.transport.write(_ANSWER_TOO_LARGE)
        self.transport.close()

    def _wait_for_head(self) -> None:
        self._stop_waiting()
        self._waiting = self.loop.call_later(HEAD_WITHIN_S, self._give_up)

    def _give_up(self) -> None:
        self._waiting = None
        transport: Any = self.transport
        if not transport.is_closing():
            transport.abort()

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

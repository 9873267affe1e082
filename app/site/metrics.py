"""What operators watch: counts and times without content, for Prometheus, here or behind a token."""

import hmac
import time
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import Connection, func, select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.clock import now
from app.core.errors import NotFound
from app.core.outbox import Fact
from app.core.settings import LOOPBACK
from app.notify.queue import mails

router = APIRouter(tags=["operation"])

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
MAIL_STATES = ("queued", "sending", "sent", "merged", "dropped", "dead", "unknown")

facts: Any = Fact.__table__  # type: ignore[attr-defined]


class Figures:
    """One service's metrics, in a registry of its own so that two services in a process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "colleague_requests", "Answers given.", ("route", "method", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "colleague_request_seconds",
            "Time to the end of the answer.",
            ("route", "method"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.outbox = self._gauge("outbox_waiting", "Facts not yet worked.")
        self.outbox_age = self._gauge("outbox_oldest_seconds", "How long the oldest due fact has waited.")
        self.mails = Gauge("colleague_mails", "Mails by state.", ("state",), registry=self.registry)
        self.sockets = self._gauge("sockets", "Open websockets in this process.")

    def _gauge(self, name: str, said: str) -> Gauge:
        return Gauge(f"colleague_{name}", said, registry=self.registry)


class Counting:
    """Middleware: counts every answer under its route's template, never under the address itself."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self.app = app
        self.figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            route = _template(scope)
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self.figures.requests.labels(route, method, str(status)).inc()
            self.figures.seconds.labels(route, method).observe(time.perf_counter() - began)


def _template(scope: Scope) -> str:
    """The address with names in place of ids: "/api/threads/{thread_id}"; "other" for what no route took."""
    path: str | None = getattr(scope.get("route"), "path", None)
    if path is None:
        return "other"
    # A route in a router within a router knows only its own end of the address.
    asked, known = scope["path"].split("/"), path.split("/")[1:]
    return "/".join([*asked[: len(asked) - len(known)], *known])


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


@router.get(
    "/metrics",
    response_class=Response,
    responses={404: {"description": "Not for this caller."}},
    openapi_extra={"security": []},
)
async def read_metrics(request: Request) -> Response:
    """Figures for Prometheus: requests, the outbox, mails by state, open sockets. No names, no content.

    From this machine itself, or with METRICS_TOKEN as bearer token; for all others it is not there.
    """
    if not _may_see(request):
        raise NotFound()
    state = request.app.state
    figures: Figures = state.figures
    waiting, oldest, by_state = await state.db.read(_look)
    figures.outbox.set(waiting)
    figures.outbox_age.set(max(0.0, (now() - oldest).total_seconds()) if oldest else 0.0)
    for each in MAIL_STATES:
        figures.mails.labels(each).set(by_state.get(each, 0))
    figures.sockets.set(state.hub.count)
    return Response(
        generate_latest(figures.registry),
        headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"},
    )


def _may_see(request: Request) -> bool:
    token: str = request.app.state.settings.metrics_token
    said = request.headers.get("authorization", "")
    if token and hmac.compare_digest(said.encode(), f"Bearer {token}".encode()):
        return True
    # A proxy on this machine is a local address too, but it says for whom it asks.
    is_passed_on = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "via"))
    return bool(request.client and request.client.host in LOOPBACK and not is_passed_on)


def _look(tx: Connection) -> tuple[int, Any, dict[str, int]]:
    is_open = facts.c.done_at.is_(None)
    waiting = tx.execute(select(func.count()).select_from(facts).where(is_open)).scalar_one()
    oldest = tx.execute(
        select(func.min(facts.c.not_before)).where(is_open, facts.c.not_before <= now())
    ).scalar()
    by_state = tx.execute(select(mails.c.state, func.count().label("many")).group_by(mails.c.state))
    return waiting, oldest, {row.state: row.many for row in by_state}

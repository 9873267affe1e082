"""Liveness and readiness, for whoever watches the process."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy import select

from app.core.changes import Counter
from app.core.clock import now
from app.core.http import answer

router = APIRouter(tags=["operation"])

# The worker looks about once a second; a mail round may take most of a minute.
BEAT_WITHIN = timedelta(minutes=2)
_ANY = select(Counter.__table__).limit(1)  # type: ignore[attr-defined]


class Alive(BaseModel):
    """The process answers."""

    status: str = "ok"


class Ready(BaseModel):
    """Each part as `ok` or `away`."""

    status: str
    database: str
    store: str
    worker: str


@router.get("/healthz", response_model=Alive, openapi_extra={"security": []})
async def healthz() -> Response:
    """Alive. Looks at nothing else, so that a slow disk does not restart the process."""
    return answer(Alive())


@router.get(
    "/readyz",
    response_model=Ready,
    responses={503: {"model": Ready, "description": "Some part is away."}},
    openapi_extra={"security": []},
)
async def readyz(request: Request) -> Response:
    """Ready to serve: the database answers, the store can be reached, the worker is at work.

    `worker` is `elsewhere` where `serve` runs without it.
    """
    state = request.app.state
    database = await _look(lambda: state.db.read(lambda tx: tx.execute(_ANY).first()))
    store = await _look(state.objects.ready)
    worker = "elsewhere"
    if state.worker.is_running:
        worker = "ok" if now() - state.worker.beat_at < BEAT_WITHIN else "away"
    is_ready = "away" not in (database, store, worker)
    said = Ready(status="ok" if is_ready else "away", database=database, store=store, worker=worker)
    return answer(said, 200 if is_ready else 503)


async def _look(at: Callable[[], Awaitable[object]]) -> str:
    try:
        await at()
    except Exception:
        # Whatever it is, the part cannot be used now, and that is all that is asked.
        return "away"
    return "ok"

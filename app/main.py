"""The service: `create_app` puts the parts together; nothing is decided here."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, get_args

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

import app.tables  # noqa: F401
from app import calendar, leaving, screen
from app.accounts import api as accounts
from app.brief import api as brief
from app.cases import api as cases
from app.cases.details import ItemKind
from app.circles import api as circles
from app.core.db import Database
from app.core.errors import Invalid, MethodNotAllowed, NotFound, Problem
from app.core.guard import Guard
from app.core.limits import Limits
from app.core.objects import Objects
from app.core.openapi import describe
from app.core.seal import Keyring
from app.core.settings import Settings
from app.documents import api as documents
from app.documents.reading import Desk
from app.drafts import api as drafts
from app.export import api as export
from app.live import api as live
from app.live.hub import Hub
from app.notify import api as notify
from app.screening.gate import IdentifiersFound
from app.screening.refusals import note_refusal
from app.search import api as search
from app.search.index import Indexes
from app.site import add_site
from app.site.metrics import Counting
from app.threads import api as threads
from app.voice import api as voice
from app.worker import Worker

# Routes are tried in this order, so those that are asked most often come first.
ROUTERS = [
    threads.router,
    live.router,
    screen.router,
    voice.router,
    drafts.router,
    accounts.router,
    brief.router,
    calendar.router,
    cases.router,
    circles.router,
    documents.router,
    export.router,
    leaving.router,
    notify.router,
    search.router,
]

DESCRIPTION = """Ask a colleague, answer one, and keep the talk tied to the work.

Sign in by cookie (the phone client) or with `Authorization: Bearer …` (`colleague token EMAIL`). Times are
RFC 3339 in UTC, days `YYYY-MM-DD`, ids UUIDs. Every create takes an `id` of your own: the same id with the
same content again answers 200 with what is stored. Refusals are `application/problem+json` (RFC 9457)."""


def create_app(settings: Settings | None = None, *, with_worker: bool = True) -> FastAPI:
    """The ASGI application. With `with_worker`, the outbox is worked in this process too."""
    settings = settings or Settings()
    settings.check_mail()

    @asynccontextmanager
    async def lifespan(service: FastAPI) -> AsyncIterator[None]:
        keyring = open_keyring(settings)
        db = Database(settings.database_url, keyring)
        async with AsyncExitStack() as running:
            running.push_async_callback(db.close)
            service.state.db = db
            service.state.objects = Objects(settings.data_dir / "objects", settings.object_store_url)
            service.state.hub = Hub(db)
            await running.enter_async_context(service.state.hub.running())
            service.state.indexes = Indexes()
            service.state.desk = Desk()
            service.state.worker = Worker(db, settings, service.state.objects)
            if with_worker:
                await service.state.objects.sweep()
                await running.enter_async_context(service.state.worker.running())
            yield

    service = FastAPI(
        title="Pocket Colleague",
        version="1",
        description=DESCRIPTION,
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Nothing here reports to anyone, and asking each time whether it should costs every request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    service.state.settings = settings
    service.state.limits = Limits(off=settings.rate_limits == "off")
    for router in ROUTERS:
        service.include_router(router)
    add_site(service, settings)
    service.add_exception_handler(Problem, _refuse)
    service.add_exception_handler(RequestValidationError, _invalid)
    service.add_exception_handler(HTTPException, _http)
    service.add_middleware(Guard, settings=settings)
    service.add_middleware(Counting, figures=service.state.figures)
    describe(service, cookie="sid" if settings.is_development else "__Host-sid")
    return service


def open_keyring(settings: Settings) -> Keyring:
    """The keys, made at first start only: a database needs the keys it was written with."""
    path = settings.key_file or settings.data_dir / "keys"
    if not path.exists() and not _has_data(settings):
        return Keyring.create(path)
    return Keyring(path)


def _has_data(settings: Settings) -> bool:
    return settings.database_url.startswith("sqlite") and (settings.data_dir / "colleague.sqlite3").exists()


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    if isinstance(error, IdentifiersFound) and error.about:
        about = error.about
        # The refusal stands even where remembering it fails.
        with suppress(Problem):
            await request.app.state.db.write(lambda tx: note_refusal(tx, about))
    return error.response()


async def _invalid(request: Request, error: Exception) -> Response:
    """Where it is wrong and why, without a word of what was sent."""
    assert isinstance(error, RequestValidationError)
    return Invalid(errors=said_without_input(error.errors())).response()


def said_without_input(errors: Sequence[Any]) -> list[dict[str, Any]]:
    """Pydantic's errors as field paths and constant reasons; what could quote the input is left out."""
    said: dict[str, str] = {}
    for each in errors:
        where = _named_by_us(each["loc"])
        kind = each["type"]
        if kind == "extra_forbidden":
            # The name of an unknown field is the sender's own words.
            where = where[:-1]
        elif kind.startswith("union_tag"):
            where = [*where, "kind"]
        message = each["msg"].removeprefix("Value error, ") if kind in _SPEAKABLE else ""
        message = message or _IN_WORDS.get(kind, kind.replace("_", " "))
        said.setdefault(".".join(str(part) for part in where), message)
    return [{"field": field, "reason": reason} for field, reason in said.items()]


def _named_by_us(place: Sequence[Any]) -> list[Any]:
    """The path without what only says where in the request it stands, and without keys the sender chose."""
    where = [part for part in place if part != "body"]
    if where and where[0] in KINDS:
        where = where[1:]
    if where and where[-1] in ("int", "float"):
        where = where[:-1]
    return where[: where.index("kept") + 1] if "kept" in where else where


# Pydantic puts the kind of an item before the path inside it, and the kind of number behind it.
KINDS = get_args(ItemKind)
_SPEAKABLE = {"missing", "string_too_long", "string_too_short", "value_error", "literal_error", "enum"}
_IN_WORDS = {
    "bool_type": "true or false is needed here.",
    "dict_type": "An object is needed here.",
    "extra_forbidden": "There is a field here that is not known.",
    "float_type": "A number is needed here.",
    "greater_than_equal": "This number is too small.",
    "int_type": "A number is needed here.",
    "less_than_equal": "This number is too large.",
    "list_type": "A list is needed here.",
    "string_type": "A text is needed here.",
    "too_long": "These are too many.",
    "too_short": "More are needed here.",
    "union_tag_invalid": "No kind is called so.",
    "union_tag_not_found": "Say of which kind it is.",
    "uuid_parsing": "This is not an id.",
    "uuid_type": "This is not an id.",
}


def _allowed(request: Request) -> str:
    """Every method of an address: each has a route of its own, and the first one knows only itself."""
    asked = request.url.path
    paths = request.app.openapi()["paths"]
    fitting = [
        template
        for template in paths
        if re.fullmatch(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template)), asked)
    ]
    # `…/members/me` is no `…/members/{person_id}`.
    nearest = min(fitting, key=lambda template: template.count("{"), default=None)
    return ", ".join(sorted(method.upper() for method in paths[nearest])) if nearest else ""


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    problem: Problem = NotFound("There is no such address; see /api/docs.")
    if error.status_code == 405:
        problem = MethodNotAllowed(headers={"Allow": _allowed(request)})
    elif error.status_code == 400:
        problem = Invalid("The body could not be read as JSON.")
    elif error.status_code != 404:
        return Response(
            orjson.dumps({"type": "about:blank", "title": "Refused", "status": error.status_code}),
            error.status_code,
            media_type="application/problem+json",
        )
    return problem.response()

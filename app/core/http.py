"""HTTP's own matters: strict JSON in, quick JSON out, pages of lists, and the pieces routes share."""

import base64
import binascii
from collections.abc import Callable, Coroutine, Sequence
from typing import Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel

from app.core.db import Database
from app.core.errors import Invalid
from app.core.settings import Settings

T = TypeVar("T")
DEPTH = 32


_FITS_NO_SHAPE = object()


class StrictRequest(Request):
    """A request whose JSON is RFC 8259 to the letter: no NaN, no lone surrogates, no deep towers.

    JSON that cannot be read is noted, not raised: who is not signed in hears that first.
    """

    unreadable: Invalid | None = None

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json: Any = _FITS_NO_SHAPE
            body = await self.body()
            if _too_deep(body):
                self.unreadable = Invalid("The JSON is nested too deeply.")
                return self._json
            try:
                self._json = orjson.loads(body)
            except orjson.JSONDecodeError:
                self.unreadable = Invalid("The body could not be read as JSON.")
        return self._json


class StrictRoute(APIRoute):
    """The route class of every router here, so that bodies are read strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            try:
                return await handle(strict)
            except RequestValidationError:
                if strict.unreadable:
                    raise strict.unreadable from None
                raise

        return strictly


def _too_deep(body: bytes) -> bool:
    if body.count(b"[") + body.count(b"{") <= DEPTH:
        return False
    depth = 0
    inside = escaped = False
    for byte in body:
        if inside:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                inside = False
        elif byte == 0x22:
            inside = True
        elif byte in (0x5B, 0x7B):
            depth += 1
            if depth > DEPTH:
                return True
        elif byte in (0x5D, 0x7D):
            depth -= 1
    return False


def database(request: Request) -> Database:
    """The service's database, put on the app when it starts."""
    db: Database = request.app.state.db
    return db


async def _db(request: Request) -> Database:
    return database(request)


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


Db = Annotated[Database, Depends(_db)]
Config = Annotated[Settings, Depends(_settings)]


def answer(shape: BaseModel, status: int = 200) -> Response:
    """A declared shape as JSON, without validating it a second time."""
    return Response(shape.model_dump_json(), status, media_type="application/json")


def created(shape: BaseModel, *, is_new: bool) -> Response:
    """201 for a first create, 200 for its repeat."""
    return answer(shape, 201 if is_new else 200)


# For routes that ask for no session; all others are declared to need one (core/openapi.py).
PUBLIC: dict[str, Any] = {"security": []}


def again(model: Any) -> dict[int | str, dict[str, Any]]:
    """What a repeated create answers, for the OpenAPI file."""
    return {200: {"model": model, "description": "The same again: what is stored."}}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of a route, for the OpenAPI file; those that every route may give are added there."""
    return {status: {"description": REFUSED[status]} for status in statuses}


REFUSED = {
    401: "Nobody is signed in, or the session has ended.",
    403: "Seen, but not the caller's to do.",
    404: "Not there, or not the caller's to see.",
    408: "The request came in too slowly.",
    409: "The id holds something else, or the state does not allow it.",
    410: "It was deleted.",
    413: "Too much at once.",
    415: "A kind of content that is not taken.",
    416: "There is no such part of it.",
    422: "Not the right shape; or words that could identify someone (`/problems/identifiers-found`).",
    429: "Too often: `Retry-After` says how long to wait.",
    503: "Busy or read-only for the moment; nothing was stored.",
    507: "No room to store it.",
}


class Page(BaseModel, Generic[T]):
    """One page of a list; `next` goes into `?after=` for the following one, null at the end."""

    items: list[T]
    next: str | None = None


Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
After = Annotated[str | None, Query(max_length=400, description="`next` of the page before.")]


def paged(
    listed: Sequence[T], limit: int, after: str | None, place: Callable[[T], list[str]], *, newest_first: bool
) -> Page[T]:
    """A page of a short list that is in memory already, sorted by `place`."""
    if after:
        last = [str(part) for part in place_of(after, 2)]
        listed = [each for each in listed if (place(each) < last if newest_first else place(each) > last)]
    some = list(listed[:limit])
    return Page(items=some, next=cursor(*place(some[-1])) if len(listed) > limit else None)


def cursor(*place: Any) -> str:
    """An opaque cursor that holds the sort values of the last row shown."""
    # `default`: PostgreSQL's driver has a UUID class of its own.
    return base64.urlsafe_b64encode(orjson.dumps(place, default=str)).decode().rstrip("=")


def place_of(after: str, width: int) -> list[Any]:
    """What `cursor` holds. Raises Invalid when it is not one of ours."""
    try:
        place = orjson.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except (binascii.Error, orjson.JSONDecodeError, ValueError, UnicodeDecodeError) as error:
        raise Invalid("`after` is not a cursor of this list.") from error
    if not isinstance(place, list) or len(place) != width:
        raise Invalid("`after` is not a cursor of this list.")
    return place

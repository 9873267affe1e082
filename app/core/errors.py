"""Every refusal is a Problem, sent as application/problem+json (RFC 9457), and never echoes what was sent."""

from collections.abc import Mapping
from typing import Any, ClassVar

import orjson
from starlette.responses import Response

from app.core.ids import new_id


class Problem(Exception):
    """A refusal: `slug` names its page under /problems, `title` is fixed, `detail` says what to do next."""

    slug: ClassVar[str] = "problem"
    title: ClassVar[str] = "Something is not right"
    status: ClassVar[int] = 400
    detail: str = ""

    def __init__(self, detail: str = "", *, headers: Mapping[str, str] | None = None, **members: Any) -> None:
        super().__init__(self.title)
        self.detail = detail or type(self).detail
        self.headers = dict(headers or {})
        self.members = members

    def response(self) -> Response:
        """The answer, with an `instance` id that a report can quote."""
        body = {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": f"urn:uuid:{new_id()}",
            **self.members,
        }
        return Response(
            orjson.dumps(body),
            status_code=self.status,
            media_type="application/problem+json",
            headers={"Cache-Control": "no-store", **self.headers},
        )


class NotSignedIn(Problem):
    slug, title, status = "not-signed-in", "Please sign in", 401
    detail = "Sign in again; what you wrote is kept on your device."


class Forbidden(Problem):
    slug, title, status = "forbidden", "This is not yours to do", 403
    detail = "You may see this, but someone else has to do it."


class ForeignOrigin(Problem):
    slug, title, status = "foreign-origin", "This request came from another site", 403
    detail = "Open Pocket Colleague itself and try again there."


class NotFound(Problem):
    slug, title, status = "not-found", "There is nothing here", 404
    detail = "It may have been deleted, or it may not be yours to see."


class MethodNotAllowed(Problem):
    slug, title, status = "method-not-allowed", "That cannot be done here", 405
    detail = "See /api/docs for what this address takes."


class Conflict(Problem):
    slug, title, status = "conflict", "Something changed meanwhile", 409
    detail = "Look at what is there now, then try again."


class IdTaken(Problem):
    slug, title, status = "id-taken", "This id already holds something else", 409
    detail = "Send it again under a new id."


class Gone(Problem):
    slug, title, status = "gone", "This was deleted", 410
    detail = "It cannot be brought back. Copy what you still need from your device."


class TooLarge(Problem):
    slug, title, status = "too-large", "That is too much at once", 413
    detail = "Shorten it, or send it in parts."


class UnsupportedMedia(Problem):
    slug, title, status = "unsupported-media-type", "This kind of content is not taken", 415
    detail = "Send JSON, or the type named in /api/docs."


class Invalid(Problem):
    slug, title, status = "invalid", "Something in this request is not as it should be", 422
    detail = "See `errors` for the fields, correct them and send it again."


class TooMany(Problem):
    slug, title, status = "too-many", "That was too often", 429
    detail = "Wait a little; nothing is lost."


class Busy(Problem):
    slug, title, status = "busy", "The service is busy", 503
    detail = "Try again in a moment; nothing was stored."

    def __init__(self, detail: str = "", **members: Any) -> None:
        super().__init__(detail, headers={"Retry-After": "2"}, **members)


class StorageFull(Problem):
    slug, title, status = "storage-full", "There is no room to store this", 507
    detail = (
        "Reading still works. Tell the person who runs this service; what you wrote stays on your device."
    )


class Unexpected(Problem):
    slug, title, status = "unexpected", "Something went wrong on our side", 500
    detail = (
        "Nothing was stored. Try again; if it stays, quote `instance` to the person who runs this service."
    )

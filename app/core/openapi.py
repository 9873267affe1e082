"""The OpenAPI file: what FastAPI draws from the routes, with who may call and every refusal declared."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.core.http import REFUSED

EVERYWHERE = (422, 429, 503)
METHODS = {"get", "put", "post", "delete", "patch", "head", "options"}

PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "Why not, and what to do next (RFC 9457). Never quotes what was sent.",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/not-found"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "reason": {"type": "string"}},
            },
        },
        "findings": {
            "type": "object",
            "description": "Open findings by dotted field path, with offsets in Unicode code points.",
            "additionalProperties": {"type": "array", "items": {"type": "object"}},
        },
    },
}


def describe(service: FastAPI, *, cookie: str) -> None:
    """Let the service publish its file with security schemes (cookie and bearer) and problems."""

    def openapi() -> dict[str, Any]:
        if service.openapi_schema is None:
            drawn = get_openapi(
                title=service.title,
                version=service.version,
                description=service.description,
                routes=service.routes,
                tags=service.openapi_tags,
            )
            service.openapi_schema = _complete(drawn, cookie)
        return service.openapi_schema

    service.openapi = openapi  # type: ignore[method-assign]


def _complete(drawn: dict[str, Any], cookie: str) -> dict[str, Any]:
    components = drawn.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = PROBLEM
    components["securitySchemes"] = {
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": cookie,
            "description": "The session of a signed-in browser.",
        },
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token for scripts, from `colleague token EMAIL`.",
        },
    }
    for path in drawn.get("paths", {}).values():
        for method, operation in path.items():
            if method in METHODS:
                _complete_operation(method, operation)
    return drawn


def _complete_operation(method: str, operation: dict[str, Any]) -> None:
    if "security" not in operation:
        operation["security"] = [{"cookie": []}, {"bearer": []}]
    statuses = set(EVERYWHERE)
    if operation["security"]:
        statuses.add(401)
    if any(each.get("in") == "path" for each in operation.get("parameters", ())):
        statuses.add(404)
    if method not in ("get", "head"):
        # A cookie's write from another site; a disk without room.
        statuses |= {403, 507}
    if "requestBody" in operation:
        statuses |= {408, 413}
    responses = operation.setdefault("responses", {})
    for status in statuses:
        responses.setdefault(str(status), {"description": REFUSED[status]})
    for status, response in responses.items():
        if status.isdigit() and int(status) >= 400:
            if status == "422":
                response["description"] = REFUSED[422]
            elif "content" in response:
                continue
            response["content"] = {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            }
    operation["responses"] = dict(sorted(responses.items()))

"""`/api/docs`: the OpenAPI file made readable by Swagger UI, from an installed package."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, Response
from starlette.responses import HTMLResponse

router = APIRouter(prefix="/api/docs", include_in_schema=False)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The API · Pocket Colleague</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/api/docs/viewer.css">
</head>
<body>
<div id="viewer"></div>
<script src="/api/docs/viewer.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
"""
START = """SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#viewer",
  deepLinking: true,
  layout: "BaseLayout",
  // The default asks a foreign host whether the file is valid.
  validatorUrl: null,
  requestInterceptor: (request) => { request.credentials = "same-origin"; return request; },
});
"""
KEPT = {"Cache-Control": "public, max-age=86400"}
VIEWER = {"viewer.js": "swagger-ui-bundle.js", "viewer.css": "swagger-ui.css"}


@cache
def _viewer(name: str) -> bytes:
    """A file of Swagger UI as `fastapi-offline` carries it; only its files are used."""
    found = find_spec("fastapi_offline")
    assert found is not None
    assert found.submodule_search_locations
    return (Path(found.submodule_search_locations[0]) / "static" / VIEWER[name]).read_bytes()


@router.get("")
async def read_docs() -> Response:
    """The page."""
    return HTMLResponse(PAGE, headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"})


@router.get("/start.js")
async def read_start() -> Response:
    """What starts the viewer, in a file because the policy takes no inline script."""
    return Response(START, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.get("/viewer.js")
async def read_viewer_script() -> Response:
    """Swagger UI."""
    return Response(_viewer("viewer.js"), media_type="text/javascript", headers=KEPT)


@router.get("/viewer.css")
async def read_viewer_style() -> Response:
    """How it looks."""
    return Response(_viewer("viewer.css"), media_type="text/css", headers=KEPT)

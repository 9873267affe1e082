"""Serves the phone client: its files by their names, and its one page for every other address."""

import ipaddress
from pathlib import Path
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from app.core.errors import MethodNotAllowed, NotFound
from app.core.pages import plain_page
from app.core.settings import Settings
from app.site.built import FALLBACK, File, best_coding, page_policy, read_build, script_hashes

NOT_BUILT = """<p>The service runs, and its API answers. The pages of the phone client have not been built:
type <code>make build</code> in the project's folder, then start the service again.</p>
<p><a href="/api/docs">The API's pages</a> are here already.</p>"""


class Client:
    """The ASGI application behind every address that no route takes."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.files = read_build(settings.web_dir)
        page = self.files.get(FALLBACK)
        hashes = script_hashes(settings.web_dir.joinpath(FALLBACK).read_bytes()) if page else []
        self.policy = page_policy(settings.origin, hashes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
            return
        await self.answer(scope)(scope, receive, send)

    def answer(self, scope: Scope) -> Response:
        """The file of this name, or the page. Raises NotFound for what only a file could answer."""
        name = scope["path"].lstrip("/")
        if name == "api" or name.startswith("api/"):
            raise NotFound("There is no such address; see /api/docs.")
        headers = Headers(scope=scope)
        if file := self.files.get(name):
            if name != FALLBACK:
                return _serve(file, scope["method"], headers)
        elif name.startswith("_app/") or "." in name.rpartition("/")[2]:
            raise NotFound()
        if scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowed(headers={"Allow": "GET, HEAD"})
        if elsewhere := self._elsewhere(headers, scope):
            return RedirectResponse(elsewhere, 307, headers={"Cache-Control": "no-store"})
        if FALLBACK not in self.files:
            return plain_page("The client is not built", NOT_BUILT, 503)
        page = _serve(self.files[FALLBACK], scope["method"], headers)
        page.headers["Content-Security-Policy"] = self.policy
        return page

    def _elsewhere(self, headers: Headers, scope: Scope) -> str | None:
        """Where a page asked for under another name really is: cookies hold for one name only."""
        asked = _host(headers.get("host", ""))
        ours = urlsplit(self.settings.base_url)
        if not asked or asked == ours.hostname:
            return None
        if not self.settings.is_development and not _is_public_name(asked):
            # A proxy that passes its own inner name on; sending the browser back would go round for ever.
            return None
        query = scope.get("query_string", b"").decode("latin-1")
        return f"{self.settings.base_url}{quote(scope['path'], safe='/%')}" + (f"?{query}" if query else "")


def _host(said: str) -> str:
    try:
        return urlsplit(f"//{said}").hostname or ""
    except ValueError:
        return ""


def _is_public_name(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host
    return False


def _serve(file: File, method: str, headers: Headers) -> Response:
    if method not in ("GET", "HEAD"):
        raise MethodNotAllowed(headers={"Allow": "GET, HEAD"})
    coding = best_coding(headers.get("accept-encoding", ""), file)
    etag = f'"{file.etag}{"" if coding == "identity" else "-" + coding}"'
    said = {"ETag": etag, "Cache-Control": file.cache}
    if len(file.bodies) > 1:
        said["Vary"] = "Accept-Encoding"
    if etag in (each.strip().removeprefix("W/") for each in headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=said)
    if coding != "identity":
        said["Content-Encoding"] = coding
    if file.policy:
        said["Content-Security-Policy"] = file.policy
    body = file.bodies[coding]
    if isinstance(body, Path):
        if not body.is_file():
            # Built anew meanwhile: the page that asks is of the build before.
            raise NotFound()
        return FileResponse(body, headers=said, media_type=file.media_type)
    response = Response(body, media_type=file.media_type, headers=said)
    response.headers["Content-Type"] = file.media_type
    if method == "HEAD":
        response.body = b""
    return response

"""Enough of S3 for the object store: put, parts, get with ranges, head, delete, list; and it can fall ill."""

import asyncio
import contextlib
import re
import threading
from xml.sax.saxutils import escape

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


class FakeS3:
    """`held` is what it stores by name; `ill` is a status it answers with instead, or "hang" or "cut"."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.asked: list[str] = []
        self.ill: int | str | None = None

    async def answer(self, request: Request) -> Response:
        name = request.path_params.get("name", "")
        self.asked.append(request.method)
        if isinstance(self.ill, int):
            return Response(status_code=self.ill)
        if self.ill == "hang":
            await asyncio.sleep(60)
        return await getattr(self, request.method.lower())(request, name, request.query_params)

    async def put(self, request, name, query) -> Response:
        body = await request.body()
        if "uploadId" in query:
            self.parts[query["uploadId"]][int(query["partNumber"])] = body
        else:
            self.held[name] = body
        return Response(headers={"ETag": '"x"'})

    async def post(self, request, name, query) -> Response:
        if "uploads" in query:
            self.parts[name] = {}
            answer = f"<UploadId>{name}</UploadId>"
            return xml(f"<InitiateMultipartUploadResult>{answer}</InitiateMultipartUploadResult>")
        if "delete" in query:
            names = re.findall(r"<Key>(.*?)</Key>", (await request.body()).decode())
            for each in names:
                self.held.pop(each, None)
            gone = "".join(f"<Deleted><Key>{each}</Key></Deleted>" for each in names)
            return xml(f"<DeleteResult>{gone}</DeleteResult>")
        parts = self.parts.pop(query["uploadId"])
        self.held[name] = b"".join(parts[number] for number in sorted(parts))
        return xml("<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>")

    async def get(self, request, name, query) -> Response:
        if not name:
            return self.listing(query.get("prefix", ""))
        if name not in self.held:
            return Response(status_code=404)
        whole, meta = self.held[name], {"ETag": '"x"', "Last-Modified": "Mon, 02 Nov 2026 10:00:00 GMT"}
        if (span := re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("range", ""))) is None:
            return Response(whole, headers=meta)
        start, end = int(span[1]), min(int(span[2]) + 1, len(whole))
        meta["Content-Range"] = f"bytes {start}-{end - 1}/{len(whole)}"
        piece = whole[start:end]
        if self.ill == "cut":
            meta["Content-Length"] = str(len(piece))
            piece = piece[: len(piece) // 2]
        return Response(piece, 206, headers=meta)

    async def head(self, request, name, query) -> Response:
        if name not in self.held:
            return Response(status_code=404)
        size = str(len(self.held[name]))
        last = "Mon, 02 Nov 2026 10:00:00 GMT"
        return Response(headers={"Content-Length": size, "ETag": '"x"', "Last-Modified": last})

    async def delete(self, request, name, query) -> Response:
        self.parts.pop(query.get("uploadId", ""), None)
        if "uploadId" not in query:
            self.held.pop(name, None)
        return Response(status_code=204)

    def listing(self, prefix: str) -> Response:
        entries = "".join(
            f"<Contents><Key>{escape(name)}</Key><Size>{len(body)}</Size><ETag>x</ETag>"
            "<LastModified>2026-11-02T10:00:00.000Z</LastModified></Contents>"
            for name, body in sorted(self.held.items())
            if name.startswith(prefix)
        )
        return xml(f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>")


def xml(body: str) -> Response:
    return Response(f'<?xml version="1.0"?>{body}', media_type="application/xml")


@contextlib.contextmanager
def running():
    """A fake on a loopback port of its own; yields (fake, its address)."""
    fake = FakeS3()
    methods = ["PUT", "GET", "HEAD", "DELETE", "POST"]
    paths = ("/bucket", "/bucket/{name:path}")
    app = Starlette(routes=[Route(path, fake.answer, methods=methods) for path in paths])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        threading.Event().wait(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield fake, f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = server.force_exit = True
        thread.join(5)

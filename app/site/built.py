"""The built client in memory: each file with its compressed forms, its ETag, and how long it may be kept."""

import base64
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

FALLBACK = "200.html"
FOR_EVER = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "no-cache"
WORKERS = "_app/immutable/workers/"
# Larger files are few and fetched once a phone: they are read when asked for.
IN_MEMORY = 1024 * 1024
TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
ENCODINGS = {"br": ".br", "gzip": ".gz"}
# A worker answers to the policy it came with, not to its page's: here alone may WebAssembly be compiled.
WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class File:
    """One file as it is served: `bodies` by content coding, as a path where large, `identity` always."""

    media_type: str
    cache: str
    etag: str
    bodies: dict[str, bytes | Path]
    policy: str = ""


def read_build(folder: Path) -> dict[str, File]:
    """Every file of a build by its path, without a leading slash; empty when there is none."""
    if not (folder / FALLBACK).is_file():
        return {}
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): _file(path, path.relative_to(folder).as_posix())
        for path in paths
        if not (path.suffix in ENCODINGS.values() and path.with_suffix("").is_file())
    }


def _file(path: Path, name: str) -> File:
    plain = path.read_bytes()
    is_large = len(plain) > IN_MEMORY
    bodies: dict[str, bytes | Path] = {"identity": path if is_large else plain}
    for coding, ending in ENCODINGS.items():
        packed = path.with_name(path.name + ending)
        if packed.is_file():
            bodies[coding] = packed if is_large else packed.read_bytes()
    media_type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    cache = FOR_EVER if name.startswith("_app/immutable/") else ASK_EACH_TIME
    policy = WORKER_POLICY if name.startswith(WORKERS) else ""
    return File(media_type, cache, hashlib.sha256(plain).hexdigest()[:20], bodies, policy)


def script_hashes(page: bytes) -> list[str]:
    """The CSP sources for the inline scripts of a page: `'sha256-…'`, of just what is between the tags."""
    found = _SCRIPT.findall(page.decode())
    return [f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'" for each in found]


def page_policy(origin: str, hashes: list[str]) -> str:
    """The whole policy of the client's pages, sent as a header."""
    host = origin.partition("://")[2]
    socket = ("wss://" if origin.startswith("https://") else "ws://") + host
    scripts = " ".join(["'self'", *hashes])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' blob: data:; "
        f"media-src 'self' blob:; font-src 'self'; connect-src 'self' {socket}; worker-src 'self'; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )


def best_coding(accepted: str, file: File) -> str:
    """The smallest form that the other side takes, by its Accept-Encoding."""
    refused: set[str] = set()
    named: set[str] = set()
    for each in accepted.lower().split(","):
        coding, _, q = each.partition(";")
        (refused if q.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000") else named).add(
            coding.strip()
        )
    for coding in ("br", "gzip"):
        if coding in file.bodies and coding not in refused and (coding in named or "*" in named):
            return coding
    return "identity"

"""A zip made as it is sent: pages, data, recordings and a manifest; one file in memory at a time."""

import asyncio
import hashlib
import io
import zipfile
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from app.core.objects import ObjectMissing, Objects
from app.export.shapes import Book, Sound


class _Sink(io.RawIOBase):
    """Where the zip is written to: it cannot go back, so what is in it can leave."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.held += piece
        return len(piece)

    def taken(self) -> bytes:
        whole = bytes(self.held)
        self.held.clear()
        return whole


async def zipped(
    book: Book, pages: Mapping[str, str], sounds: Sequence[Sound], objects: Objects
) -> AsyncIterator[bytes]:
    """The archive piece by piece. Recordings that are gone are named in the manifest as missing."""
    sink = _Sink()
    files: list[dict[str, Any]] = []
    missing: list[str] = []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name: str, content: bytes) -> None:
            archive.writestr(_entry(name, book.made_at), content)
            files.append(_line(name, len(content), hashlib.sha256(content).hexdigest()))

        for name, page in pages.items():
            await asyncio.to_thread(add, name, page.encode())
            yield sink.taken()
        data = book.model_dump_json(indent=2).encode()
        await asyncio.to_thread(add, "data.json", data)
        yield sink.taken()
        for sound in sounds:
            pieces = objects.read(sound.object_name, sound.secret)
            try:
                piece = await anext(pieces)
            except (ObjectMissing, StopAsyncIteration):
                missing.append(sound.name)
                continue
            entry = _entry(sound.name, book.made_at)
            entry.compress_type = zipfile.ZIP_STORED  # AAC does not get smaller.
            size, digest = 0, hashlib.sha256()
            with archive.open(entry, "w") as out:
                while piece:
                    out.write(piece)
                    size += len(piece)
                    digest.update(piece)
                    yield sink.taken()
                    piece = await anext(pieces, b"")
            files.append(_line(sound.name, size, digest.hexdigest()))
        manifest = {
            "made_by": "Pocket Colleague",
            "made_at": book.made_at,
            "about": book.about,
            "counts": _counts(book, sounds),
            "files": files,
            "missing": missing,
        }
        archive.writestr(
            _entry("manifest.json", book.made_at), orjson.dumps(manifest, option=orjson.OPT_INDENT_2)
        )
    yield sink.taken()


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=at.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _line(name: str, size: int, sha256: str) -> dict[str, Any]:
    return {"name": name, "bytes": size, "sha256": sha256}


def _counts(book: Book, sounds: Sequence[Sound]) -> dict[str, int]:
    return {
        "students": len(book.students),
        "items": sum(len(each.items) for each in book.students) + len(book.without_student),
        "questions": len(book.questions),
        "messages": sum(len(each.messages) for each in book.questions)
        + sum(len(each.messages) for each in book.answers),
        "recordings": len(sounds),
    }

"""Where files lie: a local folder or an S3-compatible store, sealed in either.

A file is whole and durable when `put` returns, or it is not there. `obstore` reads both and writes S3; its
local store neither flushes the file nor its folder, so local files are written here.
"""

import asyncio
import contextlib
import errno
import os
import re
import secrets
import threading
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from app.core import sealed_file
from app.core.errors import Busy, StorageFull
from app.core.sealed_file import HEAD, SEALED_CHUNK

# Enough in one go that a thread or a request is worth it, little enough that memory stays small.
READ_CHUNKS = 8
WRITE_BYTES = 1024 * 1024
# The longest voice note is under 4 MB, so parts are for archives only.
PART_BYTES = 5 * 1024 * 1024

_FLUSHING = ThreadPoolExecutor(4, thread_name_prefix="flush")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")


class ObjectMissing(LookupError):
    """There is no file of this name."""


class StoreAway(Busy):
    slug, title = "object-store-away", "Recordings cannot be reached just now"
    detail = "Text goes on as usual. What you recorded stays on your device and is sent later."


class Objects:
    """The object store. `folder` is where local files lie; an `s3://bucket/prefix` URL takes its place."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self._folder: Path | None = None
        self._store: LocalStore | S3Store
        if url:
            self._store = S3Store.from_url(
                url,
                client_options={
                    "timeout": timedelta(seconds=20),
                    "connect_timeout": timedelta(seconds=5),
                    "allow_http": os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://"),
                },
                retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=15)},
            )
        else:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._folder = folder.resolve()
            self._store = LocalStore(self._folder)

    async def put(self, name: str, key: bytes, source: AsyncIterable[bytes] | bytes) -> None:
        """Seal and store a file, replacing one of the same name; durable when this returns.

        `key` is 32 bytes. When `source` raises, nothing is stored. Raises StorageFull and StoreAway.
        """
        if isinstance(source, bytes):
            source = _once(source)
        await self.put_sealed(name, sealed_file.sealed(source, key, name))

    async def put_sealed(self, name: str, pieces: AsyncIterable[bytes]) -> None:
        """Store a file that is sealed already (a restore); otherwise as `put`."""
        _check(name)
        with _as_problems():
            if self._folder:
                await _write(self._folder / name, pieces)
            else:
                await self._send(name, pieces)

    async def _send(self, name: str, pieces: AsyncIterable[bytes]) -> None:
        """One request for what fits in memory, parts for the rest; either way the store shows it whole."""
        source = aiter(pieces)
        held = bytearray()
        async for piece in source:
            held += piece
            if len(held) > PART_BYTES:
                await obstore.put_async(self._store, name, _gathered(_after(bytes(held), source)))
                return
        await obstore.put_async(self._store, name, bytes(held))

    async def size(self, name: str) -> int:
        """Bytes of the plain file. Raises ObjectMissing."""
        with _as_problems():
            return sealed_file.plain_size((await obstore.head_async(self._store, name))["size"])

    async def read(
        self, name: str, key: bytes, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """The plain bytes [start, end) piece by piece; only the chunks they lie in are fetched and opened.

        Raises ObjectMissing, and Damaged when a chunk does not open.
        """
        _check(name)
        # From the beginning, the head and the first chunks come in one request.
        wanted = sealed_file.chunks_of(start, READ_CHUNKS * sealed_file.CHUNK if end is None else end)
        early = 0 if wanted.start else min(wanted.stop, READ_CHUNKS)
        with _as_problems():
            span = (0, HEAD + early * SEALED_CHUNK)
            answer = await obstore.get_async(self._store, name, options={"range": span})
            stored = answer.meta["size"]
            first = memoryview(await answer.bytes_async())
        size = sealed_file.plain_size(stored)
        opener = sealed_file.Opener(key, name, bytes(first[:HEAD]), stored)
        end = size if end is None else min(end, size)
        wanted = sealed_file.chunks_of(start, end)
        for at in wanted[::READ_CHUNKS]:
            some = range(at, min(at + READ_CHUNKS, wanted.stop))
            if early and some.start == 0:
                held = first[HEAD:]
            else:
                with _as_problems():
                    fetched = await obstore.get_range_async(
                        self._store,
                        name,
                        start=HEAD + some.start * SEALED_CHUNK,
                        end=min(HEAD + some.stop * SEALED_CHUNK, stored),
                    )
                held = memoryview(fetched)
            plain = b"".join(
                opener.open(index, held[nth * SEALED_CHUNK : (nth + 1) * SEALED_CHUNK])
                for nth, index in enumerate(some)
            )
            base = some.start * sealed_file.CHUNK
            if piece := plain[max(start - base, 0) : max(end - base, 0)]:
                yield piece

    async def get(self, name: str, key: bytes) -> bytes:
        """A whole file at once, for those known to be small."""
        return b"".join([piece async for piece in self.read(name, key)])

    async def read_sealed(self, name: str) -> AsyncIterator[bytes]:
        """The file as it is stored, for a backup."""
        with _as_problems():
            answer = await obstore.get_async(self._store, name)
            async for piece in answer.stream(min_chunk_size=WRITE_BYTES):
                yield bytes(piece)

    async def delete(self, *names: str) -> None:
        """Remove files; one that is not there is no error."""
        for name in names:
            _check(name)
            with _as_problems(), contextlib.suppress(ObjectMissing):
                if self._folder:
                    await asyncio.to_thread(_remove, self._folder / name)
                else:
                    await obstore.delete_async(self._store, name)

    async def names(self, prefix: str = "") -> AsyncIterator[tuple[str, int]]:
        """Every file below a folder such as `voice`, and its stored size; never what a crash left half."""
        with _as_problems():
            async for page in obstore.list(self._store, prefix or None):
                for entry in page:
                    yield entry["path"], entry["size"]

    async def ready(self) -> None:
        """Raises StoreAway when the store does not answer."""
        with _as_problems():
            async for _ in self.names("probe"):
                break

    async def sweep(self, older_than: timedelta = timedelta(days=1)) -> int:
        """Remove what crashes left half written in a local folder; returns how many."""
        if not self._folder:
            return 0
        return await asyncio.to_thread(_sweep, self._folder, time.time() - older_than.total_seconds())


def _check(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError("an object's name is made of lower-case letters, digits, dots and dashes")


@contextlib.contextmanager
def _as_problems() -> Iterator[None]:
    """What the store says, in the words of this service."""
    try:
        yield
    except FileNotFoundError as error:
        raise ObjectMissing() from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull() from error
        raise StoreAway() from error
    except BaseError as error:
        raise StoreAway() from error


async def _once(whole: bytes) -> AsyncIterator[bytes]:
    yield whole


async def _after(first: bytes, rest: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


async def _gathered(pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces large enough to be worth a hop."""
    held: list[bytes] = []
    size = 0
    async for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= WRITE_BYTES:
            yield b"".join(held)
            held.clear()
            size = 0
    if held:
        yield b"".join(held)


async def _write(path: Path, pieces: AsyncIterable[bytes]) -> None:
    """Write beside the place, flush, move into place, flush the folder: there whole, or not there."""
    half = _Half(path)
    waiting = b""
    try:
        async for piece in _gathered(pieces):
            if waiting:
                await asyncio.to_thread(half.append, waiting)
            waiting = piece
        await asyncio.to_thread(half.finish, waiting)
    finally:
        half.abandon()


class _Half:
    """A local file while it is being written. The lock is for a request that is cancelled in mid-write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # obstore's listing passes over names that end so.
        self._half = path.with_name(f"{path.name}#{secrets.randbelow(10**12)}")
        self._file: int | None = None
        self._over = False
        self._lock = threading.Lock()

    def append(self, piece: bytes) -> None:
        with self._lock:
            if not self._over:
                self._append(piece)

    def _append(self, piece: bytes) -> int:
        if self._file is None:
            self._file = _opened_new(self._half)
        left = memoryview(piece)
        while left:
            left = left[os.write(self._file, left) :]
        return self._file

    def finish(self, piece: bytes) -> None:
        """Append the last piece and make all of it durable under its name."""
        with self._lock:
            if self._over:
                return
            file = self._append(piece)
            if self._path.exists():
                os.fsync(file)
                os.replace(self._half, self._path)
                _flush_folder(self._path.parent)
            else:
                # A new name is in nobody's hands until this returns, so it may be moved before the flush.
                # File and folder then go to the disk side by side, which takes it one wait instead of two.
                os.replace(self._half, self._path)
                self._half = self._path
                folder = _FLUSHING.submit(_flush_folder, self._path.parent)
                try:
                    os.fsync(file)
                finally:
                    folder.result()
            os.close(file)
            self._file = None

    def abandon(self) -> None:
        """Leave nothing behind; does nothing after `finish`."""
        with self._lock:
            self._over = True
            if self._file is not None:
                os.close(self._file)
                self._file = None
                self._half.unlink(missing_ok=True)


def _opened_new(path: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        _make_folder(path.parent)
        return os.open(path, flags, 0o600)


def _make_folder(folder: Path) -> None:
    """A new folder is durable only once the one above it is flushed."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    _flush_folder(folder.parent)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    with contextlib.suppress(FileNotFoundError):
        _flush_folder(path.parent)


def _sweep(folder: Path, before: float) -> int:
    halves = [Path(place, name) for place, _, names in os.walk(folder) for name in names if "#" in name]
    swept = 0
    for half in halves:
        with contextlib.suppress(FileNotFoundError):
            if half.stat().st_mtime < before:
                half.unlink()
                swept += 1
    return swept

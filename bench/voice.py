"""How dear a voice note is: its upload beside writing a file, its conversion beside bare codecs.

`python -m bench.voice` prints two tables. Figures drift with the machine; the ratios of one run count.
"""

import asyncio
import hashlib
import http.client
import io
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import uvicorn
from fastapi import FastAPI, Request
from pydantic import BaseModel

from app.core.db import Database
from app.core.ids import new_id
from app.core.seal import Keyring
from app.core.settings import Settings
from app.demo.story import VOICES
from app.main import create_app, open_keyring
from app.voice import audio
from tests.factories import make_person

ROUNDS = 60
NOTE = b"\x1aE\xdf\xa3" + os.urandom(500_000 - 4)
SLICE = "application/offset+octet-stream"


class Answer(BaseModel):
    status: str


def bare() -> FastAPI:
    """One JSON route and nothing around it."""
    service = FastAPI()

    @service.get("/bare")
    async def answer() -> Answer:
        return Answer(status="ok")

    @service.patch("/bare")
    async def take(request: Request) -> Answer:
        async for _ in request.stream():
            pass
        return Answer(status="ok")

    return service


def service() -> FastAPI:
    """The real service, its worker standing still so that only the upload is measured."""
    return create_app(Settings(), with_worker=False)


@contextmanager
def serving(name: str, env: dict[str, str]) -> Iterator[http.client.HTTPConnection]:
    """Run one of the two in a process of its own, with the server the product uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = subprocess.Popen(
        [sys.executable, "-m", "bench.voice", name, str(port)], env={**os.environ, **env}
    )
    try:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for _ in range(200):
            try:
                client.connect()
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield client
    finally:
        child.terminate()
        child.wait(15)


def timed(act: Callable[[], Any]) -> float:
    """The median of many rounds, in milliseconds."""
    act()
    spans = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        act()
        spans.append((time.perf_counter() - started) * 1000)
    return statistics.median(spans)


class Phone:
    """Sends recordings as the client does."""

    def __init__(self, client: http.client.HTTPConnection, token: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: bytes, kind: str, **headers: str) -> bytes:
        self.client.request(method, path, body, {**self.headers, "Content-Type": kind, **headers})
        reply = self.client.getresponse()
        said = reply.read()
        if reply.status >= 300:
            raise RuntimeError(f"{method} was answered {reply.status}")
        return said

    def json(self, method: str, path: str, **data: Any) -> Any:
        return json.loads(self.ask(method, path, json.dumps(data).encode(), "application/json"))

    def begin(self) -> str:
        begun = self.json("POST", "/api/voice", id=str(new_id()), content_type="audio/webm;codecs=opus")
        return str(begun["id"])

    def send(self, voice_id: str, size: int) -> None:
        for start in range(0, len(NOTE), size):
            piece = NOTE[start : start + size]
            self.ask("PATCH", f"/api/voice/{voice_id}", piece, SLICE, **{"Upload-Offset": str(start)})

    def finish(self, voice_id: str) -> None:
        digest = hashlib.sha256(NOTE).hexdigest()
        self.json("POST", f"/api/voice/{voice_id}/finish", length=len(NOTE), sha256=digest)

    def whole(self, size: int) -> None:
        voice_id = self.begin()
        self.send(voice_id, size)
        self.finish(voice_id)


def write_and_flush(folder: Path) -> None:
    path = folder / f"floor-{new_id()}"
    with path.open("wb") as out:
        out.write(NOTE)
        out.flush()
        os.fsync(out.fileno())


async def token_for(settings: Settings) -> str:
    db = Database(settings.database_url, open_keyring(settings))
    try:
        return (await make_person(db, "Dana Whitlock", "dana@example.org"))[1]
    finally:
        await db.close()


def upload_table() -> None:
    """500 kB up: the slice alone once the upload exists, and the whole way in one slice and in four."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        Keyring.create(folder / "keys")
        env = {"DATA_DIR": place, "BASE_URL": "http://localhost:8000", "RATE_LIMITS": "off"}
        settings = Settings(_env_file=None, data_dir=folder, base_url=env["BASE_URL"], rate_limits="off")
        lay_tables(settings)
        token = asyncio.run(token_for(settings))
        floor = timed(lambda: write_and_flush(folder))
        with serving("bare", env) as client:

            def ask(method: str, body: bytes | None) -> None:
                client.request(method, "/bare", body)
                client.getresponse().read()

            route = timed(lambda: ask("GET", None))
            taking = timed(lambda: ask("PATCH", NOTE))
        with serving("service", env) as client:
            phone = Phone(client, token)
            begun = [phone.begin() for _ in range(ROUNDS + 1)]
            slice_ms = timed(lambda: phone.send(begun.pop(), len(NOTE)))
            once_ms = timed(lambda: phone.whole(len(NOTE)))
            slices_ms = timed(lambda: phone.whole(128 * 1024))
    both = floor + taking
    print(f"{'500 kB upload':44}{'ms':>8}{'ratio':>8}")
    for name, ms in (
        ("write + fsync", floor),
        ("bare FastAPI route, no body", route),
        ("bare FastAPI route that reads the 500 kB", taking),
        ("floor: write + fsync + the route that reads", both),
        ("one slice, sealed and durable (must: 2x)", slice_ms),
        ("begin + one slice + finish with hash", once_ms),
        ("begin + four slices + finish with hash", slices_ms),
    ):
        print(f"{name:44}{ms:8.2f}{ms / both:8.2f}")


def lay_tables(settings: Settings) -> None:
    from app.core.sqlite import sqlite_engine
    from app.tables import metadata

    engine = sqlite_engine(settings.database_url, writer=True)
    with engine.begin() as tx:
        metadata.create_all(tx)
    engine.dispose()


def children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def decode_and_encode(sound: bytes) -> None:
    """The floor: the same codecs and settings with nothing between them."""
    with av.open(io.BytesIO(sound)) as source, av.open(io.BytesIO(), "w", format="ipod") as target:
        out = target.add_stream("aac", rate=48_000, layout="mono", options={"aac_coder": "fast"})
        out.bit_rate = 48_000
        to_encoder = av.AudioResampler("fltp", "mono", 48_000, frame_size=1_024)
        for decoded in source.decode(audio=0):
            for frame in to_encoder.resample(decoded):
                target.mux(out.encode(frame))
        for frame in to_encoder.resample(None):
            target.mux(out.encode(frame))
        target.mux(out.encode(None))


def conversion_table() -> None:
    """CPU seconds per minute of speech, over the recordings of the demo."""
    sounds = [path.read_bytes() for path in sorted(VOICES.glob("*.webm"))]
    minutes = 0.0
    started = time.process_time()
    for sound in sounds:
        decode_and_encode(sound)
    floor = time.process_time() - started
    before = children_s()
    for sound in sounds:
        minutes += asyncio.run(audio.convert(sound)).duration_ms / 60_000
    ours = children_s() - before
    before = children_s()
    for _ in sounds:
        subprocess.run([sys.executable, "-I", "-c", "import av"], check=True)
    start_up = children_s() - before
    print(f"\n{f'{minutes:.1f} minutes of speech':44}{'CPU s/min':>10}{'ratio':>8}")
    for name, seconds in (
        ("floor: bare decode + encode", floor),
        ("the whole child (aim: 1.3x)", ours),
        ("of that, starting it", start_up),
    ):
        print(f"{name:44}{seconds / minutes:10.3f}{seconds / floor:8.2f}")


def main() -> None:
    if len(sys.argv) == 3:
        app = {"bare": bare, "service": service}[sys.argv[1]]()
        uvicorn.run(app, port=int(sys.argv[2]), log_level="critical", access_log=False)
        return
    upload_table()
    conversion_table()


if __name__ == "__main__":
    main()

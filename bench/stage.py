"""Who plays in the measurements: services with people and threads in them, and calls that post."""

import asyncio
import json
import os
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from app.core.db import Database
from app.core.ids import new_id
from app.core.seal import Keyring
from bench.machine import Caller, Process, free_port, process
from tests.factories import make_circle, make_person
from tests.threads.many import fill

T = TypeVar("T")
OURS = ["-m", "app.cli"]
BARE = ["--no-access-log", "--loop", "uvloop", "--http", "httptools", "--ws-per-message-deflate", "false"]
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres")
LEAN_TOKEN = "lean"
SAID = "Lead with what the student can do, then put the number beside it and say how it was counted."
# Two of these and a count for each post, because a text that was found clean before is not screened again.
SENTENCES = (
    "Two probes out of three is what the goal says.",
    "Ask the family what they see at home first.",
    "A break after ten minutes helped last spring.",
    "The team can decide that without a new test.",
    "Reading aloud is fine, writing is where it stops.",
    "Put the baseline first and the target behind it.",
    "Nobody has asked the student what would help.",
    "Keep the chart on one page for the meeting.",
)


@dataclass
class House:
    """A running service and those who use it."""

    server: Process
    settings: dict[str, str]
    teacher: str
    mentor: str
    others: list[str]
    held: str  # threads of hers that the mentor has
    long: str
    open: str  # one that all the others can take

    def post(self, thread_id: str = "") -> Callable[[], None]:
        """A call of the teacher's that posts a new message each time."""
        return posting(
            Caller(self.server.port, self.teacher), f"/api/threads/{thread_id or self.held}/messages"
        )

    def get(self, path: str) -> Callable[[], None]:
        """A call of the mentor's."""
        caller = Caller(self.server.port, self.mentor)

        def call() -> None:
            status, _ = caller.call("GET", path)
            if status != 200:
                raise RuntimeError(f"{path} answered {status}")

        return call

    def grow(self, size: int) -> None:
        """Fill the long thread until it has so many messages."""
        seen = json.loads(Caller(self.server.port, self.mentor).call("GET", f"/api/threads/{self.long}")[1])
        missing = size - seen["last_seq"]
        on_database(self.settings, lambda db: fill(db, UUID(self.long), UUID(seen["author_id"]), missing))


def on_database(settings: dict[str, str], work: Callable[[Database], Awaitable[T]]) -> T:
    """Do something on a house's database from here."""

    async def whole() -> T:
        db = Database(settings["DATABASE_URL"], Keyring(Path(settings["DATA_DIR"]) / "keys"))
        try:
            return await work(db)
        finally:
            await db.close()

    return asyncio.run(whole())


def posting(caller: Caller, path: str) -> Callable[[], None]:
    """A call that posts a new message each time; raises when it is refused."""

    def post() -> None:
        body = f"{' '.join(random.sample(SENTENCES, k=2))} {random.randrange(1000)} words so far."
        said = json.dumps({"id": str(new_id()), "body": body}).encode()
        status, _ = caller.call("POST", path, said)
        if status not in (200, 201):
            raise RuntimeError(f"{path} answered {status}")

    return post


@contextmanager
def floor(folder: Path) -> Iterator[Process]:
    """The bare stack, in a process of its own."""
    with _bare("bench.floor:app", folder / "floor.sqlite3") as server:
        yield server


@contextmanager
def lean(folder: Path) -> Iterator[Callable[[], Callable[[], None]]]:
    """The lean service; what it gives makes a client that posts there."""
    with _bare("bench.lean:app", folder / "lean.sqlite3") as server:
        yield lambda: posting(Caller(server.port, LEAN_TOKEN), "/threads/one/messages")


@contextmanager
def _bare(app: str, file: Path) -> Iterator[Process]:
    port = free_port()
    command = ["-m", "uvicorn", app, "--port", str(port), *BARE]
    with process(command, port, "/docs", FLOOR_FILE=str(file), TOKEN=LEAN_TOKEN) as server:
        yield server


@contextmanager
def house(folder: Path, url: str = "", others: int = 0) -> Iterator[House]:
    """Our service on a database of its own, without its worker.

    A teacher, a mentor who has 21 of her questions, and so many other mentors to whom one more is open.
    """
    folder.mkdir()
    port = free_port()
    url = url or f"sqlite:///{folder / 'colleague.sqlite3'}"
    settings = {
        "PORT": str(port),
        "DATA_DIR": str(folder),
        "RATE_LIMITS": "off",
        "BASE_URL": f"http://localhost:{port}",
        "DATABASE_URL": url,
    }
    with process([*OURS, "serve", "--no-worker"], port, "/healthz", **settings) as server:
        people = on_database(settings, lambda db: _people(db, others))
        yield House(server, settings, *people.tokens, *_threads(port, people))


@contextmanager
def again(house: House) -> Iterator[Process]:
    """A second process on a house's database, newly started and asked for everything once."""
    port = free_port()
    settings = house.settings | {"PORT": str(port), "BASE_URL": f"http://localhost:{port}"}
    with process([*OURS, "serve", "--no-worker"], port, "/healthz", **settings) as server:
        mentor = Caller(port, house.mentor)
        for path in ("/api/threads?box=inbox", f"/api/threads/{house.long}", "/api/changes"):
            mentor.call("GET", path)
        posting(mentor, f"/api/threads/{house.held}/messages")()
        yield server


@dataclass
class _People:
    near: UUID
    wide: UUID
    tokens: tuple[str, str, list[str]]


async def _people(db: Database, others: int) -> _People:
    teacher_id, teacher = await make_person(db, "Dana Whitlock", "t@example.org")
    mentor_id, mentor = await make_person(db, "Ruth Ambrose", "m@example.org")
    crowd = [await make_person(db, f"Mentor {n}", f"m{n}@example.org") for n in range(others)]
    near = await make_circle(db, "Near", teachers=[teacher_id], mentors=[mentor_id], stewards=[])
    wide = await make_circle(db, "Wide", teachers=[teacher_id], mentors=[id for id, _ in crowd], stewards=[])
    return _People(near, wide, (teacher, mentor, [token for _, token in crowd]))


def _threads(port: int, people: _People) -> tuple[str, str, str]:
    teacher, mentor, _ = people.tokens
    asking, claiming = Caller(port, teacher), Caller(port, mentor)

    def ask(circle_id: UUID) -> str:
        said = {"circle_id": str(circle_id), "body": SAID, "need_by": "2031-05-06"}
        status, answer = asking.call("POST", "/api/threads", json.dumps(said).encode())
        assert status == 201, answer
        thread_id: str = json.loads(answer)["id"]
        return thread_id

    held = [ask(people.near) for _ in range(21)]
    for thread_id in held:
        assert claiming.call("POST", f"/api/threads/{thread_id}/claim")[0] == 200
    return held[0], held[1], ask(people.wide)


@contextmanager
def postgres_database() -> Iterator[str | None]:
    """A database of this run's own on the server at TEST_POSTGRES_URL; None where there is no server."""
    name = f"colleague_bench_{os.getpid()}"
    try:
        asyncio.run(_on_server(f'CREATE DATABASE "{name}"'))
    except OSError:
        yield None
        return
    try:
        yield urlsplit(POSTGRES)._replace(path=f"/{name}").geturl()
    finally:
        asyncio.run(_on_server(f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _on_server(statement: str) -> None:
    import asyncpg

    server = await asyncpg.connect(POSTGRES.replace("+asyncpg", ""))
    try:
        await server.execute(statement)
    finally:
        await server.close()

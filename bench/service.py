"""What posting, hearing and reading cost, beside the floor of the same run: `python -m bench.service`.

F is one bare FastAPI JSON route with one durable SQLite commit. Absolute times drift with the machine; ratios
within one run do not, so those are what must hold. `--database URL` measures on PostgreSQL instead.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, func, select
from websockets.asyncio.client import connect

from app.core.clock import now
from app.core.db import Database
from app.core.ids import new_id
from app.core.outbox import Fact
from app.core.seal import Keyring
from bench.machine import Caller, Process, free_port, process
from bench.timing import Table, Took, crowd, in_turns
from tests.factories import make_circle, make_person
from tests.threads.many import fill

facts = Fact.__table__  # type: ignore[attr-defined]
OURS = ["-m", "app.cli"]
LISTENERS = 200
SIZES = (1_000, 10_000)
# Put together anew for each post, because a text that was found clean before is not screened again.
SAID = "Lead with what the student can do, then put the number beside it and say how it was counted."
WORDS = f"{SAID} Before lunch, after reading aloud, when someone begins to talk about next week.".split()


def posting(caller: Caller, path: str) -> Callable[[], None]:
    """A call that posts a new message each time."""

    def post() -> None:
        said = json.dumps({"id": str(new_id()), "body": " ".join(random.choices(WORDS, k=18))}).encode()
        status, answer = caller.call("POST", path, said)
        if status not in (200, 201):
            raise SystemExit(f"{path} answered {status}: {answer[:200]!r}")

    return post


async def last_of_many(
    urls: list[tuple[str, dict[str, str]]], post: Callable[[], None], rounds: int = 30
) -> Took:
    """From sending a post to the moment that the last listener has heard of it."""
    took = Took()
    sockets = await asyncio.gather(
        *(connect(url, additional_headers=headers, compression=None) for url, headers in urls)
    )
    await asyncio.sleep(0.5)
    for number in range(rounds + 3):
        at = time.perf_counter()
        sent = asyncio.to_thread(post)
        await asyncio.gather(sent, *(socket.recv() for socket in sockets))
        if number >= 3:
            took.ms.append((time.perf_counter() - at) * 1000)
        await asyncio.sleep(0.02)
    await asyncio.gather(*(socket.close() for socket in sockets))
    return took


@dataclass
class Stage:
    """People and threads to measure with."""

    teacher: str
    mentor: str
    others: list[str]
    held: str
    long: str
    open: str


async def set_stage(db: Database, port: int) -> Stage:
    """A teacher, a mentor who has 21 of her questions, and 200 mentors to whom one more is open."""
    teacher_id, teacher = await make_person(db, "Dana Whitlock", "t@example.org")
    mentor_id, mentor = await make_person(db, "Ruth Ambrose", "m@example.org")
    crowd = [await make_person(db, f"Mentor {n}", f"m{n}@example.org") for n in range(LISTENERS)]
    near = await make_circle(db, "Near", teachers=[teacher_id], mentors=[mentor_id], stewards=[])
    wide = await make_circle(db, "Wide", teachers=[teacher_id], mentors=[id for id, _ in crowd], stewards=[])
    caller, claiming = Caller(port, teacher), Caller(port, mentor)

    def ask(circle_id: UUID) -> str:
        said = {"circle_id": str(circle_id), "body": SAID, "need_by": "2031-05-06"}
        status, answer = caller.call("POST", "/api/threads", json.dumps(said).encode())
        assert status == 201, answer
        thread_id: str = json.loads(answer)["id"]
        return thread_id

    held = [ask(near) for _ in range(21)]
    for thread_id in held:
        assert claiming.call("POST", f"/api/threads/{thread_id}/claim")[0] == 200
    return Stage(teacher, mentor, [token for _, token in crowd], held[0], held[1], ask(wide))


def run(table: Table, floor: Process, ours: Process, db: Database) -> None:
    """Measure everything, in an order that lets the database grow."""
    stage = asyncio.run(set_stage(db, ours.port))
    table.add(
        "memory of the idle process",
        "",
        f"{ours.memory / 2**20:.0f} MiB",
        "<= 150 MiB",
        ours.memory <= 150 * 2**20,
    )
    teacher = Caller(ours.port, stage.teacher)
    path = f"/api/threads/{stage.held}/messages"

    f, post, screen = Took(), Took(), Took()
    said = json.dumps({"text": SAID}).encode()
    in_turns(
        [
            (floor, f, posting(Caller(floor.port), "/said")),
            (ours, post, posting(teacher, path)),
            (ours, screen, lambda: teacher.call("POST", "/api/screen", said)),
        ]
    )
    table.add("F: bare route + durable commit", f"{f.p50:.2f} ms, {f.cpu_ms:.2f} CPU", "")
    table.add(
        "post->ack, p50",
        f"{f.p50:.2f} ms",
        f"{post.p50:.2f} ms = {post.p50 / f.p50:.1f} F",
        "<= 3 F",
        post.p50 <= 3 * f.p50,
    )
    table.add(
        "post->ack, CPU", f"{f.cpu_ms:.2f} ms", f"{post.cpu_ms:.2f} ms", "<= 2.2 ms", post.cpu_ms <= 2.2
    )
    table.add("  (screening alone, over HTTP)", "", f"{screen.p50:.2f} ms")

    lists(table, floor, ours, db, stage)
    live(table, floor, ours, stage, f)
    for clients in (16, 64):
        bare, beside = crowd(lambda _: posting(Caller(floor.port), "/said"), clients)
        rate, took = crowd(lambda _: posting(Caller(ours.port, stage.teacher), path), clients)
        spread = took.p(99) / took.p50
        table.add(
            f"posts a second, {clients} clients",
            f"{bare:.0f}; p99/p50 {beside.p(99) / beside.p50:.1f}",
            f"{rate:.0f}; p99/p50 {spread:.1f}",
            "p99 <= 4 p50",
            spread <= 4,
        )


def follow(table: Table, worker: Process, db: Database) -> None:
    """What the worker does about all that was posted: notices, most of them for one person, so gathered."""

    def waiting(tx: Connection) -> int:
        return tx.execute(
            select(func.count()).where(facts.c.done_at.is_(None), facts.c.not_before <= now())
        ).scalar_one()

    before = asyncio.run(db.read(waiting))
    while asyncio.run(db.read(waiting)):
        time.sleep(0.5)
    table.add("what follows a post, CPU of the worker", "", f"{worker.cpu_s * 1000 / max(before, 1):.2f} ms")


def live(table: Table, floor: Process, ours: Process, stage: Stage, f: Took) -> None:
    """From a post to those who listen."""
    path, url = f"/api/threads/{stage.held}/messages", f"ws://127.0.0.1:{ours.port}/api/live"

    def bearer(token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"}

    one = asyncio.run(
        last_of_many([(url, bearer(stage.mentor))], posting(Caller(ours.port, stage.teacher), path))
    )
    table.add(
        "post->live, one listener, p50", f"{f.p50:.2f} ms", f"{one.p50:.2f} ms = {one.p50 / f.p50:.1f} F"
    )
    bare = asyncio.run(
        last_of_many(
            [(f"ws://127.0.0.1:{floor.port}/live", {})] * LISTENERS, posting(Caller(floor.port), "/told")
        )
    )
    before = ours.memory
    wide = f"/api/threads/{stage.open}/messages"
    many = asyncio.run(
        last_of_many(
            [(url, bearer(token)) for token in stage.others], posting(Caller(ours.port, stage.teacher), wide)
        )
    )
    grown = (ours.memory - before) / LISTENERS / 1024
    table.add(
        f"last of {LISTENERS} listeners, p50",
        f"{bare.p50:.1f} ms bare broadcast",
        f"{many.p50:.1f} ms = {many.p50 / bare.p50:.1f} x",
        "<= 2 x",
        many.p50 <= 2 * bare.p50,
    )
    table.add(
        "memory for each connection, posting included", "", f"{grown:.0f} KiB", "<= 45 KiB", grown <= 45
    )


def lists(table: Table, floor: Process, ours: Process, db: Database, stage: Stage) -> None:
    """The inbox and a thread, with a thousand messages in it and with ten thousand.

    The two sizes are measured minutes apart, so each is taken beside the floor of its own moment.
    """
    thread = f"/api/threads/{stage.long}"
    reads = {"inbox of 21": "/api/threads?box=inbox", "thread, its last 200": thread}
    seen = json.loads(Caller(ours.port, stage.mentor).call("GET", thread)[1])
    reached = seen["last_seq"]
    p95: dict[str, list[tuple[float, float]]] = {what: [] for what in reads}
    for size in SIZES:
        asyncio.run(fill(db, UUID(stage.long), UUID(seen["author_id"]), size - reached))
        reached = size
        caller, bare = Caller(ours.port, stage.mentor), posting(Caller(floor.port), "/said")
        for what, path in reads.items():
            took, beside = Took(), Took()
            in_turns([(floor, beside, bare), (ours, took, partial(caller.call, "GET", path))])
            p95[what].append((took.p(95), beside.p(95)))
    for what, ((few, few_beside), (many, many_beside)) in p95.items():
        ratio = (many / many_beside) / (few / few_beside)
        table.add(
            f"{what}, p95 at {SIZES[0]:,} and {SIZES[1]:,} messages",
            f"{few_beside:.2f} and {many_beside:.2f} ms",
            f"{few:.2f} and {many:.2f} ms = {ratio:.2f} x",
            "<= 1.3 x",
            ratio <= 1.3,
        )


def main() -> None:
    """Measure and print; exits 1 when something that must hold does not."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--database", default="", help="postgresql+asyncpg://…, an empty database")
    database = arguments.parse_args().database
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        floor_port, port = free_port(), free_port()
        url = database or f"sqlite:///{here / 'colleague.sqlite3'}"
        serving = ["-m", "uvicorn", "bench.floor:app", "--port", str(floor_port)]
        quiet = [
            "--no-access-log",
            "--loop",
            "uvloop",
            "--http",
            "httptools",
            "--ws-per-message-deflate",
            "false",
        ]
        settings = {
            "PORT": str(port),
            "DATA_DIR": folder,
            "RATE_LIMITS": "off",
            "BASE_URL": f"http://localhost:{port}",
            "DATABASE_URL": url,
        }
        bare = {"FLOOR_FILE": str(here / "floor.sqlite3")}
        with (
            process([*serving, *quiet], floor_port, "/docs", **bare) as floor,
            process([*OURS, "serve", "--no-worker"], port, "/healthz", **settings) as ours,
        ):
            db, table = Database(url, Keyring(here / "keys")), Table()
            run(table, floor, ours, db)
        with process([*OURS, "worker"], 0, "", **settings) as worker:
            follow(table, worker, db)
        asyncio.run(db.close())
    sys.exit(0 if table.show() else 1)


if __name__ == "__main__":
    main()

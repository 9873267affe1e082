"""What posting, hearing, reading and uploading cost, beside floors of the same run.

`python -m bench.service`, about two minutes, all on this machine and in a temporary folder. F is one bare
FastAPI JSON route with one durable SQLite commit, the lean service is `bench/lean.py`. Absolute times drift
with the machine; ratios within one run and processor time per call drift less, so those are what must hold.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select
from websockets.asyncio.client import ClientConnection, connect

from app.access import Me
from app.accounts.signed_in import find_session
from app.core.clock import now
from app.core.ids import new_id
from app.core.outbox import Fact
from app.threads.lists import Wanted, list_threads
from app.threads.showing import thread_read
from bench.machine import Caller, Process, process
from bench.stage import OURS, SAID, House, again, floor, house, lean, on_database, postgres_database, posting
from bench.timing import Crowd, Table, Took, crowd, in_turns, timed

facts = Fact.__table__  # type: ignore[attr-defined]
LISTENERS = 200
AT_A_TIME = 30
NOTE = b"\x1aE\xdf\xa3" + os.urandom(500_000 - 4)
MIB = 2**20


def acknowledged(table: Table, bare: Process, ours: House) -> Took:
    """One post after the other."""
    f, post, screen = Took(), Took(), Took()
    said = f'{{"text": "{SAID}"}}'.encode()
    caller = Caller(ours.server.port, ours.teacher)
    in_turns(
        [
            (bare, f, posting(Caller(bare.port), "/said")),
            (ours.server, post, ours.post()),
            (ours.server, screen, lambda: caller.call("POST", "/api/screen", said)),
        ]
    )
    ratio = post.p50 / f.p50
    table.goal("post->ack, p50", f"F = {f.p50:.2f} ms", f"{post.p50:.2f} ms", ratio, " F", 3, 2)
    table.goal("post->ack, CPU", f"{f.cpu_ms:.2f} ms", f"{post.cpu_ms:.2f} ms", post.cpu_ms, " ms", 2.2, 1.5)
    table.note("  of that, screening alone, over HTTP", "", f"{screen.p50:.2f} ms")
    return f


def at_once(table: Table, beside: Callable[[], Callable[[], None]], ours: House) -> None:
    """Many who post at once, here and at the lean service by turns."""
    for clients in (16, 64):
        theirs, here = Crowd(), Crowd()
        for _ in range(2):
            crowd(theirs, beside, clients)
            crowd(here, ours.post, clients)
        table.goal(
            f"posts a second, {clients} clients",
            f"lean service {theirs.rate:,.0f}",
            f"{here.rate:,.0f}",
            here.rate / theirs.rate,
            " x",
            0.35,
            0.6,
            no_errors=not here.errors,
        )
        spread = here.took.p(99) / here.took.p50
        floor_ms, ours_ms = f"{theirs.took.p(99):.0f} ms", f"{here.took.p(99):.0f} ms"
        table.goal(f"  their p99 against p50, {clients} clients", floor_ms, ours_ms, spread, " x", 4, 3)


async def heard(
    sockets: list[ClientConnection], post: Callable[[], None], sender: ThreadPoolExecutor
) -> float:
    """Milliseconds from sending a post to the moment that the last listener has heard of it."""
    hearing = [asyncio.create_task(socket.recv()) for socket in sockets]
    await asyncio.sleep(0.02)
    at = time.perf_counter()
    sent = asyncio.get_running_loop().run_in_executor(sender, post)
    await asyncio.gather(*hearing)
    took = (time.perf_counter() - at) * 1000
    await sent
    return took


async def listening(port: int, path: str, tokens: list[str]) -> list[ClientConnection]:
    """An open socket for each of these."""
    return await asyncio.gather(
        *(
            connect(
                f"ws://127.0.0.1:{port}{path}",
                additional_headers={"Authorization": f"Bearer {token}"},
                compression=None,
                ping_interval=None,
            )
            for token in tokens
        )
    )


async def live(table: Table, bare: Process, ours: House, f: Took, rounds: int = 40) -> None:
    """From a post to those who listen, and what each of them costs while nothing happens."""
    theirs = await listening(bare.port, "/live", ["nobody"] * LISTENERS)
    one = await listening(ours.server.port, "/api/live", [ours.mentor])
    await asyncio.sleep(0.5)
    before = ours.server.memory
    many = await listening(ours.server.port, "/api/live", ours.others)
    await asyncio.sleep(1)
    each = (ours.server.memory - before) / LISTENERS / 1024
    table.goal("memory of an idle connection", "", f"{each:.0f} KiB", each, " KiB", 45, 30)
    sides = (
        (Took(), theirs, posting(Caller(bare.port), "/told")),
        (Took(), many, ours.post(ours.open)),
        (Took(), one, ours.post()),
    )
    with ThreadPoolExecutor(1) as sender:
        for number in range(rounds + 3):
            for took, sockets, post in sides:
                ms = await heard(sockets, post, sender)
                if number >= 3:
                    took.ms.append(ms)
    broadcast, last, first = (took.p50 for took, _, _ in sides)
    table.goal(
        f"last of {LISTENERS} listeners, p50",
        f"bare broadcast {broadcast:.1f} ms",
        f"{last:.1f} ms",
        last / broadcast,
        " x",
        2,
        1.3,
    )
    table.note("  post->live, one listener, p50", f"F = {f.p50:.2f} ms", f"{first:.2f} ms")
    for socket in (*theirs, *many, *one):
        await socket.close()


def upload(table: Table, bare: Process, ours: House, folder: Path, rounds: int = 60) -> None:
    """500 kB of a recording in one slice, beside writing a file and a route that reads as much."""
    writing, reading, sending = Took(), Took(), Took()
    theirs, caller = Caller(bare.port), Caller(ours.server.port, ours.teacher)
    octets = "application/offset+octet-stream"

    def write() -> None:
        with (folder / f"floor-{new_id()}").open("wb") as out:
            out.write(NOTE)
            out.flush()
            os.fsync(out.fileno())

    def send(voice_id: UUID) -> None:
        slice_of = {"Content_Type": octets, "Upload_Offset": "0"}
        status, _ = caller.call("PATCH", f"/api/voice/{voice_id}", NOTE, **slice_of)
        if status != 204:
            raise RuntimeError(f"the slice was answered {status}")

    for _ in range(rounds):
        voice_id = new_id()
        begun = f'{{"id": "{voice_id}", "content_type": "audio/webm"}}'.encode()
        caller.call("POST", "/api/voice", begun)
        timed(writing, write)
        timed(reading, lambda: theirs.call("PATCH", "/taken", NOTE, Content_Type=octets))
        timed(sending, lambda voice_id=voice_id: send(voice_id))  # type: ignore[misc]
    both = writing.p50 + reading.p50
    parts = f"write + fsync {writing.p50:.1f} + route {reading.p50:.1f} ms"
    table.goal("500 kB upload, durable", parts, f"{sending.p50:.1f} ms", sending.p50 / both, " x", 2, 1.5)


def lists(table: Table, small: House, middle: House, large: House) -> None:
    """The inbox and a thread, among a thousand messages, ten thousand and a hundred thousand, by turns."""

    def inbox(tx: Connection, me: Me) -> None:
        list_threads(tx, me, Wanted("inbox"))

    def thread(tx: Connection, me: Me) -> None:
        thread_read(tx, me, UUID(large.long))

    for what, query, look in (
        ("inbox of 21", "?box=inbox", inbox),
        ("thread, its last 200", "/long", thread),
    ):
        tooks = [Took() for _ in range(3)]
        houses = (small, middle, large)
        in_turns(
            [
                (each.server, took, each.get(f"/api/threads{query.replace('long', each.long)}"))
                for each, took in zip(houses, tooks, strict=True)
            ],
            rounds=15,
            each=AT_A_TIME,
        )
        few, some, many = (took.steady(95, AT_A_TIME) for took in tooks)
        asked = queries(large, look)
        table.goal(
            f"{what}: p95 at 100,000 messages",
            f"at 1,000: {few:.1f} ms",
            f"{many:.1f} ms, {asked} queries",
            many / few,
            " x",
            1.3,
            1.1,
            four_queries_at_most=asked <= 4,
        )
        table.goal("  and at 10,000", "", f"{some:.1f} ms", some / few, " x", 1.3, 1.1)


def queries(ours: House, look: Callable[[Connection, Me], None]) -> int:
    """How many statements SQLite is asked for this, finding the session included."""
    said: list[str] = []

    def counted(tx: Connection) -> None:
        driver: Any = tx.connection.driver_connection
        driver.set_trace_callback(said.append)
        try:
            me, _ = find_session(tx, ours.mentor)
            look(tx, me)
        finally:
            driver.set_trace_callback(None)

    on_database(ours.settings, lambda db: db.read(counted))
    return len([each for each in said if not each.startswith("BEGIN")])


def follow(table: Table, ours: House) -> None:
    """What the worker does about posts: notices, most of them for one person, so gathered."""

    def waiting(tx: Connection) -> int:
        due = select(func.count()).where(facts.c.done_at.is_(None), facts.c.not_before <= now())
        return tx.execute(due).scalar_one()

    post = ours.post()
    for _ in range(400):
        post()
    before = on_database(ours.settings, lambda db: db.read(waiting))
    with process([*OURS, "worker"], 0, "", **ours.settings) as worker:
        while on_database(ours.settings, lambda db: db.read(waiting)):
            time.sleep(0.25)
        cpu_ms = worker.cpu_s * 1000 / max(before, 1)
    table.note("what follows a post, CPU of the worker, start included", "", f"{cpu_ms:.2f} ms")


def on_postgres(table: Table, ours: House, folder: Path) -> None:
    """The same service on PostgreSQL, by turns with SQLite."""
    with postgres_database() as url:
        if url is None:
            table.note("PostgreSQL against SQLite", "not measured: no server at TEST_POSTGRES_URL", "")
            return
        with house(folder, url) as theirs:
            here, there, read_here, read_there = Took(), Took(), Took(), Took()
            in_turns([(ours.server, here, ours.post()), (theirs.server, there, theirs.post())])
            inbox = "/api/threads?box=inbox"
            in_turns(
                [(ours.server, read_here, ours.get(inbox)), (theirs.server, read_there, theirs.get(inbox))],
                each=30,
            )
    for what, few, many in (("post->ack", here, there), ("inbox", read_here, read_there)):
        table.goal(
            f"PostgreSQL against SQLite: {what}, p50",
            f"{few.p50:.2f} ms",
            f"{many.p50:.2f} ms",
            many.p50 / few.p50,
            " x",
            1.5,
            1.2,
        )


def idle(table: Table, large: House) -> None:
    """What a process holds that was started on a hundred thousand messages and has answered a little."""
    with again(large) as server:
        time.sleep(2)
        held = statistics.median(server.memory for _ in range(5)) / MIB
    table.goal("memory of an idle process at 100,000 messages", "", f"{held:.0f} MiB", held, " MiB", 150, 110)


def main() -> None:
    """Measure and print; exits 1 when something that must hold does not."""
    began = time.perf_counter()
    table = Table()
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        bare = running.enter_context(floor(folder))
        small = running.enter_context(house(folder / "small", others=LISTENERS))
        small.grow(1_000)
        f = acknowledged(table, bare, small)
        asyncio.run(live(table, bare, small, f))
        upload(table, bare, small, folder)
        on_postgres(table, small, folder / "postgres")
        with house(folder / "middle") as middle, house(folder / "large") as large:
            middle.grow(10_000)
            large.grow(100_000)
            lists(table, small, middle, large)
            idle(table, large)
            follow(table, middle)
        with lean(folder) as beside:
            at_once(table, beside, small)
        after = small.server.memory / MIB
        table.note("memory of a process after all of this", "", f"{after:.0f} MiB")
    is_well = table.show()
    print(f"\n{time.perf_counter() - began:.0f} s")
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()

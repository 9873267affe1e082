"""The writer goes on whoever stops waiting for it."""

import asyncio
import threading
from contextlib import suppress

from sqlalchemy import text

from app.core.db import Database


async def test_a_write_that_nobody_waits_for_any_more_stops_no_other(db: Database):
    begun, go_on = threading.Event(), threading.Event()

    def hold(tx):
        begun.set()
        go_on.wait(10)

    def count(tx):
        return tx.execute(text("SELECT 1")).scalar_one()

    if db.dialect != "sqlite":
        assert await db.write(count) == 1
        return
    held = asyncio.create_task(db.write(hold))
    await asyncio.to_thread(begun.wait, 10)
    left = asyncio.create_task(db.write(count))
    await asyncio.sleep(0.05)
    left.cancel()
    with suppress(asyncio.CancelledError):
        await left
    go_on.set()
    await held
    await asyncio.sleep(0.05)
    assert await asyncio.wait_for(db.write(count), 10) == 1

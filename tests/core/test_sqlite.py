"""SQLite's log goes into the database beside the writer, and nothing is lost on the way."""

import asyncio

import pytest
from sqlalchemy import Connection, func, insert, select

from app.core.clock import now
from app.core.outbox import Fact
from app.core.sqlite import TIDY_EVERY

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
facts = Fact.__table__  # type: ignore[attr-defined]


def a_large_row(tx: Connection) -> None:
    fact = {"fact": "tests.happened", "about": "x" * 20_000, "at": now(), "not_before": now(), "attempts": 0}
    tx.execute(insert(facts), fact)


async def count(db) -> int:
    return await db.read(lambda tx: tx.execute(select(func.count()).select_from(facts)).scalar_one())


async def test_what_was_written_moves_into_the_database_while_the_service_runs(db, settings):
    file = settings.data_dir / "colleague.sqlite3"
    before = file.stat().st_size
    for _ in range(TIDY_EVERY):
        await db.write(a_large_row)
    for _ in range(200):
        if file.stat().st_size > before + TIDY_EVERY * 20_000 * 0.9:
            break
        await asyncio.sleep(0.05)
    assert file.stat().st_size > before + TIDY_EVERY * 20_000 * 0.9
    assert await count(db) == TIDY_EVERY


async def test_writers_and_readers_go_on_meanwhile(db):
    for so_far in range(0, 6 * TIDY_EVERY, TIDY_EVERY):
        assert await count(db) == so_far
        await asyncio.gather(*(db.write(a_large_row) for _ in range(TIDY_EVERY)))
    assert await count(db) == 6 * TIDY_EVERY

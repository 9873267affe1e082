"""Prepared statements say the same as SQLAlchemy would, on both databases."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.access import people
from app.core.clock import now
from app.core.outbox import Fact
from app.core.prepared import CannotPrepare, Prepared

facts = Fact.__table__  # type: ignore[attr-defined]
moments = st.datetimes(timezones=st.just(UTC))

INSERT = insert(facts)
BY_ID = select(facts).where(facts.c.id == bindparam("fact_id"))
DONE = update(facts).where(facts.c.id == bindparam("fact_id")).values(done_at=bindparam("moment"), attempts=7)


def a_fact(number: int, moment: datetime, error: str | None = None) -> dict[str, object]:
    return {
        "id": number,
        "fact": "tests.happened",
        "about": "{}",
        "at": moment,
        "not_before": moment,
        "attempts": 0,
        "last_error": error,
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(moment=moments, error=st.none() | st.text(st.characters(exclude_characters="\0", codec="utf-8")))
async def test_what_goes_in_and_comes_out_is_what_sqlalchemy_has(db, moment, error):
    def write_and_read(tx: Connection) -> None:
        Prepared(INSERT).run(tx, a_fact(9_001, moment, error))
        found = Prepared(BY_ID).row(tx, {"fact_id": 9_001})
        same = tx.execute(BY_ID, {"fact_id": 9_001}).one()
        assert tuple(found) == tuple(same)
        assert (found.at, found.last_error) == (moment, error)
        tx.execute(facts.delete().where(facts.c.id == 9_001))

    await db.write(write_and_read)


async def test_many_rows_go_in_at_once_and_come_out_in_order(db):
    moment = now()
    newest_first = (
        select(facts.c.id, facts.c.at).where(facts.c.id >= bindparam("first")).order_by(facts.c.at.desc())
    )

    def write_and_read(tx: Connection) -> None:
        rows = [a_fact(9_000 + n, moment + timedelta(seconds=n)) for n in range(5)]
        Prepared(INSERT).run_many(tx, rows)
        found = Prepared(newest_first).rows(tx, {"first": 9_000})
        assert [row.id for row in found] == [9_004, 9_003, 9_002, 9_001, 9_000]
        assert all(isinstance(row.at, datetime) for row in found)

    await db.write(write_and_read)


async def test_an_update_says_how_many_rows_it_met_and_what_they_are_now(db):
    moment = now()
    returning = Prepared(DONE.returning(facts.c.attempts, facts.c.done_at))

    def write_and_read(tx: Connection) -> None:
        Prepared(INSERT).run(tx, a_fact(9_001, moment))
        assert Prepared(DONE).run(tx, {"fact_id": 9_001, "moment": moment}) == 1
        assert Prepared(DONE).run(tx, {"fact_id": 9_002, "moment": moment}) == 0
        assert tuple(returning.row(tx, {"fact_id": 9_001, "moment": None})) == (7, None)
        assert returning.row(tx, {"fact_id": 9_002, "moment": None}) is None

    await db.write(write_and_read)


async def test_a_key_that_is_taken_is_told_as_everywhere_and_without_the_values(db):
    def twice(tx: Connection) -> None:
        Prepared(INSERT).run(tx, a_fact(9_001, now(), "Ana reads well"))
        Prepared(INSERT).run_many(tx, [a_fact(9_001, now(), "Ana reads well")])

    with pytest.raises(IntegrityError) as caught:
        await db.write(twice)
    assert "Ana" not in str(caught.value)


async def test_ids_come_back_as_ids(db, teacher):
    by_id = Prepared(select(people.c.id, people.c.key_id).where(people.c.id == bindparam("person_id")))
    row = await db.read(lambda tx: by_id.row(tx, {"person_id": teacher.id}))
    assert (row.id, isinstance(row.key_id, UUID)) == (teacher.id, True)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_a_reader_sees_one_moment_however_it_asks(db):
    """Someone writes between two looks of one read, the first of which is the transaction's first word."""
    ours = Prepared(select(facts.c.id).where(facts.c.id >= bindparam("first")))
    loop = asyncio.get_running_loop()

    def look_twice(tx: Connection) -> tuple[int, int]:
        before = len(ours.rows(tx, {"first": 9_000}))
        writing = db.write(lambda tx: Prepared(INSERT).run(tx, a_fact(9_001, now())))
        asyncio.run_coroutine_threadsafe(writing, loop).result(10)
        return before, len(ours.rows(tx, {"first": 9_000}))

    assert await db.read(look_twice) == (0, 0)
    assert len(await db.read(lambda tx: ours.rows(tx, {"first": 9_000}))) == 1


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_lists_are_refused_before_they_could_go_wrong(db):
    some = Prepared(select(facts.c.id).where(facts.c.id.in_(bindparam("ids", expanding=True))))
    with pytest.raises(CannotPrepare):
        await db.read(lambda tx: some.rows(tx, {"ids": [1, 2]}))

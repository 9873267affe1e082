"""What failed for good is seen by those who run the service, without an address, and can be tried again."""

from app.notify import overview


async def test_stuck_mails_are_listed_by_code_and_hashed_address_and_tried_again(
    office, sink, db, mentor, other_mentor
):
    sink.mode = "rcpt_550"
    await office.question()
    await office.worker()
    assert await db.read(overview.counts) == {"dead": 2}
    listed = await db.read(lambda tx: list(overview.stuck(tx)))
    assert {(each.kind, each.state, each.code, each.tries) for each in listed} == {
        ("question_waiting", "dead", "550", 1)
    }
    assert len({each.address_hash for each in listed}) == 2
    assert "@" not in str(listed)
    sink.mode = "ok"
    office.later(hours=50)
    assert await db.write(overview.try_again) == 2
    await office.worker()
    assert await db.read(overview.counts) == {"sent": 2}
    assert len(sink.to(mentor.email)) == len(sink.to(other_mentor.email)) == 1


async def test_a_mail_in_doubt_is_not_sent_again_by_order(office, sink, db, mentor):
    sink.mode = "drop_after_data"
    await office.question(mentor=mentor)
    await office.worker()
    office.later(minutes=16)
    await office.worker()
    [listed] = await db.read(lambda tx: list(overview.stuck(tx)))
    assert (listed.state, listed.code) == ("unknown", "lost")
    sink.mode = "ok"
    assert await db.write(overview.try_again) == 0
    await office.worker()
    assert len(sink.taken) == 2

"""Mail is retried with patience, never blindly sent again, gathered, and kept out of quiet hours (F8, P9)."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.accounts.models import Person
from app.core.clock import now
from app.notify import postbag, smtp
from app.notify.sending import send_due


@pytest.fixture
async def notice(office, mentor):
    """One notice to the mentor, queued and not yet sent."""
    await office.question(mentor=mentor)
    await office.worker_facts()


async def test_a_mail_that_the_relay_takes_is_sent_once(office, sink, notice, mentor):
    await office.worker()
    await office.worker()
    [row] = await office.mails()
    assert (row.state, row.last_code, row.attempts) == ("sent", "250", 1)
    assert len(sink.to(mentor.email)) == 1


@pytest.mark.parametrize("mode", ["rcpt_450", "data_451", "drop", "refuse"])
async def test_a_mail_not_taken_is_tried_after_1_5_15_60_minutes_and_then_four_hourly(
    office, sink, notice, mentor, mode
):
    if mode == "refuse":
        await sink.stop()
    else:
        sink.mode = mode
    pauses = []
    for _ in range(7):
        await office.worker()
        [row] = await office.mails()
        assert row.state == "queued"
        pauses.append(round((row.not_before - now()).total_seconds() / 60))
        office.later(minutes=pauses[-1] - 0.5)
        await office.worker()
        assert (await office.mails())[0].attempts == row.attempts
        office.later(minutes=0.6)
    assert pauses == [1, 5, 15, 60, 240, 240, 240]
    assert sink.taken == []
    if mode == "refuse":
        await sink.start()
    sink.mode = "ok"
    await office.worker()
    assert await office.states() == ["sent"]
    assert len(sink.to(mentor.email)) == 1


async def test_after_two_days_a_mail_is_dead_and_says_why(office, sink, notice):
    sink.mode = "rcpt_450"
    for _ in range(30):
        await office.worker()
        [row] = await office.mails()
        if row.state != "queued":
            break
        office.later(seconds=(row.not_before - now()).total_seconds() + 1)
    assert (row.state, row.last_code) == ("dead", "450")
    assert timedelta(hours=43) < now() - row.created_at < timedelta(hours=48)


@pytest.mark.parametrize(("mode", "code"), [("rcpt_550", "550"), ("data_554", "554")])
async def test_a_mail_refused_for_good_is_dead_at_once(office, sink, notice, mode, code):
    sink.mode = mode
    await office.worker()
    [row] = await office.mails()
    assert (row.state, row.last_code, row.attempts) == ("dead", code, 1)
    sink.mode = "ok"
    office.later(hours=5)
    await office.worker()
    assert sink.taken == []


async def test_a_relay_that_hangs_before_the_text_is_tried_again(office, sink, notice, monkeypatch):
    monkeypatch.setattr(smtp, "ANSWER_S", 0.2)
    sink.mode = "hang"
    await office.worker()
    [row] = await office.mails()
    assert (row.state, row.last_code) == ("queued", "timeout")
    assert round((row.not_before - now()).total_seconds()) == 60


@pytest.mark.parametrize("mode", ["drop_after_data", "hang_after_data"])
async def test_a_mail_that_may_have_arrived_is_tried_once_more_with_the_same_message_id(
    office, sink, notice, mentor, mode, monkeypatch
):
    monkeypatch.setattr(smtp, "WHOLE_S", 0.4)
    sink.mode = mode
    await office.worker()
    [row] = await office.mails()
    assert (row.state, row.last_code) == ("queued", "lost")
    assert round((row.not_before - now()).total_seconds() / 60) == 15
    # Something new does not ride along with the second try, it waits its own turn.
    office.later(minutes=16)
    await office.worker()
    [row] = await office.mails()
    assert row.state == "unknown"
    office.later(hours=48)
    await office.worker()
    assert len(sink.taken) == 2
    assert len({message["Message-ID"] for message in sink.taken}) == 1


async def test_the_second_try_of_a_doubtful_mail_can_succeed(office, sink, notice, monkeypatch):
    sink.mode = "drop_after_data"
    await office.worker()
    sink.mode = "ok"
    office.later(minutes=15, seconds=1)
    await office.worker()
    assert await office.states() == ["sent"]


async def test_a_lease_that_ran_out_while_sending_counts_as_doubt(office, sink, notice, db, settings):
    leased, _ = await db.write(lambda tx: postbag.lease(tx, settings))
    assert len(leased) == 1
    await office.worker()
    assert sink.taken == []
    office.later(seconds=61)
    await office.worker()
    [row] = await office.mails()
    assert (row.state, row.doubts, row.last_code) == ("queued", 1, "lost")
    # Whoever held the first lease books nothing any more.
    office.later(minutes=15)
    await office.worker()
    await db.write(lambda tx: postbag.settle(tx, leased[0], postbag.Outcome("dead", "550")))
    assert await office.states() == ["sent"]


async def test_workers_at_the_same_time_send_each_mail_once(office, sink, db, settings, teacher, mentor):
    for _ in range(6):
        await office.question(mentor=mentor)
    thread_id = await office.question(mentor=mentor, tell=False, state="answered")
    await office.message(thread_id, mentor, seq=2)
    await office.worker_facts()
    await asyncio.gather(*(send_due(db, settings) for _ in range(4)))
    assert len(sink.to(mentor.email)) == 1
    assert len(sink.to(teacher.email)) == 1


async def test_the_first_notice_leaves_at_once_and_what_follows_within_five_minutes_in_one_mail(
    office, sink, mentor
):
    first = await office.question(mentor=mentor)
    await office.worker()
    assert len(sink.to(mentor.email)) == 1
    office.later(seconds=30)
    second = await office.question(mentor=mentor)
    await office.worker()
    office.later(minutes=2)
    third = await office.question(mentor=mentor)
    await office.worker()
    assert len(sink.to(mentor.email)) == 1
    office.later(minutes=3)
    await office.worker()
    assert sink.subjects(mentor.email) == ["A question is waiting", "There is news for you"]
    gathered = sink.texts(mentor.email)[1]
    assert str(first) not in gathered
    assert gathered.count(f"/threads/{second}") == gathered.count(f"/threads/{third}") == 1
    assert await office.states() == ["sent", "sent", "merged"]


async def test_what_is_gathered_says_each_thing_once(office, sink, teacher, mentor):
    thread_id = await office.question(mentor=mentor, tell=False, state="answered")
    for seq in (2, 3, 4):
        await office.message(thread_id, mentor, seq=seq)
    await office.worker()
    assert sink.subjects(teacher.email) == ["You have a reply"]
    assert sink.texts(teacher.email)[0].count(f"/threads/{thread_id}") == 1


async def test_a_retry_takes_along_what_came_meanwhile(office, sink, notice, mentor):
    sink.mode = "rcpt_450"
    await office.worker()
    office.later(seconds=20)
    await office.question(mentor=mentor)
    await office.worker()
    sink.mode = "ok"
    office.later(minutes=6)
    await office.worker()
    assert sink.subjects(mentor.email) == ["There is news for you"]


async def test_no_notice_leaves_in_the_quiet_hours_of_its_receiver(
    office, sink, teacher, mentor, other_mentor
):
    await office.set_person(mentor, quiet_hours=None, time_zone="America/New_York")
    await office.set_person(other_mentor, quiet_hours=None, time_zone="America/Los_Angeles")
    office.at("Wednesday", "21:00")
    await office.question()
    await office.question()
    await office.worker()
    assert [to for [to] in sink.envelopes] == [other_mentor.email]
    office.at("Thursday", "06:59")
    await office.worker()
    assert len(sink.to(mentor.email)) == 0
    office.at("Thursday", "07:00")
    await office.worker()
    assert sink.subjects(mentor.email) == ["There is news for you"]


async def test_quiet_hours_set_after_queuing_count_too(office, sink, notice, mentor):
    office.at("Wednesday", "21:00")
    await office.set_person(mentor, quiet_hours=[{"days": [3], "from": "20:30", "to": "22:00"}])
    await office.worker()
    assert sink.taken == []
    office.at("Wednesday", "22:00")
    await office.worker()
    assert len(sink.taken) == 1


async def test_who_switched_mail_off_or_is_always_quiet_gets_no_notice(office, sink, mentor, other_mentor):
    always = [{"days": [1, 2, 3, 4, 5, 6, 7], "from": "00:00", "to": "00:00"}]
    await office.set_person(mentor, preferences={"mail": False})
    await office.set_person(other_mentor, quiet_hours=always)
    await office.question()
    await office.worker()
    assert sink.taken == []


async def test_mail_to_a_deleted_account_is_dropped(office, sink, notice, db, mentor):
    gone = update(Person).where(Person.id == mentor.id).values(deleted_at=now(), email=None, email_hash=None)
    await db.write(lambda tx: tx.execute(gone))
    await office.worker()
    assert await office.states() == ["dropped"]
    assert sink.taken == []


async def test_a_relay_that_refuses_us_at_the_door_is_no_verdict_on_the_mail(office, notice, settings):
    async def turn_away(reader, writer):
        writer.write(b"554 5.7.1 not from there\r\n")
        await writer.drain()
        writer.close()

    door = await asyncio.start_server(turn_away, "127.0.0.1", 0)
    settings.smtp_url = f"smtp://127.0.0.1:{door.sockets[0].getsockname()[1]}"
    await office.worker()
    [row] = await office.mails()
    assert (row.state, row.last_code) == ("queued", "554")
    door.close()


async def test_a_notice_waits_no_longer_than_her_new_hours_say(office, sink, mentor):
    await office.set_person(mentor, quiet_hours=None)
    office.at("Wednesday", "21:00")
    await office.question(mentor=mentor)
    await office.worker()
    assert sink.taken == []
    assert (await mentor.patch("/api/me", json={"quiet_hours": []})).status_code == 200
    await office.worker()
    assert len(sink.to(mentor.email)) == 1

"""After the finish: prepared by the worker, refused with a reason, told to its readers, cleared away."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app import access
from app.core import clock
from app.core.changes import Change
from app.core.child import Interrupted
from app.core.errors import NotFound
from app.core.objects import StoreAway
from app.core.outbox import Fact
from app.core.seal import KeyRow
from app.voice import audio, handlers
from app.voice import service as voice
from app.voice.service import AlreadyAttached, CannotBeSent, NotFinished
from tests.voice.recordings import film, recording
from tests.voice.sending import attach, begin, finish, make_thread, note, send_all, send_whole

SOUND = recording()
BROKEN = b"\x1aE\xdf\xa3" + bytes(3_000)


async def told(db, actor, voice_id: str) -> list[str]:
    """What this person's store was told of the note, in order."""
    query = select(Change.op).where(Change.reader_id == actor.id, Change.object_id == UUID(voice_id))
    return list(await db.read(lambda tx: tx.execute(query.order_by(Change.seq)).scalars().all()))


async def facts(db, prefix: str = "voice.") -> list[str]:
    query = select(Fact.fact).where(Fact.fact.like(f"{prefix}%")).order_by(Fact.id)
    return list(await db.read(lambda tx: tx.execute(query).scalars().all()))


async def names(service_app) -> list[str]:
    return sorted([name async for name, _ in service_app.state.objects.names()])


@pytest.mark.parametrize(("sound", "reason"), [(BROKEN, "broken"), (film(), "not-audio")])
async def test_what_cannot_be_prepared_fails_with_a_reason_and_words(
    teacher, worker, service, db, sound, reason
):
    voice_id = await send_whole(teacher, sound)
    await worker()
    failed = await note(teacher, voice_id)

    assert (failed["state"], failed["reason"]) == ("failed", reason)
    assert failed["advice"] == audio.WORDS[reason]
    assert await names(service) == []
    assert "voice.failed" in await facts(db)
    assert "voice.ready" not in await facts(db)


async def test_its_readers_are_told_when_it_is_there_and_when_it_is_ready(
    teacher, mentor, other_mentor, cast, db, worker
):
    thread_id = await make_thread(db, cast.circle_id, teacher, mentor)
    voice_id = await send_whole(mentor, SOUND, gist="Start with what she can do.")
    assert await told(db, teacher, voice_id) == []
    await attach(db, mentor, voice_id, thread_id)
    await worker()

    assert await told(db, teacher, voice_id) == ["put", "put"]
    assert await told(db, mentor, voice_id) == ["put", "put", "put", "put"]
    assert await told(db, other_mentor, voice_id) == []
    assert [fact for fact in await facts(db) if fact == "voice.ready"] == ["voice.ready"]


async def test_preparing_twice_is_preparing_once(teacher, worker, service, db):
    voice_id = await send_whole(teacher, SOUND)
    ground = service.state.worker.ground
    await asyncio.gather(*(handlers.prepare(ground, voice_id=UUID(voice_id)) for _ in range(3)))
    await handlers.prepare(ground, voice_id=UUID(voice_id))

    assert (await facts(db)).count("voice.ready") == 1
    assert await names(service) == [f"voice/{voice_id}"]
    assert (await teacher.get(f"/api/voice/{voice_id}/audio")).status_code == 200


@pytest.mark.parametrize("trouble", ["the decoder was stopped", "the store is away"])
async def test_trouble_that_is_not_the_sounds_is_tried_again(
    teacher, worker, service, db, monkeypatch, trouble
):
    voice_id = await send_whole(teacher, SOUND)

    async def stopped(*_args, **_options):
        raise Interrupted("stopped") if trouble == "the decoder was stopped" else StoreAway()

    with monkeypatch.context() as patched:
        if trouble == "the decoder was stopped":
            patched.setattr(audio, "convert", stopped)
        else:
            patched.setattr(service.state.objects, "put", stopped)
        await worker()
    assert (await note(teacher, voice_id))["state"] == "processing"

    clock.travel(timedelta(minutes=1))
    await worker()
    assert (await note(teacher, voice_id))["state"] == "ready"


async def test_a_crash_after_the_file_was_written_ends_well(teacher, worker, service, db, monkeypatch):
    voice_id = await send_whole(teacher, SOUND)

    def crash(*_args):
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(handlers, "_ready", crash)
        await worker()
    clock.travel(timedelta(minutes=1))
    await worker()

    assert (await note(teacher, voice_id))["state"] == "ready"
    assert await names(service) == [f"voice/{voice_id}"]


async def test_a_teacher_who_gave_no_gist_gets_one_from_length_and_need_by(teacher, mentor, cast, db, worker):
    today = clock.today_in("America/New_York")
    need_by = today + timedelta(days=3)
    thread_id = await make_thread(db, cast.circle_id, teacher, mentor)
    voice_id = await send_whole(teacher, recording(seconds=41.0))
    await attach(db, teacher, voice_id, thread_id, need_by=need_by)

    assert (await note(mentor, voice_id))["gist"] == f"Voice, needed by {need_by:%A}"
    await worker()
    assert (await note(mentor, voice_id))["gist"] == f"Voice, 0:41, needed by {need_by:%A}"
    again = await finish(teacher, voice_id, recording(seconds=41.0))
    assert again.status_code == 200


async def test_a_gist_that_was_given_stays_as_it_is(teacher, mentor, cast, db, worker):
    thread_id = await make_thread(db, cast.circle_id, teacher, mentor)
    voice_id = await send_whole(teacher, SOUND, gist="Voice about the review")
    await attach(db, teacher, voice_id, thread_id)
    await worker()

    assert (await note(mentor, voice_id))["gist"] == "Voice about the review"


@pytest.mark.parametrize(
    ("duration_ms", "need_by", "gist"),
    [
        (40_000, date(2026, 11, 5), "Voice, 0:40, needed by Thursday"),
        (65_400, None, "Voice, 1:05"),
        (600_000, date(2026, 12, 3), "Voice, 10:00, needed by 3 December"),
        (None, date(2026, 11, 2), "Voice, needed by Monday"),
        (None, None, "Voice"),
    ],
)
def test_the_words_of_a_made_gist(duration_ms, need_by, gist):
    assert voice.made_gist(duration_ms, need_by, date(2026, 11, 2)) == gist


async def test_a_note_is_attached_once_by_its_speaker_and_only_when_whole(teacher, mentor, cast, db, worker):
    thread_id = await make_thread(db, cast.circle_id, teacher, mentor)
    unfinished = await begin(teacher)
    with pytest.raises(NotFinished):
        await attach(db, teacher, unfinished, thread_id)
    await send_all(teacher, unfinished, BROKEN)
    await finish(teacher, unfinished, BROKEN)
    await worker()
    with pytest.raises(CannotBeSent):
        await attach(db, teacher, unfinished, thread_id)
    voice_id = await send_whole(teacher, SOUND)
    with pytest.raises(NotFound):
        await attach(db, mentor, voice_id, thread_id)
    await attach(db, teacher, voice_id, thread_id)
    with pytest.raises(AlreadyAttached):
        await attach(db, teacher, voice_id, thread_id)


async def test_a_recording_never_sent_is_cleared_away_after_a_month(teacher, worker, service, db):
    unsent, unfinished = await send_whole(teacher, SOUND), await begin(teacher)
    await send_all(teacher, unfinished, SOUND)
    await worker()
    clock.travel(timedelta(days=31))
    await worker()

    assert await names(service) == []
    assert await told(db, teacher, unsent) == ["put", "put", "put", "gone"]
    rows = await db.read(lambda tx: tx.execute(select(access.voice_notes)).all())
    assert all(row.deleted_at and row.gist is None and row.peaks is None for row in rows)


async def test_a_recording_that_was_sent_stays(teacher, mentor, cast, worker, service, db):
    thread_id = await make_thread(db, cast.circle_id, teacher, mentor)
    voice_id = await send_whole(teacher, SOUND)
    await attach(db, teacher, voice_id, thread_id)
    await worker()
    clock.travel(timedelta(days=31))
    await worker()

    assert await names(service) == [f"voice/{voice_id}"]


async def test_a_forgotten_note_is_gone_with_its_key_its_words_and_its_files(teacher, worker, service, db):
    """P14."""
    voice_id = await send_whole(teacher, SOUND, gist="Start with what she can do.")
    await worker()

    def forget(tx):
        key_id = tx.execute(select(access.voice_notes.c.key_id)).scalar_one()
        voice.forget(tx, [UUID(voice_id)])
        return key_id

    key_id = await db.write(forget)
    assert (await teacher.get(f"/api/voice/{voice_id}")).status_code == 404
    assert (await teacher.get(f"/api/voice/{voice_id}/audio")).status_code == 404
    again = await teacher.post("/api/voice", json={"id": voice_id, "content_type": "audio/webm;codecs=opus"})
    assert again.status_code == 404
    query = select(KeyRow.id).where(KeyRow.id == key_id)
    assert await db.read(lambda tx: tx.execute(query).one_or_none()) is None
    await worker()
    assert await names(service) == []


async def test_a_note_deleted_while_it_is_prepared_leaves_nothing(teacher, worker, service, db, monkeypatch):
    voice_id = await send_whole(teacher, SOUND)
    convert = audio.convert

    async def then_deleted(sound):
        done = await convert(sound)
        await db.write(lambda tx: voice.forget(tx, [UUID(voice_id)]))
        return done

    monkeypatch.setattr(audio, "convert", then_deleted)
    await worker()

    assert await names(service) == []


async def test_notices_do_not_wait_behind_a_recording(teacher, service, db, monkeypatch):
    """Facts with long work have a lane of their own."""
    await send_whole(teacher, SOUND)
    began = asyncio.Event()

    async def long(_sound):
        began.set()
        await asyncio.sleep(60)

    monkeypatch.setattr(audio, "convert", long)
    working = asyncio.create_task(service.state.worker.work_jobs())
    await began.wait()
    await db.write(lambda tx: handlers.outbox.record(tx, "threads.invented"))

    assert await service.state.worker.work_facts()
    query = select(Fact.done_at).where(Fact.fact == "threads.invented")
    assert await db.read(lambda tx: tx.execute(query).scalar_one()) is not None
    working.cancel()
    await asyncio.wait({working})

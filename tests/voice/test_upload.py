"""Slices in: resumed, harmless to repeat, taken as whole only when they are (design.md, Voice)."""

import asyncio
import hashlib
import os
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from starlette.requests import ClientDisconnect

from app import access
from app.core import clock
from app.core.ids import new_id
from app.core.objects import StoreAway
from app.core.outbox import Fact
from app.voice import service as voice
from app.voice.models import VoiceSlice
from tests.voice.recordings import JPEG, recording
from tests.voice.sending import (
    SLICE,
    attach,
    begin,
    finish,
    make_thread,
    note,
    send_all,
    send_slice,
    send_whole,
)

SOUND = recording()


async def test_a_recording_comes_in_slices_and_is_prepared(teacher, worker):
    voice_id = await begin(teacher)
    await send_all(teacher, voice_id, SOUND, size=4_000)
    finished = await finish(teacher, voice_id, SOUND)

    assert finished.status_code == 200
    assert finished.json()["state"] == "processing"
    await worker()
    ready = await note(teacher, voice_id)
    assert ready["state"] == "ready"
    assert ready["duration_ms"] == pytest.approx(3_000, abs=40)
    assert len(ready["peaks"]) == 120


async def test_beginning_twice_with_one_id_is_one_upload(teacher):
    voice_id = str(new_id())
    create = {"id": voice_id, "content_type": "audio/webm;codecs=opus"}
    first = await teacher.post("/api/voice", json=create)
    await send_slice(teacher, voice_id, 0, SOUND[:5_000])
    again = await teacher.post("/api/voice", json=create)
    other = await teacher.post("/api/voice", json={**create, "content_type": "audio/mp4"})

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json()["state"] == "uploading"
    assert (first.json()["offset"], again.json()["offset"]) == (0, 5_000)


async def test_the_id_of_someone_elses_recording_tells_nothing(teacher, mentor, outsider):
    voice_id = await begin(teacher)
    create = {"id": voice_id, "content_type": "audio/webm;codecs=opus"}

    for stranger in (mentor, outsider):
        assert (await stranger.post("/api/voice", json=create)).status_code == 404


async def test_what_no_phone_records_is_refused_at_once(teacher):
    for kind in ("image/jpeg", "audio/mpeg", "text/plain", "audio", "video/mp4", "audio/webmx"):
        reply = await teacher.post("/api/voice", json={"content_type": kind})
        assert reply.status_code == 415
        assert reply.json()["type"].endswith("/not-audio")


async def test_what_phones_record_is_taken(teacher):
    for kind in (
        "audio/webm",
        "audio/webm;codecs=opus",
        "audio/mp4;codecs=mp4a.40.2",
        "Audio/Ogg; codecs=opus",
    ):
        assert (await teacher.post("/api/voice", json={"content_type": kind})).status_code == 201


async def test_a_badly_shaped_beginning_is_422(teacher):
    for data in (
        {},
        {"content_type": ""},
        {"content_type": "audio/webm", "more": 1},
        {"content_type": "x" * 101},
    ):
        assert (await teacher.post("/api/voice", json=data)).status_code == 422


async def test_the_service_knows_how_far_an_upload_came(teacher):
    voice_id = await begin(teacher)
    taken = await send_slice(teacher, voice_id, 0, SOUND[:7_000])
    asked = await teacher.client.head(f"/api/voice/{voice_id}")

    assert (taken.status_code, taken.headers["upload-offset"]) == (204, "7000")
    assert (asked.status_code, asked.headers["upload-offset"]) == (200, "7000")
    assert asked.headers["cache-control"] == "no-store"


async def test_a_slice_at_the_wrong_place_is_told_the_right_one(teacher):
    voice_id = await begin(teacher)
    await send_slice(teacher, voice_id, 0, SOUND[:7_000])

    for offset in (0, 6_999, 7_001, 10**9):
        reply = await send_slice(teacher, voice_id, offset, SOUND[7_000:9_000])
        assert reply.status_code == 409
        assert reply.headers["upload-offset"] == "7000"
        assert reply.json()["offset"] == 7_000
        assert reply.json()["type"].endswith("/wrong-offset")


async def test_an_upload_goes_on_after_slices_that_came_twice_and_at_once(teacher, db, worker):
    """F16: the same slice twenty times at once is one slice."""
    voice_id = await begin(teacher)
    replies = await asyncio.gather(*(send_slice(teacher, voice_id, 0, SOUND[:9_000]) for _ in range(20)))

    assert sorted(reply.status_code for reply in replies) == [204] + [409] * 19
    assert {reply.headers["upload-offset"] for reply in replies} == {"9000"}
    await send_slice(teacher, voice_id, 9_000, SOUND[9_000:])
    assert (await finish(teacher, voice_id, SOUND)).status_code == 200
    await worker()
    assert (await note(teacher, voice_id))["state"] == "ready"


async def test_racing_slices_of_different_length_never_mix(teacher, service):
    voice_id = await begin(teacher)
    lengths = range(4_000, 6_000, 100)
    replies = await asyncio.gather(*(send_slice(teacher, voice_id, 0, SOUND[:n]) for n in lengths))
    (won,) = [reply for reply in replies if reply.status_code == 204]
    offset = int(won.headers["upload-offset"])

    await send_slice(teacher, voice_id, offset, SOUND[offset:])
    assert (await finish(teacher, voice_id, SOUND)).status_code == 200
    assert len([name async for name, _ in service.state.objects.names("upload")]) == 2


async def test_a_slice_that_breaks_off_leaves_the_upload_where_it_was(teacher, service):
    voice_id = await begin(teacher)
    await send_slice(teacher, voice_id, 0, SOUND[:3_000])

    async def torn():
        yield SOUND[3_000:4_000]
        raise ClientDisconnect

    await teacher.patch(f"/api/voice/{voice_id}", content=torn(), headers={**SLICE, "Upload-Offset": "3000"})
    assert (await teacher.client.head(f"/api/voice/{voice_id}")).headers["upload-offset"] == "3000"
    assert len([name async for name, _ in service.state.objects.names("upload")]) == 1


async def test_a_badly_shaped_slice_is_refused_whether_or_not_the_upload_exists(teacher):
    for headers, status in (
        ({"Upload-Offset": "0", "Content-Type": "application/json"}, 415),
        ({"Upload-Offset": "0", "Content-Type": "multipart/form-data; boundary=x"}, 415),
        ({"Upload-Offset": "0"}, 415),
        (SLICE, 422),
        ({**SLICE, "Upload-Offset": "-1"}, 422),
        ({**SLICE, "Upload-Offset": "three"}, 422),
        ({**SLICE, "Upload-Offset": "9" * 400}, 422),
    ):
        for voice_id in (await begin(teacher), uuid4()):
            reply = await teacher.patch(f"/api/voice/{voice_id}", content=SOUND[:100], headers=headers)
            assert reply.status_code == status


async def test_a_slice_is_at_most_a_mebibyte(teacher):
    voice_id = await begin(teacher)
    fits = await send_slice(teacher, voice_id, 0, b"\x1aE\xdf\xa3" + bytes(1024 * 1024 - 4))
    reply = await send_slice(teacher, voice_id, 1024 * 1024, bytes(1024 * 1024 + 1))

    assert (fits.status_code, reply.status_code) == (204, 413)


async def test_twelve_megabytes_are_the_end(teacher, service):
    voice_id = await begin(teacher)
    mebibyte = b"\x1aE\xdf\xa3" + bytes(1024 * 1024 - 4)
    await send_all(teacher, voice_id, mebibyte * 12, size=1024 * 1024)
    reply = await send_slice(teacher, voice_id, 12 * 1024 * 1024, b"x")

    assert reply.status_code == 413
    assert len([name async for name, _ in service.state.objects.names("upload")]) == 12


async def test_a_renamed_picture_is_found_out_at_the_first_slice(teacher, service):
    for start in (JPEG, b"#EXTM3U\n#EXT-X-VERSION:3\n", b"RIFF....WAVEfmt ", b"PK\x03\x04" + bytes(20)):
        voice_id = await begin(teacher)
        assert (await send_slice(teacher, voice_id, 0, start)).status_code == 415
        assert (await note(teacher, voice_id))["offset"] == 0
    assert [name async for name, _ in service.state.objects.names("upload")] == []


async def test_an_empty_slice_changes_nothing(teacher):
    voice_id = await begin(teacher)
    reply = await send_slice(teacher, voice_id, 0, b"")

    assert (reply.status_code, reply.headers["upload-offset"]) == (204, "0")


async def test_only_the_whole_recording_can_be_finished_and_the_upload_stands(teacher, worker):
    voice_id = await begin(teacher)
    await send_slice(teacher, voice_id, 0, SOUND[:6_000])
    early = await finish(teacher, voice_id, SOUND)
    await send_slice(teacher, voice_id, 6_000, SOUND[6_000:])
    wrong = await teacher.post(
        f"/api/voice/{voice_id}/finish", json={"length": len(SOUND), "sha256": "0" * 64}
    )

    assert (early.status_code, wrong.status_code) == (409, 409)
    assert early.json()["offset"] == 6_000
    assert (await note(teacher, voice_id))["state"] == "uploading"
    assert (await finish(teacher, voice_id, SOUND)).status_code == 200


async def test_finishing_again_answers_with_what_is_stored_and_does_nothing(teacher, db, worker):
    marks = [{"at_ms": 400, "kind": "point"}, {"at_ms": 900, "kind": "do_this"}]
    more = {"gist": "Lead with what she can do", "marks": marks}
    voice_id = await send_whole(teacher, SOUND, **more)
    again = await finish(teacher, voice_id, SOUND, **more)
    await worker()
    later = await finish(teacher, voice_id, SOUND, **more)
    other = await finish(teacher, voice_id, SOUND, gist="Something else")

    assert (again.status_code, again.json()["state"]) == (200, "processing")
    assert (later.status_code, later.json()["state"]) == (200, "ready")
    assert later.json()["marks"] == marks
    assert other.status_code == 409


async def test_twenty_finishes_at_once_are_one(teacher, worker, db):
    voice_id = await begin(teacher)
    await send_all(teacher, voice_id, SOUND)
    replies = await asyncio.gather(*(finish(teacher, voice_id, SOUND) for _ in range(20)))

    assert {reply.status_code for reply in replies} == {200}
    facts = await db.read(
        lambda tx: tx.execute(select(func.count()).where(Fact.fact == "voice.finished")).scalar_one()
    )
    assert facts == 1


async def test_a_finished_upload_takes_no_more(teacher):
    voice_id = await send_whole(teacher, SOUND)
    reply = await send_slice(teacher, voice_id, len(SOUND), b"more")

    assert reply.status_code == 409
    assert reply.headers["upload-offset"] == str(len(SOUND))


async def test_a_mentors_note_needs_its_gist(mentor, teacher):
    voice_id = await begin(mentor)
    await send_all(mentor, voice_id, SOUND)
    without = await finish(mentor, voice_id, SOUND)
    given = await finish(mentor, voice_id, SOUND, gist="Ask the team what was tried first.")

    assert without.status_code == 422
    assert without.json()["type"].endswith("/gist-needed")
    assert given.status_code == 200
    assert given.json()["gist"] == "Ask the team what was tried first."


async def test_a_name_in_a_gist_blocks_it_until_it_is_kept_or_replaced(mentor, db):
    voice_id = await begin(mentor)
    await send_all(mentor, voice_id, SOUND)
    gist = "Call Mrs. Hargrove at 555-201-3344 first"
    blocked = await finish(mentor, voice_id, SOUND, gist=gist)

    assert blocked.status_code == 422
    assert blocked.json()["type"].endswith("/identifiers-found")
    found = blocked.json()["findings"]["gist"]
    assert "Hargrove" not in blocked.text
    assert (await note(mentor, voice_id))["state"] == "uploading"
    kept = [gist[each["start"] : each["end"]] for each in found]
    allowed = await finish(mentor, voice_id, SOUND, gist=gist, kept={"gist": kept})
    assert allowed.status_code == 200


async def test_a_badly_shaped_finish_is_422_whether_or_not_the_upload_exists(teacher):
    proof = {"length": 10, "sha256": hashlib.sha256(b"x").hexdigest()}
    for more in (
        {"gist": ""},
        {"gist": "x" * 201},
        {"marks": [{"at_ms": -1, "kind": "point"}]},
        {"marks": [{"at_ms": 1, "kind": "joke"}]},
        {"marks": [{"at_ms": 1, "kind": "point"}] * 201},
        {"sha256": "short"},
        {"length": -1},
        {"length": "many"},
        {"unknown": 1},
    ):
        for voice_id in (await begin(teacher), uuid4()):
            reply = await teacher.post(f"/api/voice/{voice_id}/finish", json={**proof, **more})
            assert reply.status_code == 422, more


async def test_others_see_nothing_of_an_upload(teacher, mentor, steward, outsider, anyone):
    voice_id = await begin(teacher)

    for stranger in (mentor, steward, outsider):
        assert (await stranger.client.head(f"/api/voice/{voice_id}")).status_code == 404
        assert (await send_slice(stranger, voice_id, 0, SOUND)).status_code == 404
        assert (await finish(stranger, voice_id, SOUND, gist="What it is about")).status_code == 404
        assert (await stranger.get(f"/api/voice/{voice_id}")).status_code == 404
        assert (await stranger.get(f"/api/voice/{voice_id}/audio")).status_code == 404
    for method, path in (("GET", ""), ("HEAD", ""), ("PATCH", ""), ("POST", "/finish"), ("GET", "/audio")):
        assert (await anyone.request(method, f"/api/voice/{voice_id}{path}")).status_code == 401
    assert (await anyone.post("/api/voice", json={"content_type": "audio/webm"})).status_code == 401


async def test_a_reader_may_not_add_to_what_another_said(teacher, mentor, cast, db, worker):
    thread_id = await make_thread(db, cast.circle_id, teacher, mentor)
    voice_id = await send_whole(teacher, SOUND)
    await attach(db, teacher, voice_id, thread_id)

    assert (await mentor.get(f"/api/voice/{voice_id}")).status_code == 200
    assert (await send_slice(mentor, voice_id, 0, SOUND)).status_code == 403
    assert (await mentor.client.head(f"/api/voice/{voice_id}")).status_code == 403
    assert (await finish(mentor, voice_id, SOUND, gist="Not mine to finish")).status_code == 403
    taken = await mentor.post("/api/voice", json={"id": voice_id, "content_type": "audio/webm;codecs=opus"})
    assert taken.status_code == 409


class TestLimits:
    @pytest.fixture(autouse=True)
    def counting(self, service):
        service.state.limits.off = False

    async def test_three_uploads_at_once_and_a_fourth_when_one_is_done(self, teacher):
        first = await begin(teacher)
        await begin(teacher)
        await begin(teacher)
        fourth = await teacher.post("/api/voice", json={"content_type": "audio/webm"})

        assert fourth.status_code == 429
        assert int(fourth.headers["retry-after"]) > 0
        await send_all(teacher, first, SOUND)
        await finish(teacher, first, SOUND)
        await begin(teacher)

    async def test_an_abandoned_upload_does_not_stand_in_the_way_for_long(self, teacher):
        for _ in range(3):
            await begin(teacher)
        clock.travel(timedelta(minutes=11))

        await begin(teacher)

    async def test_a_days_recordings_have_an_end(self, teacher, db):
        voice_id = await begin(teacher)
        table = access.voice_notes
        full = table.update().values(received=200 * 1024 * 1024, state="failed")
        await db.write(lambda tx: tx.execute(full))

        assert (await teacher.post("/api/voice", json={"content_type": "audio/webm"})).status_code == 429
        again = await teacher.post(
            "/api/voice", json={"id": voice_id, "content_type": "audio/webm;codecs=opus"}
        )
        assert again.status_code == 200

    async def test_all_recordings_together_have_an_end(self, teacher, worker, monkeypatch):
        await send_whole(teacher, SOUND)
        await worker()
        monkeypatch.setattr(voice, "IN_ALL_BYTES", 1_000)

        assert (await teacher.post("/api/voice", json={"content_type": "audio/webm"})).status_code == 413


async def test_slices_lie_sealed_and_are_gone_once_the_note_is_ready(teacher, service, settings, db, worker):
    """P5: no stretch of what was sent is on the disk, before or after."""
    voice_id = await send_whole(teacher, SOUND, gist="A zebra crossing for the hallway")
    places = [SOUND[at : at + 24] for at in range(1_000, len(SOUND) - 100, 4_000)]

    def on_disk() -> bytes:
        files = [path for path in settings.data_dir.rglob("*") if path.is_file()]
        return b"".join(path.read_bytes() for path in files)

    stored = on_disk()
    assert not any(place in stored for place in places)
    assert b"zebra crossing" not in stored
    await worker()
    names = [name async for name, _ in service.state.objects.names()]
    assert names == [f"voice/{voice_id}"]
    assert b"ftypM4A" not in on_disk()
    rows = await db.read(lambda tx: tx.execute(select(VoiceSlice)).all())
    assert rows == []


async def test_a_store_that_is_away_is_503_and_the_upload_stands(teacher, service, monkeypatch):
    """F9: nothing points to a slice that is not there."""
    voice_id = await begin(teacher)

    async def away(*_args, **_options):
        raise StoreAway()

    monkeypatch.setattr(service.state.objects, "put", away)
    reply = await send_slice(teacher, voice_id, 0, SOUND)
    monkeypatch.undo()

    assert reply.status_code == 503
    assert reply.headers["retry-after"]
    assert (await teacher.client.head(f"/api/voice/{voice_id}")).headers["upload-offset"] == "0"


async def test_a_whole_recording_of_random_slices_arrives_as_it_was(teacher, service, db):
    sound = b"\x1aE\xdf\xa3" + os.urandom(500_000)
    voice_id = await begin(teacher)
    offset = 0
    for size in (1, 11, 65_535, 65_536, 65_537, 200_000, 1, 10**6):
        await send_slice(teacher, voice_id, offset, sound[offset : offset + size])
        offset = min(offset + size, len(sound))

    assert (await finish(teacher, voice_id, sound)).status_code == 200

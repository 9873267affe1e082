"""One file out, to those who may hear it, whole or in the parts a player asks for."""

import io
from uuid import UUID, uuid4

import av
import pytest

from app import access
from app.core.errors import Problem
from app.voice import audio
from app.voice.playing import one_range
from tests.voice.recordings import recording
from tests.voice.sending import attach, begin, make_thread, note, send_whole

SOUND = recording(seconds=20.0)
CONVERTED: dict[bytes, audio.Converted] = {}


@pytest.fixture(autouse=True)
def converted_once(monkeypatch):
    """These tests are about what follows, so their one recording is converted once for all of them."""
    convert = audio.convert

    async def once(sound: bytes) -> audio.Converted:
        if sound not in CONVERTED:
            CONVERTED[sound] = await convert(sound)
        return CONVERTED[sound]

    monkeypatch.setattr(audio, "convert", once)


@pytest.fixture
async def spoken(mentor, worker) -> str:
    """A note that is ready; its address is `/api/voice/{spoken}/audio`."""
    voice_id = await send_whole(mentor, SOUND, gist="Start with what she can do.")
    await worker()
    return voice_id


@pytest.fixture
async def whole(mentor, spoken) -> bytes:
    return (await mentor.get(f"/api/voice/{spoken}/audio")).content


async def test_the_whole_file_plays_and_says_what_it_is(mentor, spoken):
    reply = await mentor.get(f"/api/voice/{spoken}/audio")

    assert reply.status_code == 200
    assert reply.headers["content-type"] == "audio/mp4"
    assert reply.headers["accept-ranges"] == "bytes"
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["content-disposition"].startswith("inline")
    assert reply.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert int(reply.headers["content-length"]) == len(reply.content)
    with av.open(io.BytesIO(reply.content)) as source:
        assert source.streams.audio[0].codec_context.name == "aac"
        assert source.duration / 1_000_000 == pytest.approx(20.0, abs=0.1)


async def test_a_part_is_answered_with_that_part(mentor, spoken, whole):
    for asked, start, end in (
        ("bytes=0-1", 0, 2),
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=65535-65537", 65_535, 65_538),
        ("bytes=70000-", 70_000, len(whole)),
        ("bytes=-500", len(whole) - 500, len(whole)),
        ("bytes=-99999999", 0, len(whole)),
        ("bytes=5-99999999", 5, len(whole)),
        ("bytes = 3-4", 3, 5),
    ):
        reply = await mentor.get(f"/api/voice/{spoken}/audio", headers={"Range": asked})
        assert reply.status_code == 206
        assert reply.content == whole[start:end]
        assert reply.headers["content-range"] == f"bytes {start}-{end - 1}/{len(whole)}"
        assert int(reply.headers["content-length"]) == end - start


async def test_a_part_that_is_not_there_is_416(mentor, spoken, whole):
    for asked in ("bytes=99999999-", "bytes=-0", "bytes=99999999-99999999"):
        reply = await mentor.get(f"/api/voice/{spoken}/audio", headers={"Range": asked})
        assert reply.status_code == 416
        assert reply.headers["content-range"] == f"bytes */{len(whole)}"
        assert reply.headers["content-type"] == "application/problem+json"


async def test_what_is_no_single_range_gets_the_whole(mentor, spoken, whole):
    for asked in ("bytes=0-1,5-6", "lines=0-1", "bytes=5-2", "bytes=", "bytes=a-b", "nonsense"):
        reply = await mentor.get(f"/api/voice/{spoken}/audio", headers={"Range": asked})
        assert (reply.status_code, len(reply.content)) == (200, len(whole))


async def test_a_tag_tells_whether_it_is_still_the_same_file(mentor, spoken, whole):
    address = f"/api/voice/{spoken}/audio"
    tag = (await mentor.get(address)).headers["etag"]
    same = await mentor.get(address, headers={"Range": "bytes=0-1", "If-Range": tag})
    other = await mentor.get(address, headers={"Range": "bytes=0-1", "If-Range": '"another"'})
    known = await mentor.get(address, headers={"If-None-Match": tag})

    assert (same.status_code, other.status_code, known.status_code) == (206, 200, 304)
    assert known.content == b""


async def test_until_it_is_part_of_a_message_only_its_speaker_hears_it(
    spoken, teacher, other_mentor, steward, outsider, anyone
):
    for stranger in (teacher, other_mentor, steward, outsider):
        assert (await stranger.get(f"/api/voice/{spoken}")).status_code == 404
        assert (await stranger.get(f"/api/voice/{spoken}/audio")).status_code == 404
    assert (await anyone.get(f"/api/voice/{spoken}/audio")).status_code == 401


async def test_then_the_readers_of_the_thread_hear_it_and_no_one_else(
    spoken, teacher, mentor, other_mentor, other_teacher, steward, outsider, cast, db
):
    thread_id = await make_thread(db, cast.circle_id, teacher, mentor)
    await attach(db, mentor, spoken, thread_id)

    for reader in (teacher, mentor):
        assert (await reader.get(f"/api/voice/{spoken}/audio")).status_code == 200
        assert (await note(reader, spoken))["thread_id"] == str(thread_id)
    for stranger in (other_mentor, other_teacher, steward, outsider):
        assert (await stranger.get(f"/api/voice/{spoken}")).status_code == 404
        assert (await stranger.get(f"/api/voice/{spoken}/audio")).status_code == 404


async def test_the_gist_is_read_at_once_and_the_sound_heard_when_it_is_ready(
    teacher, mentor, cast, db, worker
):
    thread_id = await make_thread(db, cast.circle_id, teacher, mentor)
    voice_id = await send_whole(mentor, SOUND, gist="Start with what she can do.")
    await attach(db, mentor, voice_id, thread_id)
    early = await teacher.get(f"/api/voice/{voice_id}/audio")

    assert early.status_code == 409
    assert early.json()["type"].endswith("/voice-not-ready")
    assert (await note(teacher, voice_id))["gist"] == "Start with what she can do."
    await worker()
    assert (await teacher.get(f"/api/voice/{voice_id}/audio")).status_code == 200


@pytest.mark.parametrize("state", ["uploading", "processing", "held", "failed"])
async def test_a_note_that_is_not_ready_is_409_to_its_other_readers(spoken, state, teacher, mentor, cast, db):
    thread_id = await make_thread(db, cast.circle_id, teacher, mentor)
    await attach(db, mentor, spoken, thread_id)
    table = access.voice_notes
    reason = {"failed": "broken", "held": "names-found"}.get(state)
    change = table.update().where(table.c.id == UUID(spoken)).values(state=state, reason=reason)
    await db.write(lambda tx: tx.execute(change))

    assert (await teacher.get(f"/api/voice/{spoken}/audio")).status_code == 409
    # What is held back from the others is exactly what its speaker has to listen to.
    expected = 200 if state == "held" else 409
    assert (await mentor.get(f"/api/voice/{spoken}/audio")).status_code == expected


async def test_after_a_hand_over_the_first_mentor_hears_it_no_more(
    spoken, teacher, mentor, other_mentor, cast, db
):
    """P7."""
    thread_id = await make_thread(db, cast.circle_id, teacher, mentor)
    await attach(db, mentor, spoken, thread_id)
    handed = access.threads.update().where(access.threads.c.id == thread_id)
    await db.write(lambda tx: tx.execute(handed.values(mentor_id=other_mentor.id)))

    assert (await mentor.get(f"/api/voice/{spoken}/audio")).status_code == 404
    assert (await other_mentor.get(f"/api/voice/{spoken}/audio")).status_code == 200


async def test_an_unknown_note_is_404_and_a_wrong_id_422(teacher):
    assert (await teacher.get(f"/api/voice/{uuid4()}")).status_code == 404
    assert (await teacher.get("/api/voice/not-an-id/audio")).status_code == 422


async def test_a_store_that_is_away_is_503_and_the_note_is_still_read(spoken, mentor, service, settings):
    """F9."""
    folder = settings.data_dir / "objects" / "voice"
    folder.rename(folder.with_name("elsewhere"))

    assert (await mentor.get(f"/api/voice/{spoken}/audio")).status_code == 503
    assert (await note(mentor, spoken))["state"] == "ready"


async def test_an_upload_not_begun_by_her_is_never_heard(teacher):
    voice_id = await begin(teacher)

    assert (await teacher.get(f"/api/voice/{voice_id}/audio")).status_code == 409


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=9-", (9, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=2-1", None),
        ("x=1-2", None),
    ],
)
def test_spans_are_half_open(asked, span):
    assert one_range(asked, 10) == span


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=10-12", "bytes=-0"])
def test_spans_outside_are_refused(asked):
    with pytest.raises(Problem):
        one_range(asked, 10)

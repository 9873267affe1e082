"""Any recording in, one plain .m4a out, and hostile ones refused alone with a reason (F13)."""

import asyncio
import io
import os
import random
import signal
import time
from pathlib import Path

import av
import pytest

from app.core.child import Interrupted
from app.voice import audio
from app.voice.audio import Unusable, convert
from tests.voice.recordings import JPEG, PLAYLIST, claiming, film, jumping, recording, silence


def heard(sound: bytes) -> tuple[str, int, int, float]:
    """Codec, rate, channels and length in seconds of what a player would decode."""
    with av.open(io.BytesIO(sound)) as source:
        track = source.streams.audio[0]
        samples = sum(frame.samples for frame in source.decode(track))
        return track.codec_context.name, track.rate, track.channels, samples / track.rate


def boxes(sound: bytes) -> list[bytes]:
    """The outermost boxes of an mp4, in order."""
    found, at = [], 0
    while at < len(sound):
        found.append(sound[at + 4 : at + 8])
        at += int.from_bytes(sound[at : at + 4], "big")
    return found


@pytest.mark.parametrize(
    ("form", "codec"), [("webm", "libopus"), ("ogg", "libopus"), ("mp4", "aac"), ("mp4", "libopus")]
)
async def test_every_shape_a_phone_records_becomes_one_that_plays_everywhere(form, codec):
    done = await convert(recording(form, codec, 3.0))

    codec, rate, channels, seconds = heard(done.audio)
    assert (codec, rate, channels) == ("aac", 48_000, 1)
    assert seconds == pytest.approx(3.0, abs=0.06)
    assert done.duration_ms == pytest.approx(3_000, abs=40)


async def test_the_index_comes_first_so_that_playing_starts_at_once():
    names = boxes((await convert(recording())).audio)

    assert names.index(b"moov") < names.index(b"mdat")


async def test_the_waveform_has_120_bytes_and_follows_the_voice():
    done = await convert(recording(seconds=6.0))

    assert len(done.peaks) == 120
    assert all(0 <= peak <= 255 for peak in done.peaks)
    # The tone is loudest at every quarter of a second and gone at every half.
    assert max(done.peaks[40:80]) > 3 * min(done.peaks[40:80])


async def test_a_quiet_voice_is_raised():
    done = await convert(recording(seconds=6.0))

    assert max(done.peaks) > 255 * 12_000 / 32_768 * 1.5


async def test_silence_stays_silent():
    done = await convert(recording(hertz=0))

    assert max(done.peaks) == 0


async def test_a_hole_in_the_recording_is_kept_so_that_the_length_is_honest():
    done = await convert(jumping(3.0))

    assert done.duration_ms == pytest.approx(5_000, abs=60)


async def test_a_tap_too_short_for_a_word_still_makes_a_whole_note():
    done = await convert(recording(seconds=0.1))

    assert len(done.peaks) == 120
    assert done.duration_ms == pytest.approx(100, abs=30)


async def test_nothing_the_phone_wrote_about_itself_travels_on():
    held = io.BytesIO()
    with (
        av.open(io.BytesIO(recording("mp4", "aac"))) as source,
        av.open(held, "w", format="mp4") as target,
    ):
        target.metadata["title"] = "Recorded in room 12"
        out = target.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = out
                target.mux(packet)
    assert b"room 12" in held.getvalue()

    assert b"room 12" not in (await convert(held.getvalue())).audio


@pytest.mark.parametrize(
    ("sound", "reason"),
    [
        (b"", "no-sound"),
        (JPEG, "not-audio"),
        (PLAYLIST, "not-audio"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "not-audio"),
        (film(), "not-audio"),
        (b"\x1aE\xdf\xa3" + JPEG, "broken"),
        (b"\x00\x00\x00\x18ftypheic" + JPEG, "broken"),
        (b"OggS" + bytes(5_000), "no-sound"),
        (recording("mp4", "aac")[:9_000], "broken"),
        (recording(tracks=2), "many-tracks"),
        (recording()[:200], "broken"),
        (recording()[: recording().index(b"\x1f\x43\xb6\x75")], "no-sound"),
        (bytes(audio.LIMIT_BYTES + 1), "too-large"),
        (jumping(4_000.0), "too-long"),
    ],
    # Not the size: two processes that share the tests make files of slightly different length.
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_is_no_single_recording_is_refused_with_a_reason(sound, reason):
    with pytest.raises(Unusable) as refusal:
        await convert(sound)

    assert refusal.value.reason == reason
    assert refusal.value.words.endswith(".")


async def test_a_recording_cut_off_in_the_middle_gives_what_was_said_until_then():
    whole = recording(seconds=6.0)
    done = await convert(whole[: len(whole) // 2])

    assert 1_500 < done.duration_ms < 4_500


async def test_the_length_is_counted_not_believed():
    done = await convert(claiming(recording("mp4", "aac", 3.0), 5.0))

    assert done.duration_ms == pytest.approx(3_000, abs=60)


async def test_a_longer_recording_behind_a_modest_header_is_stopped_at_the_limit():
    with pytest.raises(Unusable) as refusal:
        await convert(claiming(recording("mp4", "aac", 9.0), 2.0), limit_s=3)

    assert refusal.value.reason == "too-long"


async def test_two_hours_of_silence_are_given_up_after_ten_minutes():
    long = silence(2 * 3_600)
    assert len(long) < audio.LIMIT_BYTES
    started = time.monotonic()
    with pytest.raises(Unusable) as refusal:
        await convert(long)

    assert refusal.value.reason == "too-long"
    assert time.monotonic() - started < 30


async def test_the_loop_goes_on_while_a_recording_is_converted():
    pauses = []

    async def beat():
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            pauses.append(time.perf_counter() - before)

    beating = asyncio.create_task(beat())
    await convert(recording(seconds=30.0))
    beating.cancel()

    assert len(pauses) > 10
    assert sorted(pauses)[len(pauses) // 2] < 0.1


def running_children() -> list[int]:
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit()
        and (entry / "cmdline").exists()
        and str(audio.PROGRAM).encode() in (entry / "cmdline").read_bytes()
        and f"\nPPid:\t{os.getpid()}\n" in (entry / "status").read_text()
    ]


async def the_child() -> int:
    for _ in range(2_000):
        if children := running_children():
            return children[0]
        await asyncio.sleep(0.005)
    raise AssertionError("no child was started")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
async def test_calling_it_off_ends_the_child():
    converting = asyncio.create_task(convert(recording(seconds=60.0)))
    await the_child()
    converting.cancel()
    await asyncio.wait({converting})

    assert converting.cancelled()
    assert running_children() == []


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    ("sent", "outcome"),
    [(signal.SIGTERM, Interrupted), (signal.SIGKILL, Unusable), (signal.SIGSEGV, Unusable)],
    ids=["stopped by the system", "killed", "crashed"],
)
async def test_a_child_that_dies_takes_nothing_with_it(sent, outcome):
    converting = asyncio.create_task(convert(recording(seconds=60.0)))
    os.kill(await the_child(), sent)

    with pytest.raises(outcome):
        await converting


async def test_a_child_that_hangs_is_given_up(monkeypatch, tmp_path):
    stuck = tmp_path / "stuck.py"
    stuck.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(audio, "PROGRAM", stuck)
    monkeypatch.setattr(audio, "PATIENCE_S", 0.5)

    with pytest.raises(Unusable) as refusal:
        await convert(recording())
    assert refusal.value.reason == "too-heavy"


async def test_a_child_that_will_not_stop_talking_is_cut_short(monkeypatch, tmp_path):
    chatty = tmp_path / "chatty.py"
    chatty.write_text("import sys\nwhile True: sys.stdout.write('x' * 65536)\n")
    monkeypatch.setattr(audio, "PROGRAM", chatty)

    with pytest.raises(Unusable) as refusal:
        await convert(recording())
    assert refusal.value.reason == "too-heavy"


async def test_a_child_that_cannot_start_says_nothing_about_the_sound(monkeypatch, tmp_path):
    monkeypatch.setattr(audio, "PROGRAM", tmp_path / "missing.py")

    with pytest.raises(Interrupted):
        await convert(recording())


async def test_the_child_can_open_no_file_and_no_socket_once_it_listens(monkeypatch, tmp_path):
    """What a decoder taken over by a forged file could do: as good as nothing."""
    curious = tmp_path / "curious.py"
    curious.write_text(
        audio.PROGRAM.read_text().replace(
            "audio, duration_ms, peaks = convert(sound, limit_s)",
            "audio, duration_ms, peaks = b'', tries(), []",
        )
        + "\n"
    )
    source = curious.read_text().replace(
        "def answered(",
        "def tries() -> int:\n"
        "    import socket\n"
        "    worked = 0\n"
        "    for attempt in (lambda: open('/etc/passwd'), socket.socket, lambda: os.fork() or os._exit(0)):\n"
        "        try:\n"
        "            attempt()\n"
        "            worked += 1\n"
        "        except OSError:\n"
        "            pass\n"
        "    return worked\n\n\ndef answered(",
        1,
    )
    curious.write_text(source.replace("import json\n", "import json\nimport os\nimport socket\n", 1))
    monkeypatch.setattr(audio, "PROGRAM", curious)

    done = await convert(recording())
    # A superuser is not counted among processes, so there forking alone may succeed.
    assert done.duration_ms <= (1 if os.geteuid() == 0 else 0)


@pytest.mark.parametrize("seed", range(8))
async def test_damaged_recordings_are_converted_or_refused_never_a_fault_of_ours(seed):
    dice = random.Random(seed)
    for form, codec in (("webm", "libopus"), ("ogg", "libopus"), ("mp4", "aac")):
        damaged = bytearray(recording(form, codec, 1.0))
        for _ in range(dice.choice((1, 10, 200))):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        (outcome,) = await asyncio.gather(convert(bytes(damaged)), return_exceptions=True)
        if isinstance(outcome, Unusable):
            assert outcome.reason in audio.WORDS
        else:
            assert isinstance(outcome, audio.Converted)
            assert len(outcome.peaks) == 120
            assert outcome.duration_ms <= 601_000

"""From whatever a phone recorded to the one format that plays everywhere, decoded where it can do no harm."""

import asyncio
import contextlib
import math
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import orjson

LIMIT_S = 600
LIMIT_BYTES = 12 * 1024 * 1024
PATIENCE_S = 20.0
MEDIA_TYPE = "audio/mp4"
# Ten minutes at 48 kb/s are 3.6 MB; a child that says more has lost its way.
ANSWER_LIMIT_BYTES = 8 * 1024 * 1024

ACCEPTED = frozenset({"audio/webm", "audio/ogg", "audio/mp4", "audio/x-m4a", "audio/m4a"})

Reason = Literal[
    "not-audio", "many-tracks", "too-long", "too-large", "no-sound", "broken", "too-heavy", "names-found"
]
WORDS: dict[Reason, str] = {
    "not-audio": "This is not a recording we can play. Please record it again.",
    "many-tracks": "This file holds more than one track. Please send one recording at a time.",
    "too-long": "A voice note can be ten minutes long. Please split it in two.",
    "too-large": "This recording is larger than 12 MB. Please send a shorter one.",
    "no-sound": "There is no sound in this recording. Please record it again.",
    "broken": "This recording is damaged. Please record it again.",
    "too-heavy": "This recording could not be prepared. Please record it again.",
    "names-found": "A name may be heard in this recording. Listen, mute it, or keep it.",
}

CHILD = Path(__file__).with_name("decode_child.py")


@dataclass(frozen=True)
class Converted:
    """AAC-LC mono in .m4a with its index in front; `peaks` are 120 values of 0 to 255."""

    audio: bytes
    duration_ms: int
    peaks: list[int]


class Unusable(Exception):
    """The sound itself is at fault; trying again changes nothing."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def words(self) -> str:
        """What to tell the speaker, and what to do next."""
        return WORDS[self.reason]


class Interrupted(Exception):
    """The child was stopped from outside, or could not start: nothing is known of the sound, try later."""


def media_type(content_type: str) -> str | None:
    """The bare type if recordings may come as it, else None; codecs and case are left out."""
    bare = content_type.partition(";")[0].strip().lower()
    return bare if bare in ACCEPTED else None


def looks_like_audio(head: bytes) -> bool:
    """Whether the first bytes are those of WebM, Ogg or MP4; a claim to be tested by decoding."""
    return head.startswith((b"\x1aE\xdf\xa3", b"OggS")) or head[4:8] == b"ftyp"


async def convert(sound: bytes, *, limit_s: float = LIMIT_S) -> Converted:
    """Decode, level and encode `sound` in a process of its own, without blocking the loop.

    Raises Unusable with a reason, or Interrupted. Cancelling kills the child.
    """
    if len(sound) > LIMIT_BYTES:
        raise Unusable("too-large")
    if not sound:
        raise Unusable("no-sound")
    if not looks_like_audio(sound[:12]):
        raise Unusable("not-audio")
    # Ten minutes of speech are about 2 MB, and take ten seconds of one core.
    patience_s = PATIENCE_S + len(sound) / 100_000
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(CHILD),
        str(limit_s),
        str(math.ceil(patience_s)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
        # Otherwise Ctrl-C in the terminal would end the child, and the note would seem broken.
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(patience_s):
            answer = await _exchange(child, sound)
            code = await child.wait()
    except TimeoutError:
        raise Unusable("too-heavy") from None
    finally:
        await _end(child)
    return _read(answer, code)


async def _end(child: asyncio.subprocess.Process) -> None:
    """Make sure the child is gone. What it still had to say is read away, or its end would not be noticed."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
    assert child.stdout is not None
    while await child.stdout.read(65_536):
        pass
    await child.wait()


async def _exchange(child: asyncio.subprocess.Process, sound: bytes) -> bytes:
    """Feed the child while listening to it, so that neither waits on a full pipe."""
    assert child.stdin is not None
    assert child.stdout is not None
    feeding = asyncio.create_task(_feed(child.stdin, sound))
    answer = bytearray()
    try:
        while piece := await child.stdout.read(65_536):
            answer += piece
            if len(answer) > ANSWER_LIMIT_BYTES:
                raise Unusable("too-heavy")
    finally:
        feeding.cancel()
        await asyncio.wait({feeding})
    return bytes(answer)


async def _feed(pipe: asyncio.StreamWriter, sound: bytes) -> None:
    # A child that has already made up its mind closes its end, and its answer counts all the same.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        pipe.write(sound)
        await pipe.drain()
        pipe.close()
        await pipe.wait_closed()


def _read(answer: bytes, code: int) -> Converted:
    if code in (-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP) or code > 0:
        raise Interrupted(f"the decoder ended with {code}")
    if code == -signal.SIGXCPU or code == -signal.SIGKILL:
        raise Unusable("too-heavy")
    if code:
        raise Unusable("broken")
    line, _, audio = answer.partition(b"\n")
    told = orjson.loads(line)
    if "reason" in told:
        raise Unusable(cast("Reason", told["reason"]))
    return Converted(audio=audio, duration_ms=told["duration_ms"], peaks=told["peaks"])

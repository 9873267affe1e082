"""From whatever a phone recorded to the one format that plays everywhere, decoded where it can do no harm."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import orjson

from app.core import child

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

PROGRAM = Path(__file__).with_name("decode_child.py")


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


def media_type(content_type: str) -> str | None:
    """The bare type if recordings may come as it, else None; codecs and case are left out."""
    bare = content_type.partition(";")[0].strip().lower()
    return bare if bare in ACCEPTED else None


def looks_like_audio(head: bytes) -> bool:
    """Whether the first bytes are those of WebM, Ogg or MP4; a claim to be tested by decoding."""
    return head.startswith((b"\x1aE\xdf\xa3", b"OggS")) or head[4:8] == b"ftyp"


async def convert(sound: bytes, *, limit_s: float = LIMIT_S) -> Converted:
    """Decode, level and encode `sound` in a process of its own, without blocking the loop.

    Raises Unusable with a reason, or child.Interrupted. Cancelling kills the process.
    """
    if len(sound) > LIMIT_BYTES:
        raise Unusable("too-large")
    if not sound:
        raise Unusable("no-sound")
    if not looks_like_audio(sound[:12]):
        raise Unusable("not-audio")
    # Ten minutes of speech are about 2 MB, and take ten seconds of one core.
    patience_s = PATIENCE_S + len(sound) / 100_000
    try:
        answer = await child.ask(
            PROGRAM, sound, str(limit_s), patience_s=patience_s, answer_limit_bytes=ANSWER_LIMIT_BYTES
        )
    except child.TooHeavy:
        raise Unusable("too-heavy") from None
    except child.Broken:
        raise Unusable("broken") from None
    line, _, audio = answer.partition(b"\n")
    told = orjson.loads(line)
    if "reason" in told:
        raise Unusable(cast("Reason", told["reason"]))
    return Converted(audio=audio, duration_ms=told["duration_ms"], peaks=told["peaks"])

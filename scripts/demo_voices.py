"""Speaks the voice notes of the demo story with espeak-ng and keeps them as small Opus files.

Run it again after a script in `app/demo/story/voices.json` has changed; the files it writes are
committed, so neither the demo nor the tests need a synthesiser:

    python scripts/demo_voices.py

Needs `espeak-ng` on the path and PyAV. Writes `app/demo/voices/<key>.webm` (mono, 24 kb/s) and
`app/demo/voices/made.json` with each note's length and the moment of each of its marks.
"""

import io
import json
import re
import subprocess
import wave
from pathlib import Path
from typing import Any

import av

DEMO = Path(__file__).resolve().parent.parent / "app" / "demo"
RATE = 22_050  # what espeak-ng speaks at
FRAME = 1024
BETWEEN_SENTENCES_MS = 260
BETWEEN_PARAGRAPHS_MS = 620

# Voice, pitch (0-99) and words a minute: teachers talk faster than mentors on a walk.
SPEAKERS = {
    "ruth": ("en-us+f2", 40, 158),
    "marcus": ("en-us+m3", 32, 160),
    "dana": ("en-us+f4", 55, 182),
    "priya": ("en-gb+f3", 50, 172),
    "joel": ("en-gb-x-rp+m1", 42, 162),
}

# Written for the eye in the transcript, said like this.
SAID = {"FBA": "F B A", "504": "five oh four", "text-to-speech": "text to speech", "’": "'", "“": "", "”": ""}


def main() -> None:
    """Make every voice note of the story and report the sizes."""
    story = json.loads((DEMO / "story" / "voices.json").read_text("utf-8"))
    made = {}
    for voice in story["voices"]:
        samples, starts = spoken(voice["script"], *SPEAKERS[voice["by"]])
        path = DEMO / "voices" / f"{voice['key']}.webm"
        encode(samples, path)
        made[voice["key"]] = {
            "duration_ms": milliseconds(samples),
            "marks": [
                {"at_ms": when(mark["at"], voice, starts), "kind": mark["kind"]} for mark in voice["marks"]
            ],
        }
        print(f"{path.name}: {milliseconds(samples) // 1000} s, {path.stat().st_size // 1024} KiB")
    (DEMO / "voices" / "made.json").write_text(json.dumps(made, indent=2) + "\n", "utf-8")


def spoken(script: str, voice: str, pitch: int, speed: int) -> tuple[bytes, list[tuple[int, int, int]]]:
    """The script as 16-bit samples, and (offset in the script, starts at ms, ends at ms) of each sentence."""
    samples, starts, offset = b"", [], 0
    for paragraph in script.split("\n\n"):
        for sentence in re.split(r"(?<=[.?!])\s+", paragraph):
            offset = script.index(sentence, offset)
            begins = milliseconds(samples)
            samples += say(sentence, voice, pitch, speed)
            starts.append((offset, begins, milliseconds(samples)))
            samples += silence(BETWEEN_SENTENCES_MS)
        samples += silence(BETWEEN_PARAGRAPHS_MS - BETWEEN_SENTENCES_MS)
    return samples, starts


def say(sentence: str, voice: str, pitch: int, speed: int) -> bytes:
    """One sentence as samples, without the silence that espeak-ng leaves around it."""
    for written, said in SAID.items():
        sentence = sentence.replace(written, said)
    command = ["espeak-ng", "-v", voice, "-p", str(pitch), "-s", str(speed), "--stdout", sentence]
    with wave.open(io.BytesIO(subprocess.run(command, check=True, capture_output=True).stdout)) as heard:
        if (heard.getframerate(), heard.getsampwidth(), heard.getnchannels()) != (RATE, 2, 1):
            raise SystemExit("espeak-ng spoke in another format than expected")
        # Piped output carries a length that is not true, so all that came is read.
        samples = heard.readframes(1 << 30)
    head = len(samples) - len(samples.lstrip(b"\0"))
    tail = len(samples.rstrip(b"\0"))
    return samples[head - head % 2 : tail + tail % 2]


def silence(ms: int) -> bytes:
    return b"\0\0" * (RATE * ms // 1000)


def milliseconds(samples: bytes) -> int:
    return len(samples) // 2 * 1000 // RATE


def when(passage: str, voice: dict[str, Any], starts: list[tuple[int, int, int]]) -> int:
    """The moment `passage` is said: its sentence's start, and within the sentence by its share of letters."""
    at = voice["script"].index(passage)
    number = max(n for n, (offset, _, _) in enumerate(starts) if offset <= at)
    offset, begins, ends = starts[number]
    following = starts[number + 1][0] if number + 1 < len(starts) else len(voice["script"])
    return begins + (ends - begins) * (at - offset) // (following - offset)


def encode(samples: bytes, path: Path) -> None:
    """Write Opus in WebM, the same bytes for the same samples."""
    with av.open(str(path), "w", format="webm", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono", options={"application": "voip"})
        stream.bit_rate = 24_000
        resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000)
        for start in range(0, len(samples), FRAME * 2):
            chunk = samples[start : start + FRAME * 2]
            frame = av.AudioFrame(format="s16", layout="mono", samples=len(chunk) // 2)
            frame.sample_rate = RATE
            frame.pts = start // 2
            frame.planes[0].update(chunk)
            for resampled in resampler.resample(frame):
                container.mux(stream.encode(resampled))
        for resampled in resampler.resample(None):
            container.mux(stream.encode(resampled))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    main()

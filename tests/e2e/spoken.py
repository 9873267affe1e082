"""What the microphone hears: the first seconds of a recording of the demo, as a browser wants it."""

import wave
from pathlib import Path

import av

from tests.e2e.stage import ROOT

SECONDS = 9.0
RATE = 48_000


def write_wav(path: Path, voice: str = "joel-long-way", seconds: float = SECONDS) -> Path:
    """A real voice as mono 16 bit WAV."""
    sound = bytearray()
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(str(ROOT / "app" / "demo" / "voices" / f"{voice}.webm")) as source:
        for frame in source.decode(audio=0):
            for part in resampler.resample(frame):
                sound += bytes(part.planes[0])[: part.samples * 2]
            if len(sound) >= seconds * RATE * 2:
                break
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(bytes(sound[: int(seconds * RATE) * 2]))
    return path

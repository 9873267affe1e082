"""Untrusted sound in, one plain .m4a out: a program for `core/confined.py`, never imported by the service.

The first line out is JSON: `{"reason": …}`, or `{"duration_ms": …, "peaks": […]}` with the file behind it.
Nothing of the rest of the application is imported.
"""

import io
import json
from array import array
from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.filter import Graph

RATE = 48_000
BIT_RATE = 48_000
FRAME = 1_024
PEAKS = 120
MEMORY_BYTES = 768 * 1024 * 1024

# One block gives one candidate for a peak. Every twelfth sample is looked at: a voice swings far slower than
# that, and looking at all of them would cost a third of the whole conversion.
BLOCK = 256
STRIDE = 12

DEMUXERS = {b"\x1aE\xdf\xa3": "matroska", b"OggS": "ogg"}
CHAIN = (
    ("aresample", "async=1:first_pts=0"),
    ("highpass", "f=70"),
    ("dynaudnorm", "f=250:g=15:p=0.9:m=8"),
    ("aformat", f"sample_fmts=fltp:sample_rates={RATE}:channel_layouts=mono"),
    ("asetnsamples", f"n={FRAME}:p=0"),
)


class Refused(Exception):
    """The sound is not taken; the one argument is the reason as `audio.Reason` spells it."""


def demuxer(head: bytes) -> str:
    """The one demuxer that may read a file that begins so; playlists and pictures find none."""
    if head[4:8] == b"ftyp":
        return "mov"
    for magic, name in DEMUXERS.items():
        if head.startswith(magic):
            return name
    raise Refused("not-audio")


def only_track(source: InputContainer) -> AudioStream:
    """The single audio track; a picture, a film or a second track is refused."""
    if len(source.streams.audio) > 1:
        raise Refused("many-tracks")
    if len(source.streams) != 1 or not source.streams.audio:
        raise Refused("not-audio")
    return source.streams.audio[0]


def decoded(source: InputContainer, track: AudioStream, limit_s: float) -> Iterator[AudioFrame]:
    """Frames in order, their time counted from the first. Broken packets are stepped over, as players do.

    Raises Refused as soon as the sound, or the time it claims to be at, passes the limit by a second.
    """
    samples_s = 0.0
    first: float | None = None
    for packet in source.demux(track):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            continue
        for frame in frames:
            if frame.pts is not None and frame.time_base:
                at = float(frame.pts * frame.time_base)
                first = at if first is None else first
                frame.pts -= round(first / frame.time_base)
                # A forged jump in time would otherwise be filled with hours of silence.
                if at - first > limit_s + 1:
                    raise Refused("too-long")
            samples_s += frame.samples / frame.sample_rate
            if samples_s > limit_s + 1:
                raise Refused("too-long")
            yield frame


def levelled(frames: Iterator[AudioFrame]) -> Iterator[AudioFrame]:
    """The chain: holes filled, rumble cut, loudness evened, 48 kHz mono in frames the encoder wants.

    A recorder that changes its rate or layout on the way gets a fresh chain from there on.
    """
    for (rate, form, layout), run in groupby(
        frames, key=lambda frame: (frame.sample_rate, frame.format.name, frame.layout.name)
    ):
        graph = Graph()
        graph.threads = 1
        entry = graph.add_abuffer(sample_rate=rate, format=form, layout=layout, time_base=Fraction(1, rate))
        graph.link_nodes(
            entry, *(graph.add(name, args) for name, args in CHAIN), graph.add("abuffersink")
        ).configure()
        for frame in run:
            if frame.pts is not None and frame.time_base:
                frame.pts = round(frame.pts * frame.time_base * rate)
                frame.time_base = Fraction(1, rate)
            graph.push(frame)
            yield from pulled(graph)
        graph.push(None)
        yield from pulled(graph)


def pulled(graph: Graph) -> Iterator[AudioFrame]:
    """What the chain has ready now."""
    while True:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        assert isinstance(frame, AudioFrame)
        yield frame


def loudest(frame: AudioFrame) -> Iterator[float]:
    """The largest swing of each block of a mono float frame, 0 to 1."""
    samples = memoryview(frame.planes[0]).cast("B")[: frame.samples * 4].cast("f")
    for start in range(0, len(samples), BLOCK):
        block = samples[start : start + BLOCK : STRIDE]
        yield min(1.0, max(max(block), -min(block)))


def folded(blocks: "array[float]") -> list[int]:
    """The blocks' peaks as 120 bytes, whatever the length."""
    bounds = [round(i * len(blocks) / PEAKS) for i in range(PEAKS + 1)]
    return [
        round(255 * max(blocks[min(start, len(blocks) - 1) : max(end, start + 1)]))
        for start, end in pairwise(bounds)
    ]


class _Disk(io.RawIOBase):
    """One seekable view on a file in memory, so that the muxer may read it again while writing."""

    def __init__(self, held: bytearray) -> None:
        self._held = held
        self._at = 0

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._held)}[whence]
        self._at = start + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = len(self._held) if size < 0 else self._at + size
        piece = bytes(self._held[self._at : end])
        self._at += len(piece)
        return piece

    def write(self, piece: Any) -> int:
        data = bytes(piece)
        self._held[self._at : self._at + len(data)] = data
        self._at += len(data)
        return len(data)


def convert(sound: bytes, limit_s: float) -> tuple[bytes, int, list[int]]:
    """The .m4a with its index in front, its honest length in ms, and 120 peaks of 0 to 255."""
    held = bytearray()
    blocks = array("f")
    samples = 0
    with (
        av.open(
            io.BytesIO(sound),
            "r",
            format=demuxer(sound[:12]),
            # Decoders that have nothing to do here are not even tried while probing.
            options={"codec_whitelist": "opus,libopus,aac", "enable_drefs": "0"},
            metadata_errors="ignore",
        ) as source,
        av.open(
            _Disk(held),
            "w",
            format="ipod",
            options={"movflags": "+faststart", "fflags": "+bitexact"},
            io_open=lambda *_: _Disk(held),
        ) as target,
    ):
        track = only_track(source)
        out = target.add_stream("aac", rate=RATE, layout="mono", options={"aac_coder": "fast"})
        out.bit_rate = BIT_RATE
        for frame in levelled(decoded(source, track, limit_s)):
            blocks.extend(loudest(frame))
            frame.pts, frame.time_base = samples, Fraction(1, RATE)
            samples += frame.samples
            target.mux(out.encode(frame))
        if not samples:
            raise Refused("no-sound")
        if samples > limit_s * RATE:
            raise Refused("too-long")
        target.mux(out.encode(None))
    return bytes(held), round(samples * 1000 / RATE), folded(blocks)


def rehearse() -> None:
    """Convert one silent frame, so that whatever the libraries load late is loaded while files still open."""
    held = io.BytesIO()
    with av.open(held, "w", format="ipod") as target:
        out = target.add_stream("aac", rate=RATE, layout="mono")
        frame = AudioFrame(format="fltp", layout="mono", samples=FRAME)
        frame.sample_rate, frame.pts = RATE, 0
        frame.planes[0].update(bytes(4 * FRAME))
        target.mux(out.encode(frame))
        target.mux(out.encode(None))
    convert(held.getvalue(), 1.0)


def answered(sound: bytes, limit_s: str) -> bytes:
    """A line of JSON for the parent and the file behind it; every failure has become a reason."""
    line, audio = outcome(sound, float(limit_s))
    return json.dumps(line).encode() + b"\n" + audio


def outcome(sound: bytes, limit_s: float) -> tuple[dict[str, Any], bytes]:
    """The line and the file, or the line alone."""
    try:
        audio, duration_ms, peaks = convert(sound, limit_s)
    except Refused as refusal:
        return {"reason": refusal.args[0]}, b""
    except av.error.EOFError:
        return {"reason": "no-sound"}, b""
    except (av.error.FFmpegError, ValueError, ArithmeticError, LookupError):
        return {"reason": "broken"}, b""
    except MemoryError:
        return {"reason": "too-heavy"}, b""
    return {"duration_ms": duration_ms, "peaks": peaks}, audio

"""Recordings made on the spot, in every shape a phone sends and in some that no phone would (F13)."""

import io
import math
import struct
from array import array
from fractions import Fraction
from functools import cache

import av


@cache
def recording(
    form: str = "webm", codec: str = "libopus", seconds: float = 3.0, *, hertz: int = 440, tracks: int = 1
) -> bytes:
    """A tone that swells and fades twice a second; `hertz=0` is silence."""
    held = io.BytesIO()
    with av.open(held, "w", format=form) as target:
        outs = [target.add_stream(codec, rate=48_000, layout="mono") for _ in range(tracks)]
        second = _second(hertz)
        for start in range(0, round(seconds * 48_000), 960):
            for out in outs:
                frame = av.AudioFrame(format="s16", layout="mono", samples=960)
                frame.sample_rate, frame.pts, frame.time_base = 48_000, start, Fraction(1, 48_000)
                at = start % 48_000 * 2
                frame.planes[0].update(second[at : at + 1_920])
                target.mux(out.encode(frame))
        for out in outs:
            target.mux(out.encode(None))
    return held.getvalue()


@cache
def _second(hertz: int) -> bytes:
    swell = [math.sin(2 * math.pi * i / 48_000) ** 2 for i in range(48_000)]
    wave = (
        int(12_000 * loud * math.sin(2 * math.pi * hertz * i / 48_000)) if hertz else 0
        for i, loud in enumerate(swell)
    )
    return array("h", wave).tobytes()


def silence(seconds: int) -> bytes:
    """Hours of nothing in a small file: one silent packet, over and over."""
    with av.open(io.BytesIO(recording(seconds=1.0, hertz=0))) as source:
        track = source.streams.audio[0]
        template = [bytes(packet) for packet in source.demux(track) if packet.size][20]
        held = io.BytesIO()
        with av.open(held, "w", format="webm") as target:
            out = target.add_stream_from_template(track)
            for at in range(0, seconds * 1_000, 20):
                packet = av.Packet(template)
                packet.pts = packet.dts = at
                packet.time_base, packet.stream = Fraction(1, 1_000), out
                target.mux(packet)
    return held.getvalue()


@cache
def film() -> bytes:
    """An mp4 with a picture and a sound."""
    held = io.BytesIO()
    with av.open(held, "w", format="mp4") as target:
        picture = target.add_stream("mpeg4", rate=10)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        for _ in range(5):
            target.mux(picture.encode(av.VideoFrame(64, 48, "yuv420p")))
        target.mux(picture.encode(None))
    return held.getvalue()


JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb004300") + bytes(600)
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"


def claiming(sound: bytes, seconds: float) -> bytes:
    """An mp4 whose headers all say it lasts `seconds`, whatever is in it."""
    lying = bytearray(sound)
    for name, at in ((b"mvhd", 16), (b"mdhd", 16), (b"tkhd", 24)):
        where = lying.index(name)
        scale = struct.unpack(">I", lying[where + 16 : where + 20])[0] if name != b"tkhd" else 1_000
        lying[where + at + 4 : where + at + 8] = struct.pack(">I", round(seconds * scale))
    return bytes(lying)


def jumping(seconds: float) -> bytes:
    """A WebM whose second half claims to come `seconds` later."""
    held = io.BytesIO()
    with (
        av.open(io.BytesIO(recording(seconds=2.0))) as source,
        av.open(held, "w", format="webm") as target,
    ):
        out = target.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.pts is None:
                continue
            if packet.pts * packet.time_base > 1:
                packet.pts += round(seconds / packet.time_base)
                packet.dts = packet.pts
            packet.stream = out
            target.mux(packet)
    return held.getvalue()

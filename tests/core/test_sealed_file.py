"""The chunked format itself: what opens, and what must not (P5)."""

import os

import pytest

from app.core import sealed_file
from app.core.sealed_file import CHUNK, HEAD, SEALED_CHUNK, Damaged, Opener

KEY = bytes(range(32))
NAME = "voice/example"


async def pieces(plain: bytes, size: int):
    for start in range(0, len(plain), size):
        yield plain[start : start + size]


async def seal(plain: bytes, *, size: int = 10_000, key: bytes = KEY, name: str = NAME) -> bytes:
    return b"".join([piece async for piece in sealed_file.sealed(pieces(plain, size), key, name)])


def opened(stored: bytes, *, key: bytes = KEY, name: str = NAME) -> bytes:
    opener = Opener(key, name, stored[:HEAD], len(stored))
    chunks = sealed_file.chunks_of(0, sealed_file.plain_size(len(stored)))
    body = stored[HEAD:]
    return b"".join(opener.open(i, body[i * SEALED_CHUNK : (i + 1) * SEALED_CHUNK]) for i in chunks)


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17])
@pytest.mark.parametrize("size", [999, CHUNK, 1_000_000])
async def test_what_is_sealed_opens_to_the_same_bytes(length, size):
    plain = os.urandom(length)
    stored = await seal(plain, size=size)

    assert len(stored) == sealed_file.sealed_size(length)
    assert sealed_file.plain_size(len(stored)) == length
    assert opened(stored) == plain


async def test_no_stretch_of_the_plain_bytes_is_in_the_sealed_file():
    plain = b"She reads best in the morning. " * 5_000
    stored = await seal(plain)

    assert not any(plain[at : at + 16] in stored for at in range(31))


async def test_two_sealings_of_one_file_share_no_chunk():
    assert (await seal(b"x" * CHUNK))[HEAD:] != (await seal(b"x" * CHUNK))[HEAD:]


@pytest.mark.parametrize("length", [1, 2 * CHUNK, 2 * CHUNK + 5])
async def test_a_wrong_key_or_another_name_does_not_open(length):
    stored = await seal(os.urandom(length))

    with pytest.raises(Damaged):
        opened(stored, key=bytes(32))
    with pytest.raises(Damaged):
        opened(stored, name="voice/another")


async def test_one_changed_bit_anywhere_does_not_open():
    stored = await seal(os.urandom(200))

    for at in range(len(stored)):
        changed = bytearray(stored)
        changed[at] ^= 1
        with pytest.raises(Damaged):
            opened(bytes(changed))


async def test_a_file_cut_off_between_chunks_does_not_pass_for_a_shorter_one():
    stored = await seal(os.urandom(3 * CHUNK))

    with pytest.raises(Damaged):
        opened(stored[: HEAD + 2 * SEALED_CHUNK])
    with pytest.raises(Damaged):
        opened(stored[: HEAD + SEALED_CHUNK + 100])


async def test_chunks_that_changed_places_do_not_open():
    stored = await seal(os.urandom(3 * CHUNK))
    first, second = stored[HEAD:][:SEALED_CHUNK], stored[HEAD:][SEALED_CHUNK : 2 * SEALED_CHUNK]

    with pytest.raises(Damaged):
        opened(stored[:HEAD] + second + first + stored[HEAD + 2 * SEALED_CHUNK :])


@pytest.mark.parametrize("stored", [0, HEAD, HEAD + 15, HEAD + SEALED_CHUNK + 3, HEAD + SEALED_CHUNK + 16])
def test_a_size_no_sealed_file_can_have_is_refused(stored):
    with pytest.raises(Damaged):
        sealed_file.plain_size(stored)


@pytest.mark.parametrize(
    ("start", "end", "chunks"),
    [
        (0, 1, range(1)),
        (0, CHUNK, range(1)),
        (CHUNK - 1, CHUNK + 1, range(2)),
        (CHUNK, 3 * CHUNK, range(1, 3)),
        (0, 0, range(1)),
    ],
)
def test_a_span_names_the_chunks_it_lies_in(start, end, chunks):
    assert sealed_file.chunks_of(start, end) == chunks

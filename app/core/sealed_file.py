"""Sealed files: AES-256-GCM in chunks of 64 KiB, so that any part can be read without the rest.

A file is a 24-byte head (magic, version, chunk size, a random salt) and its chunks, each with a 16-byte tag.
The cipher's key is drawn by HKDF-SHA-256 from the object's key, the salt and the object's name, so a file
moved to another name does not open, and a rewritten one never meets an old nonce. A chunk's nonce is its
index and whether it is the last: swapped, dropped, repeated and cut off chunks do not open either.
"""

import os
import struct
from collections.abc import AsyncIterable, AsyncIterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK = 64 * 1024
TAG = 16
SEALED_CHUNK = CHUNK + TAG
_SALT = 16
_START = b"PCsf" + struct.pack(">BBH", 1, 16, 0)  # Version 1; chunks of 2 to the 16th; nothing yet.
HEAD = len(_START) + _SALT


class Damaged(RuntimeError):
    """A sealed file does not open: wrong key, wrong name, cut off or altered."""


def plain_size(stored: int) -> int:
    """How many bytes a sealed file of `stored` bytes holds. Raises Damaged for an impossible size."""
    whole, rest = divmod(stored - HEAD, SEALED_CHUNK)
    if stored < HEAD + TAG or 0 < rest < TAG or (rest == TAG and whole):
        raise Damaged()
    return whole * CHUNK + max(rest - TAG, 0)


def sealed_size(plain: int) -> int:
    """How many bytes the sealed form of `plain` bytes takes."""
    return HEAD + plain + TAG * max(1, -(-plain // CHUNK))


def chunks_of(start: int, end: int) -> range:
    """The chunks that hold plain bytes [start, end); of an empty span the one where it would be."""
    return range(start // CHUNK, max(-(-end // CHUNK), start // CHUNK + 1))


class Sealer:
    """Seals one file from its first chunk to its last."""

    def __init__(self, key: bytes, name: str) -> None:
        self.head = _START + os.urandom(_SALT)
        self._cipher = _cipher(key, self.head, name)
        self._index = 0

    def seal(self, chunk: bytes | memoryview, *, last: bool) -> bytes:
        """The next chunk: 64 KiB, or less if it is the last."""
        sealed = self._cipher.encrypt(_nonce(self._index, last=last), chunk, None)
        self._index += 1
        return sealed


class Opener:
    """Opens chunks of one file, in any order; `stored` is the size of the sealed file."""

    def __init__(self, key: bytes, name: str, head: bytes, stored: int) -> None:
        if len(head) != HEAD or not head.startswith(_START):
            raise Damaged()
        self._cipher = _cipher(key, head, name)
        self._last = chunks_of(0, plain_size(stored))[-1]

    def open(self, index: int, sealed: bytes | memoryview) -> bytes:
        """The plain bytes of chunk `index`. Raises Damaged."""
        try:
            return self._cipher.decrypt(_nonce(index, last=index == self._last), sealed, None)
        except InvalidTag as error:
            raise Damaged() from error


async def sealed(source: AsyncIterable[bytes], key: bytes, name: str) -> AsyncIterator[bytes]:
    """The sealed form of a stream, piece by piece; holds one chunk in memory."""
    sealer = Sealer(key, name)
    yield sealer.head
    held = bytearray()
    async for piece in source:
        held += piece
        whole = 0
        # The newest chunk waits until more comes: only then is it known not to be the last.
        while len(held) - whole > CHUNK:
            with memoryview(held) as view:
                chunk = sealer.seal(view[whole : whole + CHUNK], last=False)
            yield chunk
            whole += CHUNK
        if whole:
            del held[:whole]
    yield sealer.seal(bytes(held), last=True)


def _cipher(key: bytes, head: bytes, name: str) -> AESGCM:
    info = b"pocket-colleague sealed file\0" + name.encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=head, info=info).derive(key))


def _nonce(index: int, *, last: bool) -> bytes:
    return struct.pack(">QI", index, int(last))

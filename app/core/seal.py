"""Seal and open: content is encrypted before it reaches a table or a file (AES-256-GCM, NIST SP 800-38D).

A scope (a thread, a case, a circle, a person, a voice note) has a random 256-bit key of its own, kept in
`keys` wrapped under the key-encryption key, which lives outside the database. Deleting the row destroys the
key and with it every word sealed under it. A sealed value is version, key id, 96-bit nonce, ciphertext; the
place it stands in (table, column, row) and its key's id are associated data, so a value moved elsewhere
does not open.
"""

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, LargeBinary, bindparam, delete, insert, select
from sqlmodel import Field, SQLModel

from app.core.clock import UTCDateTime, now
from app.core.ids import new_id

VERSION = b"\x01"
_NONCE = 12
_HEAD = 1 + 16 + _NONCE


class KeyRow(SQLModel, table=True):
    """A scope's key, wrapped. `kek` names the key-encryption key that wrapped it."""

    __tablename__ = "keys"

    id: UUID = Field(primary_key=True)
    kek: str
    wrapped: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UTCDateTime)


class KeyMissing(RuntimeError):
    """The key-encryption key that this database was written with is not here: nothing can be read."""


class CannotOpen(RuntimeError):
    """A sealed value does not open: wrong key, wrong place, or damaged."""


@dataclass(frozen=True)
class Key:
    """One scope's key, unwrapped, for the length of a transaction. Never stored, never printed."""

    id: UUID
    secret: bytes

    def __repr__(self) -> str:
        return f"Key({self.id})"

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self.secret)

    def seal(self, table: str, column: str, row: UUID, text: str) -> bytes:
        """The stored form of a text, for this place only."""
        return self.seal_bytes(table, column, row, text.encode())

    def open(self, table: str, column: str, row: UUID, sealed: bytes) -> str:
        """The text again. Raises CannotOpen."""
        return self.open_bytes(table, column, row, sealed).decode()

    def seal_json(self, table: str, column: str, row: UUID, value: Any) -> bytes:
        """As `seal`, for details, marks and peaks."""
        return self.seal(table, column, row, json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def open_json(self, table: str, column: str, row: UUID, sealed: bytes) -> Any:
        """As `open`, for what `seal_json` stored."""
        return json.loads(self.open(table, column, row, sealed))

    def seal_bytes(self, table: str, column: str, row: UUID, plain: bytes) -> bytes:
        """As `seal`, for bytes."""
        nonce = os.urandom(_NONCE)
        place = _place(table, column, row, self.id)
        return VERSION + self.id.bytes + nonce + self._cipher.encrypt(nonce, plain, place)

    def open_bytes(self, table: str, column: str, row: UUID, sealed: bytes) -> bytes:
        """As `open`, for bytes. Raises CannotOpen."""
        if sealed[:1] != VERSION or sealed[1:17] != self.id.bytes:
            raise CannotOpen()
        place = _place(table, column, row, self.id)
        try:
            return self._cipher.decrypt(sealed[17:_HEAD], sealed[_HEAD:], place)
        except InvalidTag as error:
            raise CannotOpen() from error

    def fingerprint(self, text: str) -> bytes:
        """A keyed hash by which this scope knows the same words again; it dies with the key."""
        return hmac.digest(self.secret, b"fingerprint\0" + text.encode(), hashlib.sha256)


def _place(table: str, column: str, row: UUID, key: UUID) -> bytes:
    return f"{table}.{column}.".encode() + row.bytes + key.bytes


class Keyring:
    """The key-encryption keys, read from their files: the newest writes, the ones beside it still read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        files = sorted(path.glob("*.key"))
        if not files:
            raise KeyMissing(f"no key file in {path}")
        self._keks = {file.stem: AESGCM(_read_key(file)) for file in files}
        self._newest = files[-1].stem
        # Apart from the rotating keys, because addresses must still be found after a rotation.
        self._hash_key = _read_key(files[0].with_name("addresses.hash"))

    @classmethod
    def create(cls, path: Path) -> "Keyring":
        """Make the first key file, mode 0400, durable before anything is sealed with it."""
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in ("addresses.hash", f"{now():%Y%m%d%H%M%S}.key"):
            handle = os.open(path / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
            with os.fdopen(handle, "wb") as out:
                out.write(secrets.token_hex(32).encode() + b"\n")
                out.flush()
                os.fsync(out.fileno())
        folder = os.open(path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return cls(path)

    def keyed_hash(self, purpose: str, value: str) -> str:
        """A stable, keyed fingerprint (HMAC-SHA-256, hex), to find an address without storing it clear."""
        return hmac.digest(self._hash_key, f"{purpose}\0{value}".encode(), hashlib.sha256).hex()

    def make_key(self, tx: Connection) -> Key:
        """A new scope's key, stored wrapped in this transaction."""
        key = Key(new_id(), os.urandom(32))
        tx.execute(
            _INSERT, {"id": key.id, "kek": self._newest, "wrapped": self.wrap(key), "created_at": now()}
        )
        return key

    def wrap(self, key: Key) -> bytes:
        """A key as stored: nonce and ciphertext under the newest key-encryption key."""
        nonce = os.urandom(_NONCE)
        return nonce + self._keks[self._newest].encrypt(nonce, key.secret, key.id.bytes)

    def unwrap(self, key_id: UUID, kek: str, wrapped: bytes) -> Key:
        """A stored key made usable. Raises KeyMissing when its key-encryption key is not here."""
        if kek not in self._keks:
            raise KeyMissing(f"key file {kek}.key is not in {self.path}")
        try:
            secret = self._keks[kek].decrypt(wrapped[:_NONCE], wrapped[_NONCE:], key_id.bytes)
        except InvalidTag as error:
            raise KeyMissing(f"key file {kek}.key is not the one this database was written with") from error
        return Key(key_id, secret)

    def key(self, tx: Connection, key_id: UUID) -> Key:
        """The key with this id. Raises CannotOpen when it was destroyed."""
        row = tx.execute(_BY_ID, {"key_id": key_id}).one_or_none()
        if row is None:
            raise CannotOpen()
        return self.unwrap(row.id, row.kek, row.wrapped)

    def keys(self, tx: Connection, key_ids: set[UUID]) -> dict[UUID, Key]:
        """Several keys in one query; destroyed ones are left out."""
        if not key_ids:
            return {}
        rows = tx.execute(select(*_COLUMNS).where(_TABLE.c.id.in_(key_ids)))
        return {row.id: self.unwrap(row.id, row.kek, row.wrapped) for row in rows}


def keyring(tx: Connection) -> Keyring:
    """The keyring of the database this transaction runs on."""
    ring: Keyring = tx.info["keyring"]
    return ring


def destroy(tx: Connection, key_ids: set[UUID]) -> None:
    """Delete keys for good: what was sealed under them can never be read again."""
    tx.execute(delete(KeyRow).where(_TABLE.c.id.in_(key_ids)))


_TABLE = KeyRow.__table__  # type: ignore[attr-defined]
_COLUMNS = (_TABLE.c.id, _TABLE.c.kek, _TABLE.c.wrapped)
_INSERT = insert(_TABLE)

_BY_ID = select(*_COLUMNS).where(_TABLE.c.id == bindparam("key_id"))


def _read_key(file: Path) -> bytes:
    try:
        secret = bytes.fromhex(file.read_text().strip())
    except (OSError, ValueError) as error:
        raise KeyMissing(f"{file.name} cannot be read as a key") from error
    if len(secret) != 32:
        raise KeyMissing(f"{file.name} is not a 256-bit key")
    return secret

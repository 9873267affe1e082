"""Backups: a consistent copy of the database and of every file it points to, with hashes; never a key.

Files are copied before and after the database's snapshot, so that each one the snapshot names is there
though people go on writing; what it does not name is left out. One that came and went within that second
makes it begin again with a new snapshot.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection, select

import app.tables
from app.core.clock import now
from app.core.objects import ObjectMissing, Objects
from app.core.settings import Settings
from app.operate import postgres, sqlite_file
from app.operate.ground import Refused

MANIFEST = "manifest.json"
OBJECTS = "objects"
TRIES = 8


class Kept(BaseModel):
    """One file of a backup."""

    name: str
    size: int
    sha256: str


class Manifest(BaseModel):
    """What a backup holds. Written last: a folder without it is no backup."""

    format: int = 1
    made_at: datetime
    dialect: str
    revision: str | None
    database: Kept
    objects: list[Kept]


def names_in(tx: Connection) -> set[str]:
    """Every stored file that a row points to: all columns called `object_name`, so that none is forgotten."""
    columns = [table.c.object_name for table in app.tables.metadata.sorted_tables if "object_name" in table.c]
    return {name for column in columns for name in tx.execute(select(column)).scalars() if name}


async def make(settings: Settings, folder: Path, say: Callable[[str], None]) -> Manifest:
    """A backup in a new or empty folder. Raises Refused; what is there then has no manifest."""
    _make_folder(folder)
    store = Objects(settings.data_dir / "objects", settings.object_store_url)
    source: Any = postgres if settings.database_url.startswith("postgresql") else sqlite_file
    say("Copying recordings…")
    copied: dict[str, Kept] = {}
    await _copy_new(store, folder, copied)
    say("Copying the database…")
    for _ in range(TRIES):
        await _copy_new(store, folder, copied)
        wanted, revision = await source.snapshot(settings, folder / source.FILE, names_in)
        await _copy(store, folder, copied, wanted - copied.keys())
        if wanted <= copied.keys():
            break
    else:
        lost = len(wanted - copied.keys())
        raise Refused(f"{lost} recordings that the database names are not in the store.")
    for name in copied.keys() - wanted:
        (folder / OBJECTS / name).unlink()
    manifest = Manifest(
        made_at=now(),
        dialect=source.DIALECT,
        revision=revision,
        database=_kept(folder / source.FILE, source.FILE),
        objects=[copied[name] for name in sorted(wanted)],
    )
    _write(folder / MANIFEST, manifest.model_dump_json(indent=1).encode())
    return manifest


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            raise Refused(f"{folder} is not empty. Name a new folder for each backup.")
    except OSError as error:
        raise Refused(f"{folder} cannot be written ({error.strerror}).") from None


async def _copy_new(store: Objects, folder: Path, copied: dict[str, Kept]) -> None:
    await _copy(store, folder, copied, {name async for name, _ in store.names()} - copied.keys())


async def _copy(store: Objects, folder: Path, copied: dict[str, Kept], names: set[str]) -> None:
    """Copy files as they are stored, sealed; one that has gone meanwhile is passed over."""
    for name in sorted(names):
        target = folder / OBJECTS / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        digest, size = hashlib.sha256(), 0
        try:
            with target.open("wb") as out:
                async for piece in store.read_sealed(name):
                    digest.update(piece)
                    size += len(piece)
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
        except ObjectMissing:
            target.unlink(missing_ok=True)
            continue
        copied[name] = Kept(name=name, size=size, sha256=digest.hexdigest())


def _kept(file: Path, name: str) -> Kept:
    with file.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256")
    return Kept(name=name, size=file.stat().st_size, sha256=digest.hexdigest())


def _write(file: Path, content: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def read_manifest(folder: Path) -> Manifest:
    """What a backup says it holds. Raises Refused when it is none, or was not finished."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except OSError:
        raise Refused(f"{folder} is not a finished backup: it has no {MANIFEST}.") from None
    except ValidationError:
        raise Refused(f"{folder / MANIFEST} is damaged.") from None
    if manifest.format != 1:
        raise Refused("This backup was made by a newer release.")
    return manifest


async def verify(folder: Path) -> Manifest:
    """Prove a backup whole: hashes, the database's own check, and every file it points to. Raises Refused."""
    manifest = read_manifest(folder)
    wrong = [manifest.database.name] if _is_wrong(folder, manifest.database) else []
    wrong += [kept.name for kept in manifest.objects if _is_wrong(folder / OBJECTS, kept)]
    if wrong:
        raise Refused(f"Damaged or missing: {', '.join(wrong[:5])}{' and more' if wrong[5:] else ''}.")
    file = folder / manifest.database.name
    if manifest.dialect == sqlite_file.DIALECT:
        wanted = sqlite_file.check(file, names_in)
        if missing := wanted - {kept.name for kept in manifest.objects}:
            raise Refused(f"{len(missing)} recordings that the database names are not in this backup.")
    else:
        await postgres.check(file)
    return manifest


def _is_wrong(folder: Path, kept: Kept) -> bool:
    file = folder / kept.name
    # A name comes from the manifest, which someone may have written: never outside the folder.
    if not file.resolve().is_relative_to(folder.resolve()) or not file.is_file():
        return True
    return _kept(file, kept.name) != kept


def free_bytes(folder: Path) -> int:
    """Room left where a folder lies."""
    return shutil.disk_usage(folder).free

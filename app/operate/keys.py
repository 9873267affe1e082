"""The key files: out into one file that is kept elsewhere, and back in when a backup is restored."""

import contextlib
import os
import re
from pathlib import Path

from app.core.seal import KeyMissing, Keyring
from app.core.settings import Settings
from app.operate import ground
from app.operate.ground import Refused, key_missing

_NAME = re.compile(r"addresses\.hash|[A-Za-z0-9_-]{1,40}\.key")
_SECRET = re.compile(r"[0-9a-f]{64}")

HEAD = (
    "# Pocket Colleague: the key of one database. Whoever has this file and a copy of the database or of a\n"
    "# backup can read all of it; without it nobody can. Keep it apart from both.\n"
)


def files_of(settings: Settings) -> list[Path]:
    """The key files: the hash key for addresses, and every key-encryption key. Raises Refused."""
    try:
        ring = Keyring(ground.keys_at(settings))
    except (KeyMissing, OSError) as error:
        raise Refused(key_missing(settings, error)) from None
    keys = sorted(ring.path.glob("*.key")) if ring.path.is_dir() else [ring.path]
    return [keys[0].with_name("addresses.hash"), *keys]


def bundle(settings: Settings) -> str:
    """All key files as the text of one."""
    return HEAD + "".join(f"{file.name} {file.read_text().strip()}\n" for file in files_of(settings))


def export(settings: Settings, target: Path | None) -> str:
    """Write the bundle to a new file only its owner can read; without a target, return it for the terminal.

    Remembers which keys were taken out, so that `doctor` is content.
    """
    text = bundle(settings)
    if target is not None:
        try:
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise Refused(f"{target} is there already; name a new file.") from None
        except OSError as error:
            raise Refused(f"{target} cannot be written ({error.strerror}).") from None
        with os.fdopen(handle, "w") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
    _mark(settings)
    return text


def _mark(settings: Settings) -> None:
    with contextlib.suppress(OSError):
        _marker(settings).write_text("".join(f"{file.name}\n" for file in files_of(settings)))


def _marker(settings: Settings) -> Path:
    return settings.data_dir / "key-exported"


def not_exported(settings: Settings) -> list[str]:
    """Names of key files that were never taken out."""
    try:
        taken = set(_marker(settings).read_text().split())
    except OSError:
        taken = set()
    return [file.name for file in files_of(settings) if file.name not in taken]


def bring_in(settings: Settings, source: Path) -> None:
    """Put an exported file's keys where the service looks for them. Raises Refused if others are there."""
    folder = ground.keys_at(settings)
    if folder.exists() and (folder.is_file() or any(folder.iterdir())):
        raise Refused(f"There are keys under {folder} already. Move them away first, or leave out --key.")
    found = read_bundle(source)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, secret in found.items():
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(handle, "w") as out:
            out.write(f"{secret}\n")
            out.flush()
            os.fsync(out.fileno())
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
    _mark(settings)


def read_bundle(source: Path) -> dict[str, str]:
    """An exported file's keys by name. Raises Refused when it is none."""
    try:
        lines = source.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        raise Refused(f"{source} cannot be read.") from None
    found: dict[str, str] = {}
    for line in lines:
        name, _, secret = line.strip().partition(" ")
        if not name or name.startswith("#"):
            continue
        if not _NAME.fullmatch(name) or not _SECRET.fullmatch(secret):
            raise Refused(f"{source} is not a file that `colleague key export` wrote.")
        found[name] = secret
    if "addresses.hash" not in found or len(found) < 2:
        raise Refused(f"{source} is not a file that `colleague key export` wrote, or not the whole of it.")
    return found

"""A .docx is a zip: unpacked under limits, in memory, before any library looks at it."""

import io
import zipfile
import zlib

from app.documents.extract import Refused

UNPACKED_MAX = 50 * 1024 * 1024
ENTRIES_MAX = 1_000
RATIO_MAX = 100
PIECE = 64 * 1024
_DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))


def repacked(given: bytes) -> tuple[bytes, int]:
    """The same package with its XML stored plainly and everything else emptied, and how many pictures it had.

    Raises Refused for what is no package, a locked one, and one that would unpack to more than is allowed,
    whatever its own directory says.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(given)) as source:
            entries = source.infolist()
            _check(entries, len(given))
            parts = _read(source, entries, min(UNPACKED_MAX, RATIO_MAX * len(given)))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError):
        raise Refused("broken") from None
    if "[Content_Types].xml" not in parts:
        raise Refused("not-a-document")
    again = io.BytesIO()
    with zipfile.ZipFile(again, "w", zipfile.ZIP_STORED) as target:
        for name, part in parts.items():
            target.writestr(zipfile.ZipInfo(name), part)
    return again.getvalue(), sum("/media/" in name for name in parts)


def _check(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > ENTRIES_MAX or unpacked > UNPACKED_MAX or unpacked > RATIO_MAX * size:
        raise Refused("too-heavy")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("locked")


def _read(source: zipfile.ZipFile, entries: list[zipfile.ZipInfo], limit: int) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        if entry.is_dir():
            continue
        whole = bytearray()
        if entry.filename.endswith((".xml", ".rels")):
            with source.open(entry) as packed:
                while piece := packed.read(PIECE):
                    total += len(piece)
                    if total > limit:
                        raise Refused("too-heavy")
                    whole += piece
            # Word writes none; entities could only make much out of little.
            if any(mark in whole for mark in _DOCTYPES):
                raise Refused("broken")
        parts[entry.filename] = bytes(whole)
    return parts

"""Bring a backup back to an empty place, with the key that it was written under."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

from app.core.objects import Objects
from app.core.seal import KeyMissing, Keyring
from app.core.settings import Settings
from app.operate import backup, ground, keys, postgres, sqlite_file
from app.operate.backup import Manifest
from app.operate.ground import Refused, key_missing

PIECE = 256 * 1024


async def restore(
    settings: Settings, folder: Path, key: Callable[[], Path | None], say: Callable[[str], None]
) -> Manifest:
    """Verify a backup, then put it in place: keys, recordings, and last the database.

    `key` is asked for an exported key file only where no keys are. Raises Refused; a database that is there
    is never overwritten.
    """
    say("Checking the backup…")
    manifest = await backup.verify(folder)
    is_postgres = settings.database_url.startswith("postgresql")
    if is_postgres != (manifest.dialect == postgres.DIALECT):
        raise Refused(f"This backup is of {manifest.dialect}; DATABASE_URL names another kind.")
    if is_postgres:
        await postgres.refuse_if_used(settings)
    else:
        sqlite_file.refuse_if_used(settings)
    keyring = _keyring(settings, key)
    file = folder / manifest.database.name
    try:
        if not is_postgres:
            sqlite_file.check_key(file, keyring)
        say("Copying recordings…")
        store = Objects(settings.data_dir / "objects", settings.object_store_url)
        for kept in manifest.objects:
            await store.put_sealed(kept.name, _pieces(folder / backup.OBJECTS / kept.name))
        say("Copying the database…")
        if is_postgres:
            await postgres.put_in_place(settings, file, keyring)
        else:
            await sqlite_file.put_in_place(settings, file)
    except KeyMissing as error:
        raise Refused(f"The key does not fit this backup: {error}.") from None
    return manifest


def _keyring(settings: Settings, key: Callable[[], Path | None]) -> Keyring:
    path = ground.keys_at(settings)
    try:
        return Keyring(path)
    except KeyMissing:
        source = key()
    if source is None:
        raise Refused(
            "A backup never holds its key. Give the file that `colleague key export` wrote: "
            "colleague restore DIR --key FILE"
        )
    keys.bring_in(settings, source)
    try:
        return Keyring(path)
    except KeyMissing as error:
        raise Refused(key_missing(settings, error)) from None


async def _pieces(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as source:
        while piece := source.read(PIECE):
            yield piece

"""Backups: promise P13, fault F21, and the half of P5 that says a backup holds no key."""

import asyncio
import hashlib
import json
import sqlite3
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection, insert, select, update

from app.access import people, voice_notes
from app.accounts.sessions import open_session, sessions
from app.core.clock import now
from app.core.db import Database
from app.core.ids import new_id
from app.core.objects import Objects
from app.core.seal import Keyring
from app.live.cursors import stand_of
from tests.operate.stage import Host


@pytest.fixture
def with_key(lived_in: Host, tmp_path: Path) -> Host:
    assert lived_in.run("token", "mara.quill@example.org").returncode == 0
    assert lived_in.run("key", "export", str(tmp_path / "key")).returncode == 0
    return lived_in


def elsewhere(host: Host, tmp_path: Path) -> Host:
    """Another machine, with an empty database of the same kind."""
    url = host.settings.get("DATABASE_URL")
    return Host(tmp_path / "elsewhere", {"DATABASE_URL": f"{url}_2"} if url else {})


@asynccontextmanager
async def opened(host: Host):
    url = host.settings.get("DATABASE_URL") or f"sqlite:///{host.folder / 'colleague.sqlite3'}"
    db = Database(url, Keyring(host.folder / "keys"))
    try:
        yield db
    finally:
        await db.close()


async def speak(db: Database, store: Objects) -> tuple[UUID, bytes]:
    """A ready voice note, its sound stored before its row, as the service does it."""
    voice_id, sound = new_id(), new_id().bytes * 5000
    name = f"voice/{voice_id}"
    await store.put(name, b"k" * 32, sound)

    def add(tx: Connection) -> None:
        moment = now()
        tx.execute(
            insert(voice_notes),
            {
                "id": voice_id,
                "owner_id": tx.execute(select(people.c.id).limit(1)).scalar_one(),
                "content_type": "audio/mp4",
                "state": "ready",
                "object_name": name,
                "created_at": moment,
                "touched_at": moment,
            },
        )

    await db.write(add)
    return voice_id, sound


async def take_back(db: Database, store: Objects, voice_id: UUID) -> None:
    await db.write(
        lambda tx: tx.execute(
            update(voice_notes).where(voice_notes.c.id == voice_id).values(object_name=None, deleted_at=now())
        )
    )
    await store.delete(f"voice/{voice_id}")


def test_a_backup_under_load_restores_whole(with_key, tmp_path):
    """Four writers speak and take back all the while; what was acknowledged before is in the copy."""
    target = tmp_path / "backup"

    async def under_load() -> dict[UUID, bytes]:
        store = Objects(with_key.folder / "objects")
        acknowledged: dict[UUID, bytes] = {}
        stop = asyncio.Event()
        async with opened(with_key) as db:
            for _ in range(10):
                voice_id, sound = await speak(db, store)
                acknowledged[voice_id] = sound

            async def write() -> None:
                spoken: list[UUID] = []
                while not stop.is_set():
                    spoken.append((await speak(db, store))[0])
                    await asyncio.sleep(0.02)
                    if len(spoken) > 40:
                        await take_back(db, store, spoken.pop(0))

            writers = [asyncio.create_task(write()) for _ in range(4)]
            done = await asyncio.to_thread(with_key.run, "backup", str(target))
            stop.set()
            await asyncio.gather(*writers)
        assert done.returncode == 0, done.stderr
        return acknowledged

    acknowledged = asyncio.run(under_load())
    assert with_key.run("verify-backup", str(target)).returncode == 0

    copy = elsewhere(with_key, tmp_path)
    done = copy.run("restore", str(target), "--key", str(tmp_path / "key"))
    assert done.returncode == 0, done.stderr
    asyncio.run(_is_whole(copy, acknowledged))
    assert "BAD" not in copy.run("doctor").stdout
    assert copy.run("token", "mara.quill@example.org").returncode == 0


async def _is_whole(host: Host, acknowledged: dict[UUID, bytes]) -> None:
    store = Objects(host.folder / "objects")
    async with opened(host) as db:
        rows = await db.read(
            lambda tx: tx.execute(
                select(voice_notes.c.id, voice_notes.c.object_name).where(
                    voice_notes.c.object_name.is_not(None)
                )
            ).all()
        )
    assert acknowledged.keys() <= {row.id for row in rows}
    assert {name async for name, _ in store.names()} == {row.object_name for row in rows}
    for row in rows:
        sound = await store.get(row.object_name, b"k" * 32)
        assert sound == acknowledged.get(row.id, sound)


def test_a_backup_holds_no_key_and_no_address(with_key, tmp_path):
    target = tmp_path / "backup"
    assert with_key.run("backup", str(target)).returncode == 0
    secrets = [file.read_text().strip() for file in (with_key.folder / "keys").iterdir()]
    for file in (each for each in target.rglob("*") if each.is_file()):
        content = file.read_bytes()
        assert file.stat().st_mode & 0o077 == 0
        assert b"mara.quill" not in content
        for secret in secrets:
            assert secret.encode() not in content
            assert bytes.fromhex(secret) not in content


def test_restore_asks_for_the_key_and_refuses_a_wrong_one(with_key, tmp_path):
    target = tmp_path / "backup"
    assert with_key.run("backup", str(target)).returncode == 0
    copy = elsewhere(with_key, tmp_path)

    without = copy.run("restore", str(target))
    assert without.returncode == 1
    assert "--key" in without.stderr

    other = Host(tmp_path / "other")
    other.run("invite", "joel.tarn@example.org", "--circle", "Cove", "--role", "mentor")
    other.run("key", "export", str(tmp_path / "other-key"))
    wrong = copy.run("restore", str(target), "--key", str(tmp_path / "other-key"))
    assert wrong.returncode == 1
    assert "does not fit" in wrong.stderr
    assert not (copy.folder / "colleague.sqlite3").exists()

    broken = tmp_path / "no-key"
    broken.write_text("addresses.hash short\n")
    assert Host(tmp_path / "third").run("restore", str(target), "--key", str(broken)).returncode == 1


def test_restore_never_overwrites(with_key, tmp_path):
    target = tmp_path / "backup"
    assert with_key.run("backup", str(target)).returncode == 0
    refused = with_key.run("restore", str(target))
    assert refused.returncode == 1
    assert "Move it away" in refused.stderr or "not empty" in refused.stderr


def test_a_backup_goes_to_a_new_folder_only(with_key, tmp_path):
    target = tmp_path / "backup"
    target.mkdir()
    (target / "something").touch()
    assert with_key.run("backup", str(target)).returncode == 1
    assert [file.name for file in target.iterdir()] == ["something"]


@pytest.mark.parametrize("damage", ["flip", "cut", "lose", "unfinished", "escape"])
def test_a_damaged_backup_is_found_out(host, tmp_path, damage):
    host.run("invite", "mara.quill@example.org", "--circle", "River", "--role", "teacher")
    target = tmp_path / "backup"
    assert host.run("backup", str(target)).returncode == 0
    file, manifest = target / "colleague.sqlite3", target / "manifest.json"
    if damage == "flip":
        with file.open("r+b") as out:
            out.seek(5000)
            out.write(b"\x00\xff\x00")
    elif damage == "cut":
        file.write_bytes(file.read_bytes()[:-4096])
    elif damage == "lose":
        file.unlink()
    elif damage == "unfinished":
        manifest.unlink()
    else:
        said = json.loads(manifest.read_text())
        outside = tmp_path / "outside"
        outside.write_bytes(b"x")
        said["objects"] = [{"name": "../../outside", "size": 1, "sha256": hashlib.sha256(b"x").hexdigest()}]
        manifest.write_text(json.dumps(said))
    for words in (("verify-backup", str(target)), ("restore", str(target))):
        refused = Host(tmp_path / "other").run(*words)
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr


def test_a_row_without_its_recording_fails_the_check(host, tmp_path):
    host.run("invite", "mara.quill@example.org", "--circle", "River", "--role", "teacher")
    host.run("token", "mara.quill@example.org")

    async def lose_one() -> None:
        async with opened(host) as db:
            store = Objects(host.folder / "objects")
            voice_id, _ = await speak(db, store)
            await store.delete(f"voice/{voice_id}")

    asyncio.run(lose_one())
    refused = host.run("backup", str(tmp_path / "backup"))
    assert refused.returncode == 1
    assert "1 recordings" in refused.stderr
    assert not (tmp_path / "backup" / "manifest.json").exists()


def test_the_copy_is_a_sound_database(host, tmp_path):
    host.run("invite", "mara.quill@example.org", "--circle", "River", "--role", "teacher")
    host.run("backup", str(tmp_path / "backup"))
    with sqlite3.connect(tmp_path / "backup" / "colleague.sqlite3") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT count(*) FROM invitations").fetchone() == (1,)


def test_phones_that_were_ahead_of_the_copy_start_over(with_key, tmp_path):
    async def epoch(host: Host) -> int:
        async with opened(host) as db:
            return (await stand_of(db)).epoch

    before = asyncio.run(epoch(with_key))
    target, copy = tmp_path / "backup", elsewhere(with_key, tmp_path)
    assert with_key.run("backup", str(target)).returncode == 0
    assert copy.run("restore", str(target), "--key", str(tmp_path / "key")).returncode == 0
    assert asyncio.run(epoch(copy)) != before


def test_a_session_ended_after_the_backup_does_not_count_again(with_key, tmp_path):
    async def open_ones(host: Host) -> list[str]:
        async with opened(host) as db:
            query = select(sessions.c.kind).where(sessions.c.revoked_at.is_(None)).order_by(sessions.c.kind)
            return list(await db.read(lambda tx: tx.execute(query).scalars().all()))

    async def sign_in(host: Host) -> None:
        async with opened(host) as db:
            await db.write(
                lambda tx: open_session(tx, tx.execute(select(people.c.id)).scalar_one(), kind="cookie")
            )

    asyncio.run(sign_in(with_key))
    assert asyncio.run(open_ones(with_key)) == ["bearer", "cookie"]
    target, copy = tmp_path / "backup", elsewhere(with_key, tmp_path)
    assert with_key.run("backup", str(target)).returncode == 0
    said = copy.run("restore", str(target), "--key", str(tmp_path / "key")).stderr
    assert "Everyone signs in again" in said
    assert asyncio.run(open_ones(copy)) == ["bearer"]


def test_tokens_end_with_a_restore_when_asked(with_key, tmp_path):
    target, copy = tmp_path / "backup", elsewhere(with_key, tmp_path)
    assert with_key.run("backup", str(target)).returncode == 0
    assert copy.run("restore", str(target), "--key", str(tmp_path / "key"), "--end-tokens").returncode == 0

    async def open_ones() -> int:
        async with opened(copy) as db:
            query = select(sessions.c.id).where(sessions.c.revoked_at.is_(None))
            return len(await db.read(lambda tx: tx.execute(query).all()))

    assert asyncio.run(open_ones()) == 0

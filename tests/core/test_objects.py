"""The object store, in a folder and behind an S3 address alike: whole or not there, sealed, in ranges."""

import asyncio
import errno
import os
import re
import shutil
import subprocess
import sys
import textwrap

import pytest

from app.core import objects as objects_module
from app.core.errors import StorageFull
from app.core.objects import ObjectMissing, Objects, StoreAway
from app.core.sealed_file import CHUNK, Damaged
from tests.core import fake_s3

KEY = bytes(range(32))


@pytest.fixture(scope="module")
def s3():
    with fake_s3.running() as (fake, address):
        yield fake, address


@pytest.fixture(params=["folder", "s3"])
def store(request, tmp_path, monkeypatch):
    if request.param == "folder":
        return Objects(tmp_path / "objects")
    return remote(request.getfixturevalue("s3"), tmp_path, monkeypatch)


def remote(s3, tmp_path, monkeypatch) -> Objects:
    fake, address = s3
    fake.ill = None
    fake.held.clear()
    for name, value in {
        "AWS_ENDPOINT_URL": address,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "invented",
        "AWS_SECRET_ACCESS_KEY": "invented",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    return Objects(tmp_path, "s3://bucket")


async def names(store: Objects, folder: str = "") -> list[str]:
    return sorted([name async for name, _ in store.names(folder)])


async def part(store: Objects, name: str, start: int, end: int | None) -> bytes:
    return b"".join([piece async for piece in store.read(name, KEY, start, end)])


async def streamed(plain: bytes, *, then: Exception | None = None):
    for start in range(0, len(plain), 30_000):
        yield plain[start : start + 30_000]
    if then:
        raise then


@pytest.mark.parametrize("length", [0, 1, CHUNK, 500_000, 7_000_000])
async def test_what_is_put_is_read_back_whole(store, length):
    plain = os.urandom(length)
    await store.put("voice/a", KEY, streamed(plain))

    assert await store.size("voice/a") == length
    assert await store.get("voice/a", KEY) == plain


async def test_any_range_is_read_without_the_rest(store):
    plain = os.urandom(6 * CHUNK + 100)
    await store.put("voice/a", KEY, plain)

    for start, end in [
        (0, 2),
        (5, CHUNK),
        (CHUNK - 1, CHUNK + 1),
        (2 * CHUNK, 5 * CHUNK + 7),
        (CHUNK * 6, None),
    ]:
        assert await part(store, "voice/a", start, end) == plain[start:end]


async def test_a_second_put_takes_the_place_of_the_first(store):
    await store.put("voice/a", KEY, b"first")
    await store.put("voice/a", KEY, b"second")

    assert await store.get("voice/a", KEY) == b"second"
    assert await names(store) == ["voice/a"]


async def test_a_source_that_fails_leaves_nothing(store):
    with pytest.raises(Exception, match="the phone went away"):
        await store.put("voice/a", KEY, streamed(os.urandom(900_000), then=ValueError("the phone went away")))

    assert await names(store) == []
    with pytest.raises(ObjectMissing):
        await store.get("voice/a", KEY)


async def test_what_is_not_there_is_missing_and_may_be_deleted_again(store):
    await store.put("voice/a", KEY, b"x")
    await store.delete("voice/a", "voice/never")
    await store.delete("voice/a")

    with pytest.raises(ObjectMissing):
        await store.size("voice/a")


async def test_a_folder_is_listed_with_stored_sizes(store):
    await store.put("voice/a", KEY, b"x" * 100)
    await store.put("upload/b", KEY, b"y")

    assert [(n, s) async for n, s in store.names("voice")] == [("voice/a", 100 + 24 + 16)]
    assert await names(store) == ["upload/b", "voice/a"]


async def test_a_backup_copies_sealed_bytes_and_a_restore_puts_them_back(store):
    plain = os.urandom(300_000)
    await store.put("voice/a", KEY, plain)
    copy = b"".join([piece async for piece in store.read_sealed("voice/a")])
    await store.delete("voice/a")
    await store.put_sealed("voice/a", streamed(copy))

    assert plain[:64] not in copy
    assert await store.get("voice/a", KEY) == plain


async def test_the_wrong_key_reads_nothing(store):
    await store.put("voice/a", KEY, b"x" * 100)

    with pytest.raises(Damaged):
        await store.get("voice/a", bytes(32))


@pytest.mark.parametrize("name", ["../keys", "/etc/passwd", "voice//a", "voice/", "Voice", "a#1", ""])
async def test_a_name_that_could_lead_elsewhere_is_a_mistake(store, name):
    with pytest.raises(ValueError, match="name"):
        await store.put(name, KEY, b"x")


async def test_many_at_once_do_not_disturb_each_other(store):
    plains = {f"voice/{i:02d}": os.urandom(100_000 + i) for i in range(20)}
    await asyncio.gather(*(store.put(name, KEY, plain) for name, plain in plains.items()))

    assert {name: await store.get(name, KEY) for name in plains} == plains


async def test_a_put_that_is_called_off_leaves_no_half_file(tmp_path):
    store = Objects(tmp_path)

    async def endless():
        while True:
            yield os.urandom(100_000)
            await asyncio.sleep(0.001)

    putting = asyncio.create_task(store.put("voice/a", KEY, endless()))
    await asyncio.sleep(0.05)
    putting.cancel()
    await asyncio.wait({putting})

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_a_full_disk_is_told_as_such_and_leaves_nothing(tmp_path, monkeypatch):
    store = Objects(tmp_path)

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(objects_module.os, "fsync", full)
    with pytest.raises(StorageFull):
        await store.put("voice/a", KEY, b"x" * 100)
    monkeypatch.undo()

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_a_local_file_and_its_folder_are_flushed_before_put_returns(tmp_path):
    script = textwrap.dedent(
        """
        import asyncio, os, sys
        from pathlib import Path
        from app.core.objects import Objects
        for _ in "new", "again":
            asyncio.run(Objects(Path(sys.argv[1])).put("voice/a", bytes(32), b"x" * 100))
            os.path.exists("/put-has-returned")
        """
    )
    traced = subprocess.run(
        [
            "strace",
            "-f",
            "-y",
            "-e",
            "trace=fsync,rename,newfstatat,stat",
            sys.executable,
            "-c",
            script,
            tmp_path,
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    acts = [
        "returned"
        if "put-has-returned" in line
        else "moved"
        if "rename(" in line
        else "file"
        if "voice/a" in line
        else "folder"
        for line in traced.splitlines()
        if "put-has-returned" in line or (str(tmp_path) in line and re.search(r"fsync\(|rename\(", line))
    ]
    new, again = acts[: acts.index("returned")], acts[acts.index("returned") + 1 : -1]
    assert new[-3:] == ["moved", "file", "folder"]
    # What was there stays readable whatever happens, so here the flush comes before the move.
    assert again == ["file", "moved", "folder"]


async def test_halves_left_by_a_crash_are_not_listed_and_are_swept(tmp_path):
    store = Objects(tmp_path)
    await store.put("voice/a", KEY, b"x")
    half = tmp_path / "voice" / "b#17"
    half.write_bytes(b"half")
    os.utime(half, (0, 0))

    assert await names(store) == ["voice/a"]
    assert await store.sweep() == 1
    assert not half.exists()


@pytest.mark.parametrize("ill", [500, 503, 403])
async def test_a_store_that_answers_with_errors_is_away_not_empty(s3, tmp_path, monkeypatch, ill):
    """F9: the upload stays queued; nothing says the file does not exist."""
    store = remote(s3, tmp_path, monkeypatch)
    await store.put("voice/a", KEY, b"x" * 100)
    s3[0].ill = ill

    for attempt in (
        store.put("voice/b", KEY, b"y"),
        store.get("voice/a", KEY),
        store.delete("voice/a"),
        store.ready(),
    ):
        with pytest.raises(StoreAway):
            await attempt
    s3[0].ill = None
    assert await store.get("voice/a", KEY) == b"x" * 100


async def test_a_body_cut_short_by_the_store_is_never_taken_for_the_file(s3, tmp_path, monkeypatch):
    store = remote(s3, tmp_path, monkeypatch)
    await store.put("voice/a", KEY, os.urandom(200_000))
    s3[0].ill = "cut"

    with pytest.raises((StoreAway, Damaged)):
        await store.get("voice/a", KEY)

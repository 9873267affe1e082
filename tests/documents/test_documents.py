"""`POST /api/documents`: a file in, its words out, and nothing of it anywhere afterwards."""

import logging
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from app.core.audit import AuditRow
from app.core.changes import Change
from app.core.guard import FILE_MAX
from app.core.limits import Limits
from app.core.outbox import Fact
from tests.documents.papers import pdf, word
from tests.factories import Cast

BYTES = {"Content-Type": "application/octet-stream"}


def files_with(words: bytes, folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and words in path.read_bytes()]


async def test_a_draft_comes_out_of_a_file_and_goes_into_a_question(cast: Cast):
    package = word("Dear team,", "Maria Lopez reads aloud.", author="Ruth Ambrose")
    reply = await cast.teacher.post("/api/documents", content=package, headers=BYTES)

    assert reply.status_code == 200
    read = reply.json()
    assert read["text"] == "Dear team,\n\nMaria Lopez reads aloud."
    assert [read["text"][each["start"] : each["end"]] for each in read["findings"]] == ["Maria Lopez"]
    assert (read["kind"], read["notes"]) == ("email", ["the names of its authors"])

    draft = {"kind": read["kind"], "text": read["text"]}
    asked = {"circle_id": str(cast.circle_id), "body": "Too long?", "drafts": [draft]}
    assert (await cast.teacher.post("/api/threads", json=asked)).status_code == 422
    draft["text"] = draft["text"].replace("Maria Lopez", "The student")
    assert (await cast.teacher.post("/api/threads", json=asked)).status_code == 201


async def test_nothing_of_a_file_stays(cast: Cast, service: FastAPI, tmp_path: Path, caplog):
    """Not on the disk, not in the database, not in a log."""
    caplog.set_level(logging.DEBUG)
    marker = "Quillabright"
    rows = [Change.__table__, Fact.__table__, AuditRow.__table__]

    def counted(tx):
        return [len(tx.execute(select(table)).all()) for table in rows]

    before = await service.state.db.read(counted)
    for given in (
        word(f"The student {marker} reads."),
        pdf([[f"{marker} reads."]]),
        f"{marker}.".encode(),
        b"%PDF-",
    ):
        await cast.teacher.post("/api/documents", content=given, headers=BYTES)

    assert await service.state.db.read(counted) == before
    assert marker not in caplog.text
    assert files_with(marker.encode(), tmp_path) == []


@pytest.mark.parametrize(
    ("given", "status", "problem"),
    [
        (b"", 422, "document-without-words"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), 415, "not-a-document"),
        (b"PK\x03\x04" + bytes(99), 422, "document-unreadable"),
        (b"a" * (FILE_MAX + 1), 413, "too-large"),
    ],
    ids=["empty", "old", "damaged", "large"],
)
async def test_refusals_say_why_and_never_quote(cast: Cast, given: bytes, status: int, problem: str):
    reply = await cast.teacher.post("/api/documents", content=given, headers=BYTES)

    assert (reply.status_code, reply.json()["type"]) == (status, f"/problems/{problem}")
    assert reply.headers["content-type"] == "application/problem+json"


async def test_a_file_that_is_too_large_is_cut_while_it_comes(cast: Cast):
    sent = 0

    async def endless():
        nonlocal sent
        while True:
            sent += 65_536
            yield b"a" * 65_536

    reply = await cast.teacher.post("/api/documents", content=endless(), headers=BYTES)

    assert reply.status_code == 413
    assert sent < FILE_MAX + 200_000


async def test_ten_a_minute_are_enough(cast: Cast, service: FastAPI):
    service.state.limits = Limits()
    statuses = [
        (await cast.teacher.post("/api/documents", content=b"Reads aloud.", headers=BYTES)).status_code
        for _ in range(11)
    ]

    assert statuses == [200] * 10 + [429]

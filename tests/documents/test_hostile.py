"""Documents that no honest program writes (F14): refused with a reason and a way on, and that is all."""

import asyncio
import io
import random
import time
import zipfile
from pathlib import Path

import pytest

from app.core.child import Interrupted
from app.core.errors import Busy, Problem, TooLarge
from app.documents import reading
from app.documents.reading import Desk, DocumentLocked, DocumentUnreadable, NotADocument, NoWords
from tests.documents.papers import part_of, pdf, scan, with_forged_size, with_part, word
from tests.voice.recordings import JPEG

BODY = "word/document.xml"


def bomb() -> bytes:
    """60 MB of the same letter, honestly declared."""
    return with_part(word("Hi."), "word/extra.xml", b"<a>" + b"a" * 60_000_000 + b"</a>")


def dense() -> bytes:
    """Under 50 MB, but more than a hundred times its size."""
    return with_part(word("Hi."), "word/extra.xml", b"<a>" + b"a" * 30_000_000 + b"</a>")


def forged() -> bytes:
    """Says of itself that it unpacks to ten bytes."""
    return with_forged_size(with_part(word("Hi."), "word/extra.xml", b"a" * 30_000_000), "word/extra.xml", 10)


def crowded() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as target:
        target.writestr("[Content_Types].xml", "<Types/>")
        for number in range(100_000):
            target.writestr(f"w/{number}", b"")
    return held.getvalue()


def entities(kind: str) -> bytes:
    layers = "".join(
        f'<!ENTITY e{each} "{f"&e{each - 1};" * 10}">' if each else '<!ENTITY e0 "lol">' for each in range(9)
    )
    external = '<!ENTITY e8 SYSTEM "file:///etc/passwd">'
    package = word("Hi MARK.")
    body = part_of(package, BODY).decode()
    said = f"<!DOCTYPE w [{layers if kind == 'laughs' else external}]>"
    body = body.replace("?>", f"?>{said}", 1).replace("MARK", "&e8;")
    if kind == "wide":
        body = body.replace("UTF-8", "UTF-16", 1)
    return with_part(package, BODY, body.encode("utf-16" if kind == "wide" else "utf-8"))


def locked_zip() -> bytes:
    given = bytearray(word("Hi."))
    at = given.find(b"PK\x01\x02")
    given[at + 8] |= 1
    return bytes(given)


def deep() -> bytes:
    package = word("Hi.")
    nested = b"<w:sdt><w:sdtContent>" * 200_000 + b"</w:sdtContent></w:sdt>" * 200_000
    body = part_of(package, BODY).replace(b"<w:sectPr", nested + b"<w:sectPr", 1)
    return with_part(package, BODY, body)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
PASSWORD = (
    f"/Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <{'11' * 32}> /U <{'22' * 32}> >> "
    "/ID [<aa><aa>]"
)
SHEET = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def sheet() -> bytes:
    package = word("Hi.")
    types = part_of(package, "[Content_Types].xml").replace(WORD, SHEET)
    return with_part(package, "[Content_Types].xml", types)


CORPUS = {
    "empty": (lambda: b"", NoWords),
    "blank": (lambda: b" \r\n\t ", NoWords),
    "only digits": (lambda: b"12 34", NoWords),
    "an empty Word document": (word, NoWords),
    "a scan": (scan, NoWords),
    "an old .doc": (lambda: OLE, NotADocument),
    "a locked .docx": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), DocumentLocked),
    "a locked zip": (locked_zip, DocumentLocked),
    "a locked PDF": (lambda: pdf([["Hi."]], trailer=PASSWORD), DocumentLocked),
    "a picture": (lambda: JPEG, NotADocument),
    "a PNG called .docx": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), NotADocument),
    "an RTF": (lambda: b"{\\rtf1 Hi.}", NotADocument),
    "a sheet": (sheet, NotADocument),
    "bytes of nothing": (lambda: bytes(random.Random(7).randbytes(5_000)), NotADocument),
    "a zip of something else": (lambda: part_zip({"a.txt": b"Hi."}), NotADocument),
    "half a zip": (lambda: word("Hi.")[:5_000], DocumentUnreadable),
    "half a PDF": (lambda: b"%PDF-1.7\n1 0 obj", DocumentUnreadable),
    "a zip bomb": (bomb, DocumentUnreadable),
    "a dense one": (dense, DocumentUnreadable),
    "forged sizes": (forged, DocumentUnreadable),
    "100,000 entries": (crowded, DocumentUnreadable),
    "entities": (lambda: entities("laughs"), DocumentUnreadable),
    "wide entities": (lambda: entities("wide"), DocumentUnreadable),
    "an entity of a file": (lambda: entities("external"), DocumentUnreadable),
    "deeply nested": (deep, DocumentUnreadable),
    "101 pages": (lambda: scan(101), TooLarge),
}


def part_zip(parts: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return held.getvalue()


@pytest.mark.parametrize("name", CORPUS)
async def test_it_is_refused_with_a_way_on(name: str):
    make, refusal = CORPUS[name]
    given = make()
    assert len(given) <= 10 * 1024 * 1024
    started = time.monotonic()
    with pytest.raises(Problem) as refused:
        await Desk().read(given)

    assert type(refused.value) is refusal, refused.value.detail
    assert refused.value.detail.endswith(".")
    assert time.monotonic() - started < 25


async def test_a_picture_bomb_in_a_document_is_not_even_unpacked():
    """Pictures are no words: one that is damaged, or lies about its size, spoils nothing."""
    package = bytearray(with_part(word("The student reads."), "word/media/a.png", b"\x89PNG" + bytes(90_000)))
    at = package.find(b"word/media/a.png")
    package[at + 16 : at + 40] = bytes(24)

    document = await Desk().read(bytes(package))
    assert document.text == "The student reads."
    assert document.left["pictures"] == 1


@pytest.mark.parametrize("seed", range(6))
async def test_damaged_documents_are_read_or_refused_never_a_fault_of_ours(seed: int):
    dice = random.Random(seed)
    for whole in (word("The student reads."), pdf([["The student reads."]])):
        damaged = bytearray(whole)
        for _ in range(dice.choice((1, 20, 300))):
            damaged[dice.randrange(4, len(damaged))] = dice.randrange(256)
        (outcome,) = await asyncio.gather(Desk().read(bytes(damaged)), return_exceptions=True)
        assert isinstance(outcome, Problem | reading.Document), repr(outcome)
        assert not isinstance(outcome, Busy)


@pytest.mark.parametrize(
    ("program", "refusal"),
    [
        ("import time\nrehearse = lambda: time.sleep(60)\n", DocumentUnreadable),
        ("rehearse = lambda: None\ndef answered(*_):\n    while True: pass\n", DocumentUnreadable),
        ("rehearse = lambda: None\nanswered = lambda *_: b'x' * 2**24\n", DocumentUnreadable),
        ("raise SystemExit(3)\n", Busy),
    ],
    ids=["sleeps", "spins", "chatters", "cannot start"],
)
async def test_a_child_that_hangs_is_given_up(monkeypatch, tmp_path: Path, program: str, refusal):
    stuck = tmp_path / "stuck.py"
    stuck.write_text(f"MEMORY_BYTES = 2**29\n{program}")
    monkeypatch.setattr(reading, "PROGRAM", stuck)
    monkeypatch.setattr(reading, "PATIENCE_S", 1.0)

    with pytest.raises(refusal):
        await Desk().read(pdf([["Hi."]]))


async def test_a_child_that_eats_memory_is_told_so(monkeypatch, tmp_path: Path):
    hungry = tmp_path / "hungry.py"
    honest = reading.PROGRAM.read_text()
    hungry.write_text(
        honest.replace("    try:\n        extract", "    bytearray(2**31)\n    try:\n        extract")
    )
    assert hungry.read_text() != honest
    monkeypatch.setattr(reading, "PROGRAM", hungry)

    with pytest.raises((DocumentUnreadable, Busy)):
        await Desk().read(pdf([["Hi."]]))


async def test_a_few_are_read_at_a_time_and_the_others_wait_their_turn(monkeypatch):
    running = most = 0

    async def slowly(*_args, **_options) -> bytes:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.05)
        running -= 1
        return b'{"text": "Hi."}'

    monkeypatch.setattr(reading.child, "ask", slowly)
    desk = Desk(at_once=2)
    read = await asyncio.gather(*(desk.read(b"%PDF-") for _ in range(6)))

    assert (most, len(read)) == (2, 6)


async def test_who_waits_too_long_is_asked_to_come_again(monkeypatch):
    monkeypatch.setattr(reading, "PATIENCE_S", 0.05)

    with pytest.raises(Busy):
        await Desk(at_once=0).read(b"%PDF-")


async def test_a_reader_stopped_from_outside_says_nothing_about_the_document(monkeypatch):
    async def stopped(*_args, **_options) -> bytes:
        raise Interrupted("stopped")

    monkeypatch.setattr(reading.child, "ask", stopped)
    with pytest.raises(Busy):
        await Desk().read(b"%PDF-")

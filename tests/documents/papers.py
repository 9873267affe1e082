"""Documents made for tests, honest ones and others. All people in them are invented."""

import io
import struct
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

import docx
import pypdfium2 as pdfium
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement

GOAL = "Given a grade-level prompt, the student will write a paragraph scoring 3 of 4 on 4 of 5 samples."


def saved(document: Document) -> bytes:
    """The file as Word would hand it on."""
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def word(*paragraphs: str, change: Callable[[Document], Any] | None = None, author: str = "") -> bytes:
    """A .docx with these paragraphs."""
    document = docx.Document()
    document.core_properties.author = author
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if change:
        change(document)
    return saved(document)


def changed(paragraph: Any, kind: str, text: str, by: str) -> None:
    """Put a tracked insertion or deletion at the end of a paragraph."""
    change = OxmlElement(f"w:{kind}")
    change.set(qn("w:id"), "7")
    change.set(qn("w:author"), by)
    run = OxmlElement("w:r")
    said = OxmlElement("w:delText" if kind == "del" else "w:t")
    said.text = text
    run.append(said)
    change.append(run)
    paragraph._p.append(change)


def with_part(package: bytes, name: str, content: bytes) -> bytes:
    """The package with one part replaced or added."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, content)
    return held.getvalue()


def part_of(package: bytes, name: str) -> bytes:
    """One part of a package."""
    with zipfile.ZipFile(io.BytesIO(package)) as source:
        return source.read(name)


def with_forged_size(package: bytes, name: str, size: int) -> bytes:
    """The package whose directory says that a part unpacks to `size` bytes."""
    forged = bytearray(package)
    at = forged.rfind(b"PK\x01\x02", 0, forged.rfind(name.encode()))
    forged[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(forged)


def pdf(
    pages: Iterable[Iterable[str]],
    *,
    info: dict[str, str] | None = None,
    extra: str = "",
    catalog: str = "",
    trailer: str = "",
) -> bytes:
    """A PDF of plain lines, 14 points apart, written by hand so that a test knows every byte of it.

    `extra` are further entries of each page, `catalog` and `trailer` of these, as a PDF spells them.
    """
    objects: list[bytes] = [f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(), b""]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    kids = []
    for lines in pages:
        drawn = (
            "BT /F1 10 Tf 14 TL 40 780 Td " + " ".join(f"({_escaped(line)}) Tj T*" for line in lines) + " ET"
        )
        stream = drawn.encode("latin-1")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        page = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> >> {extra} >>"
        )
        objects.append(page.encode())
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    if info:
        told = " ".join(f"/{name} ({_escaped(text)})" for name, text in info.items())
        objects.append(f"<< {told} >>".encode())
        trailer += f" /Info {len(objects)} 0 R "
    return _assembled(objects, trailer)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _assembled(objects: list[bytes], trailer: str) -> bytes:
    held = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(held))
        held += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(held)
    held += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    held += b"".join(b"%010d 00000 n \n" % place for place in places)
    held += b"trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer.encode(),
        start,
    )
    return bytes(held)


def scan(pages: int = 1) -> bytes:
    """A PDF of pictures only."""
    paper = pdfium.PdfDocument.new()
    for _ in range(pages):
        paper.new_page(595, 842)
    held = io.BytesIO()
    paper.save(held)
    return held.getvalue()

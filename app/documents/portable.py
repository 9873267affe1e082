"""The words of a PDF, page by page; filled fields stay where they stand, notes and data are told apart."""

import ctypes
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as c

from app.documents.extract import TEXT_MAX, Block, Extract, Refused
from app.documents.lines import flowing

PAGES_MAX = 100
NOTES_MAX = 2_000
# How many lines a head or a foot has at most.
EDGE = 2
_HYPHEN = re.compile("[\x02\ufffe\xad]\r?\n?")
# "Page 3 of 12", "p. 3", or a line that is nothing but a number.
_PAGE = re.compile(r"\bp(?:age|\.)? ?\d+(?: ?(?:of|/) ?\d+)?|^\W*\d+(?: ?(?:of|/) ?\d+)?\W*$", re.IGNORECASE)
# What is typed into a field or onto the page is text; a link and the window of a note say nothing themselves.
OF_THE_PAGE = (c.FPDF_ANNOT_WIDGET, c.FPDF_ANNOT_FREETEXT, c.FPDF_ANNOT_LINK, c.FPDF_ANNOT_POPUP)
_PEOPLE = ("Author",)
_PROPERTIES = ("Title", "Subject", "Keywords")


def read(given: bytes) -> Extract:
    """The text of a PDF; a scan has none. Raises Refused for a locked, damaged or very long one."""
    try:
        document = pdfium.PdfDocument(given)
    except pdfium.PdfiumError as error:
        locked = error.err_code in (c.FPDF_ERR_PASSWORD, c.FPDF_ERR_SECURITY)
        raise Refused("locked" if locked else "broken") from None
    if len(document) > PAGES_MAX:
        raise Refused("too-long")
    extract = Extract()
    try:
        document.init_forms()
        pages = _pages(document, extract)
        told = document.get_metadata_dict()
        bookmarks = [mark.get_title() for mark in document.get_toc()]
    except pdfium.PdfiumError:
        raise Refused("broken") from None
    lines, running = without_running([page.split("\n") for page in pages])
    extract.blocks = [Block("item" if is_item else "paragraph", text) for is_item, text in flowing(lines)]
    extract.people = [told[name] for name in _PEOPLE if told.get(name, "").strip()]
    properties = [told[name] for name in _PROPERTIES if told.get(name, "").strip()]
    extract.aside += [*running, *properties, *bookmarks]
    extract.left["headers"] = len(running)
    extract.left["people"] = len(extract.people)
    extract.left["properties"] = len(properties)
    extract.left["attachments"] = c.FPDFDoc_GetAttachmentCount(document)
    return extract


def _pages(document: Any, extract: Extract) -> list[str]:
    pages: list[str] = []
    size = 0
    for page in document:
        notes = _notes(page)
        extract.left["comments"] += len(notes)
        extract.aside += notes
        # Makes what was filled into a form part of the page, so that it is read where it stands.
        c.FPDFPage_Flatten(page, c.FLAT_NORMALDISPLAY)
        page.close()
    for number in range(len(document)):
        page = document[number]
        words = page.get_textpage().get_text_bounded()
        page.close()
        pages.append(_HYPHEN.sub("", words).replace("\r\n", "\n").replace("\r", "\n"))
        size += len(words)
        if size > TEXT_MAX:
            break
    return pages


def _notes(page: Any) -> list[str]:
    """What was written onto a page by its readers, and by whom."""
    said = []
    for number in range(min(c.FPDFPage_GetAnnotCount(page), NOTES_MAX)):
        note = c.FPDFPage_GetAnnot(page, number)
        if not note:
            continue
        if c.FPDFAnnot_GetSubtype(note) not in OF_THE_PAGE:
            words, by = (_value(note, name) for name in (b"Contents", b"T"))
            said += [f"Teacher: {by}\n{words}" if by else words] if words or by else []
        c.FPDFPage_CloseAnnot(note)
    return said


def _value(note: Any, name: bytes) -> str:
    size = c.FPDFAnnot_GetStringValue(note, name, None, 0)
    held = ctypes.create_string_buffer(size)
    c.FPDFAnnot_GetStringValue(note, name, ctypes.cast(held, ctypes.POINTER(c.FPDF_WCHAR)), size)
    return held.raw.decode("utf-16-le", "ignore").rstrip("\0").strip()


def without_running(pages: list[list[str]]) -> tuple[list[str], list[str]]:
    """All lines but those that stand at the top or foot of most pages, and these once each.

    Their page numbers may differ. A line counts as running on three pages or more.
    """
    written = [[line.rstrip() for line in page if line.strip()] for page in pages]
    edges: Counter[str] = Counter()
    for page in written:
        edges.update({_shape(line) for line in [*page[:EDGE], *page[-EDGE:]]})
    least = max(3, round(len(pages) * 0.6))
    running = {shape for shape, times in edges.items() if times >= least}
    lines: list[str] = []
    dropped: dict[str, str] = {}
    for page in pages:
        kept = deque(page)
        for take in (kept.popleft, kept.pop):
            for line in _taken(kept, take, running):
                dropped.setdefault(_shape(line), line.strip())
        lines += kept
    return lines, list(dropped.values())


def _taken(page: "deque[str]", take: Callable[[], str], running: set[str]) -> Iterator[str]:
    """Take running lines off one end of a page, and what is empty between them."""
    for _ in range(EDGE):
        while page and not page[0 if take == page.popleft else -1].strip():
            take()
        if not page or _shape(page[0 if take == page.popleft else -1]) not in running:
            return
        yield take()


def _shape(line: str) -> str:
    return _PAGE.sub("#", " ".join(line.split()))

"""Which document the bytes are, and its words: Word and PDF are read in a confined process, text here."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from app.core import child
from app.core.errors import Busy, Problem, TooLarge
from app.documents import plain
from app.documents.extract import Reason, Refused

PROGRAM = Path(__file__).with_name("read_child.py")
PATIENCE_S = 20.0
ANSWER_LIMIT_BYTES = 8 * 1024 * 1024
AT_ONCE = 2


class NotADocument(Problem):
    slug, title, status = "not-a-document", "This is not a document that can be read here", 415
    detail = "Choose a .docx, a .pdf or a .txt file."


class DocumentLocked(Problem):
    slug, title, status = "document-locked", "This document is locked with a password", 422
    detail = "Save a copy without the password, or paste the words."


class DocumentUnreadable(Problem):
    slug, title, status = "document-unreadable", "This document could not be read", 422
    detail = "It may be damaged. Open it, save it again and choose that copy, or paste the words."


class NoWords(Problem):
    slug, title, status = "document-without-words", "There are no words in this document", 422
    detail = "It may be a scan, which is a picture of words. Paste the words, or type them."


OLD_WORD = "This is an older Word file (.doc). Open it, save it as .docx, and choose that copy."
PICTURE = "This is a picture. Choose the document it was made from, or type its words."
LONG = "A PDF may have 100 pages. Save the pages you need as a file of their own, or paste the words."
HEAVY = "It is too large once unpacked. Save only the part you need, or paste the words."
# How Office writes the name of a stream in a file from before 2007: also the wrapping of a locked .docx.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")
_PDF_WITHIN = 1024


@dataclass(frozen=True)
class Document:
    """The words of a document, and the words beside them that are only screened."""

    text: str
    headings: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    aside: str = ""
    left: dict[str, int] = field(default_factory=dict)


class Desk:
    """Reads a few documents at a time; who comes meanwhile waits a little, then is asked to come again."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._places = asyncio.Semaphore(at_once)

    async def read(self, given: bytes) -> Document:
        """The words of a file, held in memory only. Raises a Problem that says what to do instead."""
        form = form_of(given)
        if form == "txt":
            return await asyncio.to_thread(_decoded, given)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._places.acquire()
        except TimeoutError:
            raise Busy() from None
        try:
            answer = await child.ask(
                PROGRAM, given, form, patience_s=PATIENCE_S, answer_limit_bytes=ANSWER_LIMIT_BYTES
            )
        except child.TooHeavy:
            raise DocumentUnreadable(HEAVY) from None
        except child.Broken:
            raise DocumentUnreadable() from None
        except child.Interrupted:
            raise Busy() from None
        finally:
            self._places.release()
        told = orjson.loads(answer)
        if "reason" in told:
            raise refusal_for(told["reason"])
        return _with_words(told)


def form_of(given: bytes) -> str:
    """docx, pdf or txt by the first bytes, whatever the file is called. Raises a Problem for all else."""
    if not given.strip():
        raise NoWords("This file is empty. Choose another one, or paste the words.")
    if given.startswith(b"PK\x03\x04"):
        return "docx"
    if b"%PDF-" in given[:_PDF_WITHIN]:
        return "pdf"
    if given.startswith(_OLE):
        raise DocumentLocked() if _ENCRYPTED in given else NotADocument(OLD_WORD)
    if given.startswith(_PICTURES) or given[4:12] in (b"ftypheic", b"ftypmif1", b"ftypavif"):
        raise NotADocument(PICTURE)
    if given.startswith((b"{\\rtf", b"PK")):
        raise NotADocument()
    return "txt"


def refusal_for(reason: Reason) -> Problem:
    """The refusal that says in words what the child says in one."""
    match reason:
        case "locked":
            return DocumentLocked()
        case "not-a-document":
            return NotADocument()
        case "too-long":
            return TooLarge(LONG)
        case "too-heavy":
            return DocumentUnreadable(HEAVY)
        case "broken":
            return DocumentUnreadable()


def _decoded(given: bytes) -> Document:
    try:
        text = plain.read(given)
    except Refused as refusal:
        raise refusal_for(refusal.args[0]) from None
    return _with_words({"text": text})


def _with_words(told: dict[str, Any]) -> Document:
    if not any(char.isalpha() for char in told["text"]):
        raise NoWords()
    return Document(**told)

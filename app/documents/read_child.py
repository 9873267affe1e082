"""Untrusted .docx and .pdf in, their words out: a program for `core/confined.py`, never run by the service.

The answer is JSON: `{"reason": …}`, or what `Extract` holds.
"""

import io
import json
from typing import Any

import docx
import pypdfium2 as pdfium

from app.documents import portable, word
from app.documents.extract import Extract, Refused

MEMORY_BYTES = 768 * 1024 * 1024


def answered(given: bytes, form: str) -> bytes:
    """What is in it, or the reason why that cannot be said."""
    # Half a character is no character, and the other side of the pipe takes none.
    return json.dumps(_outcome(given, form), ensure_ascii=False).encode("utf-8", "replace")


def _outcome(given: bytes, form: str) -> dict[str, Any]:
    try:
        extract = {"docx": word.read, "pdf": portable.read}[form](given)
    except Refused as refusal:
        return {"reason": refusal.args[0]}
    except (MemoryError, RecursionError):
        return {"reason": "too-heavy"}
    return told(extract)


def told(extract: Extract) -> dict[str, Any]:
    """An extract as it goes through the pipe."""
    return {
        "text": extract.text,
        "headings": extract.headings[:200],
        "people": extract.people[:100],
        "aside": extract.aside_text,
        "left": extract.left,
    }


def rehearse() -> None:
    """Read one empty document of each kind, so that what the libraries load late is there."""
    empty = io.BytesIO()
    docx.Document().save(empty)
    answered(empty.getvalue(), "docx")
    empty = io.BytesIO()
    paper = pdfium.PdfDocument.new()
    paper.new_page(100, 100)
    paper.save(empty)
    answered(empty.getvalue(), "pdf")

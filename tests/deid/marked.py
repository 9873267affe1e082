"""The marked texts beside this file; their form is described in bench/deid_marked.py."""

from pathlib import Path

from bench.deid_marked import read
from bench.deid_score import Document

TEXTS = Path(__file__).parent / "texts"


def documents(name: str) -> list[Document]:
    """The documents of one file, the marks taken out and turned into spans."""
    return [template.document() for template in read(TEXTS / name)]


def clean_lines() -> list[str]:
    """Sentences as teachers and mentors write them, with no identifier in any."""
    return (TEXTS / "clean.txt").read_text("utf-8").splitlines()

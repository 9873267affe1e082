"""What holds for every text, however it was saved or set."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.text import DRAFT_MAX, normalise
from app.documents.api import fitting
from app.documents.kinds import guess
from app.documents.lines import flowing
from app.documents.plain import read

WRITTEN = st.text(st.characters(categories=["L", "N", "P", "Zs"], include_characters="\n\t"), max_size=200)
SAVED = {
    "utf-8": b"",
    "utf-8-sig": b"",
    "utf-16": b"",
    "utf-32": b"",
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
}


@pytest.mark.parametrize("encoding", SAVED)
@given(text=WRITTEN)
def test_a_text_file_reads_the_same_however_it_was_saved(encoding: str, text: str):
    assert read(SAVED[encoding] + text.encode(encoding)) == normalise(text)


@given(st.lists(WRITTEN, max_size=30))
def test_making_paragraphs_of_lines_loses_and_adds_no_word(lines: list[str]):
    assert " ".join(text for _, text in flowing(lines)).split() == " ".join(lines).split()


@given(st.text("a \n", min_size=1, max_size=60), st.integers(-3, 3))
def test_what_does_not_fit_is_a_beginning(piece: str, more: int):
    text = (piece * DRAFT_MAX)[: DRAFT_MAX + more]
    assert len(fitting(text)) <= DRAFT_MAX
    assert text.startswith(fitting(text))


@given(st.text(max_size=500), st.lists(st.text(max_size=40), max_size=5))
def test_any_text_is_of_some_kind(text: str, headings: list[str]):
    assert guess(text, headings)

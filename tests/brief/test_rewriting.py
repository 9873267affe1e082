"""What changed since the last draft can be read: words where a sentence stayed itself, else whole ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.brief.rewriting import rewritten

A_WORD = st.sampled_from(["reads", "forty", "words", "The", "student", "a", "minute", "x", "’", "3.5", "—"])
AN_END = st.sampled_from([" ", ". ", "! ", "? ", ", ", ".\n", "\n\n", "  "])
TEXTS = st.lists(st.tuples(A_WORD, AN_END)).map(lambda parts: "".join(word + end for word, end in parts))


def told(old: str, new: str) -> list[tuple[str, str]]:
    return [(piece.op, piece.text) for piece in rewritten(old, new)]


@given(st.one_of(TEXTS, st.text()), st.one_of(TEXTS, st.text()))
def test_the_old_and_the_new_text_are_both_in_it(old: str, new: str) -> None:
    pieces = told(old, new)
    assert "".join(text for op, text in pieces if op != "in") == old
    assert "".join(text for op, text in pieces if op != "out") == new
    assert all(text for _, text in pieces)


@given(TEXTS)
def test_what_nobody_touched_is_no_change(text: str) -> None:
    assert told(text, text) == ([("same", text)] if text else [])


def test_a_changed_figure_stands_alone() -> None:
    assert told(
        "He reads 41 words a minute. He likes maps.", "He reads 52 words a minute. He likes maps."
    ) == [("same", "He reads "), ("out", "41"), ("in", "52"), ("same", " words a minute. He likes maps.")]


def test_a_rewritten_sentence_is_struck_whole_and_the_new_one_stands_whole() -> None:
    old = "The student struggles with text and is often off task in the room. He likes maps."
    new = "With text read aloud, the student answers eight of ten questions about a chapter. He likes maps."
    assert told(old, new) == [
        ("out", "The student struggles with text and is often off task in the room. "),
        ("in", "With text read aloud, the student answers eight of ten questions about a chapter. "),
        ("same", "He likes maps."),
    ]


def test_two_rewritten_sentences_are_told_one_after_the_other() -> None:
    old = "She cannot sit still. Nothing has helped so far."
    new = "In a lesson of forty minutes she leaves her seat twice. A movement break halves that."
    assert told(old, new) == [
        ("out", "She cannot sit still. "),
        ("in", "In a lesson of forty minutes she leaves her seat twice. "),
        ("out", "Nothing has helped so far."),
        ("in", "A movement break halves that."),
    ]


def test_a_sentence_put_between_leaves_its_neighbours_alone() -> None:
    assert told("One is first. Two is last.", "One is first. Now comes another. Two is last.") == [
        ("same", "One is first. "),
        ("in", "Now comes another. "),
        ("same", "Two is last."),
    ]


@pytest.mark.parametrize("count", [3, 400])
def test_nothing_in_common_is_replaced_however_long_it_is(count: int) -> None:
    old = "".join(f"Old {at} stood here. " for at in range(count))
    new = "".join(f"Fresh number{at} came instead. " for at in range(count))
    assert [op for op, _ in told(old, new)] == ["out", "in"] * count


def test_a_lone_word_left_over_does_not_break_a_change_in_pieces() -> None:
    old = "He reads short texts slowly in the quiet room next door with help."
    new = "He reads long texts quickly in the quiet room next door with help."
    assert told(old, new) == [
        ("same", "He reads "),
        ("out", "short texts slowly"),
        ("in", "long texts quickly"),
        ("same", " in the quiet room next door with help."),
    ]

"""Where the words under a remark are after the draft moved on; random edits never move it to other words."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.drafts.anchors import GONE, SURVIVES, Moved, Place

ONE = "The student will read 105 words correct per minute on weekly probes."
OTHER = "The student will read 80 words correct per minute on weekly probes."


def place(old: str, new: str, quote: str) -> tuple[str, str | None]:
    start = old.index(quote)
    found = Moved(old, new).place(start, start + len(quote))
    return found.status, None if found.start is None else new[found.start : found.end]


def test_untouched_words_are_kept():
    assert place(ONE, ONE + " More.", ONE) == ("kept", ONE)


def test_words_pushed_along_have_moved():
    assert place(ONE, "First of all. " + ONE, "105 words correct") == ("moved", "105 words correct")


def test_words_edited_in_place_have_moved_with_their_edit():
    edited = ONE.replace("105", "112")
    assert place(ONE, edited, ONE) == ("moved", edited)


def test_words_taken_out_are_gone():
    assert place(ONE + " " + OTHER, OTHER, ONE) == ("gone", None)


def test_look_alike_goals_never_swap_their_remarks():
    both = f"{ONE} {OTHER}"
    assert place(both, OTHER, OTHER) == ("moved", OTHER)
    assert place(both, ONE, OTHER) == ("gone", None)
    assert place(both, f"{OTHER} {ONE}", ONE) == ("moved", ONE)
    assert place(both, f"{OTHER} {ONE}", OTHER) == ("moved", OTHER)


def test_an_edited_goal_never_takes_over_its_neighbours_place():
    assert place(f"{ONE} {OTHER}", f"{OTHER} {ONE.replace('weekly', 'daily')}", ONE)[1] != OTHER


def test_words_pasted_twice_are_a_tie_and_so_gone():
    old = f"Strengths first. {ONE} Needs last."
    new = f"Strengths first. Needs last. {ONE} {ONE}"
    assert Moved(old, new).place(old.index(ONE), old.index(ONE) + len(ONE)).status in ("gone", "moved")
    alone = f"{ONE}\n\nMiddle part stays here as it was.\n\n"
    twice = f"Middle part stays here as it was.\n\n{ONE}\n\n{ONE}\n\n"
    found = Moved(alone, twice).place(0, len(ONE))
    assert found.start is None or twice[found.start : found.end] == ONE


SAID = ["the", "student", "reads", "writes", "aloud", "80", "84", "words", "a", "minute", "with", "help", "."]
WORDS = st.lists(st.sampled_from(SAID), max_size=40)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, str, int, int]:
    old = draw(WORDS.filter(lambda words: len(words) > 3))
    new = list(old)
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, max(len(new) - 1, 0)))
        what = draw(st.sampled_from(["in", "out", "over"]))
        if what == "in":
            new[at:at] = draw(WORDS)[:6]
        elif what == "out":
            del new[at : at + draw(st.integers(1, 5))]
        elif new:
            new[at] = draw(st.sampled_from(["changed", "other", "reads"]))
    text = " ".join(old)
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start + 1, len(text)))
    return text, " ".join(new), start, end


@given(edited())
@settings(max_examples=400, deadline=None)
def test_a_remark_stays_on_its_own_words_or_says_they_are_gone(case: tuple[str, str, int, int]):
    old, new, start, end = case
    quote = old[start:end]
    found = Moved(old, new).place(start, end)
    if found == GONE:
        return
    assert found.start is not None
    assert found.end is not None
    assert 0 <= found.start < found.end <= len(new)
    now = new[found.start : found.end]
    if found.status == "kept":
        assert (now, found.start, found.end) == (quote, start, end)
    if now != quote:
        then_words, now_words = set(quote.split()), set(now.split())
        assert then_words & now_words or any(a in b or b in a for a in then_words for b in now_words)


@given(st.text(max_size=300), st.data())
@settings(max_examples=200, deadline=None)
def test_a_draft_that_did_not_change_keeps_every_remark(text: str, data: st.DataObject):
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert Moved(text, text).place(start, end) == Place("kept", start, end)


@given(WORDS.filter(bool), WORDS, WORDS)
@settings(max_examples=200, deadline=None)
def test_words_before_and_after_only_push_a_passage_along(middle, before, after):
    quote = "Zebra " + " ".join(middle) + " zebra."
    old = f"Alpha. {quote} Omega."
    new = f"{' '.join(before)} Alpha. {quote} Omega. {' '.join(after)}"
    status, words = place(old, new, quote)
    assert status in ("kept", "moved")
    assert words == quote


def test_the_floor_is_most_of_the_letters():
    assert 0.5 < SURVIVES < 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a b " * 15_000, "b a " * 15_000),
        ("a" * 60_000, "b" + "a" * 59_999),
        ("a, " * 20_000, "a. " * 20_000),
        ("x " * 30_000, "y " + "x " * 29_999),
    ],
    ids=["swapped", "one word", "signs", "shifted"],
)
def test_texts_made_to_be_slow_are_not(old: str, new: str):
    began = time.monotonic()
    moved = Moved(old, new)
    for start in range(0, 5000, 250):
        moved.place(start, start + 200)
    moved.place(0, 30_000)
    assert time.monotonic() - began < 10

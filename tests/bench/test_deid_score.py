"""The rules of scoring, on texts small enough to count by hand."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import deid_tools
from bench.deid_marked import Piece, joined, read
from bench.deid_score import ALL, Document, Flag, Score, Span


def document(marked):
    """ "Ms. {Ortiz|PERSON} has {bus 9|OTHER?}" as a document."""
    pieces, rest = [], marked
    while "{" in rest:
        before, _, rest = rest.partition("{")
        inside, _, rest = rest.partition("}")
        text, _, label = inside.partition("|")
        pieces += [Piece(before), Piece(text, label.rstrip("?"), not label.endswith("?"))]
    return joined("d1", "email", [*pieces, Piece(rest)])


def flag(document, words, label="PERSON", sure=True):
    start = document.text.index(words)
    return Flag(start, start + len(words), label, sure)


def score(document, *flags):
    total = Score()
    total.add(document, flags)
    return total


def test_a_name_found_whole_is_caught():
    letter = document("Ms. {Saskia van Loon|PERSON} called.")
    total = score(letter, flag(letter, "Saskia van Loon"))

    assert (total.must[ALL], total.caught[ALL], total.leak_free) == (1, 1, 1)
    assert (total.false_flags, total.words_covered, total.letters_right / total.letters) == (0, 0, 1)


def test_half_a_name_is_a_leak():
    letter = document("Ms. {Saskia van Loon|PERSON} called.")
    total = score(letter, flag(letter, "Saskia"))

    assert (total.caught[ALL], total.leak_free, total.false_flags) == (0, 0, 0)
    assert total.leaky["email"] == 1
    assert [letter.text[m.start : m.end] for m in total.missed] == ["Saskia van Loon"]


def test_two_flags_that_cover_a_name_together_catch_it():
    letter = document("{Saskia van-Loon|PERSON} called.")
    assert score(letter, flag(letter, "Saskia"), flag(letter, "van"), flag(letter, "Loon")).caught[ALL] == 1


def test_a_wrong_label_catches_and_disagrees():
    letter = document("{Devon|PERSON} called.")
    total = score(letter, flag(letter, "Devon", "PLACE"))

    assert (total.caught[ALL], total.labelled, total.agreed) == (1, 1, 0)


def test_what_should_be_found_is_no_leak_when_missed_and_no_false_flag_when_found():
    letter = document("He takes {bus 9|OTHER?} home.")
    missed, found = score(letter), score(letter, flag(letter, "bus 9", "OTHER"))

    assert (missed.leak_free, missed.must[ALL]) == (1, 0)
    assert (found.false_flags, found.words_covered, found.agreed) == (0, 0, 1)


def test_a_title_costs_nothing_beside_a_name_and_counts_where_there_is_none():
    letter = document("Ms. {Ortiz|PERSON}'s aide and the nurse came.")
    beside, alone = score(letter, flag(letter, "Ms. Ortiz's")), score(letter, flag(letter, "nurse"))

    assert (beside.words_covered, beside.letters, beside.letters_right) == (0, 5, 5)
    assert (alone.false_flags, alone.words_covered) == (1, 1)


def test_one_huge_flag_buys_recall_with_words_wrongly_covered():
    letter = document("Then {Devon|PERSON} read the whole page aloud.")
    total = score(letter, Flag(0, len(letter.text), "PERSON"))

    assert (total.caught[ALL], total.false_flags) == (1, 0)
    assert total.words_covered == len("Then read whole page aloud".split())
    assert total.letters_right / total.letters == 5 / 27


def test_a_title_inside_the_marks_need_not_be_found_but_an_initial_must():
    titled, initial = document("{Mr. Finch|PERSON} knows."), document("Mr. {S|PERSON} knows.")

    assert score(titled, flag(titled, "Finch")).caught[ALL] == 1
    assert score(initial).caught[ALL] == 0
    assert score(initial, flag(initial, "S")).caught[ALL] == 1


def test_questions_are_counted_and_the_sure_band_stands_apart(monkeypatch):
    letter = document("ask {grace|PERSON} and {Devon|PERSON}")
    flags = [flag(letter, "grace", sure=False), flag(letter, "Devon")]
    monkeypatch.setitem(deid_tools.TOOLS, "two names", lambda: lambda text: flags)
    scores = deid_tools.scored("two names", [letter])

    assert (scores["both"].caught[ALL], scores["both"].questions, scores["both"].leak_free) == (2, 1, 1)
    assert (scores["sure"].caught[ALL], scores["sure"].questions, scores["sure"].leak_free) == (1, 0, 0)


def test_recall_is_kept_by_label_style_origin_and_kind():
    text = "grace met Ayşe"
    spans = (
        Span(0, 5, "PERSON", True, "word", ordinary=True),
        Span(10, 14, "PERSON", True, "turkic and persian"),
    )
    letter = Document("d1", "phone", text, spans)
    total = score(letter, Flag(10, 14, "PERSON"))

    assert total.must[("style", "phone")] == total.must[("label", "PERSON")] == 2
    assert (total.caught[("origin", "word")], total.caught[("origin", "turkic and persian")]) == (0, 1)
    assert (
        total.must[("kind", "ordinary word, lower case")] == total.must[("kind", "other, with capitals")] == 1
    )


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12), st.booleans()), max_size=6))
def test_scores_of_parts_add_up_to_the_score_of_all(drawn):
    one = document("Mr. {Finch|PERSON} drove {Devon|PERSON} home.")
    two = document("Nobody was {by the lake|PLACE?} that day.")
    flags = [Flag(start, start + length, "PERSON", sure) for start, length, sure in drawn]
    together = Score()
    together.add(one, flags)
    together.add(two, flags)
    parts = score(one, *flags)
    parts += score(two, *flags)

    assert parts == together


def test_a_tool_that_is_not_installed_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "scrubadub", None)
    with pytest.raises(deid_tools.NotInstalled, match="scrubadub"):
        deid_tools.scrubadub()


def test_marks_are_read_and_a_malformed_one_is_refused(tmp_path):
    file = tmp_path / "some.txt"
    file.write_text(
        "# a1 phone\n[[mr. finch|PERSON m1.last]] rides [[bus 9|OTHER?]]\n\n# a2 clean\nnothing\n"
    )
    first, second = (template.document() for template in read(file))

    assert (first.id, first.style, first.text) == ("a1", "phone", "mr. finch rides bus 9")
    assert [(first.text[s.start : s.end], s.label, s.must) for s in first.spans] == [
        ("finch", "PERSON", True),
        ("bus 9", "OTHER", False),
    ]
    assert (second.text, second.spans) == ("nothing", ())
    file.write_text("# a1 phone\n[[finch|PERSON m1\n")
    with pytest.raises(ValueError, match="a1"):
        list(read(file))

"""What holds for any text at all."""

import random
import string
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.deid import find
from tests.deid.marked import clean_lines, documents

TEXTS = [d.text for name in ("first.txt", "second.txt", "third.txt", "fourth.txt") for d in documents(name)]
PIECES = [
    "Ms. ",
    "maya",
    "Dr. ",
    "O'Leary",
    "'s ",
    "uncle ",
    "hope ",
    "Will ",
    "T.J. ",
    "at ",
    "kennedy ",
    " Elementary",
]
PIECES += [
    ", ",
    ". ",
    "\n",
    "(",
    "[",
    "-",
    "5/6/2026",
    "555-0118",
    "student id ",
    "K-8",
    "é",
    "小明",
    "@a.b",
    "12 Oak St",
]
PIECES += ["and ", "the ", "will ", "\u0301", "\u200b", "’s", "I.E.P. ", "A", "x" * 40]
ANY_TEXT = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT)
def test_any_text_gives_sorted_findings_that_never_overlap(text):
    place = 0
    for finding in find(text).findings:
        assert place <= finding.start < finding.end <= len(text)
        assert finding.replacement
        assert finding.reason
        place = finding.end


@settings(max_examples=100, deadline=None)
@given(ANY_TEXT)
def test_the_same_text_gives_the_same_answer(text):
    assert find(text) == find(text)


@settings(max_examples=100, deadline=None)
@given(ANY_TEXT)
def test_keeping_all_that_is_shown_leaves_nothing(text):
    shown = [text[f.start : f.end] for f in find(text).findings]
    assert find(text, kept=shown).findings == []


@pytest.mark.parametrize("text", TEXTS)
def test_a_replaced_text_has_nothing_sure_left(text):
    once = replaced(text)
    again = [(once[f.start : f.end], f.reason) for f in find(once).findings if f.band == "sure"]
    assert again == []


def replaced(text):
    out, place = "", 0
    for f in find(text).findings:
        out, place = out + text[place : f.start] + f.replacement, f.end
    return out + text[place:]


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize("text", [t for t in TEXTS if not t.isascii()])
def test_every_normal_form_of_a_text_reads_alike(text, form):
    def said(written):
        return [
            (unicodedata.normalize("NFKC", written[f.start : f.end]), f.label, f.band)
            for f in find(written).findings
        ]

    assert said(unicodedata.normalize(form, text)) == said(unicodedata.normalize("NFC", text))


# Names that are no dictionary words, in sentences of every kind.
NAMES = (
    "keisha dmitri xiomara thibodeaux okonkwo nguyen villarreal siobhan marisol jabari quintanilla".split()
)
SENTENCES = [
    "I told {} about the plan.",
    "{} wont come to my room",
    "ask {}'s mom, she knows",
    "um so {} and {} sat together",
    "Present: {}, {} and the team.",
    "Baseline: 4 of 10. {} reads aloud.",
    "does anyone have {}",
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SENTENCES), st.lists(st.sampled_from(NAMES), min_size=2, max_size=2), st.data())
def test_no_casing_hides_a_name_that_is_no_word(sentence, names, data):
    casing = data.draw(st.sampled_from([str.lower, str.upper, str.title, str.capitalize, str.swapcase]))
    text = casing(sentence.format(*names))
    findings = find(text).findings
    for name in names[: sentence.count("{}")]:
        start = text.lower().index(name)
        assert any(f.start <= start and start + len(name) <= f.end for f in findings), text


LONG = {
    "one word": "a" * 60_000,
    "one name": "Nolan " * 10_000,
    "titles": "Ms. " * 15_000,
    "initials": "A. " * 20_000,
    "numbers": "1-" * 30_000,
    "digits": "5 " * 30_000,
    "spoken digits": "five " * 12_000,
    "addresses": "5 Ab bb cc " * 5_400,
    "capitals": "Of The Cedar " * 4_600,
    "apostrophes": "a'" * 30_000,
    "at signs": "@a." * 20_000,
    "dots": "a.b" * 20_000,
    "sites": "a.com " * 10_000,
    "files": "a.pdf " * 10_000,
    "newlines": "\n" * 60_000,
    "accents": "e\u0301" * 30_000,
    "labels": "student id number " * 3_300,
    "nonsense": "".join(random.Random(7).choices(string.ascii_letters + "  .'", k=60_000)),
    "prose": " ".join(clean_lines()) * 9,
}


@pytest.mark.parametrize("name", LONG)
def test_a_draft_of_sixty_thousand_characters_takes_linear_time(name):
    """Four times the text may take about four times as long; a quadratic step would take sixteen."""
    whole = LONG[name][:60_000]

    def seconds(text):
        began = time.process_time()
        find(text)
        return time.process_time() - began

    part = min(seconds(whole[:15_000]) for _ in range(2))
    assert min(seconds(whole) for _ in range(2)) < max(0.3, 10 * part)

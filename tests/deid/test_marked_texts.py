"""The screen against marked texts: how much it finds, and how seldom it is wrong."""

import time

import pytest

from app import deid
from bench.deid_score import ALL
from bench.deid_tools import scored
from tests.deid.marked import clean_lines, documents


@pytest.mark.parametrize("name", ["first.txt", "second.txt", "third.txt", "fourth.txt"])
def test_hardly_an_identifier_gets_through_and_hardly_a_word_is_flagged(name):
    total = scored("ours", documents(name))["both"]

    assert total.caught[ALL] / total.must[ALL] >= 0.97
    assert total.leak_free / total.documents >= 0.95
    assert total.false_flags / total.words <= 0.004
    assert total.agreed / total.labelled >= 0.95


@pytest.mark.parametrize("sentence", clean_lines())
def test_a_sentence_without_identifiers_has_no_findings(sentence):
    assert deid.find(sentence).findings == []


def test_every_alias_the_product_proposes_passes():
    for alias in deid.aliases():
        for text in (
            alias,
            f"{alias} left the room again.",
            f"Ask about {alias}'s goal",
            f"Is {alias} ready?",
        ):
            assert deid.find(text).findings == [], text


def test_a_page_is_screened_faster_than_anyone_notices():
    page = "\n".join(d.text for d in documents("first.txt"))
    deid.find(page)  # The first call reads the lexica.
    began = time.process_time()
    deid.find(page)

    assert (time.process_time() - began) * 1000 / len(page.split()) * 300 < 20  # milliseconds for 300 words

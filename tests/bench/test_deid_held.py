"""The texts held apart: the same on every machine, rightly marked, and apart."""

import os
import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from bench.deid_held import corpus
from bench.deid_held.people import ORDINARY, Cast, plain, table

ROOT = Path(__file__).resolve().parents[2]
STYLES = {"phone", "iep", "email", "voice", "intl", "clean"}
MARKED = re.compile(r"\[\[(.+?)\|[^\]]*\]\]")


@pytest.fixture(scope="module")
def made():
    return corpus.made()


def test_there_are_over_two_thousand_documents_in_five_styles_and_clean_ones(made):
    styles = Counter(document.style for document in made)

    assert len(made) >= 2000
    assert set(styles) == STYLES
    assert min(styles.values()) > 150
    assert not any(document.spans for document in made if document.style == "clean")


def test_the_written_texts_are_many_short_and_told_apart():
    written = [*corpus.written("everyday"), *corpus.written("hard")]

    assert len(written) >= 220
    assert len({document.id for document in written}) == len(written)
    assert all(25 <= len(document.text.split()) <= 150 for document in written)
    assert all(document.spans for document in written if document.style != "clean")


def test_spans_stand_in_order_and_cut_out_whole_identifiers(made):
    for document in [*corpus.written("everyday"), *corpus.written("hard"), *made]:
        for before, after in pairwise(document.spans):
            assert before.end <= after.start
        for span in document.spans:
            cut = document.text[span.start : span.end]
            assert cut == cut.strip() != ""
            assert any(c.isalnum() for c in cut)
            # No part of a name stands outside: no letter touches the span, but for a plural or possessive s.
            assert not document.text[span.start - 1 : span.start].isalnum(), (document.id, cut)
            tail = re.match(r"[^\W_]*", document.text[span.end :])[0]
            assert tail.lower() in ("", "s"), (document.id, cut)


def test_every_origin_of_names_is_there_often_enough_to_measure(made):
    origins = Counter(span.origin for document in made for span in document.spans if span.label == "PERSON")

    assert set(table("names.txt")) <= set(origins)
    assert min(origins[origin] for origin in table("names.txt")) > 100
    assert any(span.ordinary for document in made for span in document.spans if span.origin == ORDINARY)


def test_another_machine_makes_the_same_documents(made):
    code = "from bench.deid_held import corpus; print(repr(corpus.made()))"
    there = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )

    assert there.stdout.strip() == repr(made)


def test_another_seed_makes_other_documents(made):
    known = {document.text for document in made}
    others = [d for d in corpus.made(200, seed=1) if d.style != "clean"]

    assert sum(document.text in known for document in others) < len(others) / 20


def test_one_key_is_one_person_and_two_keys_are_two():
    cast = Cast(corpus.random.Random(3))
    people = [cast.person(key) for key in ("f1", "m1", "f1", "x1")]

    assert people[0] == people[2]
    assert len({person.first for person in people}) == 3


def test_letters_lose_their_marks_and_nothing_else():
    assert (
        plain("Þóra Ásgeirsdóttir-Øyvind, Nguyễn Yıldırım") == "Thora Asgeirsdottir-Oyvind, Nguyen Yildirim"
    )


def test_the_texts_share_no_eight_words_with_those_the_screen_is_made_with():
    def runs(paths):
        for path in paths:
            words = re.findall(
                r"[\w']+", MARKED.sub(r"\1", path.read_text("utf-8")).lower().replace("’", "'")
            )
            yield from zip(*(words[at:] for at in range(8)), strict=False)

    held = set(runs((ROOT / "bench/deid_held/texts").glob("*.txt")))
    known = set(runs((ROOT / "tests/deid/texts").glob("*.txt")))

    assert len(held) > 5000
    assert len(known) > 1000
    assert held & known == set()


def test_nothing_the_screen_is_made_with_reads_them():
    sources = [path for place in ("app", "scripts", "tests/deid") for path in (ROOT / place).rglob("*.py")]

    assert len(sources) > 50
    assert [path for path in sources if "deid_held" in path.read_text("utf-8")] == []

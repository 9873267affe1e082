"""The signs that spare a pattern its search never cost a finding."""

import re
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.deid import addresses, contacts, dates, records
from app.deid.finding import Mark
from app.deid.shapes import Signs
from tests.deid.marked import documents

TEXTS = sorted(path.name for path in (Path(__file__).parent / "texts").glob("*.txt") if path.stem != "clean")
PIECES = [
    *(
        "plate",
        "Plates",
        "pass",
        "PIN is ",
        "code ",
        "student id",
        "no. ",
        "case",
        "roll no ",
        "locker ",
        "#",
    ),
    *(
        "born",
        "DOB: ",
        "b-day",
        "may ",
        "third of ",
        "march",
        "sept",
        "marzo",
        "路",
        "3月4日",
        "1/2/",
        "week of ",
    ),
    *(
        "P.O. Box ",
        "12 Elm St",
        "twenty two oak lane",
        "on route ",
        "Flat 3, ",
        "SW1A 1AA",
        "@",
        "user",
        " at ",
    ),
    *(
        " dot com",
        "http://x",
        "x.edu",
        "a_b",
        "555-0134",
        "+44 20 ",
        "five ",
        "oh ",
        "double ",
        "alpha bravo ",
    ),
    *("A", "7", "1234", "90210", "-", "/", ".", ", ", " ", "\n", "X1", "van "),
]


class Unspared(Signs):
    """Tries every pattern on every text."""

    def matches(
        self, pattern: re.Pattern[str], digits: int = 0, words: tuple[str, ...] = ()
    ) -> Iterator[re.Match[str]]:
        return pattern.finditer(self.text)


def found(signs: Signs) -> list[Mark]:
    return [mark for room in (dates, addresses, contacts, records) for mark in room.find(signs)]


def test_every_marked_text() -> None:
    texts = [document.text for name in TEXTS for document in documents(name)]
    assert len(texts) > 500
    for text in texts:
        for written in (text, text.upper(), text.lower()):
            assert found(Signs(written)) == found(Unspared(written))


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_any_text_of_pieces(text: str) -> None:
    assert found(Signs(text)) == found(Unspared(text))

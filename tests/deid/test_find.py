"""What the screen says about a text, one promise at a time."""

import pytest

from app.deid import find
from tests.deid.marked import documents


def found(text, **more):
    return [(text[f.start : f.end], f.label) for f in find(text, **more).findings]


def replaced(text, **more):
    out, place = "", 0
    for f in find(text, **more).findings:
        out, place = out + text[place : f.start] + f.replacement, f.end
    return out + text[place:]


def cautions(text):
    return [(c.kind, c.reason) for c in find(text).cautions]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Keisha read it aloud.", [("Keisha", "PERSON")]),
        ("keisha wont come to my room", [("keisha", "PERSON")]),
        ("I asked Ms. Young about it.", [("Ms. Young", "PERSON")]),
        ("i asked ms young about it", [("ms young", "PERSON")]),
        ("Saskia van der Meer came.", [("Saskia van der Meer", "PERSON")]),
        ("T.J. ran out and TJ came back.", [("T.J.", "PERSON"), ("TJ", "PERSON")]),
        ("We met P. Nakamoto.", [("P. Nakamoto", "PERSON")]),
        ("see IEP_DariaFontane.docx", [("DariaFontane", "PERSON")]),
        ("the sub is chase dominguez", [("chase dominguez", "PERSON")]),
        ("Present: Ms. O’Leary", [("Ms. O’Leary", "PERSON")]),
        ("we work with 小明 now", [("小明", "PERSON")]),
        ("She is at Linden Hill Elementary now.", [("Linden Hill Elementary", "ORG")]),
        ("she is at linden hill elementary now", [("linden hill elementary", "ORG")]),
        ("he transferred to kennedy, then at lincoln", [("lincoln", "ORG")]),
        ("The family moved from Wausau.", [("Wausau", "PLACE")]),
        ("They live in Bend, Oregon.", [("Bend", "PLACE")]),
        ("We live at 12 Poplar Ct, Apt 4 now.", [("12 Poplar Ct, Apt 4", "ADDRESS")]),
        ("DOB: 3/14/13", [("3/14/13", "DATE_EXACT")]),
        ("Met on September 8, 2026.", [("September 8, 2026", "DATE_EXACT")]),
        ("on the 3rd of June", [("the 3rd of June", "DATE_EXACT")]),
        ("born june third two thousand nine", [("june third two thousand nine", "DATE_EXACT")]),
        ("call 559 555 0190 or (209) 555-0126", [("559 555 0190", "PHONE"), ("(209) 555-0126", "PHONE")]),
        ("call me at +44 20 7946 0958", [("+44 20 7946 0958", "PHONE")]),
        ("five five five oh one four four", [("five five five oh one four four", "PHONE")]),
        ("write to j.doe@mail.example", [("j.doe@mail.example", "EMAIL")]),
        ("see https://docs.example.org/d/1a2b", [("https://docs.example.org/d/1a2b", "URL")]),
        ("follow @room12stars", [("@room12stars", "URL")]),
        ("Student ID: 7702154", [("7702154", "ID")]),
        ("Zoom passcode: 884120", [("884120", "ID")]),
        ("licence plate 7KJR221", [("7KJR221", "OTHER")]),
    ],
)
def test_identifiers_are_found_with_their_kind(text, expected):
    assert [pair for pair in found(text) if pair in expected] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Given the Woodcock-Johnson and Wilson Reading, what would Orton-Gillingham add?",
        "Down syndrome, Tourette and cerebral palsy are not who they are.",
        "Endrew F. raised the bar; Charlotte's Web and Dog Man raise spirits; Elsa helps too.",
        "On a Monday in May the team will hope for the best.",
        "34 CFR 300.323(c)(2), 20 USC 1232g, a T score of 72, Lexile 610L, 4 of 5 trials, 88%.",
        "The Spanish interpreter and the Hmong liaison work in Texas and Ohio.",
        "[Student] and Student A asked Teacher B; the parent called [Parent].",
        "The case manager, the SLP, the para and Coach agreed.",
        "By May 2027 the 2026-2027 plan ends; grade 5, room temperature, 8:15.",
    ],
)
def test_look_alikes_stay_silent(text):
    assert found(text) == []


def test_a_name_that_is_a_word_is_told_from_the_word():
    text = "ok so hope hit him w/ a ruler, i hope its not a suspension. hope was upset"
    assert [f.start for f in find(text).findings] == [text.index("hope"), text.rindex("hope")]
    assert found("Major Ellison shows major growth.") == [("Major Ellison", "PERSON")]
    assert found("Will you mark it? He may.") == []


def test_a_name_found_once_is_found_everywhere():
    text = "Mr. Price came late. Later Price left, at half the price."
    assert found(text) == [("Mr. Price", "PERSON"), ("Price", "PERSON")]


def test_the_same_person_keeps_one_placeholder():
    assert replaced("Maya reads. I told Maya's mother, and maya laughed.") == (
        "The student reads. I told the student's mother, and the student laughed."
    )
    assert replaced("Ms. Ito and Mr. Vance met. Vance left; Ms. Ito stayed.") == (
        "Teacher A and Teacher B met. Teacher B left; Teacher A stayed."
    )


def test_a_replacement_keeps_the_sentence_readable():
    assert replaced("but Ms. Albright says no") == "but a teacher says no"
    assert replaced("her uncle reggie reads to her") == "her uncle reads to her"
    assert replaced("my Jayden ran") == "my student ran"
    assert replaced("Staff met on September 8, 2026.") == "Staff met on a day in September 2026."
    assert replaced("By 10/05/2027 it is done.") == "By October 2027 it is done."
    assert replaced("The parents are Mr. and Mrs. Warfa.") == "The parents are the parents."


def test_reasons_are_plain_words():
    reasons = [f.reason for f in find("I told Ms. Ortiz on 4/22/2026.").findings]
    assert reasons == ["looks like a name: follows “Ms”", "looks like an exact date; a month is enough"]


def test_a_clear_guess_is_sure_and_a_weak_one_asks():
    assert [f.band for f in find("I met Keisha and Mr. Ito").findings] == ["sure", "sure"]
    texts = [d.text for name in ("dev_phone.txt", "dev_thumb.txt") for d in documents(name)]
    assert {f.band for text in texts for f in find(text).findings} == {"sure", "ask"}


def test_a_kept_quote_silences_every_occurrence():
    text = "Ms. Wilson came. WILSON'S plan is Wilson’s own."
    assert len(found(text)) == 3
    assert found(text, kept=["Wilson"]) == []
    assert found(text, kept=["ms. wilson"]) == []
    assert found("Kao Nou reads; Nou sings.", kept=["Kao Nou"]) == [("Nou", "PERSON")]


def test_what_the_screen_showed_can_be_kept_as_shown():
    text = "Ms. Albright met uncle Reggie at Linden Hill Elementary on 4/22/2026; call 530-555-0118."
    shown = [text[f.start : f.end] for f in find(text).findings]
    assert len(shown) == 5
    assert found(text, kept=shown) == []


def test_the_threads_own_people_are_no_findings():
    text = "Hi Ruth, Maya is stuck. Ms. Okafor said so.\nThanks, Dana"
    assert found(text, people=["Ruth Okafor", "Dana"]) == [("Maya", "PERSON")]
    assert found("I met Ruth Pemberton.", people=["Ruth Okafor"]) == [("Ruth Pemberton", "PERSON")]


def test_two_telling_details_are_a_caution_and_three_more_than_that():
    assert cautions("The student is in 5th grade and wears hearing aids.") == []
    assert cautions("A deaf-blind student in 5th grade.") == [
        ("together", "A grade and a rare need: together they could point to one student. Leave one out?")
    ]
    (kind, reason), = cautions("A deaf-blind sophomore in Vermont was arrested.")  # fmt: skip
    assert kind == "stop_and_think"
    assert reason.startswith("A grade, a rare need, a place and a striking event")


def test_nothing_is_found_in_nothing():
    assert find("") == find("  \n ") == find("…!?")
    assert find("").findings == []


@pytest.mark.parametrize("text", ["x" * 20_000, "word" * 5_000, "aaa", "é", "lorem ipsum dolor sit amet"])
def test_what_nobody_is_called(text: str) -> None:
    assert not find(text).findings


def test_a_text_in_another_script_is_said_to_be_unread() -> None:
    said = find("Привет, как ваши дела? Встреча в пятницу.")
    assert not said.findings
    assert [caution.kind for caution in said.cautions] == ["unread"]


def test_a_name_in_another_script_inside_an_english_text() -> None:
    text = "She is called 王芳 at home and likes drawing."
    assert [text[f.start : f.end] for f in find(text).findings] == ["王芳"]

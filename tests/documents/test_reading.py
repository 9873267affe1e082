"""The words of honest documents: in order, readable, and only the words one would read."""

import re

import pytest

from app import deid
from app.documents.api import read_and_screen
from app.documents.lines import flowing
from app.documents.reading import Desk
from app.documents.shapes import DocumentRead
from tests.documents.papers import changed, part_of, pdf, with_part, word

WIDGET = (
    "<< /Type /Annot /Subtype /Widget /FT /Tx /T (c) /V ({}) /Rect [40 600 300 620] /DA (/F1 9 Tf 0 g) >>"
)
NOTE = "<< /Type /Annot /Subtype /Text /Rect [9 9 30 30] /Contents ({}) /T ({}) >>"
FORM = "/AcroForm << /Fields [] /NeedAppearances true /DA (/F1 9 Tf) /DR << /Font << /F1 3 0 R >> >> >>"


async def told(given: bytes) -> DocumentRead:
    return await read_and_screen(Desk(), given)


def flagged(read: DocumentRead) -> list[str]:
    return [read.text[each.start : each.end] for each in read.findings]


async def test_headings_lists_and_tables_read_as_they_stand():
    def plan(document):
        document.add_heading("Annual goals", 1)
        document.add_paragraph("The student will plan before writing.")
        for item in ("outline", "draft"):
            document.add_paragraph(item, style="List Bullet")
        for item in ("first", "second"):
            document.add_paragraph(item, style="List Number")
        table = document.add_table(2, 2)
        for row, cells in zip(table.rows, (("Skill", "Level"), ("Writing", "2 of 4")), strict=True):
            for cell, words in zip(row.cells, cells, strict=True):
                cell.text = words
        document.add_paragraph("Reviewed in spring.")

    read = await told(word(change=plan))

    assert read.text == (
        "Annual goals\n\nThe student will plan before writing.\n\n- outline\n- draft\n1. first\n2. second\n\n"
        "Skill | Level\nWriting | 2 of 4\n\nReviewed in spring."
    )
    assert (read.title, read.kind) == ("Annual goals", "goal")


async def test_a_form_drawn_as_one_big_table_reads_as_paragraphs():
    def form(document):
        cell = document.add_table(1, 1).cell(0, 0)
        cell.text = "Strengths"
        cell.add_paragraph("Works well with a partner.")

    assert (await told(word(change=form))).text == "Strengths\n\nWorks well with a partner."


async def test_cells_that_were_merged_are_said_once():
    def form(document):
        table = document.add_table(2, 2)
        table.cell(0, 0).merge(table.cell(1, 0)).text = "Reading"
        table.cell(0, 1).text, table.cell(1, 1).text = "fall", "spring"

    assert (await told(word(change=form))).text == "Reading | fall\n\nspring"


async def test_tracked_changes_read_as_accepted_and_what_was_struck_out_is_dropped():
    def edited(document):
        paragraph = document.paragraphs[0]
        changed(paragraph, "del", " poorly", "Maria Lopez")
        changed(paragraph, "ins", " aloud with a partner", "Maria Lopez")

    read = await told(word("The student reads", change=edited))

    assert read.text == "The student reads aloud with a partner"
    assert read.notes == ["tracked changes (read as accepted)", "the names of its authors"]


async def test_what_stands_beside_the_text_is_left_out_and_said():
    def dressed(document):
        section = document.sections[0]
        section.header.paragraphs[0].text = "Oakmere Elementary School"
        section.footer.paragraphs[0].text = "Draft of the team"
        run = document.paragraphs[0].runs[0]
        for remark in ("Is this so?", "Ask the family."):
            document.add_comment(runs=run, text=remark, author="Ines Marlow")
        hidden = document.paragraphs[0].add_run(" not for the family")
        hidden.font.hidden = True
        document.core_properties.title = "Plan of Maria"

    read = await told(word("The student reads aloud.", change=dressed, author="Maria Lopez"))

    assert read.text == "The student reads aloud."
    assert read.notes == [
        "2 comments",
        "headers and footers",
        "hidden text",
        "the document’s title, subject or keywords",
        "the names of its authors",
    ]
    for dropped in ("Oakmere", "family", "Marlow", "Lopez", "Plan of"):
        assert dropped not in read.model_dump_json()


@pytest.mark.parametrize("where", ["author", "comment", "change", "header", "property"])
async def test_names_beside_the_text_help_to_find_the_same_names_in_it(monkeypatch, where):
    """A park is a word first, and asked about only because someone is called so elsewhere in the file.

    The screen of this test knows one name, and that only whole.
    """
    name = "Maria Park"

    def knows_one(text: str) -> list[deid.Mark]:
        return [deid.Mark(*each.span(), "PERSON", "is known") for each in re.finditer(name, text)]

    monkeypatch.setattr(deid, "read", knows_one)

    def dressed(document):
        paragraph = document.paragraphs[0]
        if where == "author":
            document.core_properties.author = name
        elif where == "comment":
            document.add_comment(runs=paragraph.runs, text="See there.", author=name)
        elif where == "change":
            changed(paragraph, "ins", " Later too.", name)
        elif where == "header":
            document.sections[0].header.paragraphs[0].text = f"Student: {name}"
        else:
            document.core_properties.subject = f"Plan for Mrs. {name}"

    read = await told(word("Park rules were read aloud in the park.", change=dressed))
    alone = await told(word("Park rules were read aloud in the park."))

    assert flagged(alone) == []
    assert {each.band for each in read.findings} == {"ask"}
    assert flagged(read) == [each.quote for each in read.known] == ["Park"]


async def test_words_of_a_text_box_and_of_a_form_control_are_read():
    boxed = (
        b'<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent>'
        b"<w:p><w:r><w:t>Said in a box.</w:t></w:r></w:p>"
        b"</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
        b"<w:sdt><w:sdtContent><w:p><w:r><w:t>Chosen from a list.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    package = word("Before.")
    body = part_of(package, "word/document.xml").replace(b"<w:sectPr", boxed + b"<w:sectPr", 1)

    assert (await told(with_part(package, "word/document.xml", body))).text == (
        "Before.\n\nSaid in a box.\n\nChosen from a list."
    )


async def test_a_pdf_reads_as_paragraphs_without_its_running_heads():
    pages = [
        [
            f"Lakeside District                    page {number}",
            f"In week {number} the student works with one trusted partner and shows a strong sense of",
            "humor, above all aloud.",
            "",
            "- reads aloud",
            f"- writes {'short long new'.split()[number - 1]} notes",
        ]
        for number in (1, 2, 3)
    ]
    read = await told(pdf(pages, info={"Author": "Maria Lopez"}))

    assert read.text.startswith(
        "In week 1 the student works with one trusted partner and shows a strong sense of humor, above all "
        "aloud.\n\n- reads aloud\n- writes short notes"
    )
    assert "In week 3" in read.text
    assert "District" not in read.text
    assert read.notes == ["headers and footers", "the names of its authors"]


async def test_what_was_filled_into_a_pdf_form_is_read_and_notes_on_it_are_dropped():
    note = NOTE.format("Too strong?", "Ines Marlow")
    read = await told(
        pdf([["Concern:"]], extra=f"/Annots [{WIDGET.format('skips lunch')} {note}]", catalog=FORM)
    )

    assert read.text == "Concern:\n\nskips lunch"
    assert read.notes == ["1 comment"]


ODD = "Señora’s plan – “reads”"


@pytest.mark.parametrize(
    "given",
    [
        ODD.encode(),
        b"\xef\xbb\xbf" + ODD.encode(),
        ODD.encode("utf-16"),
        ODD.encode("utf-16-le"),
        ODD.encode("utf-16-be"),
        ODD.encode("utf-32"),
        ODD.encode("cp1252"),
    ],
    ids=["UTF-8", "marked", "UTF-16", "little end first", "big end first", "UTF-32", "Windows"],
)
async def test_text_files_of_any_writing_are_read(given):
    assert (await told(given)).text == ODD


async def test_a_text_longer_than_a_draft_is_cut_between_paragraphs_and_says_so():
    read = await told(("The student reads aloud.\n" * 4_000).encode())

    assert 59_000 < len(read.text) <= 60_000
    assert read.text.endswith("aloud.")
    assert read.notes == ["The document is longer than a draft can be: this is its beginning."]


async def test_findings_slice_the_text_and_a_heading_that_names_someone_is_no_title():
    def headed(document):
        document.add_heading("Maria Lopez, grade 4", 1)

    read = await told(word(change=headed))

    assert read.title is None
    assert "Maria Lopez" in flagged(read)


def test_lines_set_to_the_margin_flow_together_and_short_ones_stay():
    lines = [
        "Present levels",
        "The student reads a median of seventy-two words a minute on three passages,",
        "which is below the benchmark of ninety-four.",
        "1. Reads aloud",
        "2. Retells",
    ]
    assert flowing(lines) == [
        (False, "Present levels"),
        (False, f"{lines[1]} {lines[2]}"),
        (True, "1. Reads aloud"),
        (True, "2. Retells"),
    ]

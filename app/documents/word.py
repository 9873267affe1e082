"""The words of a .docx in reading order; what stands beside them is told apart."""

import io
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.exceptions import OpcError
from docx.opc.part import Part
from docx.oxml.parser import parse_xml
from lxml import etree

from app.documents.extract import Block, Extract, Refused
from app.documents.package import repacked
from app.documents.styles import Styles, local, value

# What stands in a paragraph or between paragraphs only to hold others.
HOLDERS = set("hyperlink smartTag sdt sdtContent customXml fldSimple bdo dir ins moveTo".split())
DELETED = {"del", "moveFrom"}
CHANGES = {"ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel"}
AS_TEXT = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# Parts that say how a document looks, not what it says.
LOOKS = ("styles", "settings", "theme", "fontTable", "numbering", "webSettings", "stylesWithEffects")
# Whom the program itself puts there.
NOBODY = {"python-docx", "microsoft office user", "windows user", "user", "author", "admin", "administrator"}


def read(given: bytes) -> Extract:
    """The text of a Word document. Raises Refused for what is none and for what is not safe to unpack."""
    package, pictures = repacked(given)
    try:
        document = docx.Document(io.BytesIO(package))
        reading = _Reading(document)
        reading.body(document.element.body)
        reading.beside()
    except ValueError:
        # Another kind of package: a sheet, slides, a template with macros.
        raise Refused("not-a-document") from None
    except (OpcError, AttributeError, TypeError, LookupError, etree.LxmlError):
        raise Refused("broken") from None
    reading.extract.left["pictures"] += pictures
    return reading.extract


class _Reading:
    def __init__(self, document: Any) -> None:
        self.extract = Extract()
        self.main: Part = document.part
        self.properties = document.core_properties
        self.styles = Styles(self.main)

    def body(self, body: Any) -> None:
        """Everything that is read as text."""
        self.extract.blocks = [block for block in self.blocks(body) if block.text]
        self._note_changes(body)

    def beside(self) -> None:
        """Everything that is only screened: headers, notes, comments, properties, and what no reader sees."""
        properties = self.properties
        self._add_people(properties.author, properties.last_modified_by)
        self._add_aside(
            "properties",
            properties.title,
            properties.subject,
            properties.keywords,
            properties.category,
        )
        # Programs sign here too, so it is read, but not spoken of.
        self.extract.aside.append(properties.comments)
        for part in self.main.package.iter_parts():
            links = [rel.target_ref for rel in part.rels.values() if rel.is_external]
            self.extract.aside += [link.removeprefix("mailto:") for link in links]
            name = str(part.partname).rsplit("/", 1)[-1].removesuffix(".xml")
            is_xml = str(part.partname).endswith(".xml")
            if is_xml and part is not self.main and name.rstrip("0123456789") not in LOOKS:
                self._part(name.rstrip("0123456789"), part)

    def _part(self, name: str, part: Part) -> None:
        element = getattr(part, "element", None)
        root = parse_xml(part.blob) if element is None else element
        self._note_changes(root)
        if name == "core":
            return
        if name == "app":
            company = [each.text for each in root if local(each) == "Company"]
            self._add_people(*(each.text for each in root if local(each) == "Manager"))
            self._add_aside("properties", *company)
        elif name in ("header", "footer"):
            self._add_aside("headers", *_paragraphs(root))
        elif name in ("footnotes", "endnotes"):
            self._add_notes("footnotes", root)
        elif name == "comments":
            self._add_notes("comments", root)
        else:
            self.extract.aside += _paragraphs(root)

    def blocks(self, parent: Any) -> Iterator[Block]:
        """What stands under each other in a body, a cell or a text box."""
        for each in parent:
            kind = local(each)
            if kind == "p":
                yield from self._paragraph(each)
            elif kind == "tbl":
                yield from self._table(each)
            elif kind in HOLDERS:
                yield from self.blocks(each)
            elif kind in DELETED:
                self.extract.aside += _paragraphs(each)

    def _paragraph(self, paragraph: Any) -> Iterator[Block]:
        inline = _Inline(self)
        inline.add(paragraph)
        text = "".join(inline.pieces).strip()
        if text:
            form, mark = self.styles.form_of(paragraph)
            yield Block(form, mark + text)
        yield from inline.boxes

    def _table(self, table: Any) -> Iterator[Block]:
        for row in _inner(table, "tr"):
            if any(local(each) == "del" for properties in _inner(row, "trPr") for each in properties):
                self.extract.aside += _paragraphs(row)
                continue
            cells = [list(self.blocks(cell)) for cell in _inner(row, "tc") if not _is_merged_away(cell)]
            cells = [cell for cell in cells if cell]
            if len(cells) == 1:
                yield from cells[0]
            elif cells:
                said = (" / ".join(" ".join(block.text.split()) for block in cell) for cell in cells)
                yield Block("row", " | ".join(said))

    def _note_changes(self, root: Any) -> None:
        for each in root.iter():
            if not isinstance(each.tag, str):
                continue
            if local(each) in CHANGES:
                self.extract.left["changes"] += 1
            self._add_people(value(each, "author"))

    def _add_people(self, *names: str | None) -> None:
        for name in names:
            person = (name or "").strip()
            if person and person.lower() not in NOBODY and person not in self.extract.people:
                self.extract.people.append(person)
                self.extract.left["people"] += 1

    def _add_aside(self, left: Any, *texts: str | None) -> None:
        said = [text for text in texts if text and text.strip()]
        self.extract.aside += said
        self.extract.left[left] += len(said)

    def _add_notes(self, left: Any, root: Any) -> None:
        notes = [said for said in (_paragraphs(note) for note in root) if said]
        self.extract.aside += [line for said in notes for line in said]
        self.extract.left[left] += len(notes)


class _Inline:
    """The pieces of one paragraph, and the text boxes that hang on it."""

    def __init__(self, reading: _Reading) -> None:
        self.reading = reading
        self.pieces: list[str] = []
        self.boxes: list[Block] = []

    def add(self, parent: Any) -> None:
        """Take the words of all that `parent` holds."""
        for each in parent:
            kind = local(each)
            if kind == "r":
                self._run(each)
            elif kind in HOLDERS:
                self.add(each)
            elif kind in DELETED:
                self.reading.extract.aside.append(_words(each))
            elif kind in ("oMath", "oMathPara"):
                self.pieces.append(_words(each))

    def _run(self, run: Any) -> None:
        if any(
            value(mark, "val") not in ("0", "false") for mark in run.iterfind("w:rPr/w:vanish", run.nsmap)
        ):
            hidden = _words(run)
            self.reading.extract.left["hidden"] += bool(hidden.strip())
            self.reading.extract.aside.append(hidden)
            return
        for each in run:
            kind = local(each)
            if kind == "t":
                self.pieces.append(each.text or "")
            elif kind in AS_TEXT:
                self.pieces.append(AS_TEXT[kind])
            elif kind in ("delText", "instrText"):
                self.reading.extract.aside.append(each.text or "")
            elif kind == "AlternateContent":
                # The same box is drawn twice, for old programs and new ones.
                self._drawn(next(iter(each), None))
            elif kind in ("drawing", "pict", "object"):
                self._drawn(each)

    def _drawn(self, drawing: Any) -> None:
        if drawing is None:
            return
        for each in drawing.iter():
            if local(each) == "txbxContent":
                self.boxes += self.reading.blocks(each)
            elif local(each) == "docPr":
                self.reading.extract.aside += [each.get("descr", ""), each.get("title", "")]


def _inner(parent: Any, kind: str) -> Iterator[Any]:
    """The rows of a table, or the cells of a row, also where a form's control is wrapped around them."""
    for each in parent:
        if local(each) == kind:
            yield each
        elif local(each) in HOLDERS:
            yield from _inner(each, kind)


def _is_merged_away(cell: Any) -> bool:
    """Whether the cell only continues the one above it."""
    merges = [each for properties in _inner(cell, "tcPr") for each in properties if local(each) == "vMerge"]
    return any(value(merge, "val") != "restart" for merge in merges)


def _paragraphs(root: Any) -> list[str]:
    """All words below, deleted ones too, a paragraph each."""
    found = [each for each in root.iter() if local(each) == "p"] or [root]
    return [said for said in map(_words, found) if said.strip()]


def _words(root: Any) -> str:
    named = ("t", "delText", "instrText", "lpwstr", "v")
    pieces = [each.text or "" for each in root.iter() if local(each) in named]
    return "".join(pieces)

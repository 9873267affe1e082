"""What a Word paragraph is: a heading, an item of a list with its bullet or number, or plain text."""

import re
from collections import Counter
from typing import Any

from docx.opc.part import Part

from app.documents.extract import Form

_HEADING = re.compile(r"(heading|title|überschrift|titre|título)\b", re.IGNORECASE)
_LIST = re.compile(r"list (bullet|number)\b", re.IGNORECASE)
_STEP = "  "


def local(element: Any) -> str:
    """An element's name without its namespace; empty for comments and instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def value(element: Any, name: str) -> str | None:
    """An attribute by its local name."""
    for key, held in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(held)
    return None


def _child(element: Any, *path: str) -> Any:
    for name in path:
        element = next((each for each in element if local(each) == name), None)
        if element is None:
            return None
    return element


class Styles:
    """The styles and lists of one document; it counts the numbered items as they are asked for."""

    def __init__(self, main: Part) -> None:
        parts = {rel.reltype.rsplit("/", 1)[-1]: rel for rel in main.rels.values() if not rel.is_external}
        self._names: dict[str, str] = {}
        self._formats: dict[tuple[str, str], str] = {}
        self._counts: Counter[tuple[str, int]] = Counter()
        if "styles" in parts:
            for style in parts["styles"].target_part.element:
                name = _child(style, "name")
                if local(style) == "style" and name is not None:
                    self._names[value(style, "styleId") or ""] = value(name, "val") or ""
        if "numbering" in parts:
            self._read_lists(parts["numbering"].target_part.element)

    def _read_lists(self, numbering: Any) -> None:
        abstract: dict[str, dict[str, str]] = {}
        for each in numbering:
            if local(each) == "abstractNum":
                levels = {
                    value(level, "ilvl") or "0": value(form, "val") or ""
                    for level in each
                    if local(level) == "lvl" and (form := _child(level, "numFmt")) is not None
                }
                abstract[value(each, "abstractNumId") or ""] = levels
            elif local(each) == "num":
                kind = _child(each, "abstractNumId")
                levels = abstract.get((value(kind, "val") or "") if kind is not None else "", {})
                for level, form in levels.items():
                    self._formats[value(each, "numId") or "", level] = form

    def form_of(self, paragraph: Any) -> tuple[Form, str]:
        """What a paragraph is, and the mark that goes before its words."""
        style = _child(paragraph, "pPr", "pStyle")
        name = self._names.get((value(style, "val") or "") if style is not None else "", "")
        outline = _child(paragraph, "pPr", "outlineLvl")
        if _HEADING.match(name) or (outline is not None and value(outline, "val") != "9"):
            return "heading", ""
        numbered = _child(paragraph, "pPr", "numPr")
        if numbered is not None:
            return self._item(numbered)
        if listed := _LIST.match(name):
            if listed[1].lower() == "bullet":
                return "item", "- "
            return "item", self._next(name, 0)
        return "paragraph", ""

    def _item(self, numbered: Any) -> tuple[Form, str]:
        number, level = _child(numbered, "numId"), _child(numbered, "ilvl")
        of = (value(number, "val") or "0") if number is not None else "0"
        depth = (value(level, "val") or "0") if level is not None else "0"
        if of == "0":
            return "paragraph", ""
        indent = _STEP * min(int(depth), 8) if depth.isdigit() else ""
        form = self._formats.get((of, depth), "bullet")
        if form in ("bullet", "none"):
            return "item", indent + "- "
        return "item", indent + self._next(of, len(indent))

    def _next(self, of: str, depth: int) -> str:
        self._counts[of, depth] += 1
        for deeper in [key for key in self._counts if key[0] == of and key[1] > depth]:
            del self._counts[deeper]
        return f"{self._counts[of, depth]}. "

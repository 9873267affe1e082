"""The pages of an archive: readable in any browser, without network, for as long as there are browsers."""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from app.cases.details import ITEM_DETAILS
from app.cases.entry_details import ENTRY_DETAILS
from app.export import wording
from app.export.chart import chart_of
from app.export.shapes import Book, ItemBook, Sound
from app.threads.shapes import ThreadRead

# What a page draws in its own way, and the list of details need not repeat.
DRAWN = ("purpose", "points", "say_it", "checklist")

_templates = Environment(
    loader=PackageLoader("app.export"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def pages_of(book: Book, sounds: Iterable[Sound]) -> dict[str, str]:
    """Every page of an archive by its name in it; `index.html` is where to begin."""
    words = _Words(book, {sound.voice_id: sound.name for sound in sounds})
    shared = {"book": book, "words": words, "wording": wording}
    pages = {"index.html": _templates.get_template("index.html").render(shared, up="")}
    student = _templates.get_template("student.html")
    for each in book.students:
        pages[words.student_page[each.case.id]] = student.render(shared, up="../", student=each)
    question = _templates.get_template("question.html")
    for thread in book.questions:
        pages[words.question_page[thread.id]] = question.render(shared, up="../", thread=thread)
    if book.answers:
        pages["answers.html"] = _templates.get_template("answers.html").render(shared, up="")
    if book.without_student:
        pages["notes.html"] = _templates.get_template("notes.html").render(shared, up="")
    return pages


class _Words:
    """What templates ask for: names of pages, and things said in words."""

    def __init__(self, book: Book, audio: dict[UUID, str]) -> None:
        self.book = book
        self.audio = audio
        self.student_page = {
            each.case.id: f"students/{number:02}-{slug(each.case.alias)}.html"
            for number, each in enumerate(book.students, 1)
        }
        self.question_page = {
            each.id: f"questions/{number:03}.html" for number, each in enumerate(book.questions, 1)
        }
        self.alias = {each.case.id: each.case.alias for each in book.students}

    def moment(self, at: Any) -> str:
        return wording.moment_in_words(at, self.book.time_zone)

    def title(self, thread: ThreadRead) -> str:
        return thread.title or thread.opening or "A question"

    def person(self, thread: ThreadRead, person_id: UUID | None) -> str:
        names = {each.id: each.display_name for each in thread.people}
        return names.get(person_id, "Someone who has left") if person_id else "Someone who has left"

    def by_kind(self, items: Iterable[ItemBook]) -> list[tuple[str, list[ItemBook]]]:
        found: dict[str, list[ItemBook]] = {}
        for each in items:
            found.setdefault(each.item.kind, []).append(each)
        return [(label, found[kind]) for kind, label in wording.KINDS.items() if kind in found]

    def told(self, book: ItemBook) -> list[Any]:
        without = DRAWN if book.item.kind == "meeting" else ()
        return wording.told(ITEM_DETAILS[book.item.kind], book.item.details, without=without)

    def told_entry(self, book: ItemBook, entry: Any) -> list[Any]:
        return wording.told(ENTRY_DETAILS[book.item.kind], entry.details)

    def chart(self, book: ItemBook) -> Markup:
        # Safe: numbers of our own making, and `chart_of` escapes the unit.
        return Markup(chart_of(book)) if book.item.kind == "goal" else Markup()  # noqa: S704

    def questions_about(self, item_id: UUID) -> list[ThreadRead]:
        return [
            each for each in self.book.questions if item_id in each.item_ids or each.meeting_id == item_id
        ]

    def questions_of(self, case_id: UUID | None) -> list[ThreadRead]:
        return [each for each in self.book.questions if each.case_id == case_id]


def slug(text: str) -> str:
    """A name that every file system takes; "student" when nothing of it can stay."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40] or "student"

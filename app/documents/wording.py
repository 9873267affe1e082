"""What was left out of a document, in words."""

from collections.abc import Mapping

from app.documents.extract import Left

# One, and more of them.
_COUNTED: dict[Left, tuple[str, str]] = {
    "comments": ("1 comment", "{} comments"),
    "footnotes": ("1 footnote", "{} footnotes"),
    "pictures": ("1 picture", "{} pictures"),
    "attachments": ("1 attached file", "{} attached files"),
}
_NAMED: dict[Left, str] = {
    "headers": "headers and footers",
    "changes": "tracked changes (read as accepted)",
    "hidden": "hidden text",
    "properties": "the document’s title, subject or keywords",
    "people": "the names of its authors",
}
CUT = "The document is longer than a draft can be: this is its beginning."


def notes(left: Mapping[str, int], *, is_cut: bool = False) -> list[str]:
    """Phrases such as "2 comments", and a sentence where the text had to be cut."""
    said = [
        (one if left[name] == 1 else more).format(left[name])
        for name, (one, more) in _COUNTED.items()
        if left.get(name)
    ]
    said += [words for name, words in _NAMED.items() if left.get(name)]
    return said + [CUT] * is_cut

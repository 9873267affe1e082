"""The tools that are measured: ours, and others that may be installed beside it (the extra `bench`).

Each is made once in a process and then asked for its flags. None may fetch anything: where a tool would
download a language model, it is set up without one.
"""

import logging
import re
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

from bench.deid_score import TITLE, Document, Flag, Score

Tool = Callable[[str], list[Flag]]
LEAST = 0.3  # Presidio's score; below it are its guesses at any run of digits


class NotInstalled(Exception):
    """The tool's package is absent."""


def ours() -> Tool:
    """The screen of this project, without a name key."""
    from app import deid

    def flags(text: str) -> list[Flag]:
        return [Flag(f.start, f.end, f.label, f.band == "sure") for f in deid.find(text).findings]

    return flags


def presidio() -> Tool:
    """Presidio's analyzer with its English pattern recognizers, no language model."""
    analyzer = _analyzer()
    return lambda text: _from_presidio(analyzer.analyze(text, language="en", score_threshold=LEAST))


def presidio_and_names() -> Tool:
    """The same, and a baseline added: listed names with a capital, and any word after a title."""
    analyzer = _analyzer()
    listed = _listed_names()

    def flags(text: str) -> list[Flag]:
        found = _from_presidio(analyzer.analyze(text, language="en", score_threshold=LEAST))
        return [*found, *_named(text, listed)]

    return flags


def scrubadub() -> Tool:
    """scrubadub with its default detectors and those for birth dates and Skype names."""
    try:
        import scrubadub as package
        from scrubadub.detectors.date_of_birth import DateOfBirthDetector
    except ImportError as absent:
        raise NotInstalled("scrubadub") from absent
    scrubber = package.Scrubber(locale="en_US")
    scrubber.add_detector(DateOfBirthDetector)
    scrubber.add_detector("skype")
    labels = {
        "email": "EMAIL",
        "phone": "PHONE",
        "url": "URL",
        "twitter": "URL",
        "date_of_birth": "DATE_EXACT",
    }

    def flags(text: str) -> list[Flag]:
        return [Flag(f.beg, f.end, labels.get(f.type, "ID")) for f in scrubber.iter_filth(text)]

    return flags


TOOLS: dict[str, Callable[[], Tool]] = {
    "ours": ours,
    "Presidio, patterns": presidio,
    "Presidio and lists of names": presidio_and_names,
    "scrubadub": scrubadub,
}


@cache
def tool(name: str) -> Tool:
    """The tool of that name. Raises NotInstalled."""
    return TOOLS[name]()


def scored(name: str, documents: list[Document]) -> dict[str, Score]:
    """What a tool gets right: "both" bands together, and the "sure" one alone."""
    find = tool(name)
    scores = {"both": Score(), "sure": Score()}
    for document in documents:
        flags = find(document.text)
        scores["both"].add(document, flags)
        scores["sure"].add(document, [flag for flag in flags if flag.sure])
    return scores


def _analyzer() -> Any:
    try:
        import spacy
        import tldextract
        from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
        from presidio_analyzer.nlp_engine import SpacyNlpEngine
    except ImportError as absent:
        raise NotInstalled("presidio-analyzer") from absent
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    # Its address check would fetch a list of domains; the package holds one. Our addresses end in .example.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), extra_suffixes=("example",))

    class Blank(SpacyNlpEngine):  # type: ignore[misc]
        """Tokens only: the models are in no package registry."""

        def load(self) -> None:
            self.nlp = {"en": spacy.blank("en")}

    engine = Blank(models=[{"lang_code": "en", "model_name": "blank"}])
    engine.load()
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    registry.remove_recognizer("SpacyRecognizer")
    return AnalyzerEngine(nlp_engine=engine, registry=registry, supported_languages=["en"])


def _from_presidio(results: list[Any]) -> list[Flag]:
    labels = {"DATE_TIME": "DATE_EXACT", "PHONE_NUMBER": "PHONE", "EMAIL_ADDRESS": "EMAIL", "URL": "URL"}
    flags = [Flag(r.start, r.end, labels.get(r.entity_type, "ID")) for r in results]
    # One passage may be flagged by several recognizers: the longest speaks for all.
    flags.sort(key=lambda flag: flag.start - flag.end)
    kept: list[Flag] = []
    for flag in flags:
        if not any(flag.start < other.end and other.start < flag.end for other in kept):
            kept.append(flag)
    return kept


def _listed_names() -> set[str]:
    """Given names and surnames of the United States census of 1990, less the rarest surnames."""
    try:
        import names
    except ImportError as absent:
        raise NotInstalled("names") from absent
    listed = set()
    for kind, most in {"first:female": 100.0, "first:male": 100.0, "last": 75.0}.items():
        with open(names.FILES[kind], encoding="utf-8") as lines:
            rows = [SimpleNamespace(name=row[0], share=float(row[2])) for row in map(str.split, lines)]
        listed |= {row.name.lower() for row in rows if row.share <= most}
    return listed


def _named(text: str, listed: set[str]) -> list[Flag]:
    after_title = {title.end() for title in TITLE.finditer(text)}
    return [
        Flag(*word.span(), "PERSON")
        for word in re.finditer(r"[^\W\d_]+", text)
        if word.start() in after_title or (word[0][0].isupper() and word[0].lower() in listed)
    ]

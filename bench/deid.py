"""How much the screen finds, how often it errs, what it costs, and how other tools do on the same texts.

    python -m bench.deid [files ...] [--given] [--alone] [--misses N] [--count N] [--seed N]

Measured are the texts under bench/deid_held as written, the documents made from them, and files of your own:
marked texts (.txt, see bench/deid_marked.py), or one JSON object a line with id, style, text and spans
[{start, end, label, must}]. The other tools are optional: see docs/screening.md.
"""

import argparse
import datetime
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from bench import deid_marked
from bench.deid_held import corpus
from bench.deid_score import ALL, Document, Score, Span
from bench.deid_tools import TOOLS, NotInstalled, scored, tool

ROOT = Path(__file__).parents[1]
PAGE_WORDS, PAGES = 300, 200
ENOUGH = 1000  # documents, for a fair picture of time and memory
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
GROUPS = ("label", "texts", "style", "kind", "origin")
TARGETS = {
    "recall": (">= 99.5 %", ">= 98.8 %"),
    "leak-free": (">= 98 %", ">= 93 %"),
    "false": ("<= 4", ""),
    "covered": ("<= 6", ""),
    "questions": ("<= 2", ""),
    "ms": ("<= 20", ""),
    "memory": ("<= 60", ""),
}


class Cost(NamedTuple):
    """Milliseconds of one core for a page of 300 words, and the most memory the process held, in MB."""

    p50: float
    p95: float
    memory: float


def read(path: Path) -> list[Document]:
    """The documents of a file of marked texts or of JSON lines."""
    if path.suffix == ".txt":
        return [template.document() for template in deid_marked.read(path)]
    out = []
    for line in path.read_text("utf-8").splitlines():
        raw = json.loads(line)
        spans = tuple(Span(s["start"], s["end"], s["label"], s["must"]) for s in raw["spans"])
        out.append(Document(raw["id"], raw["style"], raw["text"], spans))
    return out


def scored_by_two(name: str, documents: list[Document]) -> dict[str, Score]:
    """What a tool gets right, on two processes: "both" bands together, and the "sure" one alone."""
    with ProcessPoolExecutor(2) as pool:
        parts = list(pool.map(scored, [name] * 2, [documents[::2], documents[1::2]]))
    for band, score in parts[0].items():
        score += parts[1][band]
    return parts[0]


def pages(documents: list[Document]) -> list[str]:
    """Texts of about 300 words, joined from documents of one style."""
    out: list[str] = []
    for style in sorted({d.style for d in documents}):
        page: list[str] = []
        for document in (d for d in documents if d.style == style):
            page.append(document.text)
            if sum(len(text.split()) for text in page) >= PAGE_WORDS:
                out.append("\n".join(page))
                page = []
    return out[:: max(1, len(out) // PAGES)]


def cost(name: str, documents: list[Document]) -> Cost:
    """Measured in a process of its own that does nothing else."""
    child = subprocess.run(
        [sys.executable, "-m", "bench.deid", "--cost-of", name],
        input=json.dumps(pages(documents)),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return Cost(*json.loads(child.stdout.splitlines()[-1]))


def measure(name: str) -> Cost:
    """Time and memory for the pages on standard input."""
    texts = json.load(sys.stdin)
    find = tool(name)
    find(texts[0])  # The first call reads the lexica.
    took = []
    for text in texts:
        began = time.process_time()
        find(text)
        took.append((time.process_time() - began) * 1000 * PAGE_WORDS / len(text.split()))
    return Cost(statistics.median(took), statistics.quantiles(took, n=20)[-1], _most_memory())


def _most_memory() -> float:
    """MB. The kernel's own mark for this program: `getrusage` would show the parent's, if that was larger."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


FIGURES: dict[str, tuple[str, Callable[[Score], str]]] = {
    "recall": ("recall on must spans", lambda s: percent(s.caught[ALL], s.must[ALL])),
    "leak-free": ("leak-free documents", lambda s: percent(s.leak_free, s.documents)),
    "false": ("false flags per 1,000 words", lambda s: f"{1000 * s.false_flags / s.words:.1f}"),
    "covered": ("words wrongly covered per 1,000", lambda s: f"{1000 * s.words_covered / s.words:.1f}"),
    "questions": ("questions per 1,000 words", lambda s: f"{1000 * s.questions / s.words:.1f}"),
    "precision": ("character precision", lambda s: percent(s.letters_right, s.letters)),
    "agreement": ("label agreement", lambda s: percent(s.agreed, s.labelled)),
}


def table(others: dict[str, dict[str, Score]], costs: dict[str, Cost]) -> str:
    """Markdown: the figures with ours first, both bands and sure alone, then the other tools."""
    mine = others["ours"]
    rest = [name for name in others if name != "ours"]
    must = mine["both"].must[ALL]
    rows = [["", "both bands", "floor", "sure alone", "floor", *rest]]
    for key, (name, figure) in FIGURES.items():
        want = TARGETS.get(key, ("", ""))
        theirs = [figure(others[other]["both"]) for other in rest]
        rows.append([name, figure(mine["both"]), want[0], figure(mine["sure"]), want[1], *theirs])
    if costs:
        every = [costs["ours"], *(costs[other] for other in rest)]
        for name, key, shown in (
            ("ms for 300 words, p50", "ms", [f"{c.p50:.1f}" for c in every]),
            ("ms for 300 words, p95", "ms", [f"{c.p95:.1f}" for c in every]),
            ("most memory, MB", "memory", [f"{c.memory:.0f}" for c in every]),
        ):
            rows.append([name, shown[0], TARGETS[key][0], "", "", *shown[1:]])
    head = f"{mine['both'].documents:,} documents, {mine['both'].words:,} words, {must:,} must spans\n"
    return head + "\n" + _markdown(rows) + "\n\n" + _groups(others)


def _groups(others: dict[str, dict[str, Score]]) -> str:
    mine = others["ours"]
    rest = [name for name in others if name != "ours"]
    rows = [["recall by", "", "must spans", "both bands", "sure alone", *rest]]
    for group in sorted(mine["both"].must.keys() - {ALL}, key=lambda g: (GROUPS.index(g[0]), g[1])):
        scores = [mine["both"], mine["sure"], *(others[name]["both"] for name in rest)]
        recalls = [percent(s.caught[group], s.must[group]) for s in scores]
        rows.append([*group, f"{mine['both'].must[group]:,}", *recalls])
    for sort, count in sorted(mine["both"].sorts.items()):
        scores = [mine["both"], mine["sure"], *(others[name]["both"] for name in rest)]
        free = [percent(count - s.leaky[sort], count) for s in scores]
        rows.append(["leak-free", sort, f"{count:,} documents", *free])
    return _markdown(rows)


def _markdown(rows: list[list[str]]) -> str:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *lines[1:]])


def misses(score: Score, most: int) -> str:
    """What got through and what was flagged for nothing, with the words around it."""
    lines = []
    for kind, found in (("through", score.missed), ("false", score.false)):
        for document, start, end in found[: most or None]:
            before, after = document.text[max(0, start - 40) : start], document.text[end : end + 40]
            lines.append(
                f"{kind} {document.id}: {before}[[{document.text[start:end]}]]{after}".replace("\n", " ")
            )
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("files", nargs="*", type=Path)
    given.add_argument("--given", action="store_true", help="only the files given, not the texts held apart")
    given.add_argument("--alone", action="store_true", help="leave the other tools out")
    given.add_argument("--misses", type=int, default=0, metavar="N", help="print so many of the files given")
    given.add_argument(
        "--unblind",
        action="store_true",
        help="print those of the texts held apart too: nobody who then works on the screen may see them",
    )
    given.add_argument("--write", type=Path, metavar="PAGE", help="put the figures between the page's marks")
    given.add_argument("--count", type=int, default=corpus.COUNT)
    given.add_argument("--seed", type=int, default=corpus.SEED)
    given.add_argument("--cost-of", choices=list(TOOLS), help=argparse.SUPPRESS)
    return given.parse_args()


def main() -> None:
    said = arguments()
    if said.cost_of:
        print(json.dumps(measure(said.cost_of)))
        return
    sets = {path.name: read(path) for path in said.files}
    own = set(sets)
    if not said.given:
        sets["held apart, everyday"] = corpus.written("everyday")
        sets["held apart, hard on purpose"] = corpus.written("hard")
        sets["held apart, made"] = corpus.made(said.count, said.seed)
    tools = [name for name in (["ours"] if said.alone else TOOLS) if _installed(name)]
    figures = ""
    for title, documents in sets.items():
        scores = {name: scored_by_two(name, documents) for name in tools}
        costs = {name: cost(name, documents) for name in tools} if len(documents) >= ENOUGH else {}
        figures += f"\n### {title.capitalize()}\n\n{table(scores, costs)}\n"
        if said.misses and (title in own or said.unblind):
            print(misses(scores["ours"]["both"], said.misses))
    if said.write:
        write(said.write, figures)
    else:
        print(figures)


def write(page: Path, figures: str) -> None:
    """Put the figures, and today's date, where the page's marks are. Raises ValueError if it has none."""
    before, begin, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{page} has no {BEGIN} and {END}")
    narrow = re.sub(r" +\|", " |", re.sub(r"\|-+", "|---", figures))
    day = datetime.datetime.now(datetime.UTC).strftime("%-d %B %Y")
    page.write_text(f"{before}{begin}\nMeasured on {day}.\n{narrow}{end}{after}", "utf-8")


def _installed(name: str) -> bool:
    try:
        tool(name)
    except NotInstalled as absent:
        print(f"{name}: not installed ({absent}); see docs/screening.md")
        return False
    return True


if __name__ == "__main__":
    main()

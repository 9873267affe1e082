"""The bench as one runs it."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def bench(*arguments, said=""):
    ran = subprocess.run(
        [sys.executable, "-m", "bench.deid", *arguments],
        cwd=ROOT,
        input=said,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return ran.stdout


def test_a_file_of_ones_own_is_measured_and_its_misses_are_told(tmp_path):
    file = tmp_path / "own.jsonl"
    text = "Call (415) 555-0132 about the [flag]."
    spans = [
        {"start": 5, "end": 19, "label": "PHONE", "must": True},
        {"start": 31, "end": 35, "label": "PERSON", "must": True},
    ]
    file.write_text(json.dumps({"id": "o1", "style": "email", "text": text, "spans": spans}))
    table = bench(str(file), "--given", "--alone", "--misses", "9")

    assert "1 documents, 6 words, 2 must spans" in table
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if "|" in line]
    assert ["recall on must spans", "50.0 %", ">= 99.5 %", "50.0 %", ">= 98.8 %"] in rows
    assert ["label", "PHONE", "1", "100.0 %", "100.0 %"] in rows
    assert "about the [[[flag]]]." in table


def test_time_and_memory_are_taken_in_a_process_of_its_own():
    pages = json.dumps(["The meeting is on Tuesday and Ms. Okafor brings the chart. " * 30] * 12)
    p50, p95, memory = json.loads(bench("--cost-of", "ours", said=pages))

    assert 0 < p50 <= p95
    assert 5 < memory < 1000


def test_figures_take_the_place_of_the_last_ones_on_a_page(tmp_path):
    file, page = tmp_path / "own.txt", tmp_path / "page.md"
    file.write_text("# o1 email\nCall [[(415) 555-0132|PHONE]] today.\n")
    page.write_text("Before.\n<!-- figures -->\nold figures\n<!-- end of figures -->\nAfter.\n")
    said = bench(str(file), "--given", "--alone", "--write", str(page))
    text = page.read_text("utf-8")

    assert "recall" not in said
    assert text.startswith("Before.\n<!-- figures -->\nMeasured on ")
    assert text.endswith("<!-- end of figures -->\nAfter.\n")
    assert "old figures" not in text
    assert re.search(r"\| recall on must spans \| 100\.0 % \|", text)

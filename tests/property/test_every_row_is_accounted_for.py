"""No row or record of descriptions is dropped in silence: it is described, or what became of it is said."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.core.findings import Finding, Severity
from archive.core.tables.sheet import Cell, Sheet
from archive.formats.descriptions import DescribedRow, read_descriptions
from archive.formats.spreadsheet import write_ods, write_xlsx
from archive.services.check.preflight_alone import check
from archive.services.ingest.request import IngestRequest
from archive.services.surroundings import Surroundings
from archive.storage.plan import Plan

Rows = list[tuple[str, str, str]]
HEADER = ("filename", "title", "date")

# Rows that a table may hold, good and bad: of nothing, of one thing twice, of a folder, with an odd date.
paths = st.sampled_from(
    [
        "a.txt",
        "b.txt",
        "f/",
        "f",
        "f/c.txt",
        "f/d.txt||a.txt",
        "gone.txt",
        "",
        " ",
        "../x",
        "\0",
        "||",
        "a.txt ",
    ]
)
titles = st.sampled_from(["A title", "", " ", "||", "=1+1", "x" * 200, "#help:", "\x0b", "#REF!"])
dates = st.sampled_from(["1918", "04/05/1918", "0000-00-00", "soon", ""])
tables = st.lists(st.tuples(paths, titles, dates), min_size=1, max_size=8)
EXAMPLES = settings(max_examples=60, deadline=None)


def as_csv(rows: Rows) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADER, *rows])
    return text.getvalue().encode()


def as_sheet(write: Callable[[Sheet, io.BytesIO], None]) -> Callable[[Rows], bytes]:
    def made(rows: Rows) -> bytes:
        out = io.BytesIO()
        write(Sheet(name="S", rows=[[Cell(text) for text in row] for row in (HEADER, *rows)]), out)
        return out.getvalue()

    return made


def record(row: tuple[str, str, str]) -> dict[str, object]:
    """The row as an object; blank cells as the blank values that other programs write."""
    path, *texts = row
    return {"filename": path, **{name: [text] for name, text in zip(HEADER[1:], texts, strict=True)}}


def as_json(rows: Rows) -> bytes:
    return ("[\n" + ",\n".join(json.dumps(record(row)) for row in rows) + "\n]").encode()


def as_lines(rows: Rows) -> bytes:
    return "".join(f"{json.dumps(record(row))}\n" for row in rows).encode()


def as_yaml(rows: Rows) -> bytes:
    return "".join(f"- {json.dumps(record(row))}\n" for row in rows).encode()


def as_xml(rows: Rows) -> bytes:
    records = [
        "<record>"
        + "".join(f"<{name}>{text}</{name}>" for name, text in zip(HEADER, row, strict=True))
        + "</record>"
        for row in rows
    ]
    return ("<records>\n" + "\n".join(records) + "\n</records>").encode()


# How each form is written, and the line of its first row.
FORMS: dict[str, tuple[Callable[[Rows], bytes], int]] = {
    "csv": (as_csv, 2),
    "ods": (as_sheet(write_ods), 2),
    "xlsx": (as_sheet(write_xlsx), 2),
    "json": (as_json, 2),
    "jsonl": (as_lines, 1),
    "yaml": (as_yaml, 1),
    "xml": (as_xml, 2),
}


def is_error(read: DescribedRow | Finding) -> bool:
    return isinstance(read, Finding) and read.severity is Severity.ERROR


def tells(finding: dict[str, Any]) -> bool:
    """True where the finding says that its row is no document, or why."""
    return bool(finding["severity"] == "error" or finding["code"] == "PAIR-FOLDER")


def is_blank(row: tuple[str, str, str]) -> bool:
    return not any(text.strip() for text in row)


@pytest.mark.parametrize("form", FORMS)
@given(rows=tables)
@EXAMPLES
@example([("a.txt", "A title", "1918"), ("", "A title", ""), ("||", "", ""), ("", "", "soon")])
def test_a_reader_yields_a_row_or_says_something_of_its_line(form: str, rows: Rows) -> None:
    write, first = FORMS[form]
    lines: list[int | None] = []
    for read in read_descriptions(f"table.{form}", io.BytesIO(write(rows))):
        if isinstance(read, DescribedRow) or is_error(read):
            lines.append(read.at.line)
        if read.at.line is None and (len(rows) == 1 or is_error(read)):
            return  # a file of one description, or one that is refused as a whole
    missing = [line for line, row in enumerate(rows, first) if line not in lines and not is_blank(row)]
    assert not missing, (missing, lines)


@pytest.mark.parametrize("form", FORMS)
@given(rows=tables)
@settings(max_examples=15, deadline=None)
@example([("f/", "F", ""), ("f/c.txt", "C", ""), ("f", "again", ""), ("a.txt", "A", ""), ("a.txt ", "A", "")])
def test_a_preflight_plans_a_document_or_says_what_became_of_the_row(form: str, rows: Rows) -> None:
    write, first = FORMS[form]
    with TemporaryDirectory() as folder, Plan() as plan:
        root = Path(folder) / "stick"
        (root / "f").mkdir(parents=True)
        for name in ("a.txt", "b.txt", "f/c.txt", "f/d.txt"):
            (root / name).write_text(name)
        table = Path(folder) / f"t.{form}"
        table.write_bytes(write(rows))
        request = IngestRequest(sources=(str(root),), metadata=str(table), jobs=1, describe_later=True)
        check(request, plan, Surroundings(), None)
        places = {document.place for document in plan.documents()}
        if table.name in places and len(rows) == 1:
            return
        found = list(plan.all_findings())
        if any("line" not in finding.get("at", {}) and finding["severity"] == "error" for finding in found):
            return
        lines = {finding["at"].get("line") for finding in found if "at" in finding and tells(finding)}
        sheet = "S!" if form in ("ods", "xlsx") else ""
        missing = [
            line
            for line, row in enumerate(rows, first)
            if line not in lines and f"{table.name}:{sheet}{line}" not in places and not is_blank(row)
        ]
        assert not missing, (missing, places, found)
        # No file is both in a document and left without one in silence.
        claimed = sum(len(document.files) for document in plan.documents())
        refused = {finding["place"] for finding in found if finding["severity"] == "error"}
        assert claimed == 4 or refused

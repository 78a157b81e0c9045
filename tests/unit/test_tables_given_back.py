"""What came in as a table comes back as that table, cell by cell, whatever wrote it and whatever is in it."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.tables.sheet import Cell, Sheet
from archive.formats.annotation import read_grid
from archive.formats.spreadsheet import write_ods, write_xlsx
from tests.archives import MadeArchive, make_archive

Rows = list[list[str]]
ODD = ["=1+1", "+4", "-5", "@x", "'", "'=1", "''", "\t=1", "a\nb", 'quo"te', "007", "1E5", "  blank  ", "é"]

ARCHIVEMATICA = [
    ["Filename", "dc.title", "dc.subject", "dc.subject", "Shelf Mark", "dcterms.extent", "dc.subject", ""],
    ["objects/a.txt ", " padded ", "one", "", "=3", "", "three", ""],
    ["data/b.txt", "B", "", "", "'4", "2 p.", "", ""],
    ["c.txt", "C", "||x||", "a || b", "", "", "", ""],
]
DSPACE = [
    [
        "id",
        "filename",
        "dc.contributor.author",
        "dc.title[en]",
        "dc.title[]",
        "dc.subject.lcsh",
        "collection",
    ],
    ["+", "a.txt", "Ann||Bob||", "A", "", "Bells || Clocks", "123/4"],
    ["+", "b.txt", "", "B", "B too", "", "123/4"],
    ["7", "c.txt", "Ann", "C", "", "x", ""],
]
OMEKA = [
    ["Item Type", "dcterms:title", "dcterms:creator", "dcterms:subject", "media", "dcterms:date"],
    ["Text", "A", "Ann|Bob", "one; two", "a.txt", "1918"],
    ["", "B", "|Ann|", "", "b.txt", "c. 1920"],
    ["x|y", "C", "", "", "c.txt", ""],
]
ATOM = [
    [
        "legacyId",
        "parentId",
        "title",
        "identifier",
        "levelOfDescription",
        "eventDates",
        "eventActors",
        "language",
        "digitalObjectPath",
        "scopeAndContent",
    ],
    ["10", "", "A", "F1", "File", "1918|NULL", "NULL|Ann", "en | fr", "a.txt", "one\ntwo"],
    ["11", "10", "B", "F1-1", "Item", "NULL", "NULL", "", "objects/b.txt", ""],
    ["12", "99", "C", "", "", "", "||", "en|", "c.txt", "a|b"],
]
OURS = [
    [
        "reference",
        "filename",
        "title",
        "sha256",
        "size",
        "access",
        "access",
        "theirs",
        "problem",
        "=h",
        "md5",
    ],
    ["", "a.txt", "", "", "11", "Restricted", "", "x", "mine", "=1", ""],
    ["R-2", "./b.txt", "B", "", "", "", "members", "", "", "", ""],
    ["", "c.txt", "C", "", "about 3", "open", "", "y", "", "", ""],
]
ODDITIES = [
    ["filename", "title", *(f"x{number}" for number in range(len(ODD))), "dc.description", "dc.subject"],
    ["a.txt", "A", *ODD, ODD[0], ODD[5]],
    ["b.txt", "=B()", *ODD[::-1], "''=x", "'=a||=b"],
    ["c.txt", "'", *["" for _ in ODD], "\t", "-"],
]
TABLES = {
    "archivematica": ARCHIVEMATICA,
    "dspace": DSPACE,
    "omeka": OMEKA,
    "atom": ATOM,
    "ours": OURS,
    "oddities": ODDITIES,
}


def combined(endings: Sequence[str], *, quick: set[str]) -> list[Any]:
    """Every table in every form; all in CSV and those that are `quick` stay in the short run."""
    return [
        pytest.param(
            kind,
            ending,
            id=(name := f"{kind}-{ending}"),
            marks=() if ending == "csv" or name in quick else pytest.mark.slow,
        )
        for kind in TABLES
        for ending in endings
    ]


def table_bytes(ending: str, rows: Sequence[Sequence[str]]) -> bytes:
    """The rows as a file of that kind, as anybody's program writes it."""
    if ending == "csv":
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        return text.getvalue().encode()
    out = io.BytesIO()
    sheet = Sheet(name="T", rows=[[Cell(text) for text in row] for row in rows])
    (write_ods if ending == "ods" else write_xlsx)(sheet, out)
    return out.getvalue()


def rows_of(path: Path) -> Rows:
    """The cells of a table, as another program reads them."""
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))
    grid = read_grid(path.name, path.read_bytes())
    width = max(len(cells) for cells in grid.rows.values())
    return [[*cells, *[""] * (width - len(cells))] for _, cells in sorted(grid.rows.items())]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    return make_archive(tmp_path, monkeypatch)


@pytest.fixture
def received(made: MadeArchive, capsys: pytest.CaptureFixture[str]) -> Any:
    """Gives the table back in a form; the rows of it."""

    def give(form: str, name: str = "back") -> Rows:
        out = made.folder / f"{name}.{form}"
        assert run(["-C", str(made.root), "list", "--as-received", "--table", str(out)]) == 0
        return rows_of(out)

    capsys.readouterr()
    return give


def ingest(made: MadeArchive, table: bytes, ending: str, name: str = "source") -> None:
    files = {f"{letter}.txt": f"{letter} of {name}".encode() for letter in "abc"}
    made.ingest({**files, f"metadata.{ending}": table}, name=name)


@pytest.mark.parametrize(
    ("kind", "ending"), combined(["csv", "ods", "xlsx"], quick={"atom-ods", "oddities-xlsx"})
)
def test_a_table_comes_back_cell_by_cell(kind: str, ending: str, made: MadeArchive, received: Any) -> None:
    rows = TABLES[kind]
    ingest(made, table_bytes(ending, rows), ending)
    back = received(ending)
    padded = [[*row, *[""] * (len(rows[0]) - len(row))] for row in back]  # blank columns are not stored
    assert padded == rows


def test_tables_of_other_headings_for_the_same_keep_their_own(made: MadeArchive, received: Any) -> None:
    first = [["filename", "dc.title", "dc.subject"], *[[f"{x}.txt", f"T {x}", "one||two"] for x in "abc"]]
    second = [["subject", "title", "file", "subject"], *[["x", f"U {x}", f"{x}.txt", " y "] for x in "abc"]]
    ingest(made, table_bytes("csv", first), "csv", "first")
    ingest(made, table_bytes("csv", second), "csv", "second")
    back = received("csv")
    assert back[0] == [*first[0], *second[0]]
    assert [row[:3] for row in back[1:4]] == first[1:]
    assert [row[3:] for row in back[4:]] == second[1:]
    assert not any(cell for row in back[1:4] for cell in row[3:])
    assert not any(cell for row in back[4:] for cell in row[:3])


def test_what_was_described_anew_since_stands_in_its_cell_and_all_else_as_received(
    made: MadeArchive, received: Any
) -> None:
    ingest(made, table_bytes("csv", ATOM), "csv")
    assert run(["-C", str(made.root), "describe", "2026-000001", "--set", "dc.creator=Zoe"]) == 0
    back = received("csv")
    changed = ATOM[0].index("eventActors")
    assert back[1][changed] == "Zoe"
    assert [*back[1][:changed], *back[1][changed + 1 :]] == [*ATOM[1][:changed], *ATOM[1][changed + 1 :]]
    assert back[2:] == ATOM[2:]


def test_cells_that_are_kept_are_told_to_nobody_who_asks_for_events(
    made: MadeArchive, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        ["filename", "title", "access"],
        *[[f"{x}.txt", f" Secret {x} ", "restricted, title hidden"] for x in "abc"],
    ]
    ingest(made, table_bytes("csv", rows), "csv")
    premis = made.bag("2026-000001") / "metadata/premis.xml"
    assert b"cells: " in premis.read_bytes()
    capsys.readouterr()
    for words in (["show", "2026-000001"], ["history", "2026-000001"]):
        assert run(["-C", str(made.root), *words, "--format", "json"]) == 0
        assert "cells: " not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("kind", "form"), combined(["json", "xml", "csv", "ods", "xlsx"], quick={"oddities-json", "atom-xml"})
)
def test_an_export_that_another_archive_reads_describes_the_same(
    kind: str,
    form: str,
    made: MadeArchive,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ingest(made, table_bytes("csv", TABLES[kind]), "csv")
    table = tmp_path / f"all.{form}"
    capsys.readouterr()
    words = ["catalog", "export", "--what", "descriptions", "--to", str(table)]
    assert run(["-C", str(made.root), "--format", "json", *words]) == 0
    found = json.loads(capsys.readouterr().out)["findings"]
    lost = {finding["place"] for finding in found if finding["code"] == "HELD-NOT-IN-TABLE"}
    assert form != "json" or lost <= {"id"}  # a column that stands in every export
    other = make_archive(tmp_path / "other", monkeypatch)
    ingest(other, table.read_bytes(), form)
    is_table = form not in ("json", "xml")
    assert stored(other, set(), is_table=is_table) == stored(made, lost, is_table=is_table)


def stored(made: MadeArchive, lost: set[str], *, is_table: bool) -> list[Any]:
    """What the bags say of their documents, but for columns that the export said it cannot hold.

    A table has no place for the schemes of values, nor for an order among those of several languages.
    """
    found = []
    for path in (made.root / "bags").glob("*/*/metadata/dublin-core.json"):
        said = json.loads(path.read_text())
        for term, values in said.items() if is_table else ():
            if isinstance(values, list):
                texts = [v["value"] if isinstance(v, dict) and "scheme" in v else v for v in values]
                said[term] = sorted(texts, key=lambda each: isinstance(each, dict))
        other = {name: texts for name, texts in said.pop("other", {}).items() if name not in lost}
        found.append({**said, "other": other})
    return sorted(found, key=json.dumps)


def test_rows_of_documents_that_came_without_one_are_said_to_be_made(
    made: MadeArchive, capsys: pytest.CaptureFixture[str]
) -> None:
    table = b"filename,title,creator\nbox/,Box,Anna\nbox/1.txt,One,\n"
    made.ingest({"box/1.txt": b"1", "box/2.txt": b"2", "box/3.txt": b"3", "metadata.csv": table})
    out = made.folder / "back.csv"
    capsys.readouterr()
    words = ["list", "--as-received", "--format", "json", "--table", str(out)]
    assert run(["-C", str(made.root), *words]) == 0
    found = {one["code"]: one["message"] for one in json.loads(capsys.readouterr().out)["findings"]}
    assert found["HELD-ROW-MADE"].startswith("2 documents came without a row of their own")


def test_a_table_with_a_row_for_each_document_is_given_back_without_such_a_word(
    made: MadeArchive, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest(made, table_bytes("csv", DSPACE), "csv")
    capsys.readouterr()
    assert run(["-C", str(made.root), "list", "--as-received", "--table", str(made.folder / "back.csv")]) == 0
    assert "without a row" not in capsys.readouterr().err

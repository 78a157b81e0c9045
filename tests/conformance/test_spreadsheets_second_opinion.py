"""Spreadsheets as other programs write and read them: LibreOffice, openpyxl and calamine beside ours."""

import csv
import datetime as dt
import io
import shutil
import subprocess
from pathlib import Path

import pytest

from archive.core.tables.sheet import Cell, Sheet
from archive.formats.descriptions import DescribedRow, read_descriptions
from archive.formats.spreadsheet import write_ods, write_xlsx

TEXTS = ["007", "=1+1", "'=1", "1918-11-11", "1/2", " a  b ", "two\nlines", "é 漢 😀", "-5", "TRUE", "1E5"]


@pytest.mark.slow  # an office suite is more than a quick run should install
@pytest.mark.tool("soffice")
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("form", ["ods", "xlsx"])
def test_libreoffice_shows_every_text_as_it_was_written(form: str, tmp_path: Path) -> None:
    source = tmp_path / f"table.{form}"
    with source.open("wb") as out:
        (write_ods if form == "ods" else write_xlsx)(
            Sheet(name="S", rows=[[Cell(text)] for text in TEXTS]), out
        )
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(source)], check=True, timeout=120)
    with (tmp_path / "table.csv").open(newline="", encoding="utf-8") as stream:
        assert [row[0] for row in csv.reader(stream)] == TEXTS


def test_workbook_of_openpyxl_is_read_as_its_author_typed_it() -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["filename", "dc.title", "dc.date", "dc.date", "dc.identifier", "Regal", "dc.extent"])
    sheet.append(["a.txt", "Brief", dt.date(1944, 5, 6), dt.date(1944, 5, 1), 7, True, 12.0])
    sheet["D2"].number_format = "mmmm yyyy"
    sheet["E2"].number_format = "000"
    out = io.BytesIO()
    book.save(out)
    (row,) = [item for item in read_descriptions("m.xlsx", out) if isinstance(item, DescribedRow)]
    terms = {term: [value.value for value in values] for term, values in row.description.terms.items()}
    assert terms == {
        "title": ["Brief"],
        "date": ["1944-05-06", "1944-05"],
        "identifier": ["007"],
        "extent": ["12"],
    }
    assert row.description.other == {"Regal": ("TRUE",)}


@pytest.mark.parametrize("form", ["ods", "xlsx"])
def test_calamine_reads_the_cells_that_we_read(form: str) -> None:
    calamine = pytest.importorskip("python_calamine", reason="python-calamine is not installed")
    out = io.BytesIO()
    header = [Cell("filename"), Cell("dc.title")]
    rows = [[Cell(f"{number}.txt"), Cell(text.strip())] for number, text in enumerate(TEXTS)]
    (write_ods if form == "ods" else write_xlsx)(Sheet(name="S", rows=[header, *rows]), out)
    theirs = (
        calamine.CalamineWorkbook.from_filelike(io.BytesIO(out.getvalue())).get_sheet_by_index(0).to_python()
    )
    ours = [item for item in read_descriptions(f"m.{form}", out) if isinstance(item, DescribedRow)]
    assert [[row.paths[0], row.description.title] for row in ours] == theirs[1:]

"""Cells of a spreadsheet set to text in the tree of its content."""

import io
import zipfile

import pytest
from lxml import etree

from archive.core.tables.correction import Correction
from archive.core.tables.sheet import Cell, Sheet
from archive.formats.corrections.ods_cells import set_ods_cells
from archive.formats.corrections.outcome import CannotCorrectError
from archive.formats.corrections.sheet_corrections import corrected_sheet
from archive.formats.spreadsheet import write_xlsx
from archive.formats.spreadsheet.ods_parts import NAMESPACES

_SPACES = " ".join(f'xmlns:{prefix}="{iri}"' for prefix, iri in NAMESPACES.items())


@pytest.mark.parametrize(
    "text",
    [
        "<text:p>eng</text:p>",
        "<text:h>eng</text:h>",
        "<text:list><text:list-item><text:p>eng</text:p></text:list-item></text:list>",
    ],
)
def test_what_a_cell_is_set_to_stands_in_the_place_of_all_that_stood_there(text: str) -> None:
    root = etree.fromstring(
        f"<office:document-content {_SPACES}><office:body><office:spreadsheet><table:table><table:table-row>"
        f'<table:table-cell office:value-type="string">{text}</table:table-cell></table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    assert set_ods_cells(root, 0, {(1, 0): "en"}) == set()
    assert [str(text) for text in root.itertext()] == ["en"]


def rewritten(data: bytes, part: str, old: str, new: str) -> bytes:
    """The package with something else in one of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w") as copy:
        for name in package.namelist():
            text = package.read(name).decode()
            assert name != part or old in text
            copy.writestr(name, text.replace(old, new) if name == part else text)
    return out.getvalue()


def test_a_table_that_is_taken_apart_otherwise_than_it_is_read_is_not_corrected() -> None:
    out = io.BytesIO()
    rows = [[Cell(text) for text in row] for row in (("filename", "title", "language"), ("a", "", "eng"))]
    write_xlsx(Sheet(name="S", rows=rows), out)
    wanted = {2: {2: [Correction("X", 2, 2, "language", "eng", "en")]}}
    assert corrected_sheet("t.xlsx", out.getvalue(), wanted).made
    data = rewritten(out.getvalue(), "xl/worksheets/sheet1.xml", 'r="C2"', 'r="c2"')
    with pytest.raises(CannotCorrectError):
        corrected_sheet("t.xlsx", data, wanted)


@pytest.mark.parametrize("digits", [10, 21, 25, 5_000])
def test_a_row_number_that_is_none_counts_for_the_corrector_as_for_the_reader(digits: int) -> None:
    out = io.BytesIO()
    rows = [[Cell(text) for text in row] for row in (("filename", "language"), ("a", "eng"), ("b", "ger"))]
    write_xlsx(Sheet(name="S", rows=rows), out)
    stated = "9" * digits if digits > 20 else "2".zfill(digits)
    data = out.getvalue()
    for old, new in (('r="2"', f'r="{stated}"'), ('r="3"', "")):
        data = rewritten(data, "xl/worksheets/sheet1.xml", f"<row {old}", f"<row {new}")
    wanted = {
        2: {1: [Correction("X", 2, 1, "language", "eng", "en")]},
        3: {1: [Correction("X", 3, 1, "language", "ger", "de")]},
    }
    corrected = corrected_sheet("t.xlsx", data, wanted)
    assert [(each.row, each.corrected) for each in corrected.made] == [(2, "en"), (3, "de")]
    assert not corrected.left

"""Sheets as ODS and XLSX, looked at with lxml and with readers that are not ours."""

import io
from collections.abc import Callable
from zipfile import ZipFile

import pytest
from lxml import etree

from archive.core.limits.descriptions import MAX_CSV_FIELD
from archive.core.limits.spreadsheets import MAX_XLSX_TEXT
from archive.core.tables.read_sheet import ReadRow
from archive.core.tables.sheet import Cell, Mark, Sheet, SheetColumn, SheetLimitError
from archive.core.tables.sheet_text import escaped, unescaped
from archive.formats.spreadsheet import read_ods, read_xlsx, write_ods, write_xlsx

Writer = Callable[[Sheet, io.BytesIO], None]

HOSTILE = [
    "=1+1",
    "+44 1234",
    "@SUM(A1)",
    "-5",
    "007",
    "1918-11-11",
    "1/2",
    "TRUE",
    "'=1",
    " leading and trailing  ",
    "two  spaces",
    "a\nb\n",
    "tab\there",
    "\t beside \t tabs \t",
    "<b>&\"'",
    "_x0041_",
    "é ü 漢 😀",
]


def written(writer: Writer, sheet: Sheet) -> bytes:
    out = io.BytesIO()
    writer(sheet, out)
    return out.getvalue()


def example() -> Sheet:
    return Sheet(
        name="Descriptions & <more>",
        rows=[
            [Cell("filename", Mark.HEADING), Cell("dc.type", Mark.HEADING)],
            [Cell("the file's path", Mark.HELP), Cell("choose", Mark.HELP)],
            [Cell("a.txt"), Cell("Txet", Mark.ERROR, "not a type\nDid you mean Text?")],
            [],
            [Cell("b.txt"), Cell("", Mark.WARNING, "is missing")],
        ],
        columns=(SheetColumn(30), SheetColumn(12, ("Text", "Image", 'a "quoted", one'))),
        frozen_rows=2,
        frozen_columns=1,
        spare_rows=50,
    )


@pytest.mark.parametrize("writer", [write_ods, write_xlsx])
def test_the_same_sheet_gives_the_same_bytes(writer: Writer) -> None:
    assert written(writer, example()) == written(writer, example())


@pytest.mark.parametrize("writer", [write_ods, write_xlsx])
def test_every_part_is_well_formed(writer: Writer) -> None:
    package = ZipFile(io.BytesIO(written(writer, example())))
    assert package.testzip() is None
    for name in package.namelist():
        if name != "mimetype":
            etree.fromstring(package.read(name))


def test_the_type_of_an_ods_can_be_told_from_its_first_bytes() -> None:
    # ODF 1.3-2 §3.3: the member mimetype is first and stored, so that its text begins at byte 38.
    data = written(write_ods, example())
    assert data[30:38] == b"mimetype"
    assert data[38:].startswith(b"application/vnd.oasis.opendocument.spreadsheet")


def test_xlsx_is_read_by_openpyxl_as_it_was_meant() -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    book = openpyxl.load_workbook(io.BytesIO(written(write_xlsx, example())))
    sheet = book.worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["filename", "dc.type"],
        ["the file's path", "choose"],
        ["a.txt", "Txet"],
        [None, None],
        ["b.txt", None],
    ]
    assert sheet.freeze_panes == "B3"
    assert sheet["B3"].comment.text == "not a type\nDid you mean Text?"
    assert sheet["B3"].fill.fgColor.rgb == "FFFFC7CE"
    assert {cell.number_format for row in sheet.iter_rows() for cell in row if cell.value} == {"@"}
    (choice,) = sheet.data_validations.dataValidation
    assert str(choice.sqref) == "B3:B55"
    choices = book.worksheets[1]
    assert [cell.value for (cell,) in choices.iter_rows(min_col=2)] == ["Text", "Image", 'a "quoted", one']
    assert choices.sheet_state == "hidden"


@pytest.mark.parametrize("writer", [write_ods, write_xlsx])
def test_another_reader_finds_every_text_as_it_was(writer: Writer) -> None:
    calamine = pytest.importorskip("python_calamine", reason="python-calamine is not installed")
    # Of ODS calamine reads neither the element for a tab nor escapes.
    plain = [text for text in HOSTILE if writer is write_xlsx or not ("\t" in text or text == "_x0041_")]
    sheet = Sheet(name="S", rows=[[Cell(text)] for text in plain])
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(written(writer, sheet)))
    assert [row[0] for row in book.get_sheet_by_index(0).to_python()] == plain


@pytest.mark.parametrize("writer", [write_ods, write_xlsx])
@pytest.mark.parametrize(
    ("character", "count"),
    [("\a", MAX_CSV_FIELD // 7 + 1), ("\r", MAX_CSV_FIELD // 7 + 1), ("x", MAX_CSV_FIELD + 1)],
)
def test_a_text_that_could_not_be_read_again_is_refused(writer: Writer, character: str, count: int) -> None:
    with pytest.raises(SheetLimitError, match="B1"):
        written(writer, Sheet(name="S", rows=[[Cell("a"), Cell(character * count)]]))


@pytest.mark.parametrize("writer", [write_ods, write_xlsx])
def test_the_longest_text_that_is_written_is_read_again(writer: Writer) -> None:
    text = "\a" * (MAX_CSV_FIELD // 7)
    read = read_ods if writer is write_ods else read_xlsx
    data = written(writer, Sheet(name="S", rows=[[Cell(text)]]))
    (row,) = (each for each in read(io.BytesIO(data), lambda *_: True) if isinstance(each, ReadRow))
    assert [cell.text for cell in row.cells] == [text]


def test_a_text_that_xlsx_cannot_hold_is_refused() -> None:
    written(write_xlsx, Sheet(name="S", rows=[[Cell("x" * MAX_XLSX_TEXT)]]))
    with pytest.raises(SheetLimitError, match="A1"):
        written(write_xlsx, Sheet(name="S", rows=[[Cell("x" * (MAX_XLSX_TEXT - 1) + "😀")]]))


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("bell\a", "bell_x0007_"),
        ("cr\rlf\n", "cr_x000D_lf\n"),
        ("_x0041_", "_x005F_x0041_"),
        ("_x00_", "_x00_"),
        ("not \udcff UTF-8", "not _xDCFF_ UTF-8"),
    ],
)
def test_what_xml_cannot_carry_is_spelt_as_the_standard_says(text: str, spelt: str) -> None:
    assert escaped(text) == spelt
    assert unescaped(spelt) == text


def test_two_escaped_halves_are_one_character() -> None:
    assert unescaped("_xD83D__xDE00_") == "😀"

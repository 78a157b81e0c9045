"""Numbers of an XLSX with more digits than a spreadsheet program keeps: what may be lost is said."""

import io
from zipfile import ZipFile

import pytest

from archive.core.findings import Finding, Severity
from archive.core.tables.sheet import Cell, Sheet
from archive.formats.descriptions import DescribedRow, read_descriptions
from archive.formats.spreadsheet import write_xlsx


def read(raw: str) -> tuple[str, list[Finding]]:
    """The identifier of a row whose cell is this number, and what is said of numbers."""
    out = io.BytesIO()
    rows = [[Cell("filename"), Cell("dc.title"), Cell("dc.identifier")], [Cell("a"), Cell("T"), Cell("@@")]]
    write_xlsx(Sheet(name="S", rows=rows), out)
    changed = io.BytesIO()
    with ZipFile(out) as before, ZipFile(changed, "w") as after:
        for name in before.namelist():
            text = before.read(name)
            if name.startswith("xl/worksheets/"):
                start = text.index(b'<c r="C2"')
                end = text.index(b"</c>", start) + 4
                text = text[:start] + f'<c r="C2"><v>{raw}</v></c>'.encode() + text[end:]
            after.writestr(name, text)
    found = list(read_descriptions("m.xlsx", changed))
    (row,) = [each for each in found if isinstance(each, DescribedRow)]
    said = [each for each in (*found, *row.findings) if isinstance(each, Finding) and "NUMBER" in each.code]
    return row.description.terms["identifier"][0].value, said


@pytest.mark.parametrize(
    ("raw", "taken", "shown"),
    [
        ("1.2345678901234499E+17", "123456789012345000", "1.23457E+17"),
        ("1.234567890123457e+17", "123456789012346000", "1.23457E+17"),
        ("1234567890123450", "1234567890123450", "1.23457E+15"),
        ("-1.2E+16", "-12000000000000000", "-1.2E+16"),
    ],
)
def test_digits_that_may_be_lost_are_a_warning_in_their_cell(raw: str, taken: str, shown: str) -> None:
    identifier, (finding,) = read(raw)
    assert identifier == taken
    assert (finding.code, finding.severity) == ("TABLE-SHORTENED-NUMBER", Severity.WARNING)
    assert (finding.place, finding.found) == ("m.xlsx:S!C2", shown)
    assert taken in finding.message


def test_digits_that_the_file_has_and_the_program_does_not_show_are_a_note() -> None:
    identifier, (finding,) = read("12345678901234567")
    assert identifier == "12345678901234567"
    assert (finding.code, finding.found) == ("TABLE-NUMBER", "1.23457E+16")


@pytest.mark.parametrize(
    "raw", ["123456789012345", "1.23456789012345E+14", "0.30000000000000004", "12.0", "7"]
)
def test_a_number_that_the_program_keeps_whole_is_not_spoken_of(raw: str) -> None:
    assert read(raw)[1] == []

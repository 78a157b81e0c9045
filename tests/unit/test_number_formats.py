"""Number formats of an XLSX: what they show of a number is taken, or said where that is something else."""

import io
from xml.sax.saxutils import escape

import pytest

from archive.core.findings import Finding, Severity
from archive.formats.descriptions import DescribedRow, read_descriptions
from tests.sheets import xlsx, xlsx_row

ACCOUNTS = '_-* #,##0.00\\ "€"_-;-* #,##0.00\\ "€"_-;_-* "-"??\\ "€"_-;_-@_-'


def read(raw: str, code: str | int, kind: str = "n") -> tuple[str, list[Finding]]:
    """The identifier that is taken of a number in a cell of this format, and what is said of it."""
    number = code if isinstance(code, int) else 164
    formats = {164: escape(code, {'"': "&quot;"})} if isinstance(code, str) else {}
    cells = xlsx_row(1, "filename", "dc.title", "dc.identifier")
    cells += xlsx_row(2, "a", "A", f'<c s="1" t="{kind}"><v>{raw}</v></c>')
    data = xlsx(cells, formats=formats, styles=[0, number])
    found = list(read_descriptions("m.xlsx", io.BytesIO(data)))
    (row,) = [each for each in found if isinstance(each, DescribedRow)]
    said = [each for each in (*found, *row.findings) if isinstance(each, Finding)]
    return row.description.terms["identifier"][0].value, [each for each in said if each.code != "TABLE-READ"]


@pytest.mark.parametrize(
    ("raw", "code", "taken"),
    [
        ("7", "000;-000", "007"),
        ("-7", "000;[Red]-000", "-007"),
        ("7", "[$-407]000", "007"),
        ("7", "000 ", "007"),
        ("7", "[Blue]000_);(000)", "007"),
        ("0", "0;-0;000;@", "000"),
        ("5", "[>=100]0;[<0]-0;000", "005"),
        ("0.5", "0\\ %", "50 %"),
    ],
)
def test_zeros_are_kept_under_every_format_that_shows_them(raw: str, code: str, taken: str) -> None:
    identifier, (finding,) = read(raw, code)
    assert identifier == taken
    assert (finding.code, finding.severity, finding.found) == ("TABLE-NUMBER", Severity.NOTE, raw)


@pytest.mark.parametrize(
    ("raw", "code", "shown"),
    [
        ("7", '"LS-"000', "LS-007"),
        ("-7", '"LS-"000', "-LS-007"),
        ("3785955", "0000-0000", "0378-5955"),
        ("712", "00\\-00", "07-12"),
        ("5551234", "[<=9999999]###-####;(###) ###-####", "555-1234"),
        ("2125551234", "[<=9999999]###-####;(###) ###-####", "(212) 555-1234"),
        ("7", '0 "cm"', "7 cm"),
        ("7", 'General" cm"', "7 cm"),
        ("1", '[=1]"yes";[=0]"no"', "yes"),
        ("-5", "0;(0)", "(5)"),
        ("-5", "0;(0);0;@", "(5)"),
        ("50", '0"%"', "50%"),
        ("12.5", "#,##0", "13"),
        ("12345", "0,", "12"),
        ("1234", "#,##0%", "123,400%"),
        ("5", '#,##0.00 "€"', "5.00 €"),
        ("5", "[$€-407]0.00", "€5.00"),
        ("-1234567.5", ACCOUNTS, "-1,234,567.50 €"),
        ("0", ACCOUNTS, "-   €"),
        ("12300", "0.00E+00", "1.23E+04"),
        ("-5", 37, "(5)"),
    ],
)
def test_what_is_shown_otherwise_is_said(raw: str, code: str | int, shown: str) -> None:
    identifier, (finding,) = read(raw, code)
    assert (identifier, finding.code, finding.severity) == (raw, "TABLE-NUMBER", Severity.NOTE)
    assert finding.found == shown
    assert f"shown as “{shown}”" in finding.message


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("1.5", "# ?/?"),
        ("12300", "##0.0E+0"),
        ("5", ";;;"),
        ("0", "0;-0;"),
        ("55512345", "[<=9999999]###-####"),
        ("-7", "[<5]000;0"),
        ("7", "0;[>5]00"),
        ("60", "yyyy\\-mm\\-dd"),
        ("-5", "yyyy\\-mm\\-dd"),
    ],
)
def test_a_format_whose_text_is_not_reckoned_is_named(raw: str, code: str) -> None:
    identifier, (finding,) = read(raw, code)
    assert (identifier, finding.code, finding.found) == (raw, "TABLE-NUMBER", code)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("12", "General"),
        ("12", "[Red]General"),
        ("-12", "General;-General"),
        ("12", "@"),
        ("12", "0"),
        ("-12", "0;[Red]-0"),
        ("5", "0.##"),
        ("5.1", "0.##"),
        ("0.5", "#.00"),
        ("1234567", "#,##0"),
        ("-1234.5", "#,##0.00"),
        ("5", "#,##0.00"),
        ("7", "# ?/?"),
        ("1234", 3),
        ("1234.5", 4),
        ("7", 12),
        ("12", 38),
    ],
)
def test_a_number_that_is_shown_as_its_digits_is_not_spoken_of(raw: str, code: str | int) -> None:
    assert read(raw, code) == (raw, [])


def test_digits_that_may_be_lost_are_a_warning_under_any_format() -> None:
    identifier, (finding,) = read("1234567890123450", "0000-0000-0000-0000")
    assert (identifier, finding.code) == ("1234567890123450", "TABLE-SHORTENED-NUMBER")
    assert finding.found == "1234-5678-9012-3450"


@pytest.mark.parametrize(
    "code", ["%" * 255, "0" * 255, "0." + "0" * 253, "," * 255, '"' * 255, "0" + "," * 254]
)
def test_formats_of_their_full_length_are_read(code: str) -> None:
    assert read("9" * 15, code)[0].lstrip("0").partition(".")[0] == "9" * 15


@pytest.mark.parametrize(
    ("raw", "code", "taken", "said"),
    [
        ("1944-05-01", "mmm yyyy", "1944-05", "TABLE-DATE"),
        ("1944-05-01T00:00:00", "yyyy", "1944", "TABLE-DATE"),
        ("1944-05-06T13:45:00", "yyyy\\-mm\\-dd", "1944-05-06", "TABLE-DATE"),
        ("1944-05-06T13:45:00.250Z", "yyyy\\-mm\\-dd hh:mm", "1944-05-06T13:45:00", "TABLE-DATE"),
        ("1944-05-06", "d-mmm", "6-May", "TABLE-DATE-GUESSED"),
        ("1944-05-06", "dd/mm/yy", "1944-05-06", "TABLE-DATE-GUESSED"),
        ("13:45:00", "h:mm", "13:45", "TABLE-TIME"),
        ("13:45:00", "yyyy", "13:45:00", "TABLE-DATE"),
        ("1944-05-06", "General", "1944-05-06", "TABLE-DATE"),
        ("1944-02-30", "yyyy", "1944-02-30", "TABLE-DATE"),
    ],
)
def test_a_date_that_the_file_has_as_such_is_no_finer_than_it_is_shown(
    raw: str, code: str, taken: str, said: str
) -> None:
    identifier, (finding,) = read(raw, code, "d")
    assert (identifier, finding.code) == (taken, said)

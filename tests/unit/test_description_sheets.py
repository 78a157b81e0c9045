"""Descriptions in ODS and XLSX: cells as typed, what programs made of them said."""

import io

import pytest

from archive.core.descriptions.description import Value
from archive.core.findings import At, Finding, Severity
from archive.core.tables.sheet import Cell, Sheet
from archive.formats.descriptions import DescribedRow, read_descriptions
from archive.formats.spreadsheet import write_ods, write_xlsx
from tests.sheets import OFFICE, ods, ods_cell, ods_row, ods_table, xlsx, xlsx_row


def read(data: bytes, name: str) -> list[DescribedRow | Finding]:
    return list(read_descriptions(name, io.BytesIO(data)))


def rows(data: bytes, name: str) -> list[DescribedRow]:
    return [item for item in read(data, name) if isinstance(item, DescribedRow)]


def findings(data: bytes, name: str) -> list[Finding]:
    """Every finding but how the table was read."""
    found: list[Finding] = []
    for item in read(data, name):
        found += [item] if isinstance(item, Finding) else item.findings
    return [finding for finding in found if finding.code != "TABLE-READ"]


def date_of(data: bytes, name: str) -> str:
    (row,) = rows(data, name)
    return row.description.terms["date"][0].value


HEADER = ("filename", "dc.title", "dc.date")


def ods_with(cell: str, styles: str = "") -> bytes:
    return ods(ods_table(ods_row(*HEADER), ods_row("a", "A", cell)), styles)


def xlsx_with(cell: str, **more: object) -> bytes:
    return xlsx(xlsx_row(1, *HEADER) + xlsx_row(2, "a", "A", cell), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("writer", "name"), [(write_ods, "m.ods"), (write_xlsx, "m.xlsx")])
def test_text_cells_are_read_as_they_were_typed(writer: object, name: str) -> None:
    out = io.BytesIO()
    typed = ["007", "1/2", "=1+1", "Nov 2019", "TRUE", "1918-11-11"]
    sheet = Sheet(
        name="S",
        rows=[
            list(map(Cell, ("filename", "dc.title", *["dc.subject"] * 6))),
            list(map(Cell, ("a", "A", *typed))),
        ],
    )
    writer(sheet, out)  # type: ignore[operator]
    (row,) = rows(out.getvalue(), name)
    assert row.description.terms["subject"] == tuple(map(Value, typed))
    assert row.findings == ()


def test_places_are_those_that_the_spreadsheet_program_shows() -> None:
    data = ods(
        ods_table(
            ods_row(*HEADER),
            '<table:table-row table:number-rows-repeated="3"/>',
            ods_row("a", "A", "July 27, 2009"),
            name="My sheet",
        )
    )
    (finding,) = findings(data, "m.ods")
    assert finding.place == "m.ods:My sheet!C5"
    assert finding.at == At(file="m.ods", line=5, column="C", field="dc.date", sheet="My sheet")


def date_style(parts: str) -> str:
    return (
        f'<number:date-style style:name="N1">{parts}</number:date-style>'
        '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>'
    )


DATE = 'table:style-name="ce1" office:value-type="date" office:date-value="1944-05-06"'


@pytest.mark.parametrize(
    ("parts", "shown", "taken", "code"),
    [
        (
            '<number:day/><number:month/><number:year number:style="long"/>',
            "6.5.1944",
            "1944-05-06",
            "TABLE-DATE",
        ),
        ("<number:day/><number:month/><number:year/>", "06/05/44", "1944-05-06", "TABLE-DATE-GUESSED"),
        ('<number:month/><number:year number:style="long"/>', "May 1944", "1944-05", "TABLE-DATE"),
        ('<number:year number:style="long"/>', "1944", "1944", "TABLE-DATE"),
        ("<number:day/><number:month/>", "6-May", "6-May", "TABLE-DATE-GUESSED"),
    ],
)
def test_date_of_an_ods_is_no_finer_than_it_is_shown_and_said(
    parts: str, shown: str, taken: str, code: str
) -> None:
    data = ods_with(ods_cell(shown, DATE), date_style(parts))
    assert date_of(data, "m.ods") == taken
    found = next(finding for finding in findings(data, "m.ods") if finding.code.startswith("TABLE-DATE"))
    assert (found.code, found.at.column, found.at.line) == (code, "C", 2)
    assert shown in found.message
    assert "1944-05-06" in found.message


@pytest.mark.parametrize(
    ("code", "shown", "taken", "said"),
    [
        ("yyyy\\-mm\\-dd", "1944-05-06", "1944-05-06", "TABLE-DATE"),
        ("dd/mm/yy", "06/05/44", "1944-05-06", "TABLE-DATE-GUESSED"),
        ("mmmm yyyy", "May 1944", "1944-05", "TABLE-DATE"),
        ("[$-409]d\\-mmm;@", "6-May", "6-May", "TABLE-DATE-GUESSED"),
    ],
)
def test_date_of_an_xlsx_is_no_finer_than_it_is_shown_and_said(
    code: str, shown: str, taken: str, said: str
) -> None:
    data = xlsx_with('<c s="1"><v>16198</v></c>', formats={164: code}, styles=[0, 164])
    assert date_of(data, "m.xlsx") == taken
    found = next(finding for finding in findings(data, "m.xlsx") if finding.code.startswith("TABLE-DATE"))
    assert found.code == said
    assert f"“{shown}”" in found.message


@pytest.mark.parametrize(
    ("raw", "code", "taken"),
    [
        ("12", "General", "12"),
        ("12.0", "General", "12"),
        ("7", "000", "007"),
        ("12.5", "0.00", "12.50"),
        ("12.345", "0.0", "12.345"),
        ("1.2300000000000001", "General", "1.23"),
        ("123456789012", "General", "123456789012"),
        ("1.23456789012E+11", "General", "123456789012"),
        ("0.5", "0%", "50%"),
        ("0.126", "0%", "0.126"),
        ("0.0000001", "0.0%", "0.0000001"),
        ("1234", "#,##0", "1234"),
        ("1e999999", "0", "1e999999"),
        ("1_000", "0.0", "1_000"),
    ],
)
def test_number_of_an_xlsx_keeps_its_zeros_and_gets_no_decimals(raw: str, code: str, taken: str) -> None:
    data = xlsx_with(f'<c s="1"><v>{raw}</v></c>', formats={164: code}, styles=[0, 164])
    assert date_of(data, "m.xlsx") == taken


@pytest.mark.parametrize(
    ("value", "shown", "taken"),
    [
        ("12", "12", "12"),
        ("7", "007", "007"),
        ("12.5", "12,50", "12,50"),
        ("123456789012", "1.23E+11", "123456789012"),
        ("1234", "1,234", "1234"),
        ("0.5", "50%", "50%"),
        ("0.126", "13%", "0.126"),
    ],
)
def test_number_of_an_ods_is_taken_as_shown_where_nothing_is_lost(value: str, shown: str, taken: str) -> None:
    data = ods_with(ods_cell(shown, f'office:value-type="float" office:value="{value}"'))
    assert date_of(data, "m.ods") == taken


_WHOLE_DAY = '<number:day/><number:month/><number:year number:style="long"/>'


@pytest.mark.parametrize(
    ("parts", "stored", "taken"),
    [
        (_WHOLE_DAY, "1944-05-06T13:45:00", "1944-05-06"),
        (f"{_WHOLE_DAY}<number:hours/>", "1944-05-06T13:45:00.250000000", "1944-05-06T13:45:00"),
        ("", "1944-05-06T13:45:00", "1944-05-06T13:45:00"),
        ('<number:quarter/><number:year number:style="long"/>', "1944-05-06", "1944-34"),
        ('<number:month/><number:year number:style="long"/>', "-0043-03-15", "-0043-03"),
    ],
)
def test_time_of_day_is_taken_from_an_ods_only_where_it_is_shown(parts: str, stored: str, taken: str) -> None:
    cell = ods_cell("shown", f'table:style-name="ce1" office:value-type="date" office:date-value="{stored}"')
    assert date_of(ods_with(cell, date_style(parts)), "m.ods") == taken


@pytest.mark.parametrize(
    "code", ["e-m-d", "[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;", "d/m/bbbb"]
)
def test_year_of_an_era_is_a_year(code: str) -> None:
    data = xlsx_with('<c s="1"><v>16198</v></c>', formats={164: code}, styles=[0, 164])
    assert date_of(data, "m.xlsx") == "1944-05-06"


@pytest.mark.parametrize("code", ["0.00E+00", "General&quot; pages&quot;", "&quot;gebb &quot;0"])
def test_letters_of_an_era_in_other_formats_make_no_date(code: str) -> None:
    data = xlsx_with('<c s="1"><v>16198</v></c>', formats={164: code}, styles=[0, 164])
    assert date_of(data, "m.xlsx") == "16198"


@pytest.mark.parametrize(("raw", "taken"), [("0", "0"), ("0.5", "0.5"), ("1", "1900-01-01")])
def test_no_day_is_made_of_the_zeroth_of_january(raw: str, taken: str) -> None:
    data = xlsx_with(f'<c s="1"><f>A9</f><v>{raw}</v></c>', styles=[0, 14])
    assert date_of(data, "m.xlsx") == taken


@pytest.mark.parametrize(("mark", "text"), [("<text:tab/>", "\t"), ("<text:line-break/>", "\n")])
def test_space_behind_a_tab_or_a_line_break_is_kept(mark: str, text: str) -> None:
    assert date_of(ods_with(ods_cell(f"x {mark} y")), "m.ods") == f"x {text} y"


def test_row_beyond_the_last_is_named_as_such() -> None:
    (finding,) = findings(xlsx(xlsx_row(1_048_577, "filename", "dc.title")), "m.xlsx")
    assert (finding.code, finding.message) == ("TABLE-UNREADABLE", "has rows beyond 1,048,576")


def test_formula_gives_its_last_result_and_is_said() -> None:
    data = xlsx_with('<c t="str"><f>B1&amp;"x"</f><v>1918</v></c>')
    assert date_of(data, "m.xlsx") == "1918"
    assert [(f.code, f.severity) for f in findings(data, "m.xlsx")] == [("TABLE-FORMULA", Severity.NOTE)]


@pytest.mark.parametrize(
    ("cell", "code"),
    [("<c><f>B1</f></c>", "TABLE-FORMULA-EMPTY"), ('<c t="e"><v>#REF!</v></c>', "TABLE-ERROR-VALUE")],
)
def test_formula_without_a_result_and_its_error_refuse_the_row(cell: str, code: str) -> None:
    (row,) = rows(xlsx_with(cell), "m.xlsx")
    assert [(f.code, f.severity, f.place) for f in row.findings if f.code.startswith("TABLE")] == [
        (code, Severity.ERROR, "m.xlsx:Sheet1!C2")
    ]


def test_merged_hidden_and_repeated_are_read_and_said() -> None:
    data = ods(
        ods_table(
            '<table:table-column table:visibility="collapse"/>',
            ods_row(*HEADER),
            ods_row(
                "a",
                ods_cell("A", 'office:value-type="string" table:number-rows-spanned="2"'),
                "1918",
            ),
            ods_row("b", "<table:covered-table-cell/>", "1919", more=' table:visibility="filter"'),
            ods_row("c", "C", "1920", more=' table:number-rows-repeated="2"'),
        )
    )
    assert [(row.paths[0], row.at.line) for row in rows(data, "m.ods")] == [
        ("a", 2),
        ("b", 3),
        ("c", 4),
        ("c", 5),
    ]
    (merged,) = [f for f in findings(data, "m.ods") if f.code == "TABLE-MERGED"]
    assert merged.message.endswith("; what the others hold out of sight is read too")
    said = [(f.code, f.message.partition(";")[0]) for f in findings(data, "m.ods")]
    assert said == [
        ("DESC-ROW-REPEATED", "row 4 names the same file"),
        ("TABLE-MERGED", "merged: B2:B3"),
        ("TABLE-HIDDEN", "1 hidden rows are read too: 3"),
        ("TABLE-HIDDEN", "hidden columns are read too: A"),
    ]


def test_first_shown_sheet_with_a_header_is_read_and_the_others_named() -> None:
    hidden = (
        '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/>'
        "</style:style>"
    )
    data = ods(
        ods_table(ods_row("Remarks"), ods_row("see below"), name="Read me")
        + ods_table(ods_row(*HEADER), ods_row("old", "O", "1"), name="Old", more=' table:style-name="ta2"')
        + ods_table(ods_row("The Smith papers"), ods_row(*HEADER), ods_row("a", "A", "1918"), name="List"),
        hidden,
    )
    said = [item for item in read(data, "m.ods") if isinstance(item, Finding)]
    assert [(f.code, f.message) for f in said] == [
        ("TABLE-READ", "read as ODS: sheet “List”, header in row 2"),
        ("TABLE-SHEETS-LEFT", "other sheets were not read: “Read me”, “Old” (hidden)"),
    ]
    assert [row.paths for row in rows(data, "m.ods")] == [("a",)]


def test_comments_drawings_and_old_versions_are_no_text_of_a_cell() -> None:
    cell = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>why?</text:p>'
        '</office:annotation><text:p>19<text:s text:c="2"/>18</text:p></table:table-cell>'
    )
    assert date_of(ods_with(cell), "m.ods") == "19  18"


@pytest.mark.parametrize("shape", ["custom-shape", "rect", "g", "frame", "caption"])
def test_what_is_drawn_over_a_cell_is_no_text_of_it(shape: str) -> None:
    space = f'xmlns:draw="{OFFICE}drawing:1.0"'
    drawn = f"<draw:{shape} {space}><text:p>look here</text:p></draw:{shape}>"
    cell = f'<table:table-cell office:value-type="string">{drawn}<text:p>1918</text:p></table:table-cell>'
    assert date_of(ods_with(cell), "m.ods") == "1918"
    (row,) = rows(ods_with(f"<table:table-cell>{drawn}</table:table-cell>"), "m.ods")
    assert "date" not in row.description.terms


def test_a_heading_in_a_cell_is_its_text_and_a_note_is_not() -> None:
    note = "<text:note><text:note-body><text:p>why?</text:p></text:note-body></text:note>"
    cell = f'<table:table-cell office:value-type="string"><text:h>1918{note}</text:h></table:table-cell>'
    assert date_of(ods_with(cell), "m.ods") == "1918"


@pytest.mark.parametrize("cell", ['<c t="s"/>', '<c t="s"><v></v></c>'])
def test_shared_text_that_a_cell_does_not_name_is_a_blank_cell(cell: str) -> None:
    data = xlsx(xlsx_row(1, *HEADER) + xlsx_row(2, "a", cell, "1918"))
    (row,) = rows(data, "m.xlsx")
    assert row.description.terms == {"date": (Value("1918"),)}


@pytest.mark.parametrize(
    "rows_of_xml",
    [
        '<row r="2"><c t="inlineStr"><is><t>a</t></is></c><c><row r="3"/></c></row>',
        '<row r="2"><c t="inlineStr"><c/><is><t>a</t></is></c></row>',
        '<c t="inlineStr"><is><t>a</t></is></c>',
    ],
)
def test_rows_and_cells_of_an_xlsx_that_hold_one_another_are_refused(rows_of_xml: str) -> None:
    assert [f.code for f in findings(xlsx(xlsx_row(1, *HEADER) + rows_of_xml), "m.xlsx")] == [
        "TABLE-UNREADABLE"
    ]


@pytest.mark.parametrize("inner", ["<table:table-row/>", "<table:table-cell/>"])
def test_cells_of_an_ods_that_hold_rows_or_cells_are_refused(inner: str) -> None:
    cell = f'<table:table-cell office:value-type="string">{inner}<text:p>1918</text:p></table:table-cell>'
    assert [f.code for f in findings(ods_with(cell), "m.ods")] == ["TABLE-UNREADABLE"]


def test_white_space_between_tags_is_one_blank_as_programs_show_it() -> None:
    assert date_of(ods_with(ods_cell("\n   1918\n   or 1919")), "m.ods") == "1918 or 1919"

"""A corrected table is the table that came, but for the cells that were named."""

import csv
import io
from collections.abc import Callable
from typing import IO
from zipfile import ZipFile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.core.descriptions.description import tidy
from archive.core.tables.correction import Correction
from archive.core.tables.sheet import Cell, Sheet
from archive.formats.annotation import read_grid
from archive.formats.corrections.csv_corrections import corrected_csv
from archive.formats.corrections.outcome import CannotCorrectError
from archive.formats.corrections.sheet_corrections import corrected_sheet
from archive.formats.spreadsheet import write_ods, write_xlsx

SETTLED = settings(deadline=None)  # a first call imports what it needs

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
_CELL = st.one_of(
    _TEXT, st.sampled_from(["1 May 1918", '"', "a||b", " eng ", "x;y", "=1", "'=1", "\r\n", "sep=;"])
)
_ROWS = st.lists(st.lists(_CELL, min_size=3, max_size=3), min_size=1, max_size=5)
_DIALECT = st.tuples(
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)


def table(rows: list[list[str]], dialect: tuple[str, str, str, int]) -> bytes:
    """The rows below a header, as a spreadsheet program of that dialect writes them."""
    delimiter, end, encoding, quoting = dialect
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([["filename", "title", "date"], *rows])
    return text.getvalue().encode(encoding)


def cells(data: bytes, dialect: tuple[str, str, str, int]) -> list[list[str]]:
    """The table as the csv module reads it."""
    text = io.StringIO(data.decode(dialect[2]), newline="")
    return list(csv.reader(text, delimiter=dialect[0], strict=True))


@SETTLED
@given(_ROWS, _DIALECT, st.integers(0, 4), st.integers(0, 2), _TEXT)
@example([["", "", ""]], (",", "\n", "utf-8", csv.QUOTE_MINIMAL), 0, 0, "x")
@example([["0\r0", "", ""]], (",", "\n", "utf-8", csv.QUOTE_MINIMAL), 0, 0, "0\r0")
def test_a_correction_alters_its_cell_and_no_other(
    rows: list[list[str]], dialect: tuple[str, str, str, int], row: int, column: int, corrected: str
) -> None:
    row %= len(rows)
    before = table(rows, dialect)
    found = tidy(rows[row][column])
    wanted = Correction("X", row + 2, column, "", found, corrected)
    outcome = corrected_csv("t.csv", before, {row + 2: {column: [wanted]}})
    assert outcome.made + outcome.left == (wanted,)
    after = cells(outcome.data, dialect)
    expected = cells(before, dialect)
    if outcome.made:
        assert after[row + 1][column] != expected[row + 1][column] or corrected in (found, rows[row][column])
        expected[row + 1][column] = after[row + 1][column]
        assert corrected in after[row + 1][column]
    assert after == expected


@SETTLED
@given(_ROWS, _DIALECT)
def test_without_a_correction_every_byte_stays(
    rows: list[list[str]], dialect: tuple[str, str, str, int]
) -> None:
    data = table(rows, dialect)
    assert corrected_csv("t.csv", data, {}).data == data


@SETTLED
@given(_ROWS, _DIALECT, st.integers(0, 4))
def test_the_bytes_outside_a_corrected_row_stay(
    rows: list[list[str]], dialect: tuple[str, str, str, int], row: int
) -> None:
    row %= len(rows)
    rows = [[cell.replace("\r", "").replace("\n", "") for cell in each] for each in rows]
    rows[row][2] = "1 May 1918"
    wanted = Correction("X", row + 2, 2, "date", "1 May 1918", "1918-05-01")
    before = table(rows, dialect)
    outcome = corrected_csv("t.csv", before, {row + 2: {2: [wanted]}})
    encoding = {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(dialect[2], "utf-8")
    old, new = "1 May 1918".encode(encoding), "1918-05-01".encode(encoding)
    assert outcome.made == (wanted,)
    assert outcome.data.count(new) == before.count(new) + 1
    assert len(before) - len(outcome.data) == len(old) - len(new)


@SETTLED
@given(st.binary(max_size=200), st.integers(1, 5), st.integers(0, 3))
def test_whatever_the_bytes_are_a_table_is_corrected_or_refused(data: bytes, row: int, column: int) -> None:
    wanted = Correction("X", row, column, "", "a", "b")
    try:
        outcome = corrected_csv("t.csv", data, {row: {column: [wanted]}})
    except CannotCorrectError:
        return
    assert outcome.made or outcome.data == data


def _sheet(rows: list[list[str]]) -> Sheet:
    return Sheet(
        name="S", rows=[[Cell(text) for text in row] for row in [["filename", "title", "date"], *rows]]
    )


def _grid(name: str, data: bytes) -> dict[int, list[str]]:
    return read_grid(name, data).rows


@pytest.mark.parametrize(("ending", "write"), [(".ods", write_ods), (".xlsx", write_xlsx)])
@settings(deadline=None, max_examples=25)
@given(rows=_ROWS, row=st.integers(0, 4), column=st.integers(0, 2), corrected=_TEXT.map("x{}".format))
def test_a_correction_in_a_spreadsheet_alters_its_cell_and_no_other(
    ending: str,
    write: Callable[[Sheet, IO[bytes]], None],
    rows: list[list[str]],
    row: int,
    column: int,
    corrected: str,
) -> None:
    row %= len(rows)
    out = io.BytesIO()
    write(_sheet(rows), out)
    name = f"t{ending}"
    wanted = Correction("X", row + 2, column, "", tidy(rows[row][column]), corrected)
    outcome = corrected_sheet(name, out.getvalue(), {row + 2: {column: [wanted]}})
    assert outcome.made + outcome.left == (wanted,)
    before, after = _grid(name, out.getvalue()), _grid(name, outcome.data)
    if outcome.made:
        assert corrected in after[row + 2][column]
        cells = before.setdefault(row + 2, [])
        cells += [""] * (column + 1 - len(cells))
        cells[column] = after[row + 2][column]
    assert after == before


@pytest.mark.parametrize(("ending", "write"), [(".ods", write_ods), (".xlsx", write_xlsx)])
def test_of_equal_rows_and_cells_written_once_the_named_one_alone_is_corrected(
    ending: str, write: Callable[[Sheet, IO[bytes]], None]
) -> None:
    out = io.BytesIO()
    write(_sheet([["a", "b", "c. 1920"]] * 3), out)
    data = out.getvalue()
    if ending == ".ods":
        data = with_repeated_rows(data)
    name = f"t{ending}"
    before = _grid(name, data)
    assert len(before) == 4
    wanted = Correction("X", 3, 2, "date", "c. 1920", "1920~")
    after = _grid(name, corrected_sheet(name, data, {3: {2: [wanted]}}).data)
    assert after == {**before, 3: ["a", "b", "1920~"]}


def with_repeated_rows(data: bytes) -> bytes:
    """The ODS with its three equal rows as one that is repeated, as spreadsheet programs write it."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as package, ZipFile(out, "w") as copy:
        for info in package.infolist():
            content = package.read(info)
            if info.filename == "content.xml":
                start = content.index(b"<table:table-row>", content.index(b"</table:table-row>"))
                end = content.index(b"</table:table-row>", start) + len(b"</table:table-row>")
                row = content[start:end]
                repeated = row.replace(
                    b"<table:table-row>", b'<table:table-row table:number-rows-repeated="3">'
                )
                content = content[:start] + repeated + content[start + 3 * len(row) :]
            copy.writestr(info, content)
    return out.getvalue()

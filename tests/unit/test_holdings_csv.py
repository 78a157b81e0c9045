"""holdings.csv: what any reader of CSV sees, and what no spreadsheet program runs."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from archive.formats.holdings_csv import COLUMNS, HoldingRow, holdings_csv

ROW = HoldingRow("0192", "2026-000001", "A letter", "1984?", "bags/ee/0192", 1, 3, "a" * 128)


def read(*rows: HoldingRow) -> list[list[str]]:
    """The list as the csv module reads it, strictly."""
    data = b"".join(holdings_csv(rows))
    return list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))


def test_the_header_stands_first_also_over_nothing() -> None:
    assert read() == [list(COLUMNS)]


def test_a_row_is_read_back_as_written() -> None:
    assert read(ROW)[1] == ["0192", "2026-000001", "A letter", "1984?", "bags/ee/0192", "1", "3", "a" * 128]


def test_commas_and_quotes_survive() -> None:
    assert read(ROW._replace(title='a, "b" ; c'))[1][2] == 'a, "b" ; c'


def test_no_cell_begins_like_a_formula() -> None:
    for start in ("=", "+", "-", "@", "\t", "\r", "＝", "－", "=cmd|' /C calc'!A0"):
        cell = read(ROW._replace(title=start + "1"))[1][2]
        assert cell.startswith("'"), start


def test_a_line_is_a_document_whatever_a_title_holds() -> None:
    data = b"".join(holdings_csv([ROW._replace(title="a\nb\r\x00\x1b[2J\u2028\u202e\udcff")]))
    assert data.count(b"\n") == 2
    assert b"a\\x0ab\\x0d\\x00\\x1b[2J\\u2028\\u202e\\xff" in data


def test_many_rows_come_in_chunks_of_bounded_size() -> None:
    chunks = list(holdings_csv([ROW] * 2000))
    assert len(chunks) > 3
    assert len(list(csv.reader(io.StringIO(b"".join(chunks).decode())))) == 2001


any_text = st.text(st.characters(codec=None, exclude_categories=()))


@given(any_text, any_text, any_text)
def test_any_texts_give_two_lines_of_eight_cells_that_no_program_runs(a: str, b: str, c: str) -> None:
    rows = read(HoldingRow(a, b, c, a, b, 1, 2, c))
    assert [len(row) for row in rows] == [8, 8]
    assert not any(cell[:1] in set("=+-@\t\r") and cell for cell in rows[1])

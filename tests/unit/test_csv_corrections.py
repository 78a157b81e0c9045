"""A CSV table is put right cell by cell: whatever could not be read of it stays as it was."""

import io

import pytest

from archive.core.limits.descriptions import MAX_CSV_FIELD, MAX_CSV_LINE, MAX_CSV_ROW
from archive.core.tables.correction import Correction
from archive.formats.corrections import csv_corrections
from archive.formats.corrections.csv_corrections import corrected_csv
from archive.formats.corrections.outcome import CannotCorrectError
from archive.formats.descriptions.csv_rows import BrokenRow, rows, rows_as_written

LONG = "x" * (MAX_CSV_LINE + 10)
TABLES = {
    "a line": f"a.txt,A,1918\nb.txt,{LONG},1918\n",
    "the first line": f"{LONG}\na.txt,A,1918\n",
    "the last line, without an end": f"a.txt,A,1918\nb.txt,{LONG}",
    "a cell": f"b.txt,{'x' * (MAX_CSV_FIELD + 1)},1918\n",
    "a line of a cell of several": f'b.txt,"one\n{LONG}\nthree",1918\n',
    "a line behind a quotation mark that is never closed": f'b.txt,"one\nc.txt,C,\n{LONG}\nd.txt,D,\n',
    "a row of many lines": 'b.txt,"' + ("y" * 99 + "\n") * (MAX_CSV_ROW // 100 + 2) + '",1918\n',
    "several lines": f"{LONG}\r\n{LONG}\r\nb.txt,B,\r\n{LONG}\r\n",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_what_is_too_long_to_be_read_stays_in_a_table_with_a_correction(text: str, encoding: str) -> None:
    text = f"filename,dc.title,dc.date\nz.txt,Z,May 1918\n{text}"
    change = Correction("DESC-DATE-NOT-EDTF", 2, 2, "", "May 1918", "1918-05")
    table = corrected_csv("m.csv", text.encode(encoding), {2: {2: [change]}})
    assert (table.made, table.left) == ((change,), ())
    assert table.data.decode(encoding) == text.replace("May 1918", "1918-05")


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_rows_as_written_are_those_that_are_read_and_together_the_file(text: str) -> None:
    written = list(rows_as_written(io.StringIO(text, newline=""), ","))
    assert "".join(piece for _, piece in written) == text
    assert [row for row, _ in written] == list(rows(io.StringIO(text, newline=""), ","))


def test_a_table_that_could_not_be_put_together_again_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def losing(*given: object) -> object:
        return ((row, "" if isinstance(row, BrokenRow) else piece) for row, piece in rows_as_written(*given))  # type: ignore[arg-type]

    monkeypatch.setattr(csv_corrections, "rows_as_written", losing)
    with pytest.raises(CannotCorrectError, match="as it was"):
        corrected_csv("m.csv", f"filename,title\n{LONG}\n".encode(), {})

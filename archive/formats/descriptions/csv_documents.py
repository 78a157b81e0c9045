"""Descriptions in CSV, as spreadsheet programs write it: any line end, comma, semicolon or tab."""

import io
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from archive.core.findings import At, Finding, error, warning
from archive.core.limits import MAX_CSV_COLUMNS, MAX_CSV_LINE, MAX_DESCRIPTIONS_BYTES
from archive.formats.descriptions.columns import Kind, classify
from archive.formats.descriptions.csv_encoding import Encoding, detect
from archive.formats.descriptions.csv_rows import BrokenRow, rows
from archive.formats.descriptions.row import DescribedRow
from archive.formats.descriptions.tables import Table, read_as

_DELIMITERS = (",", ";", "\t")


def read_csv(
    name: str, stream: BinaryIO, date_order: str | None, *, held: bool = False
) -> Iterator[DescribedRow | Finding]:
    """The rows one by one; memory does not grow with the table. `held` as in `Table`.

    The stream is read twice, first to tell its encoding; one that cannot be set back is held in memory, up
    to MAX_DESCRIPTIONS_BYTES.
    """
    if not stream.seekable():
        stream = io.BytesIO(stream.read(MAX_DESCRIPTIONS_BYTES))
    encoding = detect(name, stream)
    if isinstance(encoding, Finding):
        yield encoding
        return
    yield from encoding.findings
    text = io.TextIOWrapper(stream, encoding.name, encoding.errors, newline="")
    try:
        yield from _read(name, text, encoding, date_order, held=held)
    finally:
        with suppress(ValueError):  # closed by its owner, who gave up before the end
            text.detach()  # the stream is the caller's to close


def _read(
    name: str, text: io.TextIOWrapper, encoding: Encoding, date_order: str | None, *, held: bool
) -> Iterator[DescribedRow | Finding]:
    delimiter = delimiter_of(name, text)
    if delimiter != ("\t" if name.lower().endswith(".tsv") else ","):
        yield read_as(name, delimiter)
    table: Table | None = None
    surrogates = encoding.errors == "surrogateescape"
    described = False
    for row, cells in enumerate(rows(text, delimiter), start=1):
        if isinstance(cells, BrokenRow):
            yield _broken(name, row, cells)
            if table is None:
                return
        elif table is None:
            if not any(cell.strip() for cell in cells):
                continue  # blank lines above the header
            if len(cells) > MAX_CSV_COLUMNS:
                yield _too_wide(name, len(cells))
                return
            table = Table(name, cells, date_order, held=held)
            yield from table.findings
        else:
            read = table.read(row, cells, surrogates=surrogates)
            if read is not None:
                described = True
                yield read
    if table is None:
        yield error("DESC-EMPTY", name, "the table is empty", at=At(file=name))
    elif not described:
        yield warning("DESC-EMPTY", name, "the table has a header and no rows", at=At(file=name))


def delimiter_of(name: str, text: io.TextIOBase) -> str:
    """The separator under which the header has most columns that mean something, then most columns.

    A first line `sep=;`, which Excel writes and hides, is passed over.
    """
    start = text.tell()
    line = text.readline(MAX_CSV_LINE)
    if line[:4].lower() == "sep=" and len(line.rstrip("\r\n")) == 5:
        return line[4]
    while line and not line.strip():
        line = text.readline(MAX_CSV_LINE)
    text.seek(start)
    preferred = "\t" if name.lower().endswith(".tsv") else ","

    def weight(delimiter: str) -> tuple[int, int, bool]:
        cells = [cell.strip('" \t\r\n') for cell in line.split(delimiter)]
        known = sum(classify(cell).kind is not Kind.OTHER for cell in cells[:MAX_CSV_COLUMNS])
        return known, len(cells), delimiter == preferred

    return max(_DELIMITERS, key=weight)


def _broken(name: str, row: int, broken: BrokenRow) -> Finding:
    return error(
        broken.code,
        f"{name}:{row}",
        f"{broken.message}; the row was not read",
        at=At(file=name, line=row),
        remedy=broken.remedy,
    )


def _too_wide(name: str, columns: int) -> Finding:
    return error(
        "DESC-CSV-TOO-WIDE",
        f"{name}:1",
        f"{columns:,} columns",
        at=At(file=name, line=1),
        expected=f"at most {MAX_CSV_COLUMNS:,}",
    )

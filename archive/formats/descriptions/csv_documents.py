"""Descriptions in CSV, as spreadsheet programs write it: any line end, comma, semicolon, tab or bar."""

import io
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from archive.core.findings import At, Finding, error, warning
from archive.core.limits.descriptions import (
    HEADER_ROWS_LOOKED_AT,
    MAX_CSV_COLUMNS,
    MAX_CSV_LINE,
    MAX_DESCRIPTIONS_BYTES,
)
from archive.formats.descriptions.columns import Kind, classify
from archive.formats.descriptions.csv_encoding import Encoding, detect
from archive.formats.descriptions.csv_rows import BrokenRow, rows
from archive.formats.descriptions.header import find_header
from archive.formats.descriptions.row import DescribedRow
from archive.formats.descriptions.stated import csv_parts, stated
from archive.formats.descriptions.tables import Table

_DELIMITERS = (",", ";", "\t", "|")


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
    numbered = enumerate(rows(text, delimiter), start=1)
    found = find_header(numbered, _cells)
    if isinstance(found, list):
        yield from (_broken(name, row, cells) for row, cells in found if isinstance(cells, BrokenRow))
        if not found:
            yield error("DESC-EMPTY", name, "the table is empty", at=At(file=name))
        return
    row, header = found.header
    if isinstance(header, BrokenRow) or len(header) > MAX_CSV_COLUMNS:
        yield (
            _broken(name, row, header) if isinstance(header, BrokenRow) else _too_wide(name, row, len(header))
        )
        return
    parts = csv_parts(delimiter, encoding.label, text.newlines, row, len(found.above))
    yield stated(name, "CSV", parts, At(file=name, line=row))
    table = Table(name, header, date_order, held=held, header_row=row)
    yield from table.findings
    surrogates = encoding.errors == "surrogateescape"
    described = False
    for number, cells in found.below:
        if isinstance(cells, BrokenRow):
            yield _broken(name, number, cells)
        elif (read := table.read(number, cells, surrogates=surrogates)) is not None:
            described = True
            yield read
    yield from table.close()
    if not described:
        yield warning("DESC-EMPTY", name, "the table has a header and no rows", at=At(file=name))


def _cells(numbered: tuple[int, list[str] | BrokenRow]) -> list[str] | None:
    return None if isinstance(numbered[1], BrokenRow) else numbered[1]


def delimiter_of(name: str, text: io.TextIOBase) -> str:
    """The separator under which the header has most columns that mean something, then most columns.

    A first line `sep=;`, which Excel writes and hides, is passed over.
    """
    start = text.tell()
    line = text.readline(MAX_CSV_LINE)
    if line[:4].lower() == "sep=" and len(line.rstrip("\r\n")) == 5 and line[4] != '"':
        return line[4]
    lines: list[str] = []
    while line and len(lines) < HEADER_ROWS_LOOKED_AT:
        if line.strip():
            lines.append(line)
        line = text.readline(MAX_CSV_LINE)
    text.seek(start)
    preferred = "\t" if name.lower().endswith(".tsv") else ","

    def weight(line: str, delimiter: str) -> tuple[int, int, bool]:
        cells = [cell.strip('" \t\r\n') for cell in line.split(delimiter)[:MAX_CSV_COLUMNS]]
        known = sum(classify(cell).kind is not Kind.OTHER for cell in cells)
        return known, len(cells), delimiter == preferred

    for line in lines:
        best = max(_DELIMITERS, key=lambda delimiter: weight(line, delimiter))
        if weight(line, best)[0] > (
            line is not lines[0]
        ):  # below the first row two names of ours, to be sure
            return best
    return max(_DELIMITERS, key=lambda delimiter: weight(lines[0] if lines else "", delimiter))


def _broken(name: str, row: int, broken: BrokenRow) -> Finding:
    return error(
        broken.code,
        f"{name}:{row}",
        f"{broken.message}; the row was not read",
        at=At(file=name, line=row),
        remedy=broken.remedy,
    )


def _too_wide(name: str, row: int, columns: int) -> Finding:
    return error(
        "DESC-CSV-TOO-WIDE",
        f"{name}:{row}",
        f"{columns:,} columns",
        at=At(file=name, line=row),
        expected=f"at most {MAX_CSV_COLUMNS:,}",
    )

"""A CSV table with single cells put right: encoding, delimiter, quotes and every other byte kept."""

import codecs
import io
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from archive.core.findings import Finding
from archive.core.tables.correction import Corrected, Correction, corrected_cell
from archive.formats.corrections.outcome import CannotCorrectError, CorrectedTable, Corrections
from archive.formats.csv_cells import guarded, unguarded
from archive.formats.descriptions.columns import SEPARATOR
from archive.formats.descriptions.csv_documents import delimiter_of
from archive.formats.descriptions.csv_encoding import detect
from archive.formats.descriptions.csv_rows import BrokenRow, rows_as_written

_LINE_ENDS: Final = "\r\n"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class _Decoded(NamedTuple):
    mark: bytes  # the byte order mark, if there is one
    text: str
    encoding: str


def corrected_csv(name: str, data: bytes, corrections: Corrections) -> CorrectedTable:
    """The table with the corrections made, and what became of each.

    Every byte outside the corrected cells is that of `data`. A correction is left where its value does not
    stand in its cell any more, or where the encoding has no such character. Raises CannotCorrectError where
    the table cannot be taken apart and put together again without loss.
    """
    decoded = _decoded(name, data)
    stream = io.StringIO(decoded.text, newline="")
    delimiter = delimiter_of(name, stream)
    before = decoded.text[: stream.tell()]  # `sep=;`, where a spreadsheet program put it
    as_it_was, pieces = [before], [before]
    made: list[Correction] = []
    left: list[Correction] = []
    for number, (cells, written) in enumerate(rows_as_written(stream, delimiter), 1):
        as_it_was.append(written)
        wanted = corrections.get(number)
        if wanted is None or isinstance(cells, BrokenRow):
            left += [each for cell in (wanted or {}).values() for each in cell]
            pieces.append(written)
            continue
        piece, done, undone = _row(cells, written, delimiter, wanted, decoded.encoding)
        pieces.append(piece)
        made += done
        left += undone
    seen = len(made) + len(left)
    if seen != sum(len(cell) for row in corrections.values() for cell in row.values()):
        raise CannotCorrectError("the table has changed: rows that were read are not there any more")
    if _encoded(decoded, as_it_was) != data:
        raise CannotCorrectError("the table could not be put together again as it was")
    return CorrectedTable(_encoded(decoded, pieces), tuple(made), tuple(left))


def _decoded(name: str, data: bytes) -> _Decoded:
    found = detect(name, io.BytesIO(data))
    if isinstance(found, Finding):
        raise CannotCorrectError(found.message)
    marked = next(((mark, encoding) for mark, encoding in _MARKS if data.startswith(mark)), None)
    mark, encoding = marked or (b"", "utf-8" if found.name == "utf-8-sig" else found.name)
    # Bytes that mean nothing in the encoding go through as they are.
    text = data[len(mark) :].decode(encoding, "surrogateescape")
    return _Decoded(mark, text, encoding)


def _encoded(decoded: _Decoded, pieces: Sequence[str]) -> bytes:
    return decoded.mark + "".join(pieces).encode(decoded.encoding, "surrogateescape")


def _row(
    cells: Sequence[str],
    written: str,
    delimiter: str,
    wanted: Mapping[int, Sequence[Correction]],
    encoding: str,
) -> tuple[str, list[Correction], list[Correction]]:
    places = cell_places(written, delimiter)
    if len(places) != len(cells):
        raise CannotCorrectError("a row could not be taken apart as it was read")
    made: list[Correction] = []
    left: list[Correction] = []
    pieces: list[str] = []
    end = 0
    for column, (start, stop) in enumerate(places):
        pieces.append(written[end:start])
        end = stop
        cell = written[start:stop]
        if column in wanted:
            outcome = _cell(cells[column], wanted[column], encoding)
            made += outcome.made
            left += outcome.left
            if outcome.made:
                cell = _written(outcome.text, delimiter, quoted=cell.startswith('"'))
        pieces.append(cell)
    pieces.append(written[end:])
    left += [each for column, cell in wanted.items() if column >= len(places) for each in cell]
    return "".join(pieces), made, left


def _cell(text: str, wanted: Sequence[Correction], encoding: str) -> Corrected:
    possible = [each for each in wanted if _can_be_written(each.corrected, encoding)]
    impossible = tuple(each for each in wanted if each not in possible)
    outcome = corrected_cell(text, possible, SEPARATOR)
    if not outcome.made and unguarded(text) != text:  # an apostrophe stands before what looks like a formula
        outcome = corrected_cell(unguarded(text), possible, SEPARATOR)
        outcome = outcome._replace(text=guarded(outcome.text))
    return outcome._replace(left=outcome.left + impossible)


def _can_be_written(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _written(text: str, delimiter: str, *, quoted: bool) -> str:
    if quoted or any(char in text for char in (delimiter, '"', "\r", "\n")):
        return '"' + text.replace('"', '""') + '"'
    return text


def cell_places(written: str, delimiter: str) -> list[tuple[int, int]]:
    """Where each cell of a row stands in its text, quotation marks included; the line end is in none."""
    body = written.rstrip(_LINE_ENDS) if not written.endswith('"') else written
    if not body:
        return []
    places = []
    start = 0
    while True:
        stop = _end_of_quoted(written, start) if written[start : start + 1] == '"' else -1
        if stop < 0:
            stop = _end_of_plain(written, start, delimiter)
        places.append((start, stop))
        if stop >= len(written) or written[stop] != delimiter:
            return places
        start = stop + 1


def _end_of_quoted(written: str, start: int) -> int:
    at = start + 1
    while (at := written.find('"', at)) >= 0:
        if written[at + 1 : at + 2] != '"':
            return at + 1
        at += 2
    return len(written)


def _end_of_plain(written: str, start: int, delimiter: str) -> int:
    ends = [at for char in (delimiter, *_LINE_ENDS) if (at := written.find(char, start)) >= 0]
    return min(ends, default=len(written))

"""An ODS or XLSX with single cells put right: other cells, sheets, styles and parts are those that came."""

import io
from zipfile import ZIP_DEFLATED, ZipFile

from lxml import etree

from archive.core.limits.spreadsheets import MAX_CORRECTED_PART
from archive.core.tables.correction import Correction, corrected_cell
from archive.core.tables.read_sheet import SpreadsheetError
from archive.core.tables.sheet_text import escaped
from archive.formats.annotation.grid import CannotAnnotateError, Grid, read_grid
from archive.formats.corrections.ods_cells import set_ods_cells
from archive.formats.corrections.outcome import CannotCorrectError, CorrectedTable, Corrections
from archive.formats.corrections.xlsx_cells import set_xlsx_cells
from archive.formats.descriptions.columns import SEPARATOR
from archive.formats.descriptions.sheet_documents import choose_sheet
from archive.formats.spreadsheet.package import Package
from archive.formats.spreadsheet.xlsx_workbook import read_workbook

_Cell = tuple[int, int]


def corrected_sheet(name: str, data: bytes, corrections: Corrections) -> CorrectedTable:
    """The spreadsheet with the corrections made in the sheet that is read, and what became of each.

    A correction is left where its value does not stand in its cell, where the cell is a formula, and where a
    part of XML cannot carry the text as it is. Raises CannotCorrectError where the file cannot be read, is
    too large to be written again, or would be read with other cells than these altered.
    """
    try:
        return _corrected(name, data, corrections)
    except (CannotAnnotateError, SpreadsheetError) as trouble:
        raise CannotCorrectError(str(trouble)) from trouble


def _corrected(name: str, data: bytes, corrections: Corrections) -> CorrectedTable:
    grid = read_grid(name, data)
    part, place = _part(name, data)
    content = _content(data, part)
    texts, made, left = _texts(grid, corrections)
    if not texts:
        return CorrectedTable(data, (), tuple(left))
    root = _tree(content)
    refused = (
        set_ods_cells(root, place, texts) if name.lower().endswith(".ods") else set_xlsx_cells(root, texts)
    )
    kept = [each for each in made if (each.row, each.column) not in refused]
    left += [each for each in made if (each.row, each.column) in refused]
    if not kept:
        return CorrectedTable(data, (), tuple(left))
    written = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    corrected = _with_part(data, part, written)
    _require_only(name, grid, corrected, {cell: text for cell, text in texts.items() if cell not in refused})
    return CorrectedTable(corrected, tuple(kept), tuple(left))


def _require_only(name: str, grid: Grid, corrected: bytes, texts: dict[_Cell, str]) -> None:
    """Raises CannotCorrectError unless the corrected table is the one that was read, but for these cells."""
    after = read_grid(name, corrected).rows
    by_row: dict[int, dict[int, str]] = {}
    for (number, column), text in texts.items():
        by_row.setdefault(number, {})[column] = text
    for number in sorted({*grid.rows, *after}):
        wanted = dict(enumerate(grid.rows.get(number, ()))) | by_row.get(number, {})
        found = dict(enumerate(after.get(number, ())))
        if _stated(wanted) != _stated(found):
            raise CannotCorrectError(
                f"row {number:,} is not built as spreadsheet programs build rows: save it anew with one"
            )


def _stated(cells: dict[int, str]) -> dict[int, str]:
    return {column: text for column, text in cells.items() if text}


def _texts(
    grid: Grid, corrections: Corrections
) -> tuple[dict[_Cell, str], list[Correction], list[Correction]]:
    """The new text of each cell, the corrections that are in it, and those that are left."""
    texts: dict[_Cell, str] = {}
    made: list[Correction] = []
    left: list[Correction] = []
    for row, cells in corrections.items():
        known = grid.rows.get(row, [])
        for column, wanted in cells.items():
            outcome = corrected_cell(known[column] if column < len(known) else "", wanted, SEPARATOR)
            if outcome.made and escaped(outcome.text) == outcome.text:
                texts[row, column] = outcome.text
                made += outcome.made
                left += outcome.left
            else:
                left += wanted
    return texts, made, left


def _part(name: str, data: bytes) -> tuple[str, int]:
    """The part that holds the cells, and the place of the sheet among the tabs."""
    chosen = choose_sheet(name, io.BytesIO(data))
    if chosen is None:
        raise CannotCorrectError("nothing is in it")
    if name.lower().endswith(".ods"):
        return "content.xml", chosen.place
    return read_workbook(Package(io.BytesIO(data))).sheets[chosen.place].part, chosen.place


def _content(data: bytes, part: str) -> bytes:
    pieces, size = [], 0
    for chunk in Package(io.BytesIO(data)).chunks(part):
        size += len(chunk)
        if size > MAX_CORRECTED_PART:
            raise CannotCorrectError(
                f"more than {MAX_CORRECTED_PART:,} bytes of cells: save it as CSV to have it mended"
            )
        pieces.append(chunk)
    return b"".join(pieces)


def _tree(content: bytes) -> "etree._Element":
    parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as trouble:
        raise CannotCorrectError(f"is not well-formed XML: {trouble}") from trouble


def _with_part(data: bytes, part: str, written: bytes) -> bytes:
    """The package with one part in the place of the old one; the others as they were, in their order."""
    out = io.BytesIO()
    bounded = Package(io.BytesIO(data))
    with ZipFile(io.BytesIO(data)) as package, ZipFile(out, "w") as copy:
        for info in package.infolist():
            if info.filename == part:
                info.compress_type = ZIP_DEFLATED
                copy.writestr(info, written)
            else:
                copy.writestr(info, b"".join(bounded.chunks(info.filename)))
    return out.getvalue()

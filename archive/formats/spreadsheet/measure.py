"""How much a reader has given so far: a repetition costs a hostile file nothing, and us much."""

from archive.core.limits.spreadsheets import (
    MAX_REPEATED_CELLS,
    MAX_REPEATED_ROWS,
    MAX_SHEET_CELLS,
    MAX_SHEET_TEXT,
)
from archive.core.tables.read_sheet import ReadCell
from archive.formats.spreadsheet.package import too_large


class Measure:
    """Counts cells and characters. Raises SpreadsheetError where either goes beyond its bound."""

    __slots__ = ("_cells", "_repeated", "_text")

    def __init__(self) -> None:
        self._cells = 0
        self._repeated = 0
        self._text = 0

    def add(self, cells: tuple[ReadCell, ...], written: int, repeated: int = 1) -> None:
        """Counts a row: its cells, how many of them are `written` in the file, how often the row stands."""
        times = min(repeated, MAX_REPEATED_ROWS)  # more of them are not read
        self._cells += len(cells) * times
        self._repeated += len(cells) * times - written
        self._text += sum(len(cell.text) for cell in cells) * times
        if self._cells > MAX_SHEET_CELLS:
            raise too_large(f"more than {MAX_SHEET_CELLS:,} cells")
        if self._repeated > MAX_REPEATED_CELLS:
            raise too_large(f"more than {MAX_REPEATED_CELLS:,} cells that only repeat others")
        if self._text > MAX_SHEET_TEXT:
            raise too_large(f"more than {MAX_SHEET_TEXT:,} characters")

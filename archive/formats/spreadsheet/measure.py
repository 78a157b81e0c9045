"""How much a reader has given so far: a repetition costs a hostile file nothing, and us much."""

from archive.core.limits import MAX_SHEET_CELLS, MAX_SHEET_TEXT
from archive.core.read_sheet import ReadCell
from archive.formats.spreadsheet.package import too_large


class Measure:
    """Counts cells and characters. Raises SpreadsheetError where either goes beyond its bound."""

    __slots__ = ("_cells", "_text")

    def __init__(self) -> None:
        self._cells = 0
        self._text = 0

    def add(self, cells: tuple[ReadCell, ...], repeated: int) -> None:
        """Counts a row that stands so many times."""
        self._cells += len(cells) * repeated
        self._text += sum(len(cell.text) for cell in cells) * repeated
        if self._cells > MAX_SHEET_CELLS:
            raise too_large(f"more than {MAX_SHEET_CELLS:,} cells")
        if self._text > MAX_SHEET_TEXT:
            raise too_large(f"more than {MAX_SHEET_TEXT:,} characters")

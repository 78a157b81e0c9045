"""What a spreadsheet program made of cells, said once for each column, or for each cell in doubt."""

from collections.abc import Iterator

from archive.core.findings import At, Finding, error, note, warning
from archive.core.limits.output import FINDINGS, NAMED_IN_A_NOTE, QUOTED
from archive.core.tables.read_sheet import CellKind, ReadCell, ReadRow, SheetEnd
from archive.core.tables.sheet import cell_name, column_letter
from archive.core.text import printable


class CellFacts:
    """Collects what is to be said of the cells of one sheet, with places in that file and sheet."""

    def __init__(self, name: str, sheet: str) -> None:
        self._name = name
        self._sheet = sheet
        self._grouped: dict[tuple[str, int], tuple[int, int, ReadCell]] = {}  # count, first row, first cell
        self._hidden: list[int] = []
        self._hidden_rows = 0
        self._doubtful = 0
        self._shortened = 0

    def see(self, row: ReadRow, number: int) -> list[Finding]:
        """What a person must look at in this row; the rest is counted."""
        if row.hidden:
            self._hidden_rows += 1
            if len(self._hidden) < NAMED_IN_A_NOTE:
                self._hidden.append(number)
        found: list[Finding] = []
        for cell in row.cells:
            if cell.kind is CellKind.TEXT and not cell.formula:
                continue
            if cell.formula and cell.kind not in {CellKind.ERROR, CellKind.UNCALCULATED}:
                self._count("TABLE-FORMULA", number, cell)
            if finding := self._of(number, cell):
                found.append(finding)
        return found

    def close(self, end: SheetEnd) -> Iterator[Finding]:
        """One note for each kind and column, then what is merged and hidden."""
        for (code, _), (count, row, cell) in sorted(self._grouped.items(), key=lambda item: item[0]):
            yield self._group(code, count, row, cell)
        if end.merged:
            named = ", ".join(end.merged[:NAMED_IN_A_NOTE]) + (
                " …" if len(end.merged) > NAMED_IN_A_NOTE else ""
            )
            yield warning(
                "TABLE-MERGED",
                f"{self._name}:{self._sheet}!{end.merged[0]}",
                f"merged: {named}; the value belongs to the first cell; what the others hold out of sight is"
                " read too",
                at=At(file=self._name, sheet=self._sheet),
                remedy="unmerge them, and write the value into every row that it is for",
            )
        if self._hidden_rows:
            named = ", ".join(map(str, self._hidden)) + (" …" if self._hidden_rows > NAMED_IN_A_NOTE else "")
            yield self._hidden_note(f"{self._hidden_rows:,} hidden rows are read too: {named}")
        if end.hidden_columns:
            letters = [column_letter(index) for index in end.hidden_columns[:NAMED_IN_A_NOTE]]
            more = " …" if len(end.hidden_columns) > NAMED_IN_A_NOTE else ""
            yield self._hidden_note(f"hidden columns are read too: {', '.join(letters)}{more}")
        yield from self._beside(end)

    def _beside(self, end: SheetEnd) -> Iterator[Finding]:
        """What cells have beside their texts: a note for each kind."""
        for code, unread, what in (
            ("TABLE-COMMENTS", end.comments, "comments, which are"),
            ("TABLE-COMMENTS", end.footnotes, "footnotes, which are"),
            ("TABLE-LINKS", end.links, "links, whose addresses are"),
        ):
            if not unread.cells:
                continue
            named = ", ".join(map(printable, unread.first[:NAMED_IN_A_NOTE]))
            more = " …" if unread.cells > NAMED_IN_A_NOTE else ""
            cells = "1 cell has" if unread.cells == 1 else f"{unread.cells:,} cells have"
            yield note(
                code,
                f"{self._name}:{self._sheet}!{printable(unread.first[0])}",
                f"{cells} {what} not read: {named}{more}",
                at=At(file=self._name, sheet=self._sheet),
                remedy="copy what matters into a column of its own",
            )

    def _of(self, row: int, cell: ReadCell) -> Finding | None:
        match cell.kind:
            case CellKind.ERROR:
                message = f"holds {_quoted(cell.text)}, which is the error of a formula"
                return self._error("TABLE-ERROR-VALUE", row, cell, message, "write the value that is meant")
            case CellKind.UNCALCULATED:
                message = "holds a formula whose result the file does not have"
                remedy = "open the table in a spreadsheet program, let it calculate, and save it"
                return self._error("TABLE-FORMULA-EMPTY", row, cell, message, remedy)
            case CellKind.DATE_DOUBTFUL:
                self._doubtful += 1
                if self._doubtful > FINDINGS:
                    self._count("TABLE-DATE", row, cell)
                    return None
                return self._doubt(row, cell)
            case CellKind.NUMBER_DOUBTFUL:
                self._shortened += 1
                if self._shortened > FINDINGS:
                    self._count("TABLE-NUMBER", row, cell)
                    return None
                return self._short(row, cell)
            case CellKind.DATE:
                self._count("TABLE-DATE", row, cell)
            case CellKind.TIME:
                self._count("TABLE-TIME", row, cell)
            case CellKind.BOOLEAN:
                self._count("TABLE-BOOLEAN", row, cell)
            case CellKind.NUMBER:
                if cell.shown or cell.stored:
                    self._count("TABLE-NUMBER", row, cell)
            case CellKind.TEXT:
                pass
        return None

    def _doubt(self, row: int, cell: ReadCell) -> Finding:
        chose = "the year" if cell.text == cell.shown else "the century"
        return warning(
            "TABLE-DATE-GUESSED",
            self._place(row, cell),
            f"shows {_quoted(cell.shown)}; the spreadsheet program made {cell.stored} of it and chose {chose}"
            f"; taken as {cell.text}",
            at=self._at(row, cell),
            found=cell.shown or cell.text,
            remedy="write the date anew as it is meant, in a cell of the format text",
        )

    def _short(self, row: int, cell: ReadCell) -> Finding:
        shown = f"; it is shown as {_quoted(cell.shown)}" if cell.shown else ""
        return warning(
            "TABLE-SHORTENED-NUMBER",
            self._place(row, cell),
            f"is taken as {_quoted(cell.text)}, a number of which a spreadsheet program keeps 15 digits:"
            f" those behind may be lost{shown}",
            at=self._at(row, cell),
            found=cell.shown or cell.text,
            remedy="compare it with the original, and write all digits in a cell of the format text",
        )

    def _error(self, code: str, row: int, cell: ReadCell, message: str, remedy: str) -> Finding:
        return error(
            code,
            self._place(row, cell),
            message,
            at=self._at(row, cell),
            found=cell.text or None,
            remedy=remedy,
        )

    def _count(self, code: str, row: int, cell: ReadCell) -> None:
        key = (code, cell.column)
        count, first, example = self._grouped.get(key, (0, row, cell))
        self._grouped[key] = (count + 1, first, example)

    def _group(self, code: str, count: int, row: int, cell: ReadCell) -> Finding:
        letter = column_letter(cell.column)
        cells = "1 cell" if count == 1 else f"{count:,} cells"
        shown = f", shown as {_quoted(cell.shown)}" if cell.shown and cell.shown != cell.text else ""
        held = f", held as {_quoted(cell.stored)}" if cell.stored and cell.stored != cell.text else ""
        what = {
            "TABLE-BOOLEAN": "true or false to the spreadsheet program",
            "TABLE-DATE": "dates to the spreadsheet program",
            "TABLE-FORMULA": "results of formulas, as the program last reckoned them",
            "TABLE-NUMBER": "numbers to the spreadsheet program",
            "TABLE-TIME": "times to the spreadsheet program",
        }[code]
        return note(
            code,
            f"{self._name}:{self._sheet}!{letter}",
            f"{cells} of column {letter} are {what}; "
            f"{cell_name(row, cell.column)} is taken as {_quoted(cell.text)}{shown}{held}",
            at=self._at(row, cell),
            found=cell.shown or cell.stored or None,
        )

    def _hidden_note(self, message: str) -> Finding:
        at = At(file=self._name, sheet=self._sheet)
        return note("TABLE-HIDDEN", f"{self._name}:{self._sheet}", message, at=at)

    def _place(self, row: int, cell: ReadCell) -> str:
        return f"{self._name}:{self._sheet}!{cell_name(row, cell.column)}"

    def _at(self, row: int, cell: ReadCell) -> At:
        return At(file=self._name, line=row, column=column_letter(cell.column), sheet=self._sheet)


def _quoted(text: str) -> str:
    return f"“{printable(text if len(text) <= QUOTED else text[:QUOTED] + '…')}”"

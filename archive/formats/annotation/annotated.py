"""The sheet: every cell where it was, marks and comments on what is wrong, a column `problem` behind."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from archive.core.descriptions.access import CHOICES as ACCESS_CHOICES
from archive.core.descriptions.access import FIELD as ACCESS
from archive.core.descriptions.dcterms import DCMI_TYPES
from archive.core.descriptions.description import WHITE_SPACE
from archive.core.limits.spreadsheets import LONGEST_PROBLEM
from archive.core.tables.correction import column_index
from archive.core.tables.sheet import Cell, Mark, Sheet, SheetColumn, column_letter
from archive.core.tables.template import PROBLEM
from archive.core.text import printable
from archive.formats.annotation.grid import Grid
from archive.formats.descriptions.columns import Kind, classify
from archive.formats.descriptions.drafts import is_our_problem

_MARKS: Final = {"error": Mark.ERROR, "warning": Mark.WARNING, "note": Mark.NOTE}
_SIGNS: Final = {"error": "✗", "warning": "!", "note": "·"}
_ORDER: Final = (Mark.ERROR, Mark.WARNING, Mark.NOTE)
_PROBLEM_WIDTH: Final = 60
_WIDEST: Final = 40

Finding = Mapping[str, Any]


@dataclass(slots=True)
class Annotations:
    """What is said of a table: of its cells, of its rows, and of files that no row describes."""

    cells: dict[int, dict[int, list[Finding]]] = field(default_factory=dict)
    rows: dict[int, list[Finding]] = field(default_factory=dict)
    undescribed: list[tuple[str, Finding]] = field(default_factory=list)

    def add(self, finding: Finding, grid: Grid, table: str) -> None:
        """Takes a finding (a JSON document) to where it belongs; those about other files are passed over."""
        at = finding.get("at", {})
        if at.get("file") == table:
            row = at.get("line", grid.header)
            self.rows.setdefault(row, []).append(finding)
            column = at.get("column")
            index = column_index(column) if isinstance(column, str) else None
            if index is not None:
                self.cells.setdefault(row, {}).setdefault(index, []).append(finding)
        elif finding["code"] == "PAIR-UNDESCRIBED" and isinstance(finding["place"], str):
            self.undescribed.append((finding["place"], finding))


def annotated_sheet(grid: Grid, findings: Iterable[Finding], table: str) -> Sheet:
    """The table with the findings in it; rows and columns have the numbers and letters that they had.

    Files that no row describes follow in rows of their own. The column `problem` of an earlier annotation is
    written anew. What is only a note is not marked where a cell has nothing else.
    """
    annotations = Annotations()
    for finding in findings:
        annotations.add(finding, grid, table)
    problem_at = _problem_column(grid)
    return Sheet(
        name=grid.sheet or "Descriptions",
        rows=_rows(grid, annotations, problem_at),
        columns=tuple(_columns(grid, problem_at)),
        frozen_rows=grid.header,
    )


def _problem_column(grid: Grid) -> int:
    """The column of an earlier annotation, else the one behind the last."""
    for index, heading in enumerate(grid.headings):
        if heading == PROBLEM and all(
            number == grid.header or len(cells) <= index or not cells[index] or is_our_problem(cells[index])
            for number, cells in grid.rows.items()
        ):
            return index
    return grid.width


def _columns(grid: Grid, problem_at: int) -> Iterator[SheetColumn]:
    for index in range(max(grid.width, problem_at + 1)):
        heading = grid.headings[index] if index < len(grid.headings) else ""
        if index == problem_at:
            yield SheetColumn(_PROBLEM_WIDTH)
        else:
            yield SheetColumn(min(max(len(heading) + 2, 16), _WIDEST), _choices(heading))


def _choices(heading: str) -> tuple[str, ...]:
    column = classify(heading.strip())
    if column.kind is Kind.TERM and column.term == "type":
        return tuple(sorted(DCMI_TYPES))
    return ACCESS_CHOICES if heading.strip() == ACCESS else ()


def _rows(grid: Grid, annotations: Annotations, problem_at: int) -> Iterator[Sequence[Cell]]:
    last = max(grid.last, *annotations.rows, 0) if annotations.rows else grid.last
    for number in range(1, last + 1):
        cells = grid.rows.get(number, [])
        said = annotations.rows.get(number, [])
        if not cells and not said:
            yield ()
            continue
        row = _row(cells, annotations.cells.get(number, {}), grid, number)
        row += [Cell()] * (problem_at + 1 - len(row))
        row[problem_at] = _problem(said, is_header=number == grid.header)
        yield row
    path_at = _path_column(grid)
    for path, finding in annotations.undescribed:
        row = [Cell()] * (problem_at + 1)
        row[path_at] = Cell(path, Mark.ERROR, _comment([finding]))
        row[problem_at] = _problem([finding], is_header=False)
        yield row


def _row(cells: list[str], said: Mapping[int, list[Finding]], grid: Grid, number: int) -> list[Cell]:
    usual = Mark.HEADING if number == grid.header else Mark.NONE
    width = max([len(cells), *(index + 1 for index in said)])
    blank = _blank_behind(cells) if number == grid.header else len(cells)
    row = []
    for index in range(width):
        text = cells[index] if index < len(cells) else ""
        if blank <= index < len(cells):
            text = column_letter(index)
        found = said.get(index, [])
        row.append(Cell(printable_cell(text), _mark(found) if found else usual, _comment(found)))
    return row


def _blank_behind(header: Sequence[str]) -> int:
    """Where the blank cells begin that end a header: CSV alone has such, and they are columns.

    In a sheet they would be none, and are given the name that a column without one is kept by.
    """
    return max((index + 1 for index, text in enumerate(header) if text.strip(WHITE_SPACE)), default=0)


def printable_cell(text: str) -> str:
    """The text as a cell can hold it: half characters and bytes that are none stand as escapes."""
    return printable(text) if any("\ud800" <= char <= "\udfff" for char in text) else text


def _problem(said: Sequence[Finding], *, is_header: bool) -> Cell:
    said = sorted(
        said, key=lambda finding: finding["code"] != "DESC-DRAFT"
    )  # never cut: rows are known by it
    lines = [f"{_SIGNS[each['severity']]} {each['code']}: {_sentence(each)}" for each in said]
    if is_header:
        return Cell(PROBLEM, Mark.HEADING, _cut("\n".join(lines)))
    return Cell(_cut("\n".join(lines)), _mark(said) if said else Mark.NONE)


def _comment(said: Sequence[Finding]) -> str:
    return _cut("\n".join(_sentence(each) for each in said))


def _sentence(finding: Finding) -> str:
    message = _text(finding["message"])
    if "corrected" in finding:
        return f"{message} → write {_text(finding['corrected'])}"
    return f"{message} → {_text(finding['remedy'])}" if "remedy" in finding else message


def _mark(said: Sequence[Finding]) -> Mark:
    return min((_MARKS[each["severity"]] for each in said), key=_ORDER.index)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_PROBLEM else text[: LONGEST_PROBLEM - 2] + " …"


def _text(value: Any) -> str:
    return printable(value if isinstance(value, str) else value["text"])


def _path_column(grid: Grid) -> int:
    kinds = [classify(heading.strip()).kind for heading in grid.headings]
    return kinds.index(Kind.PATH) if Kind.PATH in kinds else 0

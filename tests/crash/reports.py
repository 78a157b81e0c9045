"""What was struck and what came of it, as a page that a later run of other cells adds to."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.crash.faults import Fault

_HEAD = """\
# The crash matrix, as struck

Written by `python -m tests.crash --report FILE`, not by hand. A row is a command over a small archive, a
column what goes wrong at one of the calls by which it changes the disk (tests/crash/faults.py). A cell says
at how many of the calls that the fault can hit it was made to happen. After each of them the sources were
compared, the archive was audited, the same command was given again, and archive and catalog were verified.
An empty cell was not struck, and is in no sum. "Broken" are the points at which something did not hold.

Again: `make crash` strikes all of it, `python -m tests.crash --command copy --fault kill` two cells.

"""
_CELL = re.compile(r"([\d,]+) of ([\d,]+)(?:, ([\d,]+) broken)?")


@dataclass(frozen=True)
class Cell:
    """How many of how many points were struck, and how many of those broke."""

    struck: int
    points: int
    broken: int = 0

    def __str__(self) -> str:
        told = f"{self.struck:,} of {self.points:,}"
        return f"{told}, {self.broken:,} broken" if self.broken else told

    @classmethod
    def parse(cls, text: str) -> "Cell | None":
        """The cell as `str` writes it; None for an empty one."""
        found = _CELL.fullmatch(text.strip())
        if found is None:
            return None
        struck, points, broken = (int((each or "0").replace(",", "")) for each in found.groups())
        return cls(struck, points, broken)


@dataclass(frozen=True)
class Row:
    """The cells of one command, and the day on which one of them was last struck."""

    day: str
    cells: Mapping[Fault, Cell]


def read_rows(text: str) -> dict[str, Row]:
    """The rows of a page as `page` makes it; none of any other text."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    if not lines:
        return {}
    faults = [Fault(word.strip(" `")) for word in lines[0].split("|")[2:-3]]
    rows = {}
    for line in lines[1:]:
        name, *cells, _, day = (word.strip() for word in line.split("|")[1:-1])
        if not name.startswith("`"):
            continue
        found = {fault: Cell.parse(cell) for fault, cell in zip(faults, cells, strict=True)}
        rows[name.strip("`")] = Row(day, {fault: cell for fault, cell in found.items() if cell is not None})
    return rows


def page(rows: Mapping[str, Row], order: Sequence[str]) -> str:
    """The table of all commands, in their order, and a last line of sums."""
    faults = [fault for fault in Fault if any(fault in row.cells for row in rows.values())]
    lines = [
        f"| command | {' | '.join(f'`{fault}`' for fault in faults)} | all | last struck |",
        f"| --- |{' ---: |' * (len(faults) + 1)} --- |",
    ]
    every: list[Row] = []
    for name in order:
        row = rows.get(name)
        if row is None:
            continue
        every.append(row)
        lines.append(_line(f"`{name}`", [row], faults, row.day))
    lines.append(_line("all", every, faults, max((row.day for row in every), default="")))
    return _HEAD + "\n".join(lines) + "\n"


def _line(name: str, rows: Sequence[Row], faults: Sequence[Fault], day: str) -> str:
    cells = [[row.cells[fault] for row in rows if fault in row.cells] for fault in faults]
    told = [str(_sum(each)) if each else "" for each in cells]
    return f"| {name} | {' | '.join(told)} | {_sum(cell for each in cells for cell in each)} | {day} |"


def _sum(cells: Iterable[Cell]) -> Cell:
    found = list(cells)
    return Cell(
        sum(cell.struck for cell in found),
        sum(cell.points for cell in found),
        sum(cell.broken for cell in found),
    )


def add_to(path: Path, command: str, cells: Mapping[Fault, Cell], day: str, order: Sequence[str]) -> None:
    """Puts the cells of one command into the page at `path`, which need not be there yet."""
    rows = read_rows(path.read_text(encoding="utf-8")) if path.exists() else {}
    before = rows[command].cells if command in rows else {}
    rows[command] = Row(day, {**before, **cells})
    path.write_text(page(rows, order), encoding="utf-8")

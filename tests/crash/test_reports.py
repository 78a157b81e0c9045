"""The page of what was struck: read back as it was written, and added to by a later run."""

from pathlib import Path

from tests.crash.commands import COMMANDS
from tests.crash.faults import Fault
from tests.crash.reports import Cell, Row, add_to, page, read_rows

ORDER = list(COMMANDS)
CELLS = {Fault.KILL: Cell(1200, 1200), Fault.EIO: Cell(3, 110, 2)}


def test_a_page_is_read_as_it_was_written() -> None:
    rows = {"ingest": Row("2026-11-21", CELLS), "bag update": Row("2026-11-20", {Fault.XFS: Cell(1, 50)})}
    assert read_rows(page(rows, ORDER)) == rows
    assert read_rows("") == {}


def test_a_later_run_replaces_its_own_cells_and_no_others(tmp_path: Path) -> None:
    target = tmp_path / "page.md"
    add_to(target, "ingest", CELLS, "2026-11-20", ORDER)
    add_to(target, "init", {Fault.KILL: Cell(5, 119)}, "2026-11-20", ORDER)
    add_to(target, "ingest", {Fault.EIO: Cell(110, 110)}, "2026-11-21", ORDER)
    rows = read_rows(target.read_text())
    assert rows["ingest"] == Row("2026-11-21", {Fault.KILL: Cell(1200, 1200), Fault.EIO: Cell(110, 110)})
    assert list(rows) == ["init", "ingest"]


def test_the_last_line_sums_what_was_struck(tmp_path: Path) -> None:
    target = tmp_path / "page.md"
    add_to(target, "ingest", CELLS, "2026-11-20", ORDER)
    add_to(target, "init", {Fault.KILL: Cell(5, 119)}, "2026-11-21", ORDER)
    last = target.read_text().splitlines()[-1]
    assert last == ("| all | 1,205 of 1,319 | 3 of 110, 2 broken | 1,208 of 1,429, 2 broken | 2026-11-21 |")

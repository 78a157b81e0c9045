"""The table given back with the findings in it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.core.errors import ConfigurationError
from archive.core.tables.sheet import SheetLimitError
from archive.core.text import printable
from archive.formats.annotation import CannotAnnotateError, annotated_sheet, read_grid
from archive.services.check.fixing import read_table, the_table
from archive.services.check.preflight_alone import CheckOutcome
from archive.storage.disk.new_files import new_file
from archive.storage.plan import Plan

READ: Final = (".csv", ".tsv", ".ods", ".xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotated:
    """The new spreadsheet, and how many findings have their place in it."""

    file: Path
    findings: int


def annotate(plan: Plan, outcome: CheckOutcome, target: Path) -> Annotated:
    """Writes the table as a new spreadsheet: each cell where it was, the wrong ones marked and commented.

    Raises what `the_table` and `new_file` raise, and ConfigurationError where the table cannot be read, is
    none, or is larger than a spreadsheet.
    """
    name, path = the_table(outcome, "--annotate")
    if not path.lower().endswith(READ):
        raise ConfigurationError(
            f"--annotate: {printable(os.path.basename(path))} is no table",
            remedy=f"annotations are made of {', '.join(READ)}",
        )
    try:
        grid = read_grid(os.path.basename(path), read_table(path))
        sheet = annotated_sheet(grid, plan.all_findings(), name)
        with new_file(target) as out:
            if target.suffix.lower() == ".ods":
                from archive.formats.spreadsheet import write_ods

                write_ods(sheet, out)
            else:
                from archive.formats.spreadsheet import write_xlsx

                write_xlsx(sheet, out)
    except (CannotAnnotateError, SheetLimitError) as trouble:
        raise ConfigurationError(
            f"--annotate: {printable(path)}: {trouble}",
            remedy="leave --annotate out: --report FILE.csv lists the same findings",
        ) from trouble
    placed = sum(_has_place(finding, name) for finding in plan.all_findings())
    return Annotated(file=target, findings=placed)


def _has_place(finding: dict[str, object], table: str) -> bool:
    at = finding.get("at")
    return finding["code"] == "PAIR-UNDESCRIBED" or (isinstance(at, dict) and at.get("file") == table)

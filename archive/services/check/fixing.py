"""The certain corrections of a check, written into a copy of the table."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.core.errors import ConfigurationError
from archive.core.limits.descriptions import MAX_DESCRIPTIONS_BYTES
from archive.core.tables.correction import Correction, corrections_in
from archive.core.text import printable
from archive.formats.annotation.grid import CannotAnnotateError, read_grid
from archive.formats.corrections.outcome import CannotCorrectError, CorrectedTable, Corrections
from archive.formats.corrections.suggestions import suggestions_in
from archive.services.check.preflight_alone import CheckOutcome
from archive.storage.disk.durable import storage_error
from archive.storage.disk.new_files import write_new_file
from archive.storage.plan import Plan

TABLES: Final = (".csv", ".tsv", ".ods", ".xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What was written to `file`: the corrections made, those left, and how many concern other files."""

    file: Path
    made: tuple[Correction, ...]
    left: tuple[Correction, ...]
    elsewhere: int


def the_table(outcome: CheckOutcome, option: str) -> tuple[str, str]:
    """Name and path of the one table of descriptions; ConfigurationError where there is none, or several."""
    if len(outcome.tables) == 1:
        return outcome.tables[0]
    if not outcome.tables:
        raise ConfigurationError(
            f"{option}: there is no table of descriptions", remedy="name it with --metadata FILE"
        )
    names = ", ".join(printable(path) for _, path in outcome.tables)
    raise ConfigurationError(
        f"{option}: there are several tables of descriptions ({names})",
        remedy="check the SOURCEs one by one, or name the table with --metadata FILE",
    )


def require_same_ending(table: str, target: Path, option: str, endings: Collection[str]) -> None:
    """Raises ConfigurationError where the table is of no known ending, or the copy has another one."""
    ending = os.path.splitext(table)[1].lower()
    if ending not in endings:
        raise ConfigurationError(
            f"{option}: {printable(os.path.basename(table))} is no table that can be written again",
            remedy=f"corrections are written into {', '.join(endings)}; mend this one by hand",
        )
    if target.suffix.lower() != ending:
        raise ConfigurationError(
            f"{option} {printable(str(target))}: the copy is of the same kind, and ends in {ending}",
            remedy=f"name a file that ends in {ending}",
        )


def read_table(path: str) -> bytes:
    """The bytes of a table; ConfigurationError where it is too large, StorageError where it is not read."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(MAX_DESCRIPTIONS_BYTES + 1)
    except OSError as trouble:
        raise storage_error(trouble, path, "read the table") from trouble
    if len(data) > MAX_DESCRIPTIONS_BYTES:
        raise ConfigurationError(
            f"{printable(path)}: more than {MAX_DESCRIPTIONS_BYTES:,} bytes",
            remedy="divide it into several tables",
        )
    return data


def fix(
    plan: Plan, outcome: CheckOutcome, target: Path, codes: Collection[str], *, suggestions: bool = False
) -> Fixed:
    """Writes the table with the certain corrections of these codes (none: all) to a new file.

    Everything but the corrected cells is as it was. With `suggestions` those of a template are taken into the
    empty cells that they are for. Raises what `the_table`, `require_same_ending` and
    `write_new_file` raise, and ConfigurationError where the table cannot be put together again.
    """
    name, path = the_table(outcome, "--fix")
    require_same_ending(path, target, "--fix", TABLES)
    corrections = corrections_in(plan.all_findings(), name, codes or None)
    wanted = sum(len(cell) for row in corrections.values() for cell in row.values())
    data = read_table(path)
    try:
        if suggestions:
            for each in suggestions_in(read_grid(os.path.basename(path), data)):
                corrections.setdefault(each.row, {}).setdefault(each.column, []).append(each)
        table = _corrected(path, data, corrections)
    except CannotAnnotateError as trouble:
        raise ConfigurationError(
            f"--fix: {printable(path)}: {trouble}", remedy="mend the table by hand"
        ) from trouble
    except CannotCorrectError as trouble:
        raise ConfigurationError(
            f"--fix: {printable(path)}: {trouble}", remedy="mend the table by hand"
        ) from trouble
    write_new_file(target, table.data)
    return Fixed(
        file=target, made=table.made, left=table.left, elsewhere=plan.corrected_findings(codes) - wanted
    )


def _corrected(path: str, data: bytes, corrections: Corrections) -> CorrectedTable:
    if path.lower().endswith((".ods", ".xlsx")):
        from archive.formats.corrections.sheet_corrections import corrected_sheet

        return corrected_sheet(os.path.basename(path), data, corrections)
    from archive.formats.corrections.csv_corrections import corrected_csv

    return corrected_csv(os.path.basename(path), data, corrections)

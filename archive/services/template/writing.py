"""A template written to a new file."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from archive.core.errors import ConfigurationError
from archive.core.tables.sheet import SheetLimitError
from archive.core.tables.template_row import TemplateRow
from archive.core.text import printable
from archive.formats.template_table import template_csv, template_sheet
from archive.storage.disk.new_files import new_file

ENDINGS: Final = (".ods", ".xlsx", ".csv")


def require_ending(target: Path) -> None:
    """Raises ConfigurationError where the name does not tell which kind of table is meant."""
    if target.suffix.lower() not in ENDINGS:
        raise ConfigurationError(
            f"--output {printable(str(target))}: a template ends in {', '.join(ENDINGS)}",
            remedy="name a file with one of these endings",
        )


def write_template(target: Path, rows: Iterable[TemplateRow], *, held: bool) -> int:
    """Writes the template to a new file; how many documents are in it.

    Memory does not grow with them. Raises ConflictError where there is such a file, StorageError where it
    cannot be written, ConfigurationError where they are more than a spreadsheet has rows: then nothing is
    left behind.
    """
    counted = _Counted(rows)
    kind = target.suffix.lower()
    try:
        with new_file(target) as out:
            if kind == ".csv":
                out.writelines(template_csv(counted, held=held))
            elif kind == ".ods":
                from archive.formats.spreadsheet import write_ods

                write_ods(template_sheet(counted, held=held), out)
            else:
                from archive.formats.spreadsheet import write_xlsx

                write_xlsx(template_sheet(counted, held=held), out)
    except SheetLimitError as trouble:
        raise ConfigurationError(
            f"--output {printable(str(target))}: {trouble}", remedy="write it as .csv"
        ) from trouble
    return counted.count


class _Counted:
    """Rows, counted as they pass."""

    def __init__(self, rows: Iterable[TemplateRow]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[TemplateRow]:
        for row in self._rows:
            self.count += 1
            yield row

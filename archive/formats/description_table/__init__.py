"""Descriptions of held documents as a table or a list, to be changed elsewhere and read again.

What is written is read back as the same descriptions: texts that a spreadsheet program would take for
formulas stand in cells of text, and in CSV behind an apostrophe that is taken off again.
"""

from archive.formats.description_table.cells import LeftOut, TableRow
from archive.formats.description_table.columns import (
    USUAL,
    TableColumn,
    Uncovered,
    add_headings,
    columns_as_received,
    columns_of,
)
from archive.formats.description_table.received import Kept, kept, kept_cells
from archive.formats.description_table.writing import TableForm, written

__all__ = [
    "USUAL",
    "Kept",
    "LeftOut",
    "TableColumn",
    "TableForm",
    "TableRow",
    "Uncovered",
    "add_headings",
    "columns_as_received",
    "columns_of",
    "kept",
    "kept_cells",
    "written",
]

"""Spreadsheets: ODS and XLSX are zips of XML, and a few bytes of either can stand for a lot of cells."""

from typing import Final

from archive.core.limits import MIB

MAX_SPREADSHEET_BYTES: Final = 64 * MIB
"""bytes of a spreadsheet as it lies on disk

A million rows of descriptions take about 40 MB.

`TABLE-TOO-LARGE`: the file is not read.
"""

MAX_SPREADSHEET_EXPANDED: Final = 512 * MIB
"""bytes that its parts may expand to

The XML of tables shrinks to a tenth.

`TABLE-TOO-LARGE`: reading stops.
"""

MAX_PARTS: Final = 10_000
"""parts of a spreadsheet's zip

A workbook has some dozens; pictures and old versions may be hundreds.

`TABLE-TOO-LARGE`: the file is not read.
"""

MAX_DIRECTORY_BYTES: Final = 4 * MIB
"""bytes of the directory of a spreadsheet's zip

Room for MAX_PARTS names; it is held in memory.

`TABLE-TOO-LARGE`: the file is not read.
"""

LONGEST_TAG: Final = 4 * MIB
"""bytes of one tag in a part

Expat before 2.6 looks at an unfinished tag anew with each piece: a tag of 100 MB would take minutes.

`TABLE-TOO-LARGE`: reading stops.
"""

MAX_SHEET_CELLS: Final = 20_000_000
"""cells of a sheet once its repetitions are written out

A million rows of twenty columns.

`TABLE-TOO-LARGE`: reading stops.
"""

MAX_REPEATED_CELLS: Final = 1_000_000
"""cells that only repeat others

They cost the file nothing, so there may be fewer of them.

`TABLE-TOO-LARGE`: reading stops.
"""

MAX_SHEET_TEXT: Final = 256 * MIB
"""characters that a sheet gives once shared texts and repetitions are written out

Shared texts cost the file nothing each further time.

`TABLE-TOO-LARGE`: reading stops.
"""

MAX_REPEATED_ROWS: Final = 1_000
"""rows that are the same and stand for themselves

A million of them is a slip with the fill handle.

`TABLE-ROWS-REPEATED`: the further ones are left out.
"""

MAX_SHARED_TEXTS: Final = 2_000_000
"""shared texts of a workbook

Two for each row of a full sheet; they are held in memory.

`TABLE-TOO-LARGE`: reading stops.
"""

MAX_SHARED_TEXT: Final = 64 * MIB
"""characters of all shared texts

They are held in memory.

`TABLE-TOO-LARGE`: reading stops.
"""

MAX_SHEETS: Final = 1_000
"""sheets of a workbook

The choice among them is shown to a person.

The further ones are not offered.
"""

MAX_XLSX_STYLES: Final = 65_536
"""styles of a workbook

Excel stops at 65,490.

Cells with a later one are read as plain numbers.
"""

MAX_ODS_STYLES: Final = 100_000
"""styles of an ODS file

LibreOffice writes one for each look of a column or cell: dozens.

Cells with a later one are read as plain values.
"""

MAX_MERGED: Final = 1_000
"""merged ranges that are remembered

A note names five of them.

The further ones are not counted.
"""

MAX_LINKS: Final = 65_536
"""links of an XLSX sheet whose addresses are remembered, to be compared with what the cells show

Excel stops at 65,530 (Excel specifications and limits).

A note counts the further ones as links that their cells do not show.
"""

LONGEST_ADDRESS: Final = 2_083
"""characters of a cell that may show the address of its link

Excel takes no longer link.

A note counts the link as one that its cell does not show.
"""

MAX_CORRECTED_PART: Final = 64 * MIB
"""bytes of the part with the cells that can be corrected in place

It is held as a tree, of about ten times its size.

The correction is refused with the advice to save the table as CSV.
"""

LONGEST_PROBLEM: Final = 2_000
"""characters of the problems of one row, and of one comment, in a table given back

A cell that has to be scrolled is not read.

Cut, with an ellipsis; the report has all.
"""

NUMBER_FORMAT_CHARACTERS: Final = 255
"""characters of a number format that a workbook defines

Excel takes no longer one (Excel specifications and limits).

What is longer is cut: it counts as far as that.
"""

MAX_ROWS: Final = 1_048_576
"""rows of a sheet

Excel and LibreOffice both stop there (Excel specifications and limits; LibreOffice Calc since 7.4).

`TABLE-UNREADABLE`: no program writes such a file; our own writers refuse to.
"""

MAX_COLUMNS: Final = 16_384
"""columns of a sheet

Excel and LibreOffice both stop there.

`TABLE-UNREADABLE`: no program writes such a file; our own writers refuse to.
"""

MAX_XLSX_TEXT: Final = 32_767
"""UTF-16 units in one cell of an XLSX that is written

Excel calls a file with more damaged.

The value is left out of the table, and the table says of which documents.
"""

"""Spreadsheets, ODS and XLSX: cells of text written, and cells read as they were typed.

The readers are our own, over zipfile and expat: what a cell shows, what its column hides and where a program
made a date of it is what an archivist must be told, and what readers made for numbers leave out.
"""

from archive.formats.spreadsheet.ods_reader import read_ods
from archive.formats.spreadsheet.ods_writer import write_ods
from archive.formats.spreadsheet.xlsx_reader import read_xlsx
from archive.formats.spreadsheet.xlsx_writer import write_xlsx

__all__ = ["read_ods", "read_xlsx", "write_ods", "write_xlsx"]

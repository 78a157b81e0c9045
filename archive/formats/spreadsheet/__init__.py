"""Spreadsheets, ODS and XLSX: cells of text written, and read as they were typed."""

from archive.formats.spreadsheet.ods_writer import write_ods
from archive.formats.spreadsheet.xlsx_writer import write_xlsx

__all__ = ["write_ods", "write_xlsx"]

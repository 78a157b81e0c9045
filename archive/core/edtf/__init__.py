"""Dates as they are stored: EDTF levels 0 to 2 (Library of Congress 2019, ISO 8601-2:2019).

`parse` gives the days between which a date lies, for search and order. Where the specification leaves a
choice, docs/adr/0003-edtf.md says which reading is meant.
"""

from archive.core.edtf.model import Bound, Edtf, EdtfError
from archive.core.edtf.parser import is_edtf, parse

__all__ = ["Bound", "Edtf", "EdtfError", "is_edtf", "parse"]

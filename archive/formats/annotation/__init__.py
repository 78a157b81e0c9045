"""A table of descriptions given back with what is wrong written into it, cell by cell."""

from archive.formats.annotation.annotated import annotated_sheet
from archive.formats.annotation.grid import CannotAnnotateError, Grid, read_grid

__all__ = ["CannotAnnotateError", "Grid", "annotated_sheet", "read_grid"]

"""What becomes of corrections."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from archive.core.tables.correction import Correction

# By row (from 1) and column (from 0).
Corrections = Mapping[int, Mapping[int, Sequence[Correction]]]


class CannotCorrectError(ValueError):
    """The table cannot be written again without changing more than the corrected cells."""


class CorrectedTable(NamedTuple):
    """The bytes of the table, the corrections made in it, and those that were left."""

    data: bytes
    made: tuple[Correction, ...]
    left: tuple[Correction, ...]

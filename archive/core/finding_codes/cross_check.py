"""Codes about the second opinion that `verify --cross-check` asks for."""

from collections.abc import Mapping
from typing import Final

from archive.core.finding_codes.model import FindingCode, note, warning

CROSS_CHECK: Final[Mapping[str, FindingCode]] = {
    "CROSS-DIFFERS": warning(
        "bagit judges otherwise; the verdict here stands.",
        "Read the reason and the clause; where none is named, please report the difference.",
    ),
    "CROSS-FOLDERS-ONLY": note(
        "The bag was not cross-checked: bagit reads folders only.", "Unpack a copy and verify that."
    ),
    "CROSS-NOT-JUDGED": warning(
        "bagit crashed, was stopped, or would have opened something outside the bag.",
        "Nothing has to be done; the verdict here stands.",
    ),
}

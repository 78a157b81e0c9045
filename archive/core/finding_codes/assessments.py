"""Codes about self-assessments."""

from collections.abc import Mapping
from typing import Final

from archive.core.finding_codes.model import FindingCode, warning

ASSESSMENTS: Final[Mapping[str, FindingCode]] = {
    "ASSESSMENT-DECLARED": warning(
        "archive.toml declares something that the framework does not ask.",
        "Take it out, or put it under the id of a criterion: archive assess --format json lists them.",
    ),
}

"""Descriptions as depositors write them: tables, and JSON, XML or YAML beside the documents."""

from archive.formats.descriptions.reading import (
    SIDECAR_SUFFIXES,
    read_descriptions,
    read_sidecar,
    sidecar_target,
)
from archive.formats.descriptions.row import PREFIXES, DescribedRow, path_candidates, without_export_marks

__all__ = [
    "PREFIXES",
    "SIDECAR_SUFFIXES",
    "DescribedRow",
    "path_candidates",
    "read_descriptions",
    "read_sidecar",
    "sidecar_target",
    "without_export_marks",
]

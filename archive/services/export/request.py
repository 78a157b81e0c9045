"""What an export is asked to do, and what it did."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from archive.core.findings import Finding
from archive.core.text import lossless
from archive.services.holdings.listing import document_json
from archive.storage.index import IndexRow


class Form(StrEnum):
    """What lies in the folder of each document."""

    FILES = "files"  # its files under their own names
    BAG = "bag"  # its bag, byte for byte
    METS = "mets"  # its files below objects/, and mets.xml
    RO_CRATE = "ro-crate"  # its files; ro-crate-metadata.json over all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """The options of `archive export`; `to` is a new or empty folder, or a new file that ends in .zip."""

    to: Path
    documents: tuple[str, ...] = ()
    everything: bool = False
    accession: str | None = None
    form: Form = Form.FILES
    as_received: bool = False
    restricted_ok: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One document that was copied: its folder below the export, and its files, relative to the export.

    `renamed` are those whose original name this file system, or a zip, cannot have.
    """

    row: IndexRow
    folder: str
    files: tuple[str, ...]
    renamed: tuple[str, ...]
    bytes: int


@dataclass(slots=True, kw_only=True)
class ExportReport:
    """What was copied and what was not; `findings` of severity error are about documents left out."""

    to: Path
    form: Form
    exit_code: int = 0
    documents: list[Exported] = field(default_factory=list)
    refused: list[tuple[IndexRow, Finding]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The report under `kind: export-report`."""
        return {
            "kind": "export-report",
            "version": 1,
            "to": lossless(str(self.to)) if self.documents else None,
            "form": self.form.value,
            "documents": [
                {
                    **document_json(each.row),
                    "folder": lossless(each.folder),
                    "copied": [lossless(name) for name in each.files],
                    "renamed": [lossless(name) for name in each.renamed],
                }
                for each in self.documents
            ],
            "refused": [
                {"id": row.bag, "reference": lossless(row.reference), "finding": finding.to_json()}
                for row, finding in self.refused
            ],
            "findings": [finding.to_json() for finding in self.findings],
            "counts": {
                "copied": len(self.documents),
                "refused": len(self.refused),
                "files": sum(len(each.files) for each in self.documents),
                "bytes": sum(each.bytes for each in self.documents),
            },
        }

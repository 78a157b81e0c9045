"""PREMIS 3: what happened to a document, written at ingest and read when the index is rebuilt.

The reader loads lxml and is imported from `archive.formats.premis.reader`.
"""

from archive.formats.premis.record import (
    IngestContext,
    PremisFile,
    PremisRecord,
    PremisSummary,
    SummaryEvent,
    SummaryFile,
)
from archive.formats.premis.revision import RevisionRecord, revision_xml
from archive.formats.premis.writer import PremisWriter, premis_xml

__all__ = [
    "IngestContext",
    "PremisFile",
    "PremisRecord",
    "PremisSummary",
    "PremisWriter",
    "RevisionRecord",
    "SummaryEvent",
    "SummaryFile",
    "premis_xml",
    "revision_xml",
]

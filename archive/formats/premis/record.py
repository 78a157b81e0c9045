"""What is said about one document: the values that PREMIS is written from and read into."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from archive.core.agents import Agent
from archive.core.digests import Digest
from archive.core.submission import SubmittedBag
from archive.formats.format_identification import Identification


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestContext:
    """What all documents of one ingest run share.

    `agent` is the person or body who ingests, `software` this program, `originator` the name under which the
    archive vouches for its own digests, `schema` the identifier of the schema that judged the descriptions,
    `source` the label of what was ingested. `identification` and `scanner` are the programs that identified
    formats and looked for viruses; None says that nobody did, and so does the XML.
    """

    run: str
    agent: Agent
    software: Agent
    originator: str
    schema: str
    source: str
    accession: str | None = None
    depositor: str | None = None
    identification: Agent | None = None
    scanner: Agent | None = None


class PremisFile(NamedTuple):
    """One payload file: where it lies in the bag (`data/…`), what it was called, and what is known of it.

    `original` is the path relative to the source, with surrogate escapes; `modified` is in nanoseconds since
    1970; `sha512` is lower-case hexadecimal; `identification` is None where no tool looked;
    `depositor` holds the digests that came with the submission and agreed with the bytes.
    """

    path: str
    original: str
    bytes: int
    sha512: str
    modified: int | None = None
    identification: Identification | None = None
    depositor: tuple[Digest, ...] = ()


class PremisRecord(NamedTuple):
    """One document at its ingest; `ingested` is UTC as `2026-11-21T09:30:00Z`.

    `source` is the document's own path relative to the source: of the file, or of the folder where several
    files are one document. `declared` tells whether the reference was brought by the archivist, `awaiting`
    whether the description is still to come, `warnings` how many the description gave; `submitted` is the
    verdict on the bag that the document came in. `columns` are the headings of the table that described it
    (a JSON list), `cells` those of its cells that the description does not give back as they were (a JSON
    object: position in the row, text).
    """

    bag: str
    reference: str
    source: str
    ingested: str
    files: Sequence[PremisFile]
    declared: bool = False
    awaiting: bool = False
    warnings: int = 0
    submitted: SubmittedBag | None = None
    columns: str | None = None
    cells: str | None = None


class SummaryFile(NamedTuple):
    """One payload file as a PREMIS document states it; digests are (algorithm, hexadecimal, originator).

    `media_type` is empty where none was found.
    """

    path: str
    original: str
    bytes: int | None
    modified: int | None
    digests: tuple[tuple[str, str, str | None], ...]
    puids: tuple[str, ...]
    media_type: str = ""


class SummaryEvent(NamedTuple):
    """One event as a PREMIS document states it; `details` are its eventDetail texts.

    `agents` are the ids of those who took part, each with its role.
    """

    id: str
    type: str
    time: str
    outcome: str | None
    details: tuple[str, ...]
    agents: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PremisSummary:
    """What the index needs of a bag's `metadata/premis.xml`; None where the document does not say."""

    bag: str | None
    reference: str | None
    declared: bool
    source: str | None
    source_label: str | None
    ingested: str | None
    run: str | None
    accession: str | None
    columns: str | None
    cells: str | None
    awaiting: bool
    files: tuple[SummaryFile, ...]
    events: tuple[SummaryEvent, ...]
    agents: tuple[Agent, ...]

"""What an ingest is asked to do."""

from dataclasses import dataclass
from enum import StrEnum


class Duplicates(StrEnum):
    """What to do with a document whose bytes are held already under another identity."""

    KEEP = "keep"  # take it in, and say whose twin it is
    LEAVE_OUT = "leave-out"
    STOP = "stop"


class OnError(StrEnum):
    """What one bad document means for the others."""

    STOP = "stop"  # nothing is ingested
    CONTINUE = "continue"  # the good ones are ingested, the others reported


class ReadBack(StrEnum):
    """Where staged bytes are read back from before they are committed."""

    CACHE = "cache"  # proves our writes
    DISK = "disk"  # drops the page cache after the sync and asks the disk


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestRequest:
    """The options of `archive ingest`; `sources` are paths as the user gave them."""

    sources: tuple[str, ...]
    metadata: str | None = None
    describe_later: bool = False
    accession: str | None = None
    received_from: str | None = None
    received: str | None = None
    agent: str | None = None
    duplicates: Duplicates = Duplicates.KEEP
    exclude: tuple[str, ...] = ()
    on_error: OnError = OnError.STOP
    date_order: str | None = None
    profile: str | None = None
    virus_check: str | None = None
    dry_run: bool = False
    read: bool = False
    checksums: bool = True  # of `archive check`: an ingest compares them in any case
    identify: bool | None = None
    read_back: ReadBack = ReadBack.CACHE
    jobs: int = 1

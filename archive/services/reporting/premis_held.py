"""What the PREMIS of the held bags says of their files, bag by bag, as far as the ledger vouches for it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from archive.core.errors import ArchiveError
from archive.core.events import EventOutcome, EventType
from archive.core.limits.output import FORMATS_TOLD_APART
from archive.services.catalog.bag_record import PREMIS, BagDoubtError, listed_bytes, open_bag, tag_files
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Progress
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.index import Index, IndexRow

if TYPE_CHECKING:
    from archive.formats.premis import PremisSummary

_TICK: Final = 64


@dataclass(slots=True)
class PremisHeld:
    """Counts over what is held: `files` by PRONOM id, `unnamed` files without one.

    `documents` were asked, of which `doubtful` gave no PREMIS that the ledger vouches for; of the others
    `with_brought_digests` came with digests of the depositor's, `unchecked_for_viruses` name no virus check
    that passed.
    """

    files: Counter[str] = field(default_factory=Counter)
    unnamed: int = 0
    documents: int = 0
    file_count: int = 0
    doubtful: int = 0
    with_brought_digests: int = 0
    unchecked_for_viruses: int = 0

    def add(self, premis: "PremisSummary") -> None:
        """Counts one document."""
        for file in premis.files:
            self.file_count += 1
            self.unnamed += not file.puids
            for puid in file.puids:
                self.files[
                    puid if puid in self.files or len(self.files) < FORMATS_TOLD_APART else "other"
                ] += 1
        # The first digest of a file is ours; whatever stands behind it came with the submission.
        self.with_brought_digests += any(len(file.digests) > 1 for file in premis.files)
        self.unchecked_for_viruses += not any(
            event.type == EventType.VIRUS_CHECK and event.outcome == EventOutcome.SUCCESS
            for event in premis.events
        )


def premis_held(archive: OpenedArchive, index: Index, progress: Progress) -> PremisHeld:
    """Reads the PREMIS of every held bag, one in memory at a time."""
    found = PremisHeld()
    progress.begin("reading PREMIS", index.counts().documents, "documents")
    try:
        for row in index.list():
            found.documents += 1
            try:
                found.add(_premis(archive, row))
            except (ArchiveError, BagDoubtError, NotAPlainFileError, OSError):
                found.doubtful += 1
            if not found.documents % _TICK:
                progress.advance(_TICK)
    finally:
        progress.end()
    return found


def _premis(archive: OpenedArchive, row: IndexRow) -> "PremisSummary":
    from archive.formats.premis.reader import read_premis

    with open_bag(archive, row.bag) as held:
        listed = tag_files(held, row.tag_manifest)
        return read_premis(listed_bytes(held, listed, PREMIS))

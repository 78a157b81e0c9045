"""The formats of what is held, as the PREMIS of each bag names them and the ledger vouches for it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from archive.core.errors import ArchiveError
from archive.services.catalog.bag_record import PREMIS, BagDoubtError, listed_bytes, open_bag, tag_files
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Progress
from archive.storage.durable import NotAPlainFileError
from archive.storage.index import Index, IndexRow

_KINDS: Final = 4000  # formats told apart; PRONOM names some 2,500
_TICK: Final = 64


@dataclass(slots=True)
class FormatsHeld:
    """How many files have which PRONOM id; `unnamed` have none, `doubtful` documents could not be asked."""

    files: Counter[str] = field(default_factory=Counter)
    unnamed: int = 0
    doubtful: int = 0
    documents: int = 0


def formats_held(archive: OpenedArchive, index: Index, progress: Progress) -> FormatsHeld:
    """Reads the PREMIS of every held bag, one in memory at a time."""
    found = FormatsHeld()
    progress.begin("reading formats", index.counts().documents, "documents")
    try:
        for row in index.list():
            found.documents += 1
            _take(archive, row, found)
            if not found.documents % _TICK:
                progress.advance(_TICK)
    finally:
        progress.end()
    return found


def _take(archive: OpenedArchive, row: IndexRow, found: FormatsHeld) -> None:
    try:
        for puids in _puids(archive, row):
            if not puids:
                found.unnamed += 1
            for puid in puids:
                known = puid if puid in found.files or len(found.files) < _KINDS else "other"
                found.files[known] += 1
    except (ArchiveError, BagDoubtError, NotAPlainFileError, OSError):
        found.doubtful += 1


def _puids(archive: OpenedArchive, row: IndexRow) -> Iterator[tuple[str, ...]]:
    from archive.formats.premis.reader import read_premis

    with open_bag(archive, row.bag) as held:
        listed = tag_files(held, row.tag_manifest)
        premis = read_premis(listed_bytes(held, listed, PREMIS))
    yield from (file.puids for file in premis.files)

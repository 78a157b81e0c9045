"""Whether what is about to be staged fits where the archive lies: said before anything is written."""

from collections.abc import Iterable, Iterator

from archive.core import findings
from archive.core.limits.archives import ROOM_OF_A_BAG, ROOM_OF_A_RUN
from archive.core.quantities import byte_size
from archive.core.submission import PlannedDocument
from archive.services.opened import OpenedArchive
from archive.storage.disk.room import room_at
from archive.storage.index import Index
from archive.storage.plan import Plan


def say_lack_of_room(plan: Plan, archive: OpenedArchive, index: Index | None = None) -> bool:
    """True, and a finding in the plan, where the planned documents cannot fit; False where that is not known.

    With an `index` documents that it knows by reference or path are left out: they have not been compared
    yet, and may be held.
    """
    try:
        room = room_at(str(archive.root))
    except OSError:
        return False
    if room is None or _need(*plan.size_of("planned")) <= room:
        return False
    documents = (each for each in plan.documents() if index is None or not _may_be_held(each, index))
    return _say_beyond(plan, documents, room)


def _say_beyond(plan: Plan, documents: Iterable[PlannedDocument], room: int) -> bool:
    first: str | None = None
    need = ROOM_OF_A_RUN
    for path, size in _taken(documents):
        need += size
        if first is None and need > room:
            first = path
    if first is None:
        return False
    plan.add_finding(
        findings.error(
            "SRC-NO-ROOM",
            first,
            f"{byte_size(need)} are needed where the archive lies, and {byte_size(room)} are free:"
            " there is no room from this file on; nothing is ingested",
            expected=f"{need} bytes free",
            found=f"{room} bytes free",
            remedy="make room, ingest in parts that fit, or leave files out with --exclude; a file with holes"
            " takes its full size",
        )
    )
    return True


def _taken(documents: Iterable[PlannedDocument]) -> Iterator[tuple[str, int]]:
    """Each file with its size; what a bag takes beside its payload is counted with its first."""
    for document in documents:
        beside = ROOM_OF_A_BAG
        for file in (*document.files, *document.submission):
            yield file.path, file.size + beside
            beside = 0


def _need(documents: int, byte_count: int) -> int:
    return ROOM_OF_A_RUN + documents * ROOM_OF_A_BAG + byte_count


def _may_be_held(document: PlannedDocument, index: Index) -> bool:
    if document.reference is not None:
        return index.by_reference(document.reference) is not None
    return any(True for _ in index.by_source(document.source))

"""Sidecars: read by the batch in workers, where most of a preflight's work is, and paired here."""

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from archive.core import findings
from archive.core.errors import StorageError
from archive.core.findings import At, Finding
from archive.core.limits import MAX_SIDECAR_BYTES
from archive.core.submission import Role
from archive.engine.driver import BatchLost, Driver
from archive.formats.descriptions import DescribedRow, read_sidecar, sidecar_target
from archive.services.ingest.described import Described, described, refuse, take_document
from archive.services.ingest.matching import Matched, Matcher
from archive.storage.plan import FileRow, Plan
from archive.storage.source_files import SourceFiles

BATCH = 500


class SidecarBatch(NamedTuple):
    """Sidecars that one worker reads; `roots` are the folders that their paths are relative to."""

    roots: tuple[str, ...]
    files: tuple[FileRow, ...]
    date_order: str | None


def read_sidecars(batch: SidecarBatch) -> list[Described | list[Finding]]:
    """Each sidecar's description, or what is wrong with the file."""
    with SourceFiles(list(batch.roots)) as sources:
        return [_read(file, sources, batch.date_order) for file in batch.files]


def _read(file: FileRow, sources: SourceFiles, date_order: str | None) -> Described | list[Finding]:
    at = At(file=file.path)
    if file.size > MAX_SIDECAR_BYTES:
        message = f"a description of {file.size:,} bytes; {MAX_SIDECAR_BYTES:,} are read at most"
        return [findings.error("SRC-TOO-LARGE", file.path, message, at=at, found=str(file.size))]
    try:
        data = sources.read(file.root, file.path, MAX_SIDECAR_BYTES)
    except OSError as trouble:
        return [findings.error("SRC-UNREADABLE", file.path, f"cannot be read: {trouble.strerror}", at=at)]
    read = read_sidecar(file.path, data, date_order=date_order)
    return described(read) if isinstance(read, DescribedRow) else read


class Sidecars:
    """Pairs every sidecar of the plan with the document that it stands beside."""

    def __init__(self, plan: Plan, matcher: Matcher, roots: tuple[str, ...], date_order: str | None) -> None:
        self._plan = plan
        self._matcher = matcher
        self._roots = roots
        self._date_order = date_order

    def pair(self, driver: Driver, progress: Callable[[int], None]) -> None:
        """Reads and pairs them all."""
        for batch, result in driver.run(read_sidecars, self._batches()):
            if isinstance(result, BatchLost):
                raise StorageError("a worker was killed twice while it read descriptions")
            for row, read in zip(batch.files, result, strict=True):
                self._pair(row, read)
            progress(len(batch.files))

    def _batches(self) -> Iterator[SidecarBatch]:
        waiting: list[FileRow] = []
        for row in self._plan.files_with_role(Role.DESCRIPTION):
            if row.document is None and sidecar_target(os.path.basename(row.path)):
                waiting.append(row)
                if len(waiting) >= BATCH:
                    yield SidecarBatch(self._roots, tuple(waiting), self._date_order)
                    waiting = []
        if waiting:
            yield SidecarBatch(self._roots, tuple(waiting), self._date_order)

    def _pair(self, row: FileRow, read: Described | list[Finding]) -> None:
        folder, _, name = row.path.rpartition("/")
        targets = sidecar_target(name)
        documents = self._matcher.sidecar_targets(row, f"{folder}/" if folder else "", targets)
        if len(documents) != 1:
            self._unpaired(row, documents)
            return
        document = documents[0]
        matched = Matched([document], document.path)
        if not isinstance(read, Described):
            for finding in read:
                self._plan.add_finding(finding, document.path)
            refuse(self._plan, matched)
        elif document.document is not None:
            self._second(row, document, read)
        else:
            for finding in read.findings:
                self._plan.add_finding(finding, document.path)
            if read.is_refused:
                refuse(self._plan, matched)
            else:
                take_document(self._plan, read, matched, row.path)

    def _unpaired(self, row: FileRow, documents: list[FileRow]) -> None:
        if documents:
            names = " and ".join(document.path for document in documents)
            code, message = "PAIR-AMBIGUOUS", f"describes both {names}"
            remedy = "name it after the whole file name, such as letter.txt.dc.json"
        else:
            code, message = "PAIR-NO-DOCUMENT", "describes a document that is not there"
            remedy = "bring the document, or leave the description out with --exclude"
        self._plan.add_finding(findings.error(code, row.path, message, remedy=remedy))

    def _second(self, row: FileRow, document: FileRow, read: Described) -> None:
        """A document that a table describes too: the table was used."""
        used = self._plan.description_of(document.document or 0)
        same = used is not None and used[0] == read.description
        what = f"a second description of {document.path}" + (", the same" if same else "")
        self._plan.leave_out(row.path, what)
        if not same:
            message = f"differs from the description in {used[1] if used else 'the table'}, which was used"
            remedy = "keep one of the two"
            self._plan.add_finding(findings.warning("PAIR-DIFFERS", row.path, message, remedy=remedy))

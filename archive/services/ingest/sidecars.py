"""Sidecars: read by the batch in workers, where most of a preflight's work is, and paired here."""

import os
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple, TypeGuard

from archive.core import findings
from archive.core.findings import At, Finding
from archive.core.limits.descriptions import MAX_SIDECAR_BYTES
from archive.core.submission import Role
from archive.engine.driver import BatchLost, Driver, result_lost
from archive.formats.descriptions import DescribedRow, read_sidecar, sidecar_target
from archive.services.ingest.described import Described, described, refuse, take_document
from archive.services.ingest.matched import Matched
from archive.services.ingest.matching import Matcher
from archive.services.ingest.sidecar_names import another_file, names_another, not_literally
from archive.storage.plan import DescribedFile, FileRow, Plan
from archive.storage.sources.source_files import SourceFiles

BATCH = 500
WINDOW = 8  # batches for each worker: as many as are read while a walk over ten thousand names goes on


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
    if not isinstance(read, DescribedRow):
        return read
    said = described(read)
    return said._replace(paths=not_literally(read.paths, _beside(file))) if read.paths else said


def _beside(row: FileRow) -> str:
    """The path that a sidecar's name means before any other."""
    folder, slash, name = row.path.rpartition("/")
    return folder + slash + sidecar_target(name)[0]


def _is_plain(read: Described | list[Finding]) -> TypeGuard[Described]:
    """True for a description with nothing beside it to judge."""
    return (
        isinstance(read, Described)
        and bool(read.title)
        and read.reference is None
        and read.size is None
        and not (read.findings or read.digests or read.paths)
    )


class Sidecars:
    """Pairs every sidecar of the plan with the document that it stands beside."""

    def __init__(self, plan: Plan, matcher: Matcher, roots: tuple[str, ...], date_order: str | None) -> None:
        self._plan = plan
        self._matcher = matcher
        self._roots = roots
        self._date_order = date_order
        self._early = 0
        self._later: list[tuple[FileRow, Described | list[Finding]]] = []

    def pair(self, driver: Driver, before: Iterator[None], progress: Callable[[int], None]) -> None:
        """Reads and pairs them all; `before` fills the plan step by step, and ends before any is paired."""
        for number, (batch, result) in enumerate(
            driver.run(read_sidecars, self._batches(driver, before), window=WINDOW)
        ):
            if isinstance(result, BatchLost):
                raise result_lost("read descriptions")
            reads = list(zip(batch.files, result, strict=True))
            if number < self._early:  # tables have been read since, and may have claimed some
                claimed = self._plan.claimed_among(batch.files)
                reads = [(row, read) for row, read in reads if row.id not in claimed]
            self._pair_all(reads)
            progress(len(batch.files))
        for row, read in self._later:
            self._pair(row, read, later=True)

    def _batches(self, driver: Driver, before: Iterator[None]) -> Iterator[SidecarBatch]:
        last = 0
        for _ in before:
            while self._early < driver.ahead(WINDOW) and len(rows := self._rows(last)) == BATCH:
                self._early += 1
                yield SidecarBatch(self._roots, rows, self._date_order)
                last = rows[-1].id
        while rows := self._rows(last):
            yield SidecarBatch(self._roots, rows, self._date_order)
            last = rows[-1].id

    def _rows(self, last: int) -> tuple[FileRow, ...]:
        """The next sidecars behind a file of that number that nothing has claimed."""
        unclaimed = (
            row
            for row in self._plan.files_with_role(Role.DESCRIPTION, last)
            if row.document is None and sidecar_target(os.path.basename(row.path))
        )
        return tuple(islice(unclaimed, BATCH))

    def _pair_all(self, reads: list[tuple[FileRow, Described | list[Finding]]]) -> None:
        """Pairs a batch: nearly all at once, and one by one where there is something to say."""
        wanted = [_beside(row) for row, _ in reads]
        beside = self._plan.files_at_any(wanted)
        ready: list[DescribedFile] = []
        taken: set[int] = set()
        for (row, read), path in zip(reads, wanted, strict=True):
            document = beside.get((row.root, path))
            is_open = document is not None and not document.document and document.role is not Role.REFUSED
            if document is None or not is_open or document.id in taken or not _is_plain(read):
                self._plan.add_described(ready)
                ready.clear()
                taken.update(self._pair(row, read))
                continue
            taken.add(document.id)
            ready.append(DescribedFile(document, read.description, read.title, row.path))
        self._plan.add_described(ready)

    def _pair(self, row: FileRow, read: Described | list[Finding], *, later: bool = False) -> list[int]:
        """Pairs one sidecar, whatever there is to say; the numbers of the files that it may mean.

        One that leaves the ending of its document away comes after the one that has it.
        """
        folder, _, name = row.path.rpartition("/")
        targets = sidecar_target(name)
        documents = self._matcher.sidecar_targets(row, f"{folder}/" if folder else "", targets)
        if len(documents) != 1:
            self._unpaired(row, documents)
            return [document.id for document in documents]
        document = documents[0]
        if not later and document.path != _beside(row) and self._is_named_whole(document):
            self._later.append((row, read))
            return []
        matched = Matched([document], document.path)
        if document.role is Role.REFUSED:
            self._plan.leave_out(row.path, f"a second description of {document.path}; the first was refused")
        elif not isinstance(read, Described):
            self._refuse(document, matched, read)
        elif document.document is not None:
            self._second(row, document, read)
        else:
            for finding in read.findings:
                self._plan.add_finding(finding, document.path)
            named = another_file(read.paths, document, self._plan, self._matcher.prefixes_there(row.root))
            if named is not None:
                finding = names_another(row.path, read.at, document.path, named)
                self._plan.add_finding(finding, document.path)
            if named is not None or read.is_refused:
                refuse(self._plan, matched)
            else:
                take_document(self._plan, read, matched, row.path)
        return [document.id]

    def _is_named_whole(self, document: FileRow) -> bool:
        """True where a sidecar has the whole name of the document in its own."""
        beside = self._plan.files_starting(f"{document.path}.", document.root)
        return any(
            file.role is Role.DESCRIPTION
            and sidecar_target(os.path.basename(file.path))  # a table may be called so, too
            and _beside(file) == document.path
            for file in beside
        )

    def _refuse(self, document: FileRow, matched: Matched, found: list[Finding]) -> None:
        """Refuses what a sidecar speaks of that cannot be read, also where a table describes it."""
        source = document.path
        if document.document is not None:
            source = self._plan.source_of(document.document)
            self._plan.set_state(document.document, "rejected")
        for finding in found:
            self._plan.add_finding(finding, source)
        refuse(self._plan, matched)

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
